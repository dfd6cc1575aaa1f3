"""Makes the records of what others captured: files as `resource` records, revisits of which only the head is here."""

import hashlib
from dataclasses import replace
from datetime import datetime

from archive.model import CaptureKind, Context, Exchange, Original
from archive.warc.coding import Content
from archive.warc.facts import CONTEXT, IDENTICAL, SHA256, Facts, context_field
from archive.warc.http import parse_response
from archive.warc.member import digest, member, new_id, safe_url, warc_date
from archive.warc.record import Received, Records, common_fields, exchange_records


def resource_records(
    url: str, at: datetime, data: bytes, media_type: str, context: Context, original: Original | None
) -> Records:
    """Gives the record of bytes that came without HTTP; where `original` holds them already, a revisit of it."""
    facts = Facts(
        kind=CaptureKind.REVISIT_IDENTICAL if original else CaptureKind.RESPONSE,
        record_id=new_id(),
        url=url,
        at=at,
        context=context,
        headers=() if original else (("Content-Type", media_type),),
        wire_bytes=len(data),
        payload_digest=original.payload_digest if original else digest(data),
        payload_sha256=hashlib.sha256(data).hexdigest(),
        payload_size=len(data),
        refers_to=original,
    )
    fields = common_fields(facts, "revisit" if original else "resource", facts.record_id)
    fields |= {CONTEXT: context_field(facts, safe_url(url)), SHA256: facts.payload_sha256}
    fields["WARC-Payload-Digest"] = facts.payload_digest
    if original is None:
        return Records((member(fields | {"Content-Type": media_type}, data),), None, facts)
    fields["WARC-Profile"] = IDENTICAL
    fields["WARC-Refers-To"] = original.record_id
    fields["WARC-Refers-To-Target-URI"] = safe_url(original.url)
    fields["WARC-Refers-To-Date"] = warc_date(original.at)
    return Records((member(fields, b""),), None, facts)


def revisit_records(exchange: Exchange, original: Original, payload: bytes, not_modified: bool) -> Records:
    """Gives the record of a revisit whose head alone is in `exchange.response`; `original` holds its payload."""
    assert original.payload_sha256
    said = Received(
        message=parse_response(exchange.response),
        content=Content(payload),
        payload_digest=original.payload_digest,
        sha256=original.payload_sha256,
        digest_checkable=False,
    )
    return exchange_records(replace(exchange, validator_sent=not_modified), original, not_modified, said)
