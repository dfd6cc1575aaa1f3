"""Broken files made from sound ones: mutations of bytes, of members of a ZIP, of streams of a PDF, of markup."""

import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence

EXTREMES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
NUMBERS = (b"0", b"-1", b"1", b"255", b"65536", b"1000000", b"2147483648", b"99999999999999999999", b"1e309", b"0.0001")
TAG = re.compile(rb"<[^<>]{1,200}>")
DIGITS = re.compile(rb"-?\d+(?:\.\d+)?")
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.S)
ODD = ("\x00", "\ufffe", "\u202e", "\u0000", "𠮷", "\x1b[31m", "‮", "＝", "０", "²", "½", "|", "\t", "\x07", "\x0b")
MAX_SIZE = 2_000_000

Mutation = Callable[[random.Random, bytes], bytes]


def mutated(chance: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Gives a file with one to four things wrong; `others` are files to splice from."""
    for _ in range(chance.randint(1, 4)):
        if data.startswith(b"PK") and chance.random() < 0.8:
            data = in_member(chance, data)
        elif data.startswith(b"%PDF") and chance.random() < 0.6:
            data = in_stream(chance, data)
        elif others and chance.random() < 0.05:
            data = spliced(chance, data, chance.choice(others))
        else:
            data = one(chance, data)
    return data[:MAX_SIZE]


def one(chance: random.Random, data: bytes) -> bytes:
    """Gives data with one thing wrong."""
    marked = TAG.search(data) is not None
    kinds: tuple[Mutation, ...] = (flip, overwrite, cut, doubled, truncated, number, odd)
    if marked and chance.random() < 0.6:
        kinds = (tag_lost, tag_doubled, tag_moved, nested, number, odd)
    return chance.choice(kinds)(chance, data)


def span(chance: random.Random, data: bytes, most: int) -> tuple[int, int]:
    """Gives a range of at most `most` bytes."""
    start = chance.randrange(len(data) + 1)
    return start, min(len(data), start + chance.randint(1, most))


def flip(chance: random.Random, data: bytes) -> bytes:
    """Changes single bytes."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 20) if changed else 0):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def overwrite(chance: random.Random, data: bytes) -> bytes:
    """Puts an extreme number where another may have been."""
    start, _ = span(chance, data, 1)
    extreme = (chance.choice(EXTREMES)).to_bytes(4, chance.choice(("little", "big")))[: chance.choice((1, 2, 4))]
    return data[:start] + extreme + data[start + len(extreme) :]


def cut(chance: random.Random, data: bytes) -> bytes:
    """Leaves a range out."""
    start, stop = span(chance, data, 2000)
    return data[:start] + data[stop:]


def doubled(chance: random.Random, data: bytes) -> bytes:
    """Says a range several times."""
    start, stop = span(chance, data, 500)
    return data[:stop] + data[start:stop] * chance.choice((1, 2, 50)) + data[stop:]


def truncated(chance: random.Random, data: bytes) -> bytes:
    """Ends early."""
    return data[: chance.randrange(len(data) + 1)]


def number(chance: random.Random, data: bytes) -> bytes:
    """Replaces a printed number by an extreme one."""
    return replaced(chance, data, DIGITS, chance.choice(NUMBERS))


def odd(chance: random.Random, data: bytes) -> bytes:
    """Puts in a character that breaks careless code."""
    start, _ = span(chance, data, 1)
    return data[:start] + chance.choice(ODD).encode() + data[start:]


def replaced(chance: random.Random, data: bytes, what: re.Pattern[bytes], by: bytes) -> bytes:
    """Replaces one place that a pattern finds."""
    found = [match.span() for match in what.finditer(data[:200_000])]
    if not found:
        return data
    start, stop = chance.choice(found)
    return data[:start] + by + data[stop:]


def tag_lost(chance: random.Random, data: bytes) -> bytes:
    """Leaves a tag out."""
    return replaced(chance, data, TAG, b"")


def tag_doubled(chance: random.Random, data: bytes) -> bytes:
    """Says a tag again somewhere else."""
    tags = TAG.findall(data[:200_000])
    return odd_place(chance, data, chance.choice(tags)) if tags else data


def tag_moved(chance: random.Random, data: bytes) -> bytes:
    """Puts a tag in place of another."""
    tags = TAG.findall(data[:200_000])
    return replaced(chance, data, TAG, chance.choice(tags)) if tags else data


def nested(chance: random.Random, data: bytes) -> bytes:
    """Opens a tag very often."""
    tags = [tag for tag in TAG.findall(data[:200_000]) if not tag.startswith((b"</", b"<?", b"<!"))]
    return odd_place(chance, data, chance.choice(tags) * chance.choice((10, 300, 3000))) if tags else data


def odd_place(chance: random.Random, data: bytes, what: bytes) -> bytes:
    """Puts bytes in somewhere."""
    start, _ = span(chance, data, 1)
    return data[:start] + what + data[start:]


def spliced(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """Goes on with another file from somewhere."""
    return data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other) + 1) :]


def in_member(chance: random.Random, data: bytes) -> bytes:
    """Gives a ZIP one of whose members is broken, lost or named otherwise; the bytes themselves where it is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError, OSError):
        return one(chance, data)
    if not members:
        return one(chance, data)
    weights = [1 + len(content) for _, content in members]
    place = chance.choices(range(len(members)), weights)[0]
    name, content = members[place]
    members[place] = (name, one(chance, content))
    if chance.random() < 0.05:
        members.pop(place)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members:
            archive.writestr(zipfile.ZipInfo(member), content)
    return packed.getvalue()


def in_stream(chance: random.Random, data: bytes) -> bytes:
    """Gives a PDF one of whose packed streams is broken inside."""
    found = list(STREAM.finditer(data))
    if not found:
        return one(chance, data)
    match = chance.choice(found)
    try:
        content = zlib.decompress(match[1])
    except zlib.error:
        return one(chance, data)
    return data[: match.start(1)] + zlib.compress(one(chance, content)) + data[match.end(1) :]
