"""Makes the records of an exchange: response or revisit, and request (docs/warc.md).

Blocks are the bytes as they crossed the wire. A revisit keeps the received status line and headers and refers to
the response record that holds the same payload.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from archive.model import CaptureKind, Exchange, Original
from archive.warc.coding import Content, Flaw
from archive.warc.facts import CONTEXT, IDENTICAL, NOT_MODIFIED, OWN_DIGEST, SHA256, Facts, context_field
from archive.warc.http import HEAD_END, Message, decode, framed, headers_json, parse_response
from archive.warc.member import labelled, member, new_id, safe_url, warc_date

RESPONSE_TYPE = "application/http; msgtype=response"
REQUEST_TYPE = "application/http; msgtype=request"
FIELDS_TYPE = "application/warc-fields"


@dataclass(frozen=True, slots=True)
class Received:
    """A response taken apart once: its message, its payload after WARC (entity) and after us (content)."""

    message: Message
    content: Content
    payload_digest: str  # of the entity, as WARC-Payload-Digest
    sha256: str  # of the content, hexadecimal
    digest_checkable: bool  # the entity is exactly what follows the first empty line of the block


@dataclass(frozen=True, slots=True)
class Records:
    """The gzip members of one exchange, in the order in which they are written, and what the index needs.

    The first stands for the capture: response or revisit; without a response the request; without either a
    metadata record that says what failed.
    """

    members: tuple[bytes, ...]
    request_id: str | None  # of the second member, where there is one
    facts: Facts

    @property
    def kind(self) -> CaptureKind:
        """Gives what the exchange left in the WARC."""
        return self.facts.kind


def receive(block: bytes) -> Received:
    """Gives a response block taken apart, decoded and digested."""
    message = parse_response(block)
    body = framed(message)
    content = decode(message, body)
    entity_digest = hashlib.sha256(body.data)
    same = content.data is body.data
    plain = (
        message.status is not None
        and len(body.data) == len(message.raw_body)
        and body.data == message.raw_body
        and first_head(message) == len(message.header_bytes)
    )
    return Received(
        message=message,
        content=content,
        payload_digest=labelled(entity_digest.digest()),
        sha256=entity_digest.hexdigest() if same else hashlib.sha256(content.data).hexdigest(),
        digest_checkable=plain,
    )


def first_head(message: Message) -> int:
    """Gives the length of the first head of a block: less than all of them after an interim response."""
    found = HEAD_END.search(message.header_bytes)
    return found.end() if found else len(message.header_bytes)


def exchange_records(
    exchange: Exchange, original: Original | None, not_modified: bool, received: Received | None = None
) -> Records:
    """Gives the records of an exchange.

    `original` is the response record that holds the same payload, or for a 304 the one whose validator was sent;
    `not_modified` says that the caller takes the 304 for what it claims. A body is left out only if its digest,
    or with whole content the one of its decoded bytes, equals the original's: anything else is kept in full.
    `received` saves taking the response apart again.
    """
    if exchange.response and received is None:
        received = receive(exchange.response)
    facts = facts_for(exchange, original, not_modified, received)
    if not exchange.response:
        first = lone_request(facts, exchange.request) if exchange.request else metadata(facts)
        return Records((first,), None, facts)
    first = answer(facts, exchange.response, received)
    if not exchange.request:
        return Records((first,), None, facts)
    request_id = new_id()
    second = member(request_fields(facts, request_id) | {"WARC-Concurrent-To": facts.record_id}, exchange.request)
    return Records((first, second), request_id, facts)


def facts_for(exchange: Exchange, original: Original | None, not_modified: bool, received: Received | None) -> Facts:
    """Gives what the index needs to know about an exchange that is about to be written."""
    error = exchange.error or unusable(exchange, original, not_modified, received)
    kind = CaptureKind.ERROR if error else kind_for(original, received)
    revisit = kind in (CaptureKind.REVISIT_IDENTICAL, CaptureKind.REVISIT_NOT_MODIFIED)
    refers_to = original if revisit else None
    held = kind is CaptureKind.REVISIT_NOT_MODIFIED and original
    content = received.content if received and not held else None
    flaw = content.flaw if content else None
    cut = "disconnect" if flaw in (Flaw.SHORT, Flaw.CHUNKS_INCOMPLETE) else None
    own_sha256 = received.sha256 if received else None
    return Facts(
        kind=kind,
        record_id=new_id(),
        url=exchange.url,
        at=exchange.at,
        context=exchange.context,
        status=received.message.status if received else None,
        headers=tuple((n, v) for n, v in headers_json(received.message)) if received else None,
        ip=exchange.ip,
        truncated=(exchange.truncated or cut) if received else None,
        error=error,
        flaw=flaw,
        validator_sent=exchange.validator_sent,
        wire_bytes=len(exchange.response),
        payload_digest=refers_to.payload_digest if refers_to else received.payload_digest if received else None,
        payload_sha256=original.payload_sha256 if held and original else own_sha256,
        payload_size=len(content.data) if content else None,
        refers_to=refers_to,
    )


def unusable(
    exchange: Exchange, original: Original | None, not_modified: bool, received: Received | None
) -> str | None:
    """Gives why a response cannot be used, or None. A 304 counts only as the answer to a validator of ours."""
    if received is None:
        return "no response"
    status = received.message.status
    if status is None:
        return "not an HTTP response"
    if status < 200:
        return f"only an interim response ({status})"
    if status == 304 and not (not_modified and exchange.validator_sent and original):
        return "304 that answers no validator of ours" if not exchange.validator_sent else "304, but nothing is held"
    return None


def kind_for(original: Original | None, received: Received | None) -> CaptureKind:
    """Gives the kind of a usable response. An empty body is never a revisit: there is nothing to save."""
    if received is None or original is None:
        return CaptureKind.RESPONSE
    if received.message.status == 304:
        return CaptureKind.REVISIT_NOT_MODIFIED
    same_entity = received.payload_digest == original.payload_digest
    same_content = received.sha256 == original.payload_sha256 and received.content.flaw is None
    if received.content.data and (same_entity or same_content):
        return CaptureKind.REVISIT_IDENTICAL
    return CaptureKind.RESPONSE


def answer(facts: Facts, block: bytes, received: Received | None) -> bytes:
    """Gives the response record, or the revisit record with received headers only."""
    original = facts.refers_to
    fields = common_fields(facts, "revisit" if original else "response", facts.record_id)
    fields[CONTEXT] = context_field(facts, safe_url(facts.url))
    fields[SHA256] = facts.payload_sha256
    fields["Content-Type"] = RESPONSE_TYPE
    if original is None or received is None:
        standard = received is not None and received.digest_checkable
        fields["WARC-Payload-Digest" if standard else OWN_DIGEST] = facts.payload_digest
        return member(fields, block)
    fields["WARC-Profile"] = IDENTICAL if facts.kind is CaptureKind.REVISIT_IDENTICAL else NOT_MODIFIED
    fields["WARC-Payload-Digest"] = original.payload_digest
    if facts.kind is CaptureKind.REVISIT_IDENTICAL and received.payload_digest != original.payload_digest:
        fields[OWN_DIGEST] = received.payload_digest  # same content in another coding: what came is not lost to sight
    fields["WARC-Refers-To"] = original.record_id
    fields["WARC-Refers-To-Target-URI"] = safe_url(original.url)
    fields["WARC-Refers-To-Date"] = warc_date(original.at)
    return member(fields, received.message.header_bytes)


def lone_request(facts: Facts, block: bytes) -> bytes:
    """Gives the request record of an exchange without a response: it stands for the capture."""
    fields = request_fields(facts, facts.record_id)
    return member(fields | {CONTEXT: context_field(facts, safe_url(facts.url))}, block)


def metadata(facts: Facts) -> bytes:
    """Gives the record of an exchange that never reached the wire: only why."""
    fields = common_fields(facts, "metadata", facts.record_id)
    fields |= {CONTEXT: context_field(facts, safe_url(facts.url)), "Content-Type": FIELDS_TYPE}
    return member(fields, warc_fields({"error": facts.error or ""}))


def warcinfo(file_name: str, at: datetime, info: Mapping[str, str]) -> bytes:
    """Gives the record at the head of each file: who crawled, with what, for whom to turn to."""
    fields = {
        "WARC-Type": "warcinfo",
        "WARC-Record-ID": new_id(),
        "WARC-Date": warc_date(at),
        "WARC-Filename": file_name,
        "Content-Type": FIELDS_TYPE,
    }
    return member(fields, warc_fields(info))


def warc_fields(values: Mapping[str, str]) -> bytes:
    """Gives a block of `application/warc-fields`: UTF-8 lines, line breaks in values folded to spaces."""
    lines = (f"{name}: {' '.join(value.split())}\r\n" for name, value in values.items())
    return "".join(lines).encode("utf-8", "backslashreplace")


def parse_warc_fields(block: bytes) -> dict[str, str]:
    """Gives the names and values of such a block."""
    pairs = (line.partition(": ") for line in block.decode("utf-8").split("\r\n") if line)
    return {name: value for name, _, value in pairs}


def request_fields(facts: Facts, record_id: str) -> dict[str, str | None]:
    """Gives the fields of a request record."""
    return common_fields(facts, "request", record_id) | {"Content-Type": REQUEST_TYPE}


def common_fields(facts: Facts, kind: str, record_id: str) -> dict[str, str | None]:
    """Gives the fields that all records of an exchange share."""
    return {
        "WARC-Type": kind,
        "WARC-Record-ID": record_id,
        "WARC-Target-URI": safe_url(facts.url),
        "WARC-Date": warc_date(facts.at),
        "WARC-IP-Address": facts.ip,
        "WARC-Truncated": facts.truncated if kind in ("response", "revisit") else None,
    }
