"""Answers one request: status, headers, validators, transfer coding; and the entry of the access log."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

from crawler.demo.pages.resource import Resource, plain

if TYPE_CHECKING:
    from crawler.demo.server import PortalServer

CHUNK = 4096
LONGEST_FORM = 1 << 16


@dataclass(frozen=True, slots=True)
class Access:
    """One request as the portal saw it; `host` is the Host header, `path` has the query."""

    portal: str
    method: str
    host: str
    path: str
    headers: Mapping[str, str]  # lower-case names
    status: int
    length: int  # bytes of the body as sent, before chunking
    start: datetime
    end: datetime


class Handler(BaseHTTPRequestHandler):
    """Speaks HTTP/1.1 for a PortalServer, keeping connections open."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "nginx", ""
    disable_nagle_algorithm = True
    wbufsize = 1 << 20  # head and body leave together, when they are flushed
    server: "PortalServer"

    def do_GET(self) -> None:
        """Answers a GET and logs it."""
        start = datetime.now(UTC)
        server = self.server
        form = self.rfile.read(min(int(self._asked.get("content-length", "0")), LONGEST_FORM))
        visit = server.visit(self.path)
        found = server.answer(self.command, self.path, self._asked, form, visit) or _missing(server.portal.charset)
        if _unchanged(found, self._asked):
            status, length = 304, self._send_304(found)
        else:
            status, length = found.status, self._send(found, found.shown(server.night, visit))
        self._log(status, length, start)
        self.wfile.flush()

    def do_POST(self) -> None:
        """Answers a POST as a GET with a form."""
        self.do_GET()

    def do_HEAD(self) -> None:
        """Answers a HEAD as the GET without its body."""
        self.do_GET()

    def _log(self, status: int, length: int, start: datetime) -> None:
        """Logs before the answer leaves, so that a client that has it finds it in the log."""
        asked = self._asked
        server, host = self.server, asked.get("host", "")
        end = datetime.now(UTC)
        access = Access(server.portal.id, self.command, host, self.path, asked, status, length, start, end)
        with server.lock:
            server.log.append(access)

    @property
    def _asked(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers.items()}

    def _send_304(self, found: Resource) -> int:
        self.send_response(304)
        self._validators(found)
        self.end_headers()
        return 0

    def _send(self, found: Resource, body: bytes) -> int:
        self.send_response(found.status)
        self.send_header("Content-Type", found.media)
        self._validators(found)
        if found.location:
            self.send_header("Location", found.location)
        for name, value in found.headers:
            self.send_header(name, value.decode("latin-1"))
        zipping = self.server.portal.zipping and found.media.startswith("text/") and found.status == 200
        if zipping:
            self.send_header("Vary", "Accept-Encoding")
        if zipping and "gzip" in self._asked.get("accept-encoding", ""):
            self.send_header("Content-Encoding", "gzip")
            body = gzip.compress(body, mtime=0)
        chunked = found.chunked and self.request_version == "HTTP/1.1"
        self.send_header(*(("Transfer-Encoding", "chunked") if chunked else ("Content-Length", str(len(body)))))
        self.end_headers()
        if self.command == "HEAD":
            return 0
        self.wfile.write(_in_chunks(body) if chunked else body)
        return len(body)

    def _validators(self, found: Resource) -> None:
        if found.last_modified:
            self.send_header("ETag", found.etag)
            self.send_header("Last-Modified", found.last_modified)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by the base class
        """Says nothing: the access log is data."""


def _missing(charset: str) -> Resource:
    text = "您访问的页面不存在或已删除，请检查网址是否正确。"
    return plain("404 页面不存在", text, ("/", "返回首页"), charset, status=404)


def _unchanged(found: Resource, asked: Mapping[str, str]) -> bool:
    """Tells whether the client's validators match; If-None-Match decides alone where it is given (RFC 9110)."""
    if found.last_modified is None:
        return False
    if "if-none-match" in asked:
        tags = (tag.strip().removeprefix("W/") for tag in asked["if-none-match"].split(","))
        return any(tag in ("*", found.etag) for tag in tags)
    try:
        since = parsedate_to_datetime(asked["if-modified-since"])
    except (KeyError, ValueError):
        return False
    return parsedate_to_datetime(found.last_modified) <= since


def _in_chunks(body: bytes) -> bytes:
    parts = (body[start : start + CHUNK] for start in range(0, len(body), CHUNK))
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
