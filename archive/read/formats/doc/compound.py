"""The streams of an OLE compound file (MS-CFB), by olefile, with every size it would trust held against the bytes."""

import io
import struct
from collections.abc import Sequence

import olefile

from archive.read.formats.doc.binary import damaged, unsigned

TROUBLE = (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError, struct.error)
"""What olefile raises on broken files; it checks some of what it reads and trips over the rest."""

SHIFTS = ((3, 9), (4, 12))
COUNTS = (0x2C, 0x40, 0x48)  # sectors of the FAT, the mini FAT and the DIFAT
SECTOR = 512


class Compound:
    """A compound file; only the streams directly under its root count, those of embedded objects do not."""

    def __init__(self, data: bytes) -> None:
        """Opens the file. Raises UnreadableDocumentError('damaged-doc')."""
        if (unsigned(data, 0x1A, 2), unsigned(data, 0x1E, 2)) not in SHIFTS or unsigned(data, 0x20, 2) != 6:
            raise damaged("the header of the compound file gives impossible sector sizes")
        if any(unsigned(data, at, 4) > len(data) // SECTOR for at in COUNTS):
            raise damaged("the compound file claims more sectors than it has bytes for")
        self.size = len(data)
        try:
            self.file = olefile.OleFileIO(io.BytesIO(data))
        except TROUBLE as error:
            raise damaged(str(error)) from error

    def stream(self, name: str) -> bytes | None:
        """Gives the bytes of a stream, None where there is none of that name."""
        try:
            root = self.file.root
            kids = [] if root is None else root.kids
            found = next((kid for kid in kids if kid.name == name and kid.entry_type == olefile.STGTY_STREAM), None)
            if found is None:
                return None
            if max(found.size, root.size) > self.size:
                raise damaged(f"the stream {name} claims more bytes than the file has")
            data = bytes(self.file.openstream(name).read())
            if found.size >= self.file.minisectorcutoff:
                follow(found.isectStart, self.file.fat, found.size / self.file.sectorsize)
            else:
                follow(root.isectStart, self.file.fat, root.size / self.file.sectorsize)
                follow(found.isectStart, self.file.minifat, found.size / self.file.minisectorsize)
        except TROUBLE as error:
            raise damaged(f"the stream {name}: {error}") from error
        return data


def follow(sector: int, table: Sequence[int], count: float) -> None:
    """Follows a chain of `count` sectors, which olefile does without noticing a circle."""
    seen: set[int] = set()
    while len(seen) < count:
        if sector in seen:
            raise damaged("its sectors follow each other in a circle")
        seen.add(sector)
        sector = table[sector]
