"""What became of an exchange that was kept: its facts and its payload, whether it is whole, what revisits refer to."""

from dataclasses import dataclass
from datetime import datetime

from archive.model import CaptureKind, Original
from archive.warc.coding import Flaw
from archive.warc.facts import Facts
from archive.warc.record import Received

INCOMPLETE = {Flaw.SHORT, Flaw.CHUNKS_INCOMPLETE, Flaw.CHUNKS_DAMAGED, Flaw.CODING_INCOMPLETE, Flaw.TOO_LONG}


@dataclass(frozen=True, slots=True)
class Captured:
    """What became of an exchange, now that it is durable.

    `payload` is the decoded body; of a 304 the held one, if it was asked for, else empty.
    """

    capture_id: int
    kind: CaptureKind
    status: int | None
    headers: tuple[tuple[str, str], ...]
    at: datetime
    sha256: str | None
    payload: bytes
    error: str | None

    @property
    def not_modified(self) -> bool:
        """Says whether the server told us that what we hold is current."""
        return self.kind is CaptureKind.REVISIT_NOT_MODIFIED

    def header(self, name: str) -> str | None:
        """Gives the first value of a header, latin-1."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


def captured_as(received: Received | None, facts: Facts, capture_id: int) -> Captured:
    """Gives what became of an exchange; of a 304 without what is held."""
    body = b"" if received is None or facts.kind is CaptureKind.REVISIT_NOT_MODIFIED else received.content.data
    return Captured(
        capture_id,
        facts.kind,
        facts.status,
        facts.headers or (),
        facts.at,
        facts.payload_sha256,
        body,
        facts.error,
    )


def incomplete(received: Received) -> str | None:
    """Gives why a body is not whole, or None. A plain page that claims to be gzip is whole."""
    flaw = received.content.flaw
    damaged = flaw is Flaw.CODING_DAMAGED and received.content.data != received.message.raw_body
    return f"the body is not whole ({flaw.value})" if flaw and (damaged or flaw in INCOMPLETE) else None


def as_original(facts: Facts) -> Original:
    """Gives a response that is about to be written as one that later revisits refer to."""
    assert facts.payload_digest is not None
    return Original(facts.record_id, facts.url, facts.at, facts.payload_digest, facts.payload_sha256)
