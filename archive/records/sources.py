"""Sources: addresses at which documents are published, and the captures that were made of them."""

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    FromClause,
    Select,
    and_,
    func,
    literal,
    or_,
    select,
    union_all,
)

from archive.model import CaptureKind
from archive.records.tables import captures, issues, readings, source_aliases, sources, version_payloads

GONE = (404, 410)
MEMBER_LOST = ("member-unreadable", "encrypted", "archive-too-large", "damaged-archive")
MEMBER_UNKNOWN = (*MEMBER_LOST, "member-ignored")
"""Issues after which nobody knows what a member of an archive says; their message begins with its path."""


def source_keys(within: Select[tuple[int]] | None = None) -> CTE:
    """Gives every address of every source, or of those `within`: `source_id`, `portal_id`, `url_key`.

    The sources of one file share its addresses, whichever of them an alias was written for.
    """
    own = select(sources.c.id.label("source_id"), sources.c.portal_id, sources.c.url_key)
    named = sources.alias("named")
    other = (
        select(sources.c.id, source_aliases.c.portal_id, source_aliases.c.url_key)
        .join(named, and_(named.c.portal_id == sources.c.portal_id, named.c.url_key == sources.c.url_key))
        .join(source_aliases, source_aliases.c.source_id == named.c.id)
    )
    if within is not None:
        own = own.where(sources.c.id.in_(within))
        other = other.where(sources.c.id.in_(within))
    return union_all(own, other).cte("source_keys")


def source_captures(within: Select[tuple[int]] | None = None, placed: FromClause = version_payloads) -> CTE:
    """Gives what was captured of every source, or of those whose ids `within` selects.

    Columns: `source_id`, `capture_id`, `crawl_id`, `captured_at`, `payload_id`, and two truths: `shown`, the
    source's address showed a whole payload; `gone`, the portal says it is no more, or that payload has other reports of
    the file and not this one, so that both hold. Neither holds for failures, which say nothing about the source.
    `placed` says which payloads show which source, by default as the current revision has it.
    """
    keys = source_keys(within)
    shown = and_(
        or_(
            captures.c.status.between(200, 299),
            captures.c.kind == CaptureKind.REVISIT_NOT_MODIFIED.value,
            and_(captures.c.status.is_(None), captures.c.kind != CaptureKind.ERROR.value),  # a file, without HTTP
        ),
        captures.c.payload_id.is_not(None),
        captures.c.truncated.is_(None),
    )
    statement: Select[tuple[object, ...]] = select(
        keys.c.source_id,
        captures.c.id.label("capture_id"),
        captures.c.crawl_id,
        captures.c.captured_at,
        captures.c.payload_id,
        shown.label("shown"),
        or_(func.coalesce(captures.c.status.in_(GONE), False), and_(shown, left_out(keys, placed))).label("gone"),
    ).join(keys, and_(keys.c.portal_id == captures.c.portal_id, keys.c.url_key == captures.c.url_key))
    return statement.cte("source_captures")


def left_out(keys: CTE, placed: FromClause) -> ColumnElement[bool]:
    """Tells whether a capture's payload has versions of other sources of the same file, and none of this one.

    Not where the report may stand in a member that could not be read.
    """
    own, other = sources.alias("own"), sources.alias("other")
    shows = placed.c.payload_id == captures.c.payload_id
    itself = select(literal(1)).where(shows, placed.c.source_id == keys.c.source_id)
    siblings = (
        select(literal(1))
        .select_from(own)
        .join(other, and_(other.c.portal_id == own.c.portal_id, other.c.url_key == own.c.url_key))
        .join(placed, placed.c.source_id == other.c.id)
        .where(own.c.id == keys.c.source_id, shows)
    )
    unknown = (
        select(literal(1))
        .select_from(own)
        .join(readings, readings.c.payload_id == captures.c.payload_id)
        .join(issues, issues.c.reading_id == readings.c.id)
        .where(own.c.id == keys.c.source_id, issues.c.code.in_(MEMBER_UNKNOWN))
        .where(func.starts_with(own.c.place, func.split_part(issues.c.message, ": ", 1)))
    )
    return and_(~itself.exists(), siblings.exists(), ~unknown.exists())


def of_source(revision: int | BindParameter[int], payload_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Tells whether a reading is the revision's of a payload, and of that report in it which the source is."""
    return and_(
        readings.c.payload_id == payload_id, readings.c.revision == revision, readings.c.place == sources.c.place
    )
