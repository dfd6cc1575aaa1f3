"""Which reading speaks for a document: the rule, and the table that keeps what it says now.

Questions about today ask the table; "as of" an instant and under a former revision the rule is worked out
(docs/decisions/current-readings-are-kept.md).
"""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import CTE, Select, and_, any_, case, false, func, literal, select
from sqlalchemy.dialects.postgresql import distinct_on

from archive.model import Verdict
from archive.records.revisions import Placing
from archive.records.sources import of_source, source_captures
from archive.records.tables import VERDICT_CODES, documents, figures, readings, sources
from archive.records.tables import current_readings as kept

FAILING = (
    select(func.bool_or(literal(VERDICT_CODES[Verdict.FAILS]) == any_(figures.c.verdicts)))
    .where(figures.c.reading_id == readings.c.id)
    .scalar_subquery()
)
"""Whether a check of a reading fails; null where there is none."""


def current_readings(placed: Placing, as_of: datetime | None = None, wanted: Select[tuple[int]] | None = None) -> CTE:
    """Gives each document's current reading under a revision, of all documents or of those whose ids are `wanted`.

    Columns: `document_id`, `source_id`, `reading_id`, `payload_id`, `version_id`, `gone`, `year`, `text_sha256`,
    `failing`, `agency_id`.
    """
    if placed.current and as_of is None:
        return kept_of_all() if wanted is None else kept_of(select(kept).where(kept.c.document_id.in_(wanted)))
    within = None
    if wanted is not None:
        within = select(placed.sources.c.source_id).where(placed.sources.c.document_id.in_(wanted))
    return chosen_readings(placed, as_of, within)


@cache  # making it takes longer than much of what is asked with it
def kept_of_all() -> CTE:
    """Gives what is kept of all documents."""
    return kept_of(select(kept))


def kept_of(statement: Select[Any]) -> CTE:
    """Gives what is kept under the name that the rule's own answer has."""
    return statement.cte("current_readings")


def chosen_readings(placed: Placing, as_of: datetime | None = None, within: Select[tuple[int]] | None = None) -> CTE:
    """Gives each document's reading by the rule: best source, its latest version, under a revision.

    Best is a source that has not gone, then the one with most figures, then a page before an attachment, then the one
    whose address comes first, so that it does not depend on which was found first. `as_of` leaves out what was
    captured later, `within` selects the sources to look at. Columns as of `current_readings`.
    """
    seen = source_captures(within, placed.payloads)
    known = select(seen).where(seen.c.shown | seen.c.gone)
    if as_of:
        known = known.where(seen.c.captured_at <= as_of)
    known_captures = known.cte("known_captures")
    latest = known_captures.c.captured_at.desc(), known_captures.c.capture_id.desc()
    last = (
        select(known_captures.c.source_id, known_captures.c.gone)
        .ext(distinct_on(known_captures.c.source_id))
        .order_by(known_captures.c.source_id, *latest)
        .cte("last_answers")
    )
    shown = (
        select(known_captures.c.source_id, known_captures.c.payload_id, placed.payloads.c.version_id)
        .join(
            placed.payloads,
            and_(
                placed.payloads.c.source_id == known_captures.c.source_id,
                placed.payloads.c.payload_id == known_captures.c.payload_id,
            ),
        )
        .where(known_captures.c.shown)
        .ext(distinct_on(known_captures.c.source_id))
        .order_by(known_captures.c.source_id, *latest)
        .cte("last_shown")
    )
    size = (
        select(func.coalesce(func.sum(func.cardinality(figures.c["values"])), 0))
        .where(figures.c.reading_id == readings.c.id)
        .scalar_subquery()
    )
    rivals = func.count().over(partition_by=placed.sources.c.document_id)  # most have none: nothing to count then
    return (
        select(
            placed.sources.c.document_id,
            sources.c.id.label("source_id"),
            readings.c.id.label("reading_id"),
            shown.c.payload_id,
            shown.c.version_id,
            last.c.gone,
            documents.c.year,
            readings.c.text_sha256,
            func.coalesce(FAILING, false()).label("failing"),
            documents.c.agency_id,
        )
        .join(placed.sources, placed.sources.c.source_id == sources.c.id)
        .join(shown, shown.c.source_id == sources.c.id)
        .join(last, last.c.source_id == sources.c.id)
        .join(readings, of_source(placed.revision, shown.c.payload_id))
        .join(documents, documents.c.id == placed.sources.c.document_id)
        .where(readings.c.error_code.is_(None))
        .ext(distinct_on(placed.sources.c.document_id))
        .order_by(
            placed.sources.c.document_id,
            last.c.gone,
            case((rivals > 1, size), else_=0).desc(),
            case((sources.c.role == "report", 0), else_=1),
            sources.c.url_key,
            sources.c.place,
            sources.c.id,
        )
        .cte("chosen_readings")
    )
