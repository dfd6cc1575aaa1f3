"""The nouns of the archive as frozen dataclasses (vocabulary: docs/vocabulary.md).

Nothing here does anything: no clock, no network, no database. Times are aware UTC datetimes, digests are
lower-case hexadecimal SHA-256, numbers are `Decimal`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from pathlib import Path

# ── capture ──────────────────────────────────────────────────────────────────────────────────────────


class CaptureKind(StrEnum):
    """What an exchange left in the WARC."""

    RESPONSE = "response"
    REVISIT_IDENTICAL = "revisit_identical"  # the payload was already held
    REVISIT_NOT_MODIFIED = "revisit_not_modified"  # 304 to our own validator
    ERROR = "error"  # no usable response; bytes that did arrive are kept


class Role(StrEnum):
    """Why a URL is fetched."""

    ROBOTS = "robots"
    LIST = "list"
    REPORT = "report"
    ATTACHMENT = "attachment"
    PROBE = "probe"
    OTHER = "other"  # of an import: neither a page that may be a report nor a document


@dataclass(frozen=True, slots=True)
class Context:
    """What the crawler knew when it asked; kept in the WARC so that the index can be rebuilt from it."""

    portal: str
    role: Role
    column: str | None = None
    title: str | None = None  # as the list row or the link to the attachment gave it
    published: date | None = None  # as the list row gave it
    agency: str | None = None  # fixed by the column, or by the manifest of an import, where it is
    year: int | None = None  # of the report, as the manifest of an import says
    via: str | None = None  # URL of the page that linked here


@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP exchange as it crossed the wire; `response` is empty where nothing arrived."""

    url: str
    at: datetime
    request: bytes
    response: bytes
    context: Context
    ip: str | None = None
    truncated: str | None = None  # length | time | disconnect, as WARC-Truncated
    error: str | None = None  # why there is no usable response
    validator_sent: bool = False  # we sent If-None-Match or If-Modified-Since of our own


@dataclass(frozen=True, slots=True)
class Location:
    """Where one gzip member of a WARC file lies: file name, offset and length in bytes."""

    file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Storage:
    """Where the WARC files lie: in a folder, and, once they are sealed and uploaded, in an object store."""

    folder: Path
    url: str | None = None  # s3://bucket/prefix


@dataclass(frozen=True, slots=True)
class Original:
    """The response record that a revisit refers to."""

    record_id: str
    url: str
    at: datetime
    payload_digest: str  # the WARC-Payload-Digest value of that record
    payload_sha256: str | None = None  # of its decoded body


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Payload:
    """The decoded bytes of a response body."""

    data: bytes

    @cached_property
    def sha256(self) -> str:
        """Gives the digest that names these bytes."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class Hints:
    """What the capture claims about a payload; a hint may help to choose, it never decides alone."""

    url: str | None = None
    media_type: str | None = None  # Content-Type without parameters
    charset: str | None = None  # its charset parameter
    file_name: str | None = None  # from Content-Disposition, the URL or the disk
    title: str | None = None  # of the list row or link


class Status(StrEnum):
    """What stands in a cell; only `NUMBER` has a value."""

    NUMBER = "number"
    BLANK = "blank"
    DASH = "dash"
    TEXT = "text"
    UNREADABLE = "unreadable"
    NOT_ON_FORM = "not_on_form"


class Verdict(StrEnum):
    """Outcome of an accounting identity (勾稽关系)."""

    HOLDS = "holds"
    FAILS = "fails"
    NOT_CHECKABLE = "not_checkable"


@dataclass(frozen=True, slots=True)
class Figure:
    """One indicator as printed in one report.

    `table`, `row` and `column` are 0-based and point into the grid of the document's tables; None where the
    cell was not found. `value_wan` is money in 万元, None where the printed unit does not say. `confidence` (0 to 1) is
    how sure the recognition of a scanned cell is, None where the document itself holds the characters.
    """

    indicator: str
    status: Status
    raw: str | None = None
    value: Decimal | None = None
    unit: str | None = None
    value_wan: Decimal | None = None
    note: str | None = None
    table: int | None = None
    row: int | None = None
    column: int | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """A number that a report gives outside the statutory tables: in a sentence, or in a row no form knows.

    `indicator` is a code of its own (`prose.requests.received`), None where nothing says what is counted. A sentence
    keeps its whole `context`; a row has its label there and its column's heading in `heading`.
    """

    context: str
    status: Status
    raw: str
    indicator: str | None = None
    heading: str | None = None
    value: Decimal | None = None
    unit: str | None = None
    value_wan: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """An accounting identity evaluated; sides are None where an operand is not a number."""

    identity: str
    verdict: Verdict
    left: Decimal | None = None
    right: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """Something found about a reading: a stable English code and a message for people."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link inside a document that may lead to an attachment."""

    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reading code of one revision made of one report in a payload.

    `place` tells the reports of one payload apart (member of an archive, agency and year on a page); empty where the
    payload is one report. `statements` are numbers outside the statutory tables.
    """

    revision: int
    media_type: str
    charset: str | None
    title: str | None
    agency: str | None
    year: int | None
    period: tuple[date, date] | None
    forms: Mapping[str, str]  # part (disclosure, requests, remedies) → form (2019, 2021)
    text: str
    content_hash: str
    figures: tuple[Figure, ...] = ()
    checks: tuple[Check, ...] = ()
    issues: tuple[Issue, ...] = field(default=())
    statements: tuple[Statement, ...] = ()
    place: str = ""
