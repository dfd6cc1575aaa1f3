"""A server that sends given bytes, whatever they are, and remembers both directions of every exchange."""

import contextlib
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Self

# Of the request; None: say nothing and keep the line open. What is iterated is sent piece by piece, unseen by `seen`.
Answer = bytes | Callable[[bytes], bytes | Iterator[bytes] | None]

PROBE = re.compile(r"/[0-9a-f]{32}\.html")


@dataclass(frozen=True, slots=True)
class Seen:
    """One exchange as the server saw it."""

    path: str
    request: bytes
    response: bytes
    at: float

    def header(self, name: str) -> str | None:
        """Gives a request header."""
        for line in self.request.decode("latin-1").split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.lower() == name.lower():
                return value.strip()
        return None


class RawServer:
    """Answers each path with its bytes; a path not named is a 404. Says goodbye by closing where it must."""

    def __init__(self, address: str = "127.0.0.1") -> None:
        self.answers: dict[str, Answer] = {}
        self.seen: list[Seen] = []
        self.delay = 0.0
        self._lock = threading.Lock()
        self._listener = socket.create_server((address, 0), backlog=100)
        self.host = f"{address}:{self._listener.getsockname()[1]}"
        self.base = f"http://{self.host}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.vanish()

    def vanish(self) -> None:
        """Stops accepting, as a machine that is switched off."""
        with contextlib.suppress(OSError):  # stopped before
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def page(self, path: str, body: str | bytes, headers: str = "Content-Type: text/html; charset=utf-8") -> None:
        """Serves an ordinary page."""
        self.answers[path] = http(body, headers)

    def paths(self) -> list[str]:
        """Gives the paths asked for, in order, without the one that cannot exist (soft 404)."""
        return [one.path for one in self.seen if not PROBE.fullmatch(one.path)]

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        with line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            waiting = b""
            while True:
                while b"\r\n\r\n" not in waiting:
                    try:
                        piece = line.recv(65536)
                    except OSError:
                        return
                    if not piece:
                        return
                    waiting += piece
                head, _, waiting = waiting.partition(b"\r\n\r\n")
                if not self._answer(line, head + b"\r\n\r\n"):
                    return

    def _answer(self, line: socket.socket, request: bytes) -> bool:
        """Answers one request; gives whether the line stays open."""
        path = request.split(b" ", 2)[1].decode("ascii")
        if self.delay:
            time.sleep(self.delay)
        found = self.answers.get(path, http("<html><title>404</title>没有</html>", status="404 Not Found"))
        answer = found(request) if callable(found) else found
        whole = answer if isinstance(answer, bytes) else b""
        with self._lock:
            self.seen.append(Seen(path, request, whole, time.monotonic()))
        if answer is None:
            time.sleep(30)
            return False
        try:
            for piece in (whole,) if isinstance(answer, bytes) else answer:
                line.sendall(piece)
        except OSError:
            return False
        return b"X-Stay: 1" in whole


def http(body: str | bytes, headers: str = "Content-Type: text/html; charset=utf-8", status: str = "200 OK") -> bytes:
    """Gives an ordinary response on a line that stays open."""
    data = body.encode() if isinstance(body, str) else body
    head = f"HTTP/1.1 {status}\r\n{headers}\r\nX-Stay: 1\r\nContent-Length: {len(data)}\r\n\r\n"
    return head.encode("latin-1") + data
