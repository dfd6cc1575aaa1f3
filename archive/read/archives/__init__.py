"""Archives: a container's bytes → its members, in memory and within limits.

Names are only labels: nothing is ever written under them. What an operating system leaves beside files (__MACOSX,
Thumbs.db) is no member. RAR and 7z need a program, which the caller hands in as `unpack` (archive.unpacking).
"""

from collections.abc import Iterator

from archive.errors import UnreadableDocumentError
from archive.read import media
from archive.read.archives import tars, zips
from archive.read.archives.limits import MAX_DEPTH, Budget, Member, Unpack

__all__ = ["KINDS", "MAX_DEPTH", "Budget", "Member", "Unpack", "members"]

KINDS = frozenset((media.ZIP, media.RAR, media.SEVEN_ZIP, media.GZIP, media.TAR))


def members(data: bytes, kind: str, name: str, budget: Budget, unpack: Unpack | None) -> Iterator[Member]:
    """Gives the members of an archive of one of KINDS, in its order; `name` is its own.

    Raises UnreadableDocumentError with `damaged-archive`, `encrypted` (nobody can list it), `archive-too-large` or,
    for RAR and 7z without a program, `unsupported-media-type`.
    """
    if kind == media.ZIP:
        return zips.members(data, budget)
    if kind == media.TAR:
        return tars.members(data, budget)
    if kind == media.GZIP:
        return tars.gunzipped(data, name, budget)
    if unpack is None:
        raise UnreadableDocumentError("unsupported-media-type", f"{kind} cannot be unpacked here")
    return unpack(data, budget)
