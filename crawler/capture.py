"""The download handler that keeps each exchange as it crossed the wire, and only then hands it on.

A Scrapy response no longer has the reason phrase, the case and order of its headers, its chunk borders or its
encoded body; so the bytes are taken where they pass, at the protocol (docs/decisions/tee-the-protocol.md).
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import scrapy
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError, IgnoreRequest, ResponseDataLossError
from scrapy.http import Response
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.interfaces import IAddress
from twisted.python.failure import Failure

from archive import model
from archive.errors import EnvironmentNotReadyError
from crawler.middlewares import LeftError
from crawler.settings import DOWNLOAD_MAXSIZE

try:
    from scrapy.core.downloader.handlers.http11 import (
        HTTP11DownloadHandler,
        _LenientHTTP11ClientFactory,
        _LenientHTTP11ClientProtocol,
        _LenientHTTPClientParser,
        _ScrapyAgent,
    )
    from scrapy.utils._download_handlers import wrap_twisted_exceptions
except ImportError as moved:
    raise EnvironmentNotReadyError(
        f"Scrapy {scrapy.__version__} has moved what the capture of exchanges stands on ({moved}); "
        "install the locked versions (make setup)"
    ) from moved


@dataclass(slots=True, eq=False)
class Wire:
    """The bytes of one exchange while it goes on."""

    sent: bytearray = field(default_factory=bytearray)
    received: bytearray = field(default_factory=bytearray)
    ip: str | None = None


class TolerantParser(_LenientHTTPClientParser):
    """Also reads `Content-Type : text/html`; old IIS and Tomcat sites put a space before the colon."""

    def headerReceived(self, name: bytes, value: bytes) -> None:  # noqa: N802 – Twisted's name
        """Takes a header line apart from the spaces around its name."""
        super().headerReceived(name.strip(), value)  # type: ignore[no-untyped-call]


class TeeProtocol(_LenientHTTP11ClientProtocol):
    """Keeps what passes in both directions; one `Wire` a request, also on a connection used again."""

    wire: Wire | None = None
    teed = False

    def request(self, request: Any) -> Any:
        """Sends a request; its Wire hangs on the response, or on the failure."""
        wire = self.wire = Wire()
        self._tee_transport()
        transport: Any = self.transport
        wire.ip = getattr(transport.getPeer(), "host", None)
        deferred = super().request(request)
        if self._parser is not None:
            self._parser.__class__ = TolerantParser

        def attach(result: Any) -> Any:
            carrier: Any = result.value if isinstance(result, Failure) else result
            carrier.nianbao_wire = wire
            return result

        return deferred.addBoth(attach)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 – Twisted's name
        """Keeps what arrives before anything interprets it."""
        if self.wire is not None:
            self.wire.received += data
        super().dataReceived(data)  # type: ignore[no-untyped-call]

    def _tee_transport(self) -> None:
        """Makes the transport keep what is written; once, for the connection may be used again."""
        if self.teed:
            return
        self.teed = True
        transport: Any = self.transport
        write, write_sequence = transport.write, transport.writeSequence

        def tee(data: bytes) -> None:
            self.wire.sent.extend(data)  # type: ignore[union-attr]
            write(data)

        def tee_sequence(pieces: Any) -> None:
            self.wire.sent.extend(b"".join(pieces))  # type: ignore[union-attr]
            write_sequence(pieces)

        transport.write, transport.writeSequence = tee, tee_sequence


class TeeFactory(_LenientHTTP11ClientFactory):
    """Builds the protocols of the pool."""

    def buildProtocol(self, addr: IAddress | None) -> TeeProtocol:  # noqa: N802 – Twisted's name
        """Gives a protocol that keeps its bytes."""
        return TeeProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class TeeAgent(_ScrapyAgent):
    """One request; remembers its Wire, however the request ends."""

    wire: Wire | None = None

    def _cb_bodyready(self, txresponse: Any, request: Request) -> Any:
        self.wire = txresponse.nianbao_wire
        return super()._cb_bodyready(txresponse, request)

    def _cb_timeout(self, result: Any, request: Request, url: str, timeout: float) -> Any:
        if self.wire is None and isinstance(result, Failure):  # it ended before there were headers
            self.wire = getattr(result.value, "nianbao_wire", None)
        return super()._cb_timeout(result, request, url, timeout)


class TeeHandler(HTTP11DownloadHandler):
    """Fetches, has the exchange written durably, and gives the response with the body that was kept.

    The spider's `keep(exchange, request)` does the writing. It is awaited before anyone sees the response, for
    robots.txt, redirects, retries and failures too.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = TeeFactory

    async def download_request(self, request: Request) -> Response:
        """Gives the response of a kept exchange. Raises StorageFailedError, or why there is no response."""
        spider: Any = self._crawler.spider
        async with spider.hosts.turn(request.url):
            if spider.stop:  # while this request waited for its turn
                raise LeftError("left for another night")
            agent, at = self._agent(), datetime.now(UTC)
            try:
                with wrap_twisted_exceptions():
                    response = await maybe_deferred_to_future(agent.download_request(request))
            except Exception as error:
                await spider.keep(exchange(request, at, agent.wire, error), request)
                raise
            captured = await spider.keep(exchange(request, at, agent.wire, None), request)
        if captured.kind is model.CaptureKind.ERROR and captured.status != 304:
            raise ResponseDataLossError(captured.error)
        if captured.payload == response.body:
            return response
        return response.replace(body=captured.payload)  # its coding is undone

    def _agent(self) -> TeeAgent:
        return TeeAgent(
            contextFactory=self._contextFactory,
            bindAddress=self._bind_address,
            pool=self._pool,
            maxsize=self._default_maxsize,
            warnsize=self._default_warnsize,
            fail_on_dataloss=self._fail_on_dataloss,
            crawler=self._crawler,
            tls_verbose_logging=self._tls_verbose_logging,
        )


