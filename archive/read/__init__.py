"""Reading: a pure function from bytes to text, figures and issues. No clock, network, database or configuration.

Issues a reading may carry, by code:

- charset-replacements: bytes that could not be decoded became U+FFFD
- no-forms, part-missing: no statutory table, or one of the three not found
- columns-unknown: no row of a table has columns that can be known
- row-unreadable, row-missing, row-repeated, unmatched-row, part-repeated: a row or table that was not taken
- column-inferred: a cell of a doubtful page taken as 总计, in a report that fills nothing else
- check-fails: an accounting identity does not hold; the figures stay as printed
- identity-conflict, agency-unknown, year-unknown, year-from-url: see archive.read.identity
"""

from archive.errors import UnreadableDocumentError
from archive.model import Hints, Payload, Reading
from archive.read.blocks import Content, Document
from archive.read.fingerprint import content_hash
from archive.read.formats import READERS
from archive.read.forms.match import Matched, match
from archive.read.identity import find_title, identify
from archive.read.media import media_type
from archive.read.revision import REVISION

__all__ = ["REVISION", "UnreadableDocumentError", "read"]


def read(payload: Payload, hints: Hints) -> Reading:
    """Gives what the reading code makes of a payload.

    Raises UnreadableDocumentError with code `empty`, `unsupported-media-type` or one of the format's own
    (`damaged-docx`).
    """
    if not payload.data.strip():
        raise UnreadableDocumentError("empty", "there are no bytes to read")
    kind = media_type(payload, hints)
    reader = READERS.get(kind)
    if reader is None:
        named = hints.file_name or hints.url or "the document"
        raise UnreadableDocumentError("unsupported-media-type", f"{named} is {kind}, which cannot be read yet")
    document = reader(payload, hints)
    title = find_title(document.titles, document.lines, (*document.lesser_titles, hints.title))
    who = identify(title, document.text, hints.url, document.publisher)
    matched = match(document.tables, document.lines, who.year)
    content = document.content or without_page(document, matched)
    return Reading(
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
        issues=(*document.issues, *who.issues, *matched.issues),
    )


def without_page(document: Document, matched: Matched) -> Content:
    """Gives what to compare where report and page cannot be told apart: its prose and its statutory tables."""
    tables = document.tables
    return Content(document.text, tuple(tables[number] for number in sorted(matched.tables)) or tables)
