"""The object store as readers and uploads use it, against a real server, and what they say when it is not well."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import obstore
import pytest

from archive import sandbox
from archive.answers import read_stored
from archive.errors import CorruptArchiveError, StoreUnavailableError
from archive.model import Exchange, Hints, Location, Payload, Storage
from archive.records.waiting import Stored
from archive.warc import store
from archive.warc.reader import payload_at, record_at
from archive.warc.record import exchange_records
from archive.warc.store import MissingObjectError
from archive.warc.writer import Writer
from tests.object_store import KEY, SECRET, ObjectStore

Make = Callable[..., Exchange]
URL = "s3://warcs/some/where"
QUICK = {"allow_http": True, "connect_timeout": timedelta(seconds=2), "timeout": timedelta(seconds=1)}


@pytest.fixture
def found(running_store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[ObjectStore]:
    """The running store, empty, as our variables name it."""
    yield from at(running_store, monkeypatch)
    for name in store.sizes(URL):
        obstore.delete(running_store.client("some/where"), name)


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    store.opened.cache_clear()


def at(running: ObjectStore, monkeypatch: pytest.MonkeyPatch, **more: str) -> Iterator[ObjectStore]:
    for name, value in (running.more | more).items():
        monkeypatch.setenv(name, value)
    store.opened.cache_clear()
    yield running


def test_a_file_comes_back_as_it_was(found: ObjectStore, tmp_path: Path) -> None:
    data = os.urandom(2 * store.PIECE + 4711)
    path = tmp_path / "a-20240301T180509Z-host-1-1.warc.gz"
    path.write_bytes(data)
    store.put(URL, path)
    assert store.sizes(URL) == {path.name: len(data)}
    assert store.size(URL, path.name) == len(data)
    assert b"".join(store.pieces(URL, path.name, len(data))) == data
    assert store.bytes_at(URL, Location(path.name, store.PIECE - 3, 9)) == data[store.PIECE - 3 : store.PIECE + 6]
    assert store.bytes_at(URL, Location(path.name, len(data) - 3, 9)) == data[-3:]
    assert bytes(obstore.get(found.client("some/where"), path.name).bytes()) == data


def test_a_record_is_read_from_the_folder_or_else_from_the_store(
    found: ObjectStore, quirks: dict[str, bytes], make: Make, tmp_path: Path
) -> None:
    writer = Writer(tmp_path, "demo", {})
    places = [writer.append(exchange_records(make(block), None, False).members)[0] for block in quirks.values()]
    writer.close()
    here, there = Storage(tmp_path), Storage(tmp_path, URL)
    records, payloads = [[read(here, place) for place in places] for read in (record_at, payload_at)]
    assert [record_at(there, place) for place in places] == records

    [path] = tmp_path.iterdir()
    store.put(URL, path)
    path.unlink()
    assert [record_at(there, place) for place in places] == records
    assert [payload_at(there, place) for place in places] == payloads
    with pytest.raises(CorruptArchiveError, match="it is not there"):
        record_at(here, places[0])


def test_reading_processes_reach_the_store_and_say_when_it_is_away(
    found: ObjectStore, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = "<html><body><p>2023年政府信息公开工作年度报告</p></body></html>".encode()
    block = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    writer = Writer(tmp_path, "demo", {})
    place = writer.append(exchange_records(make(block), None, False).members)[0]
    writer.close()
    [path] = tmp_path.iterdir()
    store.put(URL, path)
    path.unlink()
    waiting = [Stored(1, Payload(body).sha256, place, Hints())]
    read = partial(read_stored, Storage(tmp_path, URL))
    [(_, answer)] = sandbox.run(read, waiting, workers=1)
    assert isinstance(answer, tuple)
    assert "年度报告" in (answer[0].text or "")

    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another-secret")
    [(_, answer)] = sandbox.run(read, waiting, workers=1)
    assert isinstance(answer, StoreUnavailableError)
    assert str(answer) == f"{URL}: SignatureDoesNotMatch"


def test_a_place_that_is_not_there_is_named(found: ObjectStore, tmp_path: Path) -> None:
    path = tmp_path / "b.warc.gz"
    path.write_bytes(b"0123456789")
    store.put(URL, path)
    path.unlink()
    place = Location("b.warc.gz", 4, 100)
    with pytest.raises(
        CorruptArchiveError, match=r"b\.warc\.gz: offset 4: 100 bytes are indexed, the file has 6 there"
    ):
        record_at(Storage(tmp_path, URL), place)
    with pytest.raises(CorruptArchiveError, match=r"b\.warc\.gz: the object ends too early"):
        record_at(Storage(tmp_path, URL), replace(place, offset=50))
    with pytest.raises(MissingObjectError, match=r"^s3://warcs/some/where/c\.warc\.gz: not in the object store$"):
        record_at(Storage(tmp_path, URL), replace(place, file="c.warc.gz"))


@pytest.mark.parametrize(
    ("url", "more", "reason"),
    [
        (URL, {"AWS_SECRET_ACCESS_KEY": "another-secret"}, "SignatureDoesNotMatch"),
        (URL, {"AWS_ACCESS_KEY_ID": "somebody"}, "InvalidAccessKeyId"),
        ("s3://no-such-bucket/x", {}, "NoSuchBucket"),
        (URL, {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, "error sending request"),
    ],
)
def test_who_is_not_let_in_hears_why_and_no_secret(
    running_store: ObjectStore,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    url: str,
    more: dict[str, str],
    reason: str,
) -> None:
    for _ in at(running_store, monkeypatch, **more):
        path = tmp_path / "a.warc.gz"
        path.write_bytes(b"x")
        for attempt in (
            lambda: store.sizes(url),
            lambda: store.bytes_at(url, Location("a.warc.gz", 0, 1)),
            partial(store.put, url, path),
        ):
            with pytest.raises(StoreUnavailableError, match=f"^{url}: .*{reason}") as told:
                attempt()
            assert not any(
                word in str(told.value) for word in (SECRET, KEY, "another-secret", "somebody", "Signature=", "<")
            )
            assert "\n" not in str(told.value)


def test_a_server_that_never_answers_is_given_up(
    monkeypatch: pytest.MonkeyPatch, running_store: ObjectStore, tmp_path: Path
) -> None:
    monkeypatch.setattr(store, "CLIENT", QUICK)
    path = tmp_path / "a.warc.gz"
    path.write_bytes(b"x")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        for _ in at(running_store, monkeypatch, AWS_ENDPOINT_URL=endpoint):
            for attempt in (lambda: store.sizes(URL), lambda: store.put(URL, path)):
                with pytest.raises(StoreUnavailableError, match=URL):
                    attempt()


def test_a_server_that_dies_during_an_upload_has_all_of_the_file_or_nothing(
    running_store: ObjectStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(os.urandom(5 * store.PIECE))
    with cut_after(running_store, 2 * store.PIECE) as endpoint:
        for _ in at(running_store, monkeypatch, AWS_ENDPOINT_URL=endpoint):
            with pytest.raises(StoreUnavailableError):
                store.put(URL, path)
    assert running_store.process is not None
    assert running_store.process.poll() is not None
    running_store.start()
    for _ in at(running_store, monkeypatch):
        assert store.sizes(URL) == {}
        store.put(URL, path)
        assert store.sizes(URL) == {path.name: path.stat().st_size}
        obstore.delete(running_store.client("some/where"), path.name)


@contextmanager
def cut_after(server: ObjectStore, count: int) -> Iterator[str]:
    """Gives an endpoint before the server's, which kills the server when so many bytes have come."""
    came = 0
    counting = threading.Lock()

    def pump(source: socket.socket, sink: socket.socket, counted: bool) -> None:
        nonlocal came
        with suppress(OSError):
            while data := source.recv(1 << 16):
                with counting:
                    came += len(data) * counted
                    if came > count and server.process and server.process.poll() is None:
                        server.kill()
                sink.sendall(data)
        for each in (source, sink):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def serve() -> None:
        with suppress(OSError):
            while True:
                asker, _ = listener.accept()
                try:
                    answerer = socket.create_connection(("127.0.0.1", server.ports[0]))
                except OSError:
                    asker.close()
                    continue
                opened.extend((asker, answerer))
                for ends in ((asker, answerer, True), (answerer, asker, False)):
                    pumps.append(threading.Thread(target=pump, args=ends))
                    pumps[-1].start()

    opened: list[socket.socket] = []
    pumps: list[threading.Thread] = []
    listener = socket.create_server(("127.0.0.1", 0))
    serving = threading.Thread(target=serve)
    serving.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        serving.join()
        for thread in pumps:
            thread.join()
        for each in opened:
            each.close()
