"""Which of the payloads that others captured are annual reports: a page or a file has to show it itself.

Nobody has chosen these addresses from the list of a column, so a title alone says little: lists, news and guides
(解读) carry the titles of reports too.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from archive import sandbox
from archive.errors import CorruptArchiveError, UnreadableDocumentError
from archive.model import Hints, Link, Payload, Reading, Storage
from archive.read import media, read_all
from archive.read.charset import decode
from archive.read.identity import names_report
from archive.read.links import links as links_of
from archive.records.waiting import Stored
from archive.sections import confirm, squeeze
from archive.unpacking import unpack
from archive.warc.reader import payload_at

DOCUMENTS = {
    media.DOCX,
    media.DOC,
    media.RTF,
    media.XLS,
    media.XLSX,
    media.MHTML,
    media.PDF,
    media.OFD,
    media.ZIP,
    media.RAR,
    media.SEVEN_ZIP,
}
TEXTS = {media.TEXT: (".txt",), media.MARKDOWN: (".md", ".markdown", ".txt")}
SPEAKS = re.compile(r"年报|年度|报告|总结")
REVIEW = r"(?:解读|图解|一图读懂|一图看懂)"


@dataclass(frozen=True, slots=True)
class Judged:
    """What a payload turned out to be: `report` in itself, or a page that `announces` one which it links to."""

    report: bool
    announces: bool
    links: tuple[tuple[str, str], ...] = ()  # address and text


Answer = Judged | sandbox.Failure
Task = tuple[int, Stored]  # number of a capture, its payload


def kind_of(payload: Payload, hints: Hints) -> str:
    """Gives `page`, `document`, `image`, or `other` for what nobody publishes a report in."""
    kind = media.media_type(payload, hints)
    if kind == media.HTML:
        return "page"
    path = urlsplit(hints.url or "").path.lower()
    if kind in DOCUMENTS or path.endswith(TEXTS.get(kind, ("\0",))):
        return "document"
    return "image" if kind in media.IMAGES else "other"


def may_be_report(payload: Payload, hints: Hints) -> bool:
    """Tells whether a page is worth reading: it speaks of 信息公开 and of something yearly."""
    text = decode(payload.data, hints.charset)[0]
    return "信息公开" in text and bool(SPEAKS.search(text))


def judge(storage: Storage, task: Task) -> Answer:
    """Gives what a stored payload is, or why nobody can tell. Runs in a worker process."""
    _, stored = task
    try:
        payload = Payload(payload_at(storage, stored.location))
        kind = kind_of(payload, stored.hints)
        if kind == "other" or (kind == "page" and not may_be_report(payload, stored.hints)):
            return Judged(False, False)  # what a revisit stands for may be anything
        readings = read_all(payload, stored.hints, unpack)
    except CorruptArchiveError as error:
        return sandbox.Failure("corrupt-record", str(error))
    except UnreadableDocumentError as error:
        return sandbox.Failure(error.code, error.message)
    return judged(readings, links_of(payload, stored.hints), stored.hints.url or "")


def judged(readings: tuple[Reading, ...], links: tuple[Link, ...], url: str) -> Judged:
    """Gives what a payload is, by its readings and links.

    A report has a statutory table or its sections. A page that only hands out the file has the report's title, which
    names agency and year and is not itself a link, as in a list; such a title is enough for a file.
    """
    leads = tuple((link.url, link.text) for link in links)
    if any(one.forms or confirm(one.text, one.year).confirmed for one in readings):
        return Judged(True, False, leads)
    first = readings[0]
    title = squeeze(first.title or "")
    named = bool(first.agency and first.year and names_report(title)) and not is_review(title, first.text)
    if first.media_type != media.HTML:
        return Judged(named, False)
    listed = any(squeeze(link.text).startswith(title) and link.url != url and is_page_link(link) for link in links)
    return Judged(False, True, leads) if named and not listed else Judged(False, False)


def is_review(title: str, text: str) -> bool:
    """Tells whether a text speaks of a report under its title: 「…年度报告」解读."""
    quoted = re.escape(title)
    return bool(re.search(rf"{REVIEW}[:：丨|]?[《「]?{quoted}|{quoted}[》」]?.{{0,4}}{REVIEW}", squeeze(text)))


def is_page_link(link: Link) -> bool:
    """Tells whether a link leads to a page, as those of a list do, by its address."""
    name = urlsplit(link.url).path.rsplit("/", 1)[-1].lower()
    return "." not in name or name.endswith((".html", ".htm", ".shtml", ".jsp", ".do", ".aspx", ".php"))
