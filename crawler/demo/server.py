"""Serves the demo portals, each on its own loopback address, and remembers every request."""

import contextlib
import socket
import sys
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from http.server import ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from archive.errors import EnvironmentNotReadyError
from crawler.demo.answers import Access, Handler
from crawler.demo.pages.resource import Resource
from crawler.demo.portal import DemoPortal, Request
from crawler.demo.portal_files import PORT
from crawler.demo.two import TWO

ATTEMPTS = 20  # to find a port that is free on every address


class PortalServer(ThreadingHTTPServer):
    """One portal on its address; closes the connections of its clients when it stops."""

    daemon_threads = True

    def __init__(self, portal: DemoPortal, address: tuple[str, int], night: int, log: list[Access]) -> None:
        self.portal = portal
        self.memory: dict[str, Any] = {}
        self.night = night
        self.log = log
        self.visits: Counter[str] = Counter()
        self.lock = threading.Lock()
        self._open: set[socket.socket] = set()
        super().__init__(address, Handler)

    def answer(self, method: str, target: str, headers: Mapping[str, str], form: bytes, visit: int) -> Resource | None:
        """Gives what the portal answers, None for its 404. One request at a time: portals remember."""
        host, port = self.server_address[:2]
        base = f"http://{host!s}:{port}"
        with self.lock:
            asked = Request(method, target, headers, form, self.night, visit, base, self.memory)
            return self.portal.answer(asked)

    def begin(self, night: int) -> None:
        """Begins a night; what was remembered of the one before is forgotten."""
        with self.lock:
            self.night = night
            self.memory.clear()

    def visit(self, path: str) -> int:
        """Counts a request of a path and gives the count."""
        with self.lock:
            self.visits[path] += 1
            return self.visits[path]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Starts the thread of a connection."""
        with self.lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Ends a connection."""
        with self.lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing of a client that hung up; any other trouble is a defect and is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def stop(self) -> None:
        """Stops accepting, hangs up on everybody, frees the port."""
        self.shutdown()
        with self.lock:
            for connection in self._open:
                with contextlib.suppress(OSError):  # the client was quicker
                    connection.shutdown(socket.SHUT_RDWR)
        self.server_close()


class DemoServer:
    """Portals, served from entering the context to leaving it.

    `bases` maps a portal's id to its base URL; `log` holds an `Access` for every request, in the order of
    their ends. Port 0 takes any port that is free on all addresses.
    """

    def __init__(self, port: int = PORT, night: int = 1, portals: Sequence[DemoPortal] = TWO) -> None:
        self.portals = tuple(portals)
        self.port = port
        self.night = night
        self.bases: Mapping[str, str] = {}
        self.log: list[Access] = []
        self._servers: list[PortalServer] = []

    def __enter__(self) -> Self:
        self._servers = self._bound()
        self.port = self._servers[0].server_address[1]
        self.bases = {one.portal.id: f"http://{one.portal.address}:{self.port}" for one in self._servers}
        for server in self._servers:
            name = f"demo {server.portal.id}"
            threading.Thread(target=server.serve_forever, args=(0.05,), name=name, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self._servers:
            server.stop()
        self._servers = []

    def set_night(self, night: int) -> None:
        """Moves the portals to a night while they are served."""
        self.night = night
        for server in self._servers:
            server.begin(night)

    def _bound(self) -> list[PortalServer]:
        trouble: OSError | None = None
        for _ in range(1 if self.port else ATTEMPTS):
            try:
                return self._bind()
            except OSError as error:
                trouble = error
        wanted = ", ".join(f"{portal.address}:{self.port}" for portal in self.portals)
        reason = trouble.strerror if trouble else "no attempt"
        raise EnvironmentNotReadyError(
            f"the demo portals cannot listen on {wanted} ({reason}); is another demo running? Give another port."
        ) from trouble

    def _bind(self) -> list[PortalServer]:
        servers: list[PortalServer] = []
        port = self.port
        try:
            for portal in self.portals:
                servers.append(PortalServer(portal, (portal.address, port), self.night, self.log))
                port = servers[0].server_address[1]
        except OSError:
            for server in servers:
                server.server_close()
            raise
        return servers
