"""Sources: addresses at which documents are published, and the captures that were made of them."""

from sqlalchemy import CTE, Select, and_, or_, select, union_all

from archive.model import CaptureKind
from archive.records.tables import captures, source_aliases, sources

GONE = (404, 410)


def source_keys(within: Select[tuple[int]] | None = None) -> CTE:
    """Gives every address of every source, or of those `within`: `source_id`, `portal_id`, `url_key`."""
    own = select(sources.c.id.label("source_id"), sources.c.portal_id, sources.c.url_key)
    other = select(source_aliases.c.source_id, source_aliases.c.portal_id, source_aliases.c.url_key)
    if within is not None:
        own = own.where(sources.c.id.in_(within))
        other = other.where(source_aliases.c.source_id.in_(within))
    return union_all(own, other).cte("source_keys")


def source_captures(within: Select[tuple[int]] | None = None) -> CTE:
    """Gives what was captured of every source, or of those whose ids `within` selects.

    Columns: `source_id`, `capture_id`, `crawl_id`, `captured_at`, `payload_id`, and two truths: `shown`, the
    source showed a whole payload; `gone`, the portal says it is no more. Neither holds for failures, which say
    nothing about the source.
    """
    keys = source_keys(within)
    shown = and_(
        or_(captures.c.status.between(200, 299), captures.c.kind == CaptureKind.REVISIT_NOT_MODIFIED.value),
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
        captures.c.status.in_(GONE).label("gone"),
    ).join(keys, and_(keys.c.portal_id == captures.c.portal_id, keys.c.url_key == captures.c.url_key))
    return statement.cte("source_captures")
