"""Two revisions side by side: which readings differ, with their places, and how the accounting identities came out."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection, text

from archive.model import Verdict


@dataclass(frozen=True, slots=True)
class Pair:
    """A report in a payload as two revisions read it, and where its bytes lie; a side is None where it has none."""

    old_id: int | None
    new_id: int | None
    sha256: str
    place: str
    division: str
    agency: str | None
    year: int | None
    old_agency: str | None
    old_year: int | None
    new_agency: str | None
    new_year: int | None
    old_error: str | None
    new_error: str | None
    media_type: str | None
    portal: str
    url: str
    warc_file: str
    warc_offset: int


@dataclass(frozen=True, slots=True)
class Corrected:
    """A figure that a person corrected; `value` None says that the report gives no number."""

    agency: str
    division: str
    year: int
    indicator: str
    value: Decimal | None
    note: str
    author: str
    document_id: int


# Reports of payloads that both revisions have read, where one lacks the report, the agency or year is another, or any
# cell or verdict. The document is the one of the revision that is current, else what the reading names.
DIFFERING = text("""
WITH old AS (SELECT * FROM readings WHERE revision = :old), new AS (SELECT * FROM readings WHERE revision = :new),
paired AS (
    SELECT coalesce(old.payload_id, new.payload_id) AS payload_id, coalesce(old.place, new.place) AS place,
        old.id AS old_id, new.id AS new_id, old.agency AS old_agency, new.agency AS new_agency,
        old.year AS old_year, new.year AS new_year, old.error_code AS old_error, new.error_code AS new_error,
        coalesce(new.media_type, old.media_type) AS media_type
    FROM old FULL JOIN new ON new.payload_id = old.payload_id AND new.place = old.place
    WHERE EXISTS (SELECT FROM old o WHERE o.payload_id = coalesce(old.payload_id, new.payload_id))
    AND EXISTS (SELECT FROM new n WHERE n.payload_id = coalesce(old.payload_id, new.payload_id))
)
SELECT p.old_id, p.new_id, y.sha256, p.place, held.division, coalesce(d.agency, p.new_agency, p.old_agency),
    coalesce(d.year, p.new_year, p.old_year), p.old_agency, p.old_year, p.new_agency, p.new_year,
    p.old_error, p.new_error, p.media_type, held.portal_id, held.url, held.name, held.warc_offset
FROM paired p JOIN payloads y ON y.id = p.payload_id
JOIN LATERAL (
    SELECT c.portal_id, c.url, w.name, c.warc_offset, o.division
    FROM captures c JOIN warc_files w ON w.id = c.warc_file_id JOIN portals o ON o.id = c.portal_id
    WHERE c.payload_id = p.payload_id AND c.kind = 'response' ORDER BY c.id LIMIT 1
) held ON true
LEFT JOIN LATERAL (
    SELECT a.name AS agency, t.year FROM version_payloads v JOIN sources s ON s.id = v.source_id
    JOIN documents t ON t.id = s.document_id JOIN agencies a ON a.id = t.agency_id
    WHERE v.payload_id = p.payload_id AND s.place = p.place ORDER BY s.id LIMIT 1
) d ON true
WHERE p.old_id IS NULL OR p.new_id IS NULL OR p.old_error IS DISTINCT FROM p.new_error
OR (p.old_agency, p.old_year) IS DISTINCT FROM (p.new_agency, p.new_year)
OR EXISTS (
    (SELECT part, form, statuses, "values", details, verdicts FROM figures WHERE reading_id = p.old_id
    EXCEPT SELECT part, form, statuses, "values", details, verdicts FROM figures WHERE reading_id = p.new_id)
    UNION ALL
    (SELECT part, form, statuses, "values", details, verdicts FROM figures WHERE reading_id = p.new_id
    EXCEPT SELECT part, form, statuses, "values", details, verdicts FROM figures WHERE reading_id = p.old_id)
)
ORDER BY held.portal_id, 6, 7, p.place, y.sha256
""")

# Counted over payloads that both have read, so that what was captured in between weighs on no side.
VERDICTS = text("""
SELECT i.code, r.revision, v.verdict, count(*) AS n
FROM readings r JOIN figures f ON f.reading_id = r.id
CROSS JOIN LATERAL unnest(f.verdicts) WITH ORDINALITY AS v(verdict, position)
JOIN identities i ON i.part = f.part AND i.form = f.form AND i.position = v.position
WHERE r.revision IN (:old, :new) AND EXISTS (
    SELECT FROM readings o WHERE o.payload_id = r.payload_id
    AND o.revision = CASE r.revision WHEN :old THEN :new ELSE :old END
)
GROUP BY i.code, r.revision, v.verdict ORDER BY i.code
""")

CORRECTED = text("""
SELECT a.name, a.division, d.year, o.indicator, o.value, o.note, o.author, d.id
FROM (SELECT DISTINCT ON (document_id, indicator) * FROM overrides ORDER BY document_id, indicator, id DESC) o
JOIN documents d ON d.id = o.document_id JOIN agencies a ON a.id = d.agency_id
ORDER BY a.division, a.name, d.year, o.indicator
""")

READ_AS = text("""
SELECT s.document_id, old.id AS old_id, new.id AS new_id
FROM sources s JOIN version_payloads v ON v.source_id = s.id
JOIN readings old ON old.payload_id = v.payload_id AND old.revision = :old AND old.place = s.place
LEFT JOIN readings new ON new.payload_id = v.payload_id AND new.revision = :new AND new.place = s.place
WHERE s.document_id = ANY(:documents) AND old.id = ANY(:shown)
""")


def differing(connection: Connection, old: int, new: int) -> Iterator[Pair]:
    """Gives the reports that two revisions read differently, by portal, agency and year."""
    result = connection.execute(DIFFERING, {"old": old, "new": new}, execution_options={"yield_per": 1000})
    return (Pair(*row) for row in result)


def verdicts(connection: Connection, old: int, new: int) -> dict[tuple[str, int], dict[Verdict, int]]:
    """Gives how often an identity held, failed, or could not be checked, by identity and revision."""
    every = tuple(Verdict)
    found: dict[tuple[str, int], dict[Verdict, int]] = {}
    for row in connection.execute(VERDICTS, {"old": old, "new": new}):
        found.setdefault((row.code, row.revision), {})[every[row.verdict]] = row.n
    return found


def corrected(connection: Connection) -> list[Corrected]:
    """Gives the corrections that count, by document and indicator."""
    return [Corrected(*row) for row in connection.execute(CORRECTED)]


def read_as(connection: Connection, shown: dict[int, int], old: int, new: int) -> dict[int, int | None]:
    """Gives the new reading of the same report for each document, from `shown`: its reading under the old revision."""
    values = {"old": old, "new": new, "documents": list(shown), "shown": list(shown.values())}
    return {row.document_id: row.new_id for row in connection.execute(READ_AS, values)}
