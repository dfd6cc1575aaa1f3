"""Withdrawals: sources of documents that have gone from their portal, and those that came back."""

from sqlalchemy import Connection, Select, and_, or_, select, union, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert

from archive.records.scope import Scope, Within, chosen
from archive.records.sources import GONE, source_captures, source_keys
from archive.records.tables import captures, sources, withdrawals


def record_withdrawals(connection: Connection, scope: Scope) -> None:
    """Records the sources of documents that have gone, and those that have come back."""
    for within in chosen(connection, may_be_gone, scope):
        record_withdrawals_of(connection, within)


def record_withdrawals_of(connection: Connection, within: Select[tuple[int]]) -> None:
    """Records what happened to some sources."""
    seen = source_captures(within)
    latest = (
        select(seen.c.source_id, seen.c.capture_id, seen.c.shown, seen.c.gone)
        .where(or_(seen.c.shown, seen.c.gone))
        .ext(distinct_on(seen.c.source_id))
        .order_by(seen.c.source_id, seen.c.captured_at.desc(), seen.c.capture_id.desc())
        .subquery()
    )
    open_ = select(withdrawals.c.source_id).where(withdrawals.c.returned_capture_id.is_(None))
    gone = (
        select(latest.c.capture_id, latest.c.source_id)
        .join(sources, sources.c.id == latest.c.source_id)
        .where(latest.c.gone, sources.c.document_id.is_not(None), latest.c.source_id.not_in(open_))
    )
    withdrawn = upsert(withdrawals).from_select(["capture_id", "source_id"], gone)
    connection.execute(  # the answer that said it is gone does so again, where another revision saw it return
        withdrawn.on_conflict_do_update(index_elements=["capture_id", "source_id"], set_={"returned_capture_id": None})
    )
    connection.execute(
        update(withdrawals)
        .where(
            withdrawals.c.source_id == latest.c.source_id,
            ~latest.c.gone,
            withdrawals.c.returned_capture_id.is_(None),
        )
        .values(returned_capture_id=latest.c.capture_id)
    )


def may_be_gone(within: Within) -> Select[tuple[int]]:
    """Gives the sources that were ever answered to be gone, or that stand in a file of several reports."""
    keys, file = source_keys(within), sources.alias("file")
    same_address = and_(keys.c.portal_id == captures.c.portal_id, keys.c.url_key == captures.c.url_key)
    answered = select(keys.c.source_id).join(captures, same_address).where(captures.c.status.in_(GONE))
    same_file = and_(sources.c.portal_id == file.c.portal_id, sources.c.url_key == file.c.url_key)
    beside = select(sources.c.id).join(file, same_file).where(file.c.place != "")
    if within is not None:
        beside = beside.where(sources.c.id.in_(within))
    either = union(answered, beside).subquery()
    return select(either.c.source_id)
