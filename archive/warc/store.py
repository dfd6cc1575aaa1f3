"""The object store behind the folder: sealed WARC files lie there under their names, never changed.

It is S3 as many speak it (docs/decisions/warc-in-object-storage.md). Endpoint, region and credentials come from the
variables that other S3 clients know (AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID …); none of them is in a message of ours.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from archive.errors import CorruptArchiveError, EnvironmentNotReadyError, StoreUnavailableError
from archive.model import Location

if TYPE_CHECKING:
    from obstore.store import ClientConfig, ObjectStore, RetryConfig

PIECE = 8 << 20  # of a file, in one request
TOGETHER = 4  # requests of one upload at a time
CLIENT: "ClientConfig" = {
    "allow_http": True,  # the endpoint says whether it is TLS
    "connect_timeout": timedelta(seconds=5),
    "timeout": timedelta(seconds=60),  # for one piece
}
RETRY: "RetryConfig" = {"max_retries": 2, "retry_timeout": timedelta(seconds=90)}
CODE = re.compile(r"<Code>(\w+)</Code>")


class MissingObjectError(CorruptArchiveError):
    """A file is not in the object store."""


@cache
def opened(url: str) -> "ObjectStore":
    """Gives the store at an address; nothing is asked of it yet. Raises EnvironmentNotReadyError without the extra."""
    try:
        from obstore.store import from_url
    except ModuleNotFoundError:
        raise EnvironmentNotReadyError("the object store needs an extra: pip install 'nianbao[s3]'") from None
    with telling(url):
        return from_url(url, client_options=CLIENT, retry_config=RETRY)


def sizes(url: str) -> dict[str, int]:
    """Gives the size of every file in the store by name. Raises StoreUnavailableError."""
    import obstore

    found = opened(url)
    with telling(url):
        return {each["path"]: each["size"] for some in obstore.list(found) for each in some}


def size(url: str, name: str) -> int:
    """Gives the size of a file. Raises MissingObjectError, StoreUnavailableError."""
    import obstore

    found = opened(url)
    with telling(url, name):
        return obstore.head(found, name)["size"]


def bytes_at(url: str, location: Location) -> bytes:
    """Gives the bytes at a place, fewer where the file ends before.

    Raises MissingObjectError, StoreUnavailableError.
    """
    import obstore

    found = opened(url)
    with telling(url, location.file):
        return bytes(obstore.get_range(found, location.file, start=location.offset, length=location.length))


def pieces(url: str, name: str, size: int) -> Iterator[bytes]:
    """Gives all of a file, piece by piece. Raises as bytes_at does."""
    for start in range(0, size, PIECE):
        yield bytes_at(url, Location(name, start, min(PIECE, size - start)))


def digest(url: str, name: str, size: int) -> str:
    """Gives the SHA-256 of a file as the store gives it back. Raises as bytes_at does."""
    made = hashlib.sha256()
    for piece in pieces(url, name, size):
        made.update(piece)
    return made.hexdigest()


def put(url: str, path: Path) -> None:
    """Uploads a file under its name; it is there whole or not at all. Raises StoreUnavailableError, OSError."""
    import obstore

    found = opened(url)
    with path.open("rb") as file, telling(url, path.name):
        obstore.put(found, path.name, file, chunk_size=PIECE, max_concurrency=TOGETHER)


@contextmanager
def telling(url: str, name: str | None = None) -> Iterator[None]:
    """Turns what the client raises into our errors, with no more of its message than what cannot hold a secret."""
    from obstore.exceptions import BaseError

    try:
        yield
    except FileNotFoundError as error:
        if name is None or reason_of(error) == "NoSuchBucket":
            raise StoreUnavailableError(f"{url}: {reason_of(error)}") from None
        raise MissingObjectError(f"{url}/{name}: not in the object store") from None
    except (BaseError, OSError, ValueError) as error:
        if reason_of(error) == "InvalidRange":
            raise MissingObjectError(f"{url}/{name}: the object ends too early") from None
        raise StoreUnavailableError(f"{url}: {reason_of(error)}") from None


def reason_of(error: Exception) -> str:
    """Gives the code by which the server says why, else what went wrong on the way to it."""
    said = str(error).partition("\n\nDebug source")[0]
    if code := CODE.search(said):
        return code[1]
    return said.rpartition(" - ")[2].splitlines()[0][:200] if said else type(error).__name__
