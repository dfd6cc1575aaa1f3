"""Reading: a pure function from bytes to text, figures and issues. No clock, network, database or configuration.

What cannot be read at all raises UnreadableDocumentError: unsupported-media-type, unsupported-word-version, empty,
encrypted, damaged-<format>, too-large-<format>, too-deep, archive-too-large, image-too-large, needs-ocr.

Issues a reading may carry, by code:

- charset-replacements: bytes that could not be decoded became U+FFFD
- no-forms, part-missing: no statutory table, or one of the three not found
- columns-unknown: no row of a table has columns that can be known
- row-unreadable, row-missing, row-repeated, unmatched-row, part-repeated: a row or table that was not taken
- column-inferred: a cell of a doubtful page taken as 总计, in a report that fills nothing else
- check-fails: an accounting identity does not hold; the figures stay as printed
- identity-suggests: what an identity would give for a cell that cannot be read; never taken as its value
- prose-differs, implausible: see archive.read.contradictions
- form-unknown: a statistics table (before 2019) of no known form, kept as statements; statements-cut: too many of them
- not-a-report: neither a statutory table nor a word of an annual report; lists-reports: a page of links to several.
  It then has no agency and no year
- needs-ocr: pages that are pictures and were not read; hidden-text: a page's own text is not what it shows
- pages-left-out, part-unread, truncated: pages, documents taken in, or an end that could not be read
- sheet-hidden, cells-hidden, sheet-too-large: parts of a workbook that were left out
- member-ignored, member-unreadable, renditions-differ and others of archives: see archive.read.members
- identity-conflict, agency-unknown, year-unknown, year-from-url: see archive.read.identity
"""

from collections.abc import Callable
from dataclasses import replace

from archive.errors import UnreadableDocumentError
from archive.model import Hints, Issue, Payload, Reading
from archive.read import archives
from archive.read.archives import MAX_DEPTH, Budget, Unpack
from archive.read.blocks import Content, Document, Table
from archive.read.contradictions import implausible, prose_against_tables
from archive.read.fingerprint import content_hash
from archive.read.formats import READERS
from archive.read.forms.match import Matched, match
from archive.read.identity import Identity, find_title, identify, is_title, names_both, names_report, title_identity
from archive.read.media import HTML, media_type
from archive.read.members import read_members
from archive.read.reports import places, reports
from archive.read.revision import REVISION
from archive.read.statements import statements
from archive.read.storable import storable
from archive.read.words import section

NOBODY = Identity(None, None, None, None, (Issue("not-a-report", "nothing in it speaks of an annual report"),))
LISTED = Identity(None, None, None, None, (Issue("lists-reports", "it leads to several reports and is none"),))

MAX_STATEMENTS = 2000

Seen = Callable[[Document, Reading], None]
"""Told of every report that is read, with the document it was read from."""

__all__ = ["REVISION", "UnreadableDocumentError", "read", "read_all"]


def read(payload: Payload, hints: Hints) -> Reading:
    """Gives what the reading code makes of a payload that is one report; of several, the first.

    Raises UnreadableDocumentError as read_all does.
    """
    return read_all(payload, hints)[0]


def read_all(
    payload: Payload, hints: Hints, unpack: Unpack | None = None, seen: Seen | None = None
) -> tuple[Reading, ...]:
    """Gives the readings of every report in a payload, in its order, at least one.

    Their places differ where they are several; a single one has none. `unpack` opens RAR and 7z.
    Raises UnreadableDocumentError with code `empty`, `unsupported-media-type`, one of the format's own
    (`damaged-docx`) or, of archives, `encrypted` and `archive-too-large`.
    """
    return read_within(payload, hints, unpack, Budget(), MAX_DEPTH, seen)


def read_within(
    payload: Payload, hints: Hints, unpack: Unpack | None, budget: Budget, depth: int, seen: Seen | None
) -> tuple[Reading, ...]:
    """Gives the readings of a payload that may hold archives so many deep."""
    if not payload.data.strip():
        raise UnreadableDocumentError("empty", "there are no bytes to read")
    kind = media_type(payload, hints)
    if kind in archives.KINDS:
        if depth == 0:
            raise UnreadableDocumentError("archive-too-large", f"archives in archives, more than {MAX_DEPTH} deep")
        members = archives.members(payload.data, kind, hints.file_name or "", budget, unpack)
        return read_members(
            members, hints, lambda inner, said: read_within(inner, said, unpack, budget, depth - 1, seen)
        )
    document = opened(kind, payload, hints)
    parts = reports(document)
    if len(parts) == 1:
        return (reading_of(kind, document, hints, seen),)
    found = [reading_of(kind, part, Hints(url=hints.url), seen) for part in parts]
    return tuple(replace(reading, place=place) for reading, place in zip(found, places(found), strict=True))


