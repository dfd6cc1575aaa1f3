"""What the index needs to know about one exchange, and how a record carries it.

A record written by us says all of it itself, so that an orphan, or a whole archive, can be indexed from the files
alone. What is not in the standard fields stands in two fields of ours: `Nianbao-Context`, compact ASCII JSON, and
`Nianbao-Payload-SHA256`; a third, `Nianbao-Payload-Digest`, holds the payload digest where the standard field is
left out (docs/decisions/payload-digest-of-chunked-bodies.md).
"""

import json
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from archive.model import CaptureKind, Context, Original, Role
from archive.warc.http import Message, headers_json, parse_response
from archive.warc.member import MalformedRecordError, Record, parse_date

CONTEXT = "Nianbao-Context"
SHA256 = "Nianbao-Payload-SHA256"
OWN_DIGEST = "Nianbao-Payload-Digest"
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"


@dataclass(frozen=True, slots=True)
class Facts:
    """One exchange as the index knows it."""

    kind: CaptureKind
    record_id: str  # of the first record, angle brackets included
    url: str
    at: datetime
    context: Context
    status: int | None = None
    headers: tuple[tuple[str, str], ...] | None = None  # as `jsonb` takes them; None: no response
    ip: str | None = None
    truncated: str | None = None
    error: str | None = None  # set if and only if the kind is ERROR
    flaw: str | None = None  # a coding.Flaw: the payload is what could be decoded
    validator_sent: bool = False
    wire_bytes: int = 0  # of the response as received; a revisit keeps fewer
    payload_digest: str | None = None  # of the entity; of a revisit the original's
    payload_sha256: str | None = None  # of the decoded body, lower-case hexadecimal
    payload_size: int | None = None  # of the decoded body; None where it was not received
    refers_to: Original | None = None


def context_field(facts: Facts, written_url: str) -> str:
    """Gives the value of `Nianbao-Context`: the context, and what else no standard field can say."""
    said: dict[str, Any] = {field.name: getattr(facts.context, field.name) for field in fields(Context)}
    said |= {
        "url": facts.url if facts.url != written_url else None,
        "error": facts.error,
        "flaw": facts.flaw,
        "validator_sent": facts.validator_sent or None,
        "wire_bytes": facts.wire_bytes or None,
        "payload_size": facts.payload_size,
    }
    known = {name: value for name, value in said.items() if value is not None}
    return json.dumps(known, ensure_ascii=True, separators=(",", ":"), default=date.isoformat)


def is_capture(record: Record) -> bool:
    """Gives whether a record stands for an exchange: not warcinfo, nor a request beside its response."""
    return CONTEXT in record.headers or record.type in ("response", "revisit")


def facts_of(record: Record) -> Facts:
    """Gives back the facts with which a record of ours was written. Raises MalformedRecordError."""
    headers = record.headers
    try:
        said = json.loads(headers[CONTEXT])
        message = parse_response(record.block) if record.type in ("response", "revisit") else None
        return Facts(
            kind=kind_of(record, said),
            record_id=headers["WARC-Record-ID"],
            url=said.get("url", headers["WARC-Target-URI"]),
            at=parse_date(headers["WARC-Date"]),
            context=context_of(said),
            status=message.status if message else None,
            headers=headers_of(record, message),
            ip=headers.get("WARC-IP-Address"),
            truncated=headers.get("WARC-Truncated"),
            error=said.get("error"),
            flaw=said.get("flaw"),
            validator_sent=said.get("validator_sent", False),
            wire_bytes=said.get("wire_bytes", 0),
            payload_digest=headers.get("WARC-Payload-Digest", headers.get(OWN_DIGEST)),
            payload_sha256=headers.get(SHA256),
            payload_size=said.get("payload_size"),
            refers_to=original_of(record) if record.type == "revisit" else None,
        )
    except (KeyError, ValueError, TypeError) as error:
        raise MalformedRecordError(f"not a record of ours: {type(error).__name__} {error}") from error


def headers_of(record: Record, message: Message | None) -> tuple[tuple[str, str], ...] | None:
    """Gives the headers of a response; a resource has only the media type that was claimed for it."""
    if message:
        return tuple((name, value) for name, value in headers_json(message))
    return (("Content-Type", record.headers["Content-Type"]),) if record.type == "resource" else None


def kind_of(record: Record, said: dict[str, Any]) -> CaptureKind:
    """Gives the kind of capture that a record is."""
    if "error" in said:
        return CaptureKind.ERROR
    if record.type == "revisit":
        profiles = {IDENTICAL: CaptureKind.REVISIT_IDENTICAL, NOT_MODIFIED: CaptureKind.REVISIT_NOT_MODIFIED}
        return profiles[record.headers["WARC-Profile"]]
    return CaptureKind.RESPONSE


def context_of(said: dict[str, Any]) -> Context:
    """Gives the Context in a `Nianbao-Context`; keys that are not of it are left to others."""
    known = {field.name: said[field.name] for field in fields(Context) if field.name in said}
    published = known.get("published")
    known["role"] = Role(known["role"])
    known["published"] = date.fromisoformat(published) if published else None
    return Context(**known)


def original_of(record: Record) -> Original:
    """Gives the response record to which a revisit refers."""
    headers = record.headers
    return Original(
        record_id=headers["WARC-Refers-To"],
        url=headers["WARC-Refers-To-Target-URI"],
        at=parse_date(headers["WARC-Refers-To-Date"]),
        payload_digest=headers["WARC-Payload-Digest"],
        payload_sha256=headers.get(SHA256),
    )
