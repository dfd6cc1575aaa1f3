"""Restatements: figures that a later version changed, the newest first, as a list and as a feed."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any
from xml.etree import ElementTree as Xml

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from archive.read.forms.wording import label_en, labels_zh
from archive.research.restatements import Restated, restated, restated_json
from archive.web.asking import Archive, Part
from archive.web.conditions import First, Last, Region
from archive.web.labels import label
from archive.web.listing import Column, Listing, siblings
from archive.web.rendering import address, language_of, render, report_path

router = APIRouter()

FEED = 50  # entries
ATOM = "http://www.w3.org/2005/Atom"
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
COLUMNS = (
    Column("seen", "restatements.seen"),
    Column("agency", "column.agency", chinese=True),
    Column("division", "column.division"),
    Column("agency_code", "coverage.agency_code"),
    Column("year", "column.year", number=True),
    Column("from", "restatements.from", number=True),
    Column("to", "restatements.to", number=True),
    Column("indicator", "restatements.indicator"),
    Column("old_status", "restatements.old_status"),
    Column("old", "restatements.old", number=True),
    Column("new_status", "restatements.new_status"),
    Column("new", "restatements.new", number=True),
    Column("url", "coverage.url"),
)

Texts = Annotated[bool, Query(description="also versions that changed the text alone")]


def revised(
    archive: Archive, part: Part, region: Region = None, first: First = None, last: Last = None, texts: Texts = False
) -> Listing:
    """Gives the later versions that changed figures, one a row."""
    total, found = restated(
        archive, division=region, first=first, last=last, texts=texts, limit=part.limit, start=part.start
    )
    return Listing("restatements", COLUMNS, [version_row(each) for each in found], total, part.start, part.limit)


def version_row(each: Restated) -> dict[str, Any]:
    """Gives a later version as a row; `path` is the report's."""
    found = each.found
    return restated_json(each) | {"path": report_path(found.division, found.agency, found.year)}


@router.get("/restatements")
def page(request: Request, listing: Annotated[Listing, Depends(revised)]) -> HTMLResponse:
    """Gives the restatements, the newest first."""
    values = {"listing": listing, "query": request.query_params, "names": labels_zh(), "label_en": label_en}
    return render(request, "restatements.html", values)


def changes(archive: Archive, region: Region = None, first: First = None, last: Last = None) -> Listing:
    """Gives every changed figure, one a row."""
    _, found = restated(archive, division=region, first=first, last=last)
    rows = [row for each in found for row in change_rows(each)]
    return Listing("restatements", COLUMNS, rows, len(rows))


def change_rows(each: Restated) -> Iterator[dict[str, Any]]:
    """Gives the changed figures of a later version, old and new; a side that has no such figure has no status."""
    plain = restated_json(each)
    for change in plain.pop("figures"):
        sides = {
            name: {
                "": side and (side["value"] if side["value"] is not None else side["raw"]),
                "_status": side and side["status"],
            }
            for name, side in (("old", change["old"]), ("new", change["new"]))
        }
        flat = {name + key: value for name, side in sides.items() for key, value in side.items()}
        yield plain | {"indicator": change["indicator"]} | flat


siblings(router, "/restatements", changes)


@router.get("/restatements.atom")
def feed(request: Request, archive: Archive, region: Region = None) -> Response:
    """Gives the newest restatements as an Atom feed (RFC 4287)."""
    total, found = restated(archive, division=region, limit=FEED)
    language = language_of(request)
    root = f"{request.url.scheme}://{request.url.netloc}"
    prefix = "/en" if language == "en" else ""
    here = root + address(prefix, "/restatements.atom", region=region)
    tree = Xml.Element("feed", {"xmlns": ATOM, "xml:lang": "zh-Hans" if language == "zh" else "en"})
    entries = [entry(each, root + prefix, language) for each in found]
    newest = entries[0].findtext("updated") if entries else datetime(1970, 1, 1, tzinfo=UTC).isoformat()
    put(tree, "title", label("restatements.feed", language, total=total))
    put(tree, "id", here)
    put(tree, "updated", newest or "")
    Xml.SubElement(Xml.SubElement(tree, "author"), "name").text = label("name", language)
    Xml.SubElement(tree, "link", {"rel": "self", "href": here})
    Xml.SubElement(tree, "link", {"href": root + address(prefix, "/restatements", region=region)})
    tree.extend(entries)
    written = Xml.tostring(tree, encoding="utf-8", xml_declaration=True)
    return Response(written, media_type="application/atom+xml; charset=utf-8")


def entry(each: Restated, root: str, language: str) -> Xml.Element:
    """Gives a later version as an entry: the report, and each figure with its old and new value."""
    plain = restated_json(each)
    path = report_path(plain["division"], plain["agency"], plain["year"])
    own = Xml.Element("entry")
    put(
        own,
        "title",
        label("restatements.entry", language, **{name: plain[name] for name in ("agency", "year", "from", "to")}),
    )
    put(own, "id", f"{root}{path}#version-{plain['source']}-{plain['to']}")
    put(own, "updated", plain["seen"])
    Xml.SubElement(own, "link", {"href": root + path})
    lines = (f"{c['indicator']}: {side_text(c['old'])} → {side_text(c['new'])}" for c in plain["figures"])
    put(own, "summary", "\n".join(lines))
    return own


def put(element: Xml.Element, name: str, text: str) -> None:
    """Adds a child with text, without what XML cannot hold."""
    Xml.SubElement(element, name).text = NOT_XML.sub("\ufffd", text)


def side_text(side: dict[str, Any] | None) -> str:
    """Gives one side of a change: the value, else what was printed, else the status."""
    if side is None:
        return "–"
    return str(side["value"] if side["value"] is not None else (side["raw"] or "").strip() or f"({side['status']})")
