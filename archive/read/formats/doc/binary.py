"""Little-endian numbers at offsets that a foreign file names: read where they are, refused where they are not."""

from archive.errors import UnreadableDocumentError


def damaged(why: str) -> UnreadableDocumentError:
    """Gives the error of a DOC that cannot be read."""
    return UnreadableDocumentError("damaged-doc", f"the Word document cannot be opened: {why}")


def part(data: bytes, at: int, size: int) -> bytes:
    """Gives `size` bytes from offset `at`; raises UnreadableDocumentError('damaged-doc') where they are not there."""
    if at < 0 or size < 0 or at + size > len(data):
        raise damaged(f"it names {size} bytes at {at} where only {len(data)} are")
    return data[at : at + size]


def unsigned(data: bytes, at: int, size: int) -> int:
    """Gives the unsigned number of `size` bytes."""
    return int.from_bytes(part(data, at, size), "little")


def signed(data: bytes, at: int, size: int) -> int:
    """Gives the signed number of `size` bytes."""
    return int.from_bytes(part(data, at, size), "little", signed=True)
