"""One import from lock to counts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zipfile import BadZipFile

from archive import divisions, reading
from archive.config import Config
from archive.errors import UsageError
from archive.indexing import SOFTWARE, recover
from archive.model import Hints, Payload
from archive.operate.agencies import settle
from archive.operate.imports import manifest
from archive.operate.imports.counts import Count
from archive.operate.imports.finding import Finder
from archive.operate.imports.homes import Homes
from archive.operate.imports.keeping import Keeper
from archive.operate.imports.manifest import Manifest, Said
from archive.operate.imports.paths import Input, inputs
from archive.operate.notes import keep_notes
from archive.portals import Portal
from archive.read.media import media_type
from archive.records.session import advisory_lock, open_engine
from archive.urls import key_of
from archive.warc.foreign import MOST, Trouble
from archive.warc.foreign_exchange import Found, exchanges

STAGES = ("pages", "documents", "revisits")


@dataclass(frozen=True, slots=True)
class Options:
    """What a person says of the paths."""

    portal: str | None = None
    url_prefix: str | None = None
    manifest: Path | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What an import did; `crawl_id` is None where nothing was new."""

    crawl_id: int | None
    counts: tuple[Count, ...]
    documents: int
    summary: reading.Summary

    @property
    def degraded(self) -> bool:
        """Tells whether something was left out or could not be read that somebody may miss."""
        return any(count.degraded for count in self.counts) or self.summary.waiting_for is not None

    def as_json(self) -> dict[str, Any]:
        """Gives the result as plain dicts, lists and numbers."""
        return {
            "import": self.crawl_id,
            "paths": [count.as_json() for count in self.counts],
            "documents": self.documents,
            "read": self.summary.read,
        }


@dataclass(slots=True)
class Import:
    """The parts of an import that is going on."""

    options: Options
    said: Manifest
    finder: Finder
    counts: dict[Path, Count] = field(default_factory=dict)


def run(
    config: Config, paths: Sequence[Path], options: Options, portals: Sequence[Portal], tell: reading.Progress
) -> Result:
    """Imports paths and gives what came of each.

    Raises UsageError for a path, portal or manifest that is not what it should be, LockHeldError where a crawl runs,
    EnvironmentNotReadyError where the database or the disk fails.
    """
    said = manifest.load(options.manifest) if options.manifest else {}
    homes = Homes(portals, options.portal, {each.portal for each in said.values() if each.portal})
    if missing := [path for path in paths if not path.exists()]:
        raise UsageError(f"no file or folder {missing[0]}")
    if options.url_prefix is not None:
        check_address(options.url_prefix)
    table = divisions.load(config.divisions_file)
    with (
        open_engine(config.home, config.database_url) as engine,
        engine.connect() as holder,
        advisory_lock(holder, "crawl"),
    ):
        recover(engine, config.warcs, key_of)
        info = {"software": SOFTWARE, "operator": f"{config.operator}, {config.contact}", "description": "import"}
        with Keeper(engine, config.storage, info) as keeper:
            finder = Finder(engine, config.storage, config.workers, homes, keeper)
            going = Import(options, said, finder, {path: Count(str(path)) for path in paths})
            for stage in STAGES:
                if stage != "revisits" or finder.revisits:
                    go_through(going, stage)
                    finder.judge(stage)
        summary = reading.read_new(engine, config.storage, config.workers, tell)
        with engine.begin() as connection:
            settle(connection, table)
            documents = finder.count_reports(connection)
        keep_notes(engine, config)
        return Result(keeper.crawl_id, tuple(going.counts.values()), documents, summary)


def go_through(going: Import, stage: str) -> None:
    """Hands everything that is under the paths to the finder, which takes what belongs to a stage."""
    for path, count in going.counts.items():
        for each in inputs(path):
            if isinstance(each, Input):
                for found, said in contents(each, going):
                    if isinstance(found, Trouble):
                        if stage == STAGES[0]:
                            count.leave(each.where, found)
                    else:
                        going.finder.take(stage, found, each, said, count)
            elif stage == STAGES[0]:
                count.leave(*each)
    going.finder.flush()


def contents(each: Input, going: Import) -> Iterator[tuple[Found | Trouble, Said | None]]:
    """Gives what a file holds, with what the manifest says of it."""
    try:
        if each.is_warc:
            with each.opened() as stream:
                for found in exchanges(stream):
                    yield found, None
        else:
            said = going.said.get(each.path.resolve())
            yield file(each, going.options, said), said
    except (OSError, BadZipFile, NotImplementedError) as error:
        yield Trouble(0, "unreadable-file", getattr(error, "strerror", None) or str(error)), None


def file(each: Input, options: Options, said: Said | None) -> Found | Trouble:
    """Gives a file from disk: its address is what the manifest says, else what stands under the prefix, else its path.

    Raises OSError.
    """
    status = each.path.stat()
    if options.manifest and each.path.resolve() == options.manifest.resolve():
        return Trouble(0, "not-a-document", "the manifest")
    if status.st_size > MOST:
        return Trouble(0, "too-large", f"{status.st_size} bytes, {MOST} at most")
    data = each.path.read_bytes()
    if not data.strip():
        return Trouble(0, "empty", "there are no bytes to read")
    url = (said and said.url) or address(each, options.url_prefix)
    at = (said and said.captured_at) or datetime.fromtimestamp(status.st_mtime, UTC)
    kind = media_type(Payload(data), Hints(url=url, file_name=each.path.name))
    return Found(0, "", url, at.astimezone(UTC), data, media_type=kind)


def address(each: Input, prefix: str | None) -> str:
    """Gives the address of a file: its path under the one given, behind the prefix; else that of the file itself."""
    if prefix is None:
        return each.path.resolve().as_uri()
    relative = each.path.name if each.path == each.base else each.path.relative_to(each.base).as_posix()
    return prefix + quote(relative)


def check_address(prefix: str) -> None:
    """Raises UsageError where a prefix is no web address."""
    try:
        key_of(prefix)
    except ValueError:
        prefix = "file:"
    if prefix.startswith("file:"):
        raise UsageError("--url-prefix must be a web address, for instance https://www.example.gov.cn/xxgk/")