def exchange(request: Request, at: datetime, wire: Wire | None, error: Exception | None) -> model.Exchange:
    """Gives what crossed the wire, with the reason where it gave no usable response."""
    wire = wire or Wire()
    received = bytes(wire.received)
    return model.Exchange(
        url=request.url,
        at=at,
        request=bytes(wire.sent),
        response=received,
        context=request.meta["context"],
        ip=wire.ip,
        truncated=cut_by(error) if error and received else None,
        error=reason(error) if error else None,
        validator_sent=b"If-None-Match" in request.headers or b"If-Modified-Since" in request.headers,
    )


def cut_by(error: Exception) -> str | None:
    """Gives the WARC-Truncated value of bytes that arrived before a failure."""
    if isinstance(error, DownloadTimeoutError):
        return "time"
    if isinstance(error, DownloadCancelledError):
        return "length"  # the size limit is what cancels
    return "disconnect"


def reason(error: Exception) -> str:
    """Gives the cause of a failure in words; Twisted wraps it in lists of failures."""
    if isinstance(error, IgnoreRequest):
        return str(error)  # ours, and in words
    if isinstance(error, DownloadCancelledError):
        return f"the body is longer than {DOWNLOAD_MAXSIZE} bytes"  # nothing else cancels
    inner = error.__cause__ or error
    for wrapped in getattr(inner, "reasons", ()):
        inner = wrapped.value
    if isinstance(error, ResponseDataLossError):
        return str(error) or "the body is shorter than announced"
    text = str(inner) or str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def check_scrapy() -> None:
    """Raises EnvironmentNotReadyError where this Scrapy lacks the private names that the tee stands on."""
    lacking = [
        f"{owner.__name__}.{name}"
        for owner, names in (
            (_ScrapyAgent, ("_cb_bodyready", "_cb_timeout", "download_request")),
            (_LenientHTTP11ClientProtocol, ("request", "dataReceived")),
            (_LenientHTTPClientParser, ("headerReceived", "lineReceived")),
        )
        for name in names
        if not hasattr(owner, name)
    ]
    if lacking:
        raise EnvironmentNotReadyError(f"Scrapy {scrapy.__version__} lacks {', '.join(lacking)}: make setup")
