"""The package of an OFD (GB/T 33190): a ZIP whose parts name each other, unpacked within caps."""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from lxml import etree

from archive.errors import UnreadableDocumentError

MAX_PART = 32 * 1024 * 1024
MAX_TOTAL = 96 * 1024 * 1024
MAX_PARTS = 20_000
LOCKED = ("encryptions.xml", "decryptseed.dat")
"""Parts of an OFD whose other parts are encrypted (GM/T 0099)."""
FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError, OSError, KeyError)


def damaged(why: str) -> UnreadableDocumentError:
    """Gives the error of an OFD that cannot be opened."""
    return UnreadableDocumentError("damaged-ofd", f"the OFD cannot be opened: {why}")


@dataclass(slots=True)
class Package:
    """An open OFD: its parts by lower-case path, and how many bytes may still be unpacked."""

    archive: zipfile.ZipFile
    parts: dict[str, zipfile.ZipInfo]
    room: int = MAX_TOTAL
    read: dict[str, etree._Element] = field(default_factory=dict)

    def find(self, path: str, base: str = "") -> str | None:
        """Gives the part a path means: from the folder of the part `base` that names it, else from the root."""
        plain = path.strip().replace("\\", "/")
        near = posixpath.normpath(posixpath.join(posixpath.dirname(base), plain.lstrip("/")))
        far = posixpath.normpath(plain.lstrip("/"))
        tried = (far, near) if plain.startswith("/") else (near, far)
        return next((name for name in map(str.lower, tried) if name in self.parts), None)

    def xml(self, name: str) -> etree._Element:
        """Gives the root element of a part."""
        if name not in self.read:
            try:
                with self.archive.open(self.parts[name]) as part:
                    data = part.read(min(MAX_PART, self.room) + 1)
            except FAULTS as error:
                raise damaged(f"{name}: {error}") from error
            if len(data) > min(MAX_PART, self.room):
                raise damaged(f"{name} unpacks to more than a report has")
            self.room -= len(data)
            try:
                parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True)
                self.read[name] = etree.fromstring(data, parser)
            except (etree.XMLSyntaxError, ValueError) as error:
                raise damaged(f"{name}: {error}") from error
        return self.read[name]


def opened(data: bytes) -> Package:
    """Gives the package. Raises UnreadableDocumentError `encrypted` or `damaged-ofd`."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        listed = archive.infolist()
    except FAULTS as error:
        raise damaged(str(error)) from error
    if len(listed) > MAX_PARTS:
        raise damaged(f"it has {len(listed)} parts")
    parts = {posixpath.normpath(info.filename.replace("\\", "/").lstrip("/")).lower(): info for info in listed}
    locked = any(posixpath.basename(name) in LOCKED for name in parts)
    if locked or any(info.flag_bits & 1 for info in listed):
        raise UnreadableDocumentError("encrypted", "the OFD opens only with a key")
    return Package(archive, parts)


def local(node: etree._Element) -> str:
    """Gives an element's name without its namespace, an empty string for an instruction."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def children(node: etree._Element | None) -> Iterable[etree._Element]:
    """Gives the elements in an element, none where there is none."""
    return () if node is None else node


def child(node: etree._Element | None, *names: str) -> etree._Element | None:
    """Gives the element reached by the first child of each name."""
    for name in names:
        node = None if node is None else next((inner for inner in node if local(inner) == name), None)
    return node


def numbers(text: str | None) -> list[float]:
    """Gives the numbers of an attribute; none where one is no number or is out of all bounds."""
    try:
        found = [float(word) for word in (text or "").split()]
    except ValueError:
        return []
    return found if all(abs(number) < 1e6 for number in found) else []
