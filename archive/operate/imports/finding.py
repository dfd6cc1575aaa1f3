"""Takes what lies under the paths to the keeper, and finds the reports among it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from urllib.parse import urlsplit

from archive import sandbox
from archive.model import Context, Hints, Payload, Role, Storage
from archive.operate.imports.counts import Count
from archive.operate.imports.homes import Homes
from archive.operate.imports.judging import Answer, Task, judge, kind_of, may_be_report
from archive.operate.imports.keeping import Item, Keeper
from archive.operate.imports.manifest import Said
from archive.operate.imports.paths import Input
from archive.records import Connection, Engine, imports
from archive.records.crawls import Place
from archive.records.imports import Report
from archive.urls import key_of
from archive.warc.foreign import Trouble
from archive.warc.foreign_exchange import Found
from archive.warc.http import content_type
from archive.warc.record import receive

ROBOTS = "/robots.txt"
TOGETHER = 200  # payloads judged before what was found of them is written
NOTHING = Said(0)


@dataclass(frozen=True, slots=True)
class Via:
    """A report's page that links to a document, and what the link says."""

    url: str
    text: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class Candidate:
    """A capture that may be a report."""

    report: Report
    place: Place
    page: bool
    count: Count
    where: str


class Finder:
    """What an import has found so far."""

    def __init__(self, engine: Engine, storage: Storage, workers: int, homes: Homes, keeper: Keeper) -> None:
        self._engine = engine
        self._storage = storage
        self._workers = workers
        self._homes = homes
        self._keeper = keeper
        self._documents: set[str] = set()  # keys of the documents there are
        self._links: dict[str, Via] = {}  # key of a document → the page that leads to it
        self._candidates: dict[int, Candidate] = {}
        self._reports: dict[tuple[str, str], Candidate] = {}
        self.revisits = False

    def take(self, stage: str, found: Found, each: Input, said: Said | None, count: Count) -> None:
        """Hands on what belongs to a stage: pages and whatever is no document; documents; revisits."""
        try:
            key = key_of(found.url)
        except ValueError:
            if stage == "pages":
                count.leave(each.where, Trouble(found.number, "not-a-web-address", f"{found.url}: no web address"))
            return
        if found.revisits:
            self.revisits = True
            if stage == "revisits":
                self._hand_on(found, "revisit", True, each, said, count)
        elif stage == "documents":
            if key in self._documents and (kind := sort_of(found, each)[0]) == "document":
                self._hand_on(found, kind, True, each, said, count)
        elif stage == "pages":
            kind, worth = sort_of(found, each)
            if kind == "document":
                self._documents.add(key)
            elif kind == "other" and not each.is_warc:
                count.leave(each.where, Trouble(0, "not-a-document", f"{found.media_type}, no document"))
            else:
                self._hand_on(found, kind, worth, each, said, count)

    def flush(self) -> None:
        """Has what is waiting kept."""
        self._note(self._keeper.flush())

    def judge(self, stage: str) -> None:
        """Finds the reports among what was kept in a stage."""
        candidates, self._candidates = self._candidates, {}
        waiting = iter(candidates)
        while ids := list(islice(waiting, TOGETHER)):
            with self._engine.connect() as connection:
                tasks: list[Task] = list(imports.stored(connection, ids).items())
            answers = sandbox.run(partial(judge, self._storage), tasks, workers=self._workers)
            reports = [c for (number, _), answer in answers if (c := self._judged(candidates[number], answer))]
            with self._engine.begin() as connection:
                imports.add_reports(connection, [candidate.report for candidate in reports])

    def count_reports(self, connection: Connection) -> int:
        """Counts the addresses at which a document stands, path by path; gives the number of documents."""
        candidates = list(self._reports.values())
        found = imports.documented(connection, [candidate.report for candidate in candidates])
        for n, candidate in enumerate(candidates):
            if n in found:
                candidate.count.reports += 1
            else:
                why = f"{candidate.report.url}: a report, but it cannot be read, or agency or year are not known"
                candidate.count.leave(candidate.where, Trouble(0, "unnamed-report", why))
        return len({document for documents in found.values() for document in documents})

    def _hand_on(self, found: Found, kind: str, worth: bool, each: Input, said: Said | None, count: Count) -> None:
        """Hands something to the keeper with what is known of why it is there."""
        said = said or NOTHING
        via = self._links.get(key_of(found.url))
        place = via.place if via and not said.portal else self._homes.of(found.url, said.portal)
        context = Context(
            portal=place.id,
            role=role_of(found.url, kind, worth),
            title=said.title or (via.text if via else None),
            published=said.published,
            agency=said.agency,
            year=said.year,
            via=via.url if via else None,
        )
        sure = via is not None or said is not NOTHING
        self._note(self._keeper.put(Item(found, place, context, count, each.where, kind, worth or sure, sure)))

    def _note(self, kept: list[Item]) -> None:
        """Remembers those of the kept captures that may be reports, and those that are sure to be some."""
        sure = []
        for item in kept:
            assert item.capture_id is not None
            if not item.worth:
                continue
            candidate = self._candidate(item)
            if item.sure:
                sure.append(candidate.report)
                self._reports.setdefault((candidate.report.portal_id, candidate.report.url_key), candidate)
            else:
                self._candidates[item.capture_id] = candidate
        if sure:
            with self._engine.begin() as connection:
                imports.add_reports(connection, sure)

    def _candidate(self, item: Item) -> Candidate:
        url, context = item.found.url, item.context
        key, own = self._homes.key(url, item.place), key_of(url)
        role = "report" if item.kind == "page" or not context.via else "attachment"
        alias = own if own != key else None
        report = Report(item.place.id, key, url, role, context.title, context.published, alias)
        return Candidate(report, item.place, item.kind == "page", item.count, item.where)

    def _judged(self, candidate: Candidate, answer: Answer) -> Candidate | None:
        """Gives the candidate where it is a report, and remembers to which documents its page leads."""
        url = candidate.report.url
        if isinstance(answer, sandbox.Failure):
            trouble = Trouble(0, "unreadable-file", f"{url}: {answer.code}: {answer.message}")
            candidate.count.leave(candidate.where, trouble)
            return None
        linked = {key: text for text, key in self._linked(answer.links)}
        if not (answer.report or (answer.announces and linked)):
            candidate.count.leave(candidate.where, Trouble(0, "no-report", f"{url}: no report"))
            return None
        for key, text in linked.items():
            self._links.setdefault(key, Via(url, text, candidate.place))
        self._reports.setdefault((candidate.report.portal_id, candidate.report.url_key), candidate)
        return candidate

    def _linked(self, links: tuple[tuple[str, str], ...]) -> Iterator[tuple[str | None, str]]:
        """Gives text and key of the links that lead to a document of this import."""
        for url, text in links:
            try:
                key = key_of(url)
            except ValueError:
                continue
            if key in self._documents:
                yield text or None, key


def sort_of(found: Found, each: Input) -> tuple[str, bool]:
    """Gives the kind of what was found, and whether it may be a report."""
    if urlsplit(found.url).path == ROBOTS:
        return "other", False
    if found.media_type is not None:
        payload, hints = Payload(found.block), Hints(url=found.url, media_type=found.media_type.partition(";")[0])
    else:
        received = receive(found.block)
        if not 200 <= (received.message.status or 0) < 300 or received.content.flaw or found.truncated:
            return "other", False
        claimed, charset = content_type(received.message)
        payload, hints = Payload(received.content.data), Hints(found.url, claimed, charset)
    kind = kind_of(payload, hints)
    if kind == "image":
        kind = "other" if each.is_warc else "document"  # a scan, where someone has chosen it
    return kind, kind == "document" or (kind == "page" and may_be_report(payload, hints))


def role_of(url: str, kind: str, worth: bool) -> Role:
    """Gives the role of something imported."""
    if kind == "document":
        return Role.ATTACHMENT
    if urlsplit(url).path == ROBOTS:
        return Role.ROBOTS
    return Role.REPORT if worth else Role.OTHER
