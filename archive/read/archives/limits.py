"""What an archive may ask for, and the members it gives."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from archive.errors import UnreadableDocumentError
from archive.model import Issue

MAX_DEPTH = 3
MAX_MEMBERS = 1_000
MAX_MEMBER = 64 * 1024 * 1024
MAX_TOTAL = 256 * 1024 * 1024
MAX_RATIO = 200
FREE = 1024 * 1024
"""A portal's archive has a dozen reports of some megabytes; up to FREE bytes the ratio means nothing."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive: its path, and its bytes or why they cannot be had."""

    name: str
    data: bytes = b""
    trouble: Issue | None = None


@dataclass(slots=True)
class Budget:
    """How many members and bytes a payload may still unpack, archives inside it included."""

    members: int = MAX_MEMBERS
    total: int = MAX_TOTAL

    def count(self, members: int) -> None:
        """Takes members off. Raises UnreadableDocumentError('archive-too-large') where there are too many."""
        self.members -= members
        if self.members < 0:
            raise UnreadableDocumentError("archive-too-large", f"it holds more than {MAX_MEMBERS} files")

    def allows(self, packed: int) -> int:
        """Gives how many bytes so many packed ones may become."""
        return min(MAX_MEMBER, self.total, max(FREE, packed * MAX_RATIO))

    def spend(self, size: int) -> None:
        """Takes unpacked bytes off."""
        self.total -= size


Unpack = Callable[[bytes, Budget], Iterator[Member]]
"""Gives the members of a RAR or 7z archive: the program that does it is no part of a pure reading."""


def damaged(why: object) -> UnreadableDocumentError:
    """Gives the error of an archive that cannot be opened."""
    return UnreadableDocumentError("damaged-archive", f"the archive cannot be opened: {why}")


def unreadable(name: str, code: str, why: str) -> Member:
    """Gives a member that cannot be had; its issue begins with its path, by which records know it."""
    return Member(name, trouble=Issue(code, f"{name}: {why}"))


def too_large(name: str, allowed: int) -> Member:
    """Gives a member that is not unpacked to its end."""
    return unreadable(name, "archive-too-large", f"unpacks to more than the {allowed} bytes that are left to it")
