"""What the records of another crawler say as exchanges: a response or revisit with its request, a resource alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO

from archive.warc.facts import IDENTICAL, NOT_MODIFIED
from archive.warc.foreign import Foreign, Trouble, records
from archive.warc.foreign_http import honest
from archive.warc.member import parse_date

SILENT = ("warcinfo", "request", "metadata", "conversion", "continuation")
PROFILES = {  # WARC 1.0 and 1.1 name them alike but for the number
    IDENTICAL.replace("/1.1/", "/1.0/"): False,
    IDENTICAL: False,
    NOT_MODIFIED.replace("/1.1/", "/1.0/"): True,
    NOT_MODIFIED: True,
}
TRUNCATED = ("length", "time", "disconnect")


@dataclass(frozen=True, slots=True)
class Reference:
    """What a revisit says about the record that holds its payload, as far as it says it."""

    record_id: str | None
    url: str | None
    at: datetime | None
    not_modified: bool


@dataclass(frozen=True, slots=True)
class Found:
    """Something captured by another crawler.

    `block` is an HTTP response, of a revisit its head, of a resource (`media_type` set) the bytes themselves.
    """

    number: int
    record_id: str
    url: str
    at: datetime  # UTC
    block: bytes
    request: bytes = b""
    ip: str | None = None
    truncated: str | None = None
    media_type: str | None = None
    revisits: Reference | None = None
    payload_digest: str | None = None  # as the other crawler wrote it


def exchanges(file: IO[bytes]) -> Iterator[Found | Trouble]:
    """Gives what a WARC file holds in its order; what is none of our business only by its kind, as a Trouble."""
    for record, request in paired(records(file)):
        yield record if isinstance(record, Trouble) else exchange(record, request)


def paired(every: Iterator[Foreign | Trouble]) -> Iterator[tuple[Foreign | Trouble, bytes]]:
    """Gives each record but requests, a response with the request beside it, before or behind."""
    request: Foreign | None = None
    answer: Foreign | None = None
    for record in every:
        if isinstance(record, Trouble):
            yield record, b""
        elif record.type == "request":
            if answer and belong(record, answer):
                yield answer, record.block
                answer = None
            else:
                request = record
        elif record.type in ("response", "revisit"):
            if answer:
                yield answer, b""
            answer = record
            if request and belong(request, record):
                yield record, request.block
                answer = request = None
        else:
            yield record, b""
    if answer:
        yield answer, b""


def belong(request: Foreign, answer: Foreign) -> bool:
    """Tells whether two records say that they are of one exchange, else whether address and time are the same."""
    named = request.fields.get("warc-concurrent-to"), answer.fields.get("warc-concurrent-to")
    if any(named):
        return named[0] == answer.fields.get("warc-record-id") or named[1] == request.fields.get("warc-record-id")
    return (request.url, request.fields.get("warc-date")) == (answer.url, answer.fields.get("warc-date"))


def exchange(record: Foreign, request: bytes) -> Found | Trouble:
    """Gives a record as an exchange, or why it is left out."""

    def left(code: str, message: str) -> Trouble:
        return Trouble(record.number, code, f"{record.url or record.type}: {message}")

    if record.type in SILENT:
        return left("other-record", f"a {record.type} record")
    if record.type not in ("response", "resource", "revisit"):
        return left("other-record", f"a record of type {record.type!r}")
    if not record.url.lower().startswith(("http://", "https://")):
        return left("not-a-web-address", "not a web address")
    if request and not request.startswith(b"GET "):
        return left("not-a-get", f"the answer to a {request[:8].partition(b' ')[0].decode('latin-1')}")
    try:
        at = utc(record.fields["warc-date"])
    except (KeyError, ValueError, OverflowError):
        return left("no-date", f"WARC-Date is {record.fields.get('warc-date')!r}")
    revisits = None
    if record.type == "revisit":
        profile = record.fields.get("warc-profile", "")
        if profile not in PROFILES:
            return left("unknown-revisit", f"a revisit of the profile {profile!r}")
        revisits = reference(record, PROFILES[profile])
    resource = record.type == "resource"
    cut = record.fields.get("warc-truncated")
    return Found(
        number=record.number,
        record_id=record.fields.get("warc-record-id", ""),
        url=record.url,
        at=at,
        block=record.block if resource or revisits else honest(record.block),
        request=request,
        ip=record.fields.get("warc-ip-address"),
        # of a revisit it says that the body was left out, as it should be
        truncated=None if cut is None or revisits else cut if cut in TRUNCATED else "length",
        media_type=media_type(record) if resource else None,
        revisits=revisits,
        payload_digest=record.fields.get("warc-payload-digest"),
    )


def reference(record: Foreign, not_modified: bool) -> Reference:
    """Gives what a revisit refers to."""
    fields = record.fields
    try:
        at = utc(fields["warc-refers-to-date"])
    except (KeyError, ValueError, OverflowError):
        at = None
    url = fields.get("warc-refers-to-target-uri", "").strip("<> ")
    return Reference(fields.get("warc-refers-to"), url or None, at, not_modified)


def utc(text: str) -> datetime:
    """Gives the time of a WARC-Date, UTC where it does not say so. Raises ValueError, OverflowError."""
    at = parse_date(text)
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def media_type(record: Foreign) -> str:
    """Gives what a resource record says its block is."""
    return record.fields.get("content-type") or "application/octet-stream"
