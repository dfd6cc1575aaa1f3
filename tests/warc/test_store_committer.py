"""A crawl that is told 304 takes what it holds out of the object store; while that is away, only that page fails."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from archive.captured import Captured
from archive.committer import Committer
from archive.errors import CorruptArchiveError, StoreUnavailableError
from archive.model import CaptureKind, Exchange, Storage
from archive.records import captures, crawls
from archive.records.captures import Held
from archive.warc import store
from tests.object_store import ObjectStore
from tests.warc.conftest import CONTEXT

Make = Callable[..., Exchange]
URL = "s3://warcs/committer"


@pytest.fixture
def committer(
    engine: Engine, tmp_path: Path, running_store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], Committer]]:
    """Opens the writing thread of one crawl again and again over a folder with a store behind it."""
    for name, value in running_store.more.items():
        monkeypatch.setenv(name, value)
    store.opened.cache_clear()
    with engine.begin() as connection:
        place = crawls.Place(CONTEXT.portal, "示范", "990101", "http://www.example.gov.cn/")
        crawl_id = crawls.open_crawl(connection, [place], "test")
    failures: list[Exception] = []
    storage = Storage(tmp_path / "warc", URL)
    yield lambda: Committer(engine, storage, crawl_id, {}, str, failures.append)
    assert not failures
    store.opened.cache_clear()


@pytest.fixture
def held(
    committer: Callable[[], Committer], engine: Engine, make: Make, quirks: dict[str, bytes], tmp_path: Path
) -> tuple[Captured, Held]:
    """A page that lies in the store alone."""
    opened = committer()
    first = opened.submit(make(quirks["02-gzip-chunked"])).result()
    opened.close()
    [path] = (tmp_path / "warc").iterdir()
    store.put(URL, path)
    path.unlink()
    with engine.begin() as connection:
        [found] = captures.held(connection, [str(first.sha256)]).values()
    return first, found


def test_what_is_held_comes_out_of_the_store(
    committer: Callable[[], Committer], held: tuple[Captured, Held], make: Make, quirks: dict[str, bytes]
) -> None:
    first, original = held
    assert first.payload
    opened = committer()
    asked = make(quirks["10-not-modified"], validator_sent=True)
    wanted = opened.submit(asked, original, want_payload=True).result()
    assert (wanted.kind, wanted.payload) == (CaptureKind.REVISIT_NOT_MODIFIED, first.payload)
    assert opened.submit(asked, original).result().payload == b""
    opened.close()


@pytest.mark.parametrize("trouble", [StoreUnavailableError, CorruptArchiveError])
def test_a_page_whose_held_bytes_are_out_of_reach_fails_alone_and_is_kept(
    committer: Callable[[], Committer],
    held: tuple[Captured, Held],
    engine: Engine,
    make: Make,
    quirks: dict[str, bytes],
    running_store: ObjectStore,
    monkeypatch: pytest.MonkeyPatch,
    trouble: type[Exception],
) -> None:
    _, original = held
    if trouble is StoreUnavailableError:
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-wrong-one")
        store.opened.cache_clear()
    else:
        running_store.client("committer").delete(original.location.file)
    opened = committer()
    asked = make(quirks["10-not-modified"], validator_sent=True)
    lost = opened.submit(asked, original, want_payload=True)
    other = opened.submit(make(quirks["11-robots"]))
    assert other.result().payload
    with pytest.raises(trouble, match=URL):
        lost.result()
    opened.close()
    with engine.begin() as connection:
        assert captures.count_placed(connection) == 3


def test_who_no_longer_waits_for_an_answer_stops_nobody(
    committer: Callable[[], Committer], make: Make, quirks: dict[str, bytes]
) -> None:
    opened = committer()
    entered, leave = threading.Event(), threading.Event()

    def slow(_: Connection) -> bool:
        entered.set()
        return leave.wait(20)

    first = opened.run(slow)
    assert entered.wait(20)
    assert first.cancel()
    gone = opened.submit(make(quirks["02-gzip-chunked"]))
    assert gone.cancel()
    leave.set()
    kept = opened.submit(make(quirks["02-gzip-chunked"]))
    assert kept.result(20).kind is CaptureKind.REVISIT_IDENTICAL, "what nobody waits for is kept all the same"
    opened.close()
