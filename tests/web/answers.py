"""Answers of the pages whatever their status, for tests of what they refuse."""

import urllib.error
import urllib.request
from dataclasses import dataclass
from email.message import Message


@dataclass(frozen=True)
class Answer:
    """An answer, read to its end."""

    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        """The body without a byte order mark."""
        return self.body.decode("utf-8-sig")


def asked(address: str, method: str = "GET", **headers: str) -> Answer:
    """Gives the answer to a request."""
    request = urllib.request.Request(address, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=120) as given:
            return Answer(given.status, given.headers, given.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.headers, error.read())