def opened(kind: str, payload: Payload, hints: Hints) -> Document:
    """Gives the blocks of a document. Raises UnreadableDocumentError."""
    reader = READERS.get(kind)
    if reader is None:
        named = hints.file_name or hints.url or "the document"
        raise UnreadableDocumentError("unsupported-media-type", f"{named} is {kind}, which cannot be read yet")
    return storable(reader(payload, hints))


def reading_of(kind: str, document: Document, hints: Hints, seen: Seen | None) -> Reading:
    """Gives what a document says as one report."""
    title = find_title(document.titles, document.lines, (*document.lesser_titles, hints.title))
    who = identify(title, document.text, hints.url, document.publisher)
    matched = match(document.tables, document.lines, who.year)
    if not matched.forms:
        who = LISTED if lists_reports(document) else who if speaks_of_report(document) else NOBODY
    prose = () if who in (NOBODY, LISTED) else statements(document.text, who.year, who.agency)
    by_code = {figure.indicator: figure for figure in matched.figures}
    odd = (*prose_against_tables(prose, by_code), *implausible(who.agency, by_code))
    said = (*matched.statements, *prose)
    if len(said) > MAX_STATEMENTS:
        odd = (*odd, Issue("statements-cut", f"{len(said)} numbers outside the tables, {MAX_STATEMENTS} of them kept"))
    content = document.content or (
        without_page(document, matched) if kind == HTML else Content(document.text, document.tables)
    )
    reading = Reading(
        revision=REVISION,
        media_type=kind,
        charset=document.charset,
        title=who.title,
        agency=who.agency,
        year=who.year,
        period=who.period,
        forms=matched.forms,
        text=document.text,
        content_hash=content_hash(who.title, content.text, content.tables),
        figures=matched.figures,
        checks=matched.checks,
        issues=(*document.issues, *who.issues, *matched.issues, *odd),
        statements=said[:MAX_STATEMENTS],
    )
    if seen:
        seen(document, reading)
    return reading


def speaks_of_report(document: Document) -> bool:
    """Tells whether a document itself names an annual report or has its sections; what a link called it does not count.

    An error page, a login form or another document may stand where a report was announced.
    """
    own = (*document.titles, *document.lesser_titles, *document.lines, *document.text.splitlines())
    return any(map(names_report, own)) or has_sections(document)


def has_sections(document: Document) -> bool:
    """Tells whether more than one line heads a section of a report."""
    return sum(section(line) is not None for line in document.lines) > 1


def lists_reports(document: Document) -> bool:
    """Tells whether a page leads to reports of several agencies or years, and neither its title nor its text is of one.

    Portals show whoever asks too fast a list in place of the page that was asked for.
    """
    if has_sections(document) or sum("。" in line for line in document.lines) > 1:
        return False
    if names_both(find_title(document.titles, document.lines, document.lesser_titles)):
        return False
    return len({title_identity(line) for line in document.links if is_title(line) and names_both(line)}) > 1


def without_page(document: Document, matched: Matched) -> Content:
    """Gives what to compare of a page whose report cannot be told from the page around it.

    That is what reads as a sentence or names a report, and the statutory tables, or those that may be of another form.
    The rest of such a page, often one that only announces a file, is menus, dates and counters.
    """
    said = [line for line in document.text.splitlines() if "。" in line or names_report(line)]
    tables = [document.tables[number] for number in sorted(matched.tables)]
    return Content("\n".join(said), tuple(tables or filter(may_be_statistics, document.tables)))


def may_be_statistics(table: Table) -> bool:
    """Tells whether an unknown table can be one of figures, not one that lays out the page."""
    texts = [cell.text for row in table.rows for cell in row if cell is not None]
    return len(table.rows) > 2 and any("公开" in text for text in texts) and all(len(text) < 200 for text in texts)
