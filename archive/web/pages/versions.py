"""The versions of a report, and what differs between two of them."""

from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from archive.errors import UsageError
from archive.plain import time_text
from archive.records import Connection, documents
from archive.records.codes import indicator_labels
from archive.records.documents import Document
from archive.records.histories import texts_of, version_readings
from archive.research.diff import Difference, changed_paragraphs, compare
from archive.research.document import difference_json, identity_json
from archive.research.version_lines import VersionLine, version_lines
from archive.web.asking import LARGEST, Archive, Given, PathYear
from archive.web.errors import or_not_found
from archive.web.listing import Column, Listing, Row, siblings
from archive.web.pages.reports import REPORT, document_at
from archive.web.rendering import render, report_path

router = APIRouter()

MOST = 200  # changed paragraphs on a page
COLUMNS = tuple(
    Column(key, f"versions.{key}", number=key in ("captures", "figures", "added", "removed"))
    for key in (
        "source",
        "version",
        "not_before",
        "first_seen",
        "last_seen",
        "captures",
        "figures",
        "added",
        "removed",
        "sha256",
    )
)

Version = Annotated[int | None, Query(ge=1, le=LARGEST), Given]
Old = Annotated[int | None, Query(alias="from", ge=1, le=LARGEST, description="the older version"), Given]
Level = Annotated[str, Query(pattern="^(figures|text|bytes)$", description="how deep to look")]


def versions(archive: Archive, division: str, agency: str, year: PathYear) -> Listing:
    """Gives the states of a report in the order of time."""
    document = document_at(archive, division, agency, year)
    rows = [row_of(line) for line in version_lines(archive, document)]
    return Listing(f"{agency}-{year}-versions", COLUMNS, rows, len(rows))


def row_of(line: VersionLine) -> Row:
    """Gives a state as a row."""
    return {
        "source": line.source.url,
        "source_id": line.source.id,
        "version": line.version,
        "not_before": time_text(line.after),
        "first_seen": time_text(line.first_seen),
        "last_seen": time_text(line.last_seen),
        "captures": line.captures,
        "figures": line.figures,
        "added": line.added,
        "removed": line.removed,
        "sha256": line.sha256,
        "previous": line.previous,
    }


siblings(router, REPORT + "/versions", versions)


@router.get(REPORT + "/versions")
def versions_page(
    request: Request,
    archive: Archive,
    division: str,
    agency: str,
    year: PathYear,
    listing: Annotated[Listing, Depends(versions)],
) -> HTMLResponse:
    """Gives the versions of a report with when they were seen and how much they changed."""
    document = document_at(archive, division, agency, year)
    return render(request, "versions.html", {"listing": listing, **named(document)})


def named(document: Document) -> dict[str, Any]:
    """Gives what names a report on its side pages."""
    path = report_path(document.division, document.agency, document.year)
    return {"report": identity_json(document), "path": path}


def difference(
    archive: Connection, document: Document, source: int | None, old: int | None, new: int | None
) -> Difference:
    """Gives the difference of two versions of one of a document's sources. Raises HTTPException 404."""
    known = [each.id for each in documents.sources_of(archive, document.id, document.revision)]
    with or_not_found():
        if source is not None and source not in known:
            raise UsageError(f"source {source} is none of this report's: {', '.join(map(str, known))}")
        return compare(archive, source or document.source_id, document.revision, old, new)


@router.get(REPORT + "/diff.json")
def diff_json(
    archive: Archive,
    division: str,
    agency: str,
    year: PathYear,
    source: Version = None,
    old: Old = None,
    to: Version = None,
) -> Response:
    """Gives the difference as `nianbao diff --json` prints it."""
    document = document_at(archive, division, agency, year)
    return JSONResponse(difference_json(difference(archive, document, source, old, to)))


@router.get(REPORT + "/diff")
def diff(
    request: Request,
    archive: Archive,
    division: str,
    agency: str,
    year: PathYear,
    source: Version = None,
    old: Old = None,
    to: Version = None,
    level: Level = "text",
) -> HTMLResponse:
    """Gives what differs between two versions, by default the last two."""
    document = document_at(archive, division, agency, year)
    found = difference(archive, document, source, old, to)
    texts = texts_of(archive, [found.old.reading_id, found.new.reading_id])
    changes = changed_paragraphs(texts[found.old.reading_id], texts[found.new.reading_id])
    values = {
        **named(document),
        "diff": difference_json(found),
        "old": found.old,
        "new": found.new,
        "labels": labels_of(archive, document),
        "changes": changes,
        "most": MOST,
        "same": {
            "figures": not found.figures,
            "text": not changes,
            "bytes": found.old.sha256 == found.new.sha256,
        },
        "numbers": numbers_of(archive, found, document.revision),
        "source": source,
        "level": level,
        "delta": delta,
    }
    return render(request, "diff.html", values)


def delta(change: dict[str, Any]) -> str:
    """Gives by how much a figure grew, with its sign; nothing where one side is no number."""
    old, new = change["old"], change["new"]
    if not (old and new and old["value"] and new["value"]):
        return ""
    return f"{Decimal(new['value']) - Decimal(old['value']):+f}"


def numbers_of(archive: Connection, found: Difference, revision: int) -> list[int]:
    """Gives the numbers of the versions that may be compared."""
    return [version.number for version in version_readings(archive, found.source_id, revision)]


def labels_of(archive: Connection, document: Document) -> dict[str, str]:
    """Gives the label of each indicator, as the report's own form has it where several do."""
    known = indicator_labels(archive)
    own = {code: label for (part, form, code), label in known.items() if document.forms.get(part) == form}
    return {code: label for (_, _, code), label in known.items()} | own
