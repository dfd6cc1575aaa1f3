"""RAR archives of either generation, written without compression: no free program writes RAR."""

import zlib

RAR4 = b"Rar!\x1a\x07\x00"
RAR5 = b"Rar!\x1a\x07\x01\x00"


def rar4(members: dict[bytes, bytes], *, encrypted: bool = False) -> bytes:
    """Gives a RAR 2.9 to 4 archive (technical note of RAR 4, stored)."""
    parts = [RAR4, block4(0x73, 0, b"\0" * 6)]
    for name, data in members.items():
        size = len(data).to_bytes(4, "little")
        crc = zlib.crc32(data).to_bytes(4, "little")
        fields = size + size + b"\x02" + crc + b"\0\0\x21\x58" + b"\x1d\x30" + len(name).to_bytes(2, "little")
        parts += [block4(0x74, 0x8000 | (4 if encrypted else 0), fields + b"\x20\0\0\0" + name), data]
    return b"".join([*parts, block4(0x7B, 0x4000, b"")])


def block4(kind: int, flags: int, fields: bytes) -> bytes:
    """Gives a block header with its checksum; the sizes of file blocks come first in their fields."""
    body = bytes([kind]) + flags.to_bytes(2, "little") + (7 + len(fields)).to_bytes(2, "little") + fields
    return (zlib.crc32(body) & 0xFFFF).to_bytes(2, "little") + body


def rar5(members: dict[str, bytes]) -> bytes:
    """Gives a RAR 5 archive (stored)."""
    parts = [RAR5, block5(vint(1) + vint(0) + vint(0))]
    for name, data in members.items():
        raw = name.encode()
        head = vint(2) + vint(2) + vint(len(data)) + vint(4) + vint(len(data)) + vint(0o100644)
        head += zlib.crc32(data).to_bytes(4, "little") + vint(0) + vint(1) + vint(len(raw)) + raw
        parts += [block5(head), data]
    return b"".join([*parts, block5(vint(5) + vint(0) + vint(0))])


def block5(head: bytes) -> bytes:
    """Gives a header with its size and checksum."""
    sized = vint(len(head)) + head
    return zlib.crc32(sized).to_bytes(4, "little") + sized


def vint(number: int) -> bytes:
    """Gives a number in groups of seven bits."""
    made = bytearray()
    while number > 0x7F:
        made.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*made, number])
