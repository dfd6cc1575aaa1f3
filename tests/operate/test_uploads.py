"""Uploads: what is recorded, what is removed, and that a run goes on where another ended."""

import fcntl
import itertools
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import obstore
import pytest
from sqlalchemy import Engine, text

from archive.config import Config
from archive.errors import StoreUnavailableError
from archive.operate.uploads import Uploads, after_crawl, described, upload
from archive.warc import store
from tests.object_store import ObjectStore

numbers = itertools.count()
NAMES = [f"crawl1-20240301T180509Z-host-{number}-1.warc.gz" for number in (1, 2, 3)]


@pytest.fixture
def config(
    tmp_path: Path, engine: Engine, running_store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Config]:
    """Settings with three sealed files, one that is written, and one torn tail in the folder."""
    for name, value in running_store.more.items():
        monkeypatch.setenv(name, value)
    store.opened.cache_clear()
    made = Config(home=tmp_path, warc_url=f"s3://warcs/uploads/{next(numbers)}")
    made.warcs.mkdir()
    for name in NAMES:
        (made.warcs / name).write_bytes(name.encode() * 1000)
    for name in ("crawl1-x.warc.gz.open", "crawl1-y.warc.gz.torn-17"):
        (made.warcs / name).write_bytes(b"not yet")
    yield made
    store.opened.cache_clear()


def bring(engine: Engine, config: Config) -> Uploads:
    assert config.warc_url is not None
    return upload(engine, config, config.warc_url, lambda done, total: None)


def client(running: ObjectStore, config: Config) -> Any:
    return running.client(str(config.warc_url).removeprefix("s3://warcs/"))


def rows(engine: Engine) -> list[Any]:
    with engine.begin() as connection:
        return list(connection.execute(text("SELECT * FROM warc_files ORDER BY name")))


def there(config: Config) -> set[str]:
    return set(store.sizes(str(config.warc_url)))


def here(config: Config) -> set[str]:
    return {path.name for path in config.warcs.glob("*.warc.gz")}


def test_an_upload_is_recorded_once_and_the_copy_stays(engine: Engine, config: Config) -> None:
    assert bring(engine, config) == Uploads(uploaded=tuple(NAMES))
    assert there(config) == here(config) == set(NAMES)
    found = rows(engine)
    assert [row.name for row in found] == NAMES
    for row in found:
        data = (config.warcs / row.name).read_bytes()
        assert (row.size, row.sha256) == (len(data), sha256(data).hexdigest())
        assert row.uploaded_to == f"{config.warc_url}/{row.name}"
        assert row.uploaded_at is not None
        assert row.sealed_at is not None
    assert bring(engine, config) == Uploads()
    assert rows(engine) == found


def test_copies_go_only_where_that_is_set_and_once_what_is_there_was_read_back(
    engine: Engine, config: Config, running_store: ObjectStore
) -> None:
    bring(engine, config)
    altered = (config.warcs / NAMES[1]).read_bytes().replace(b"h", b"H")
    obstore.put(client(running_store, config), NAMES[1], altered)
    removing = replace(config, warc_local="remove")
    assert bring(engine, removing) == Uploads(removed=(NAMES[0], NAMES[2]), differing=(NAMES[1],))
    assert here(config) == {NAMES[1]}
    assert list(after_crawl(engine, removing)) == [
        f"{config.warc_url}/{NAMES[1]}: the object has other bytes than the file in the folder; nothing was overwritten"
    ]
    assert bytes(obstore.get(client(running_store, config), NAMES[1]).bytes()) == altered
    assert {path.name for path in config.warcs.iterdir()} >= {"crawl1-x.warc.gz.open", "crawl1-y.warc.gz.torn-17"}


def test_a_file_that_is_being_checked_is_removed_the_next_time(engine: Engine, config: Config) -> None:
    removing = replace(config, warc_local="remove")
    with (config.warcs / NAMES[0]).open("rb") as reader:
        fcntl.flock(reader, fcntl.LOCK_SH)
        assert bring(engine, removing) == Uploads(uploaded=tuple(NAMES), removed=tuple(NAMES[1:]))
    assert bring(engine, removing) == Uploads(removed=(NAMES[0],))


def test_what_was_uploaded_but_not_recorded_is_not_uploaded_again(
    engine: Engine, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put(str(config.warc_url), config.warcs / NAMES[0])
    sent: list[str] = []
    put = store.put

    def watched(url: str, path: Path) -> None:
        sent.append(path.name)
        put(url, path)

    monkeypatch.setattr(store, "put", watched)
    assert bring(engine, config).uploaded == tuple(NAMES[1:])
    assert sent == NAMES[1:]
    assert len(rows(engine)) == 3


def test_an_object_that_went_is_uploaded_again(engine: Engine, config: Config, running_store: ObjectStore) -> None:
    bring(engine, config)
    obstore.delete(client(running_store, config), NAMES[2])
    assert described(config.warcs, str(config.warc_url)).endswith("has 2 files; 1 wait for their upload")
    assert bring(engine, config).uploaded == (NAMES[2],)
    assert there(config) == set(NAMES)


def test_a_store_that_goes_away_loses_nothing_and_the_next_run_goes_on(
    engine: Engine, config: Config, running_store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    removing = replace(config, warc_local="remove")
    put = store.put

    def dying(url: str, path: Path) -> None:
        if path.name == NAMES[1]:
            running_store.kill()
        put(url, path)

    with monkeypatch.context() as patched:
        patched.setattr(store, "put", dying)
        with pytest.raises(StoreUnavailableError):
            bring(engine, removing)
    assert here(config) == set(NAMES[1:])
    assert [row.name for row in rows(engine)] == NAMES[:1]
    [issue] = after_crawl(engine, removing)
    assert issue.startswith(f"WARC files wait in {config.warcs} for their upload: {config.warc_url}: ")

    running_store.start()
    assert bring(engine, removing) == Uploads(uploaded=tuple(NAMES[1:]), removed=tuple(NAMES[1:]))
    assert there(config) == set(NAMES)
    assert not here(config)


def test_another_store_gets_its_own_copies(engine: Engine, config: Config) -> None:
    bring(engine, config)
    moved = replace(config, warc_url=f"{config.warc_url}-moved/")
    assert bring(engine, moved).uploaded == tuple(NAMES)
    assert {row.uploaded_to for row in rows(engine)} == {f"{config.warc_url}-moved/{name}" for name in NAMES}
