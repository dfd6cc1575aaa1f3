"""Two clocks: whatever the order of captures, re-readings, promotions and rollbacks, the versions are the same.

The same are: which bytes show the same report, in the order of first sight, and whose report it is. Numbers tell the
order in which we came to know versions; they never change, and a revision that is asked for answers as it did.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, insert, select

from archive.records import documents, revisions, versions
from archive.records.histories import version_readings
from archive.records.tables import agencies, readings, sources, underived, version_payloads
from archive.records.tables import documents as documents_table
from archive.records.tables import versions as versions_table
from archive.research.history import runs
from tests.records.builder import START, Builder, kept_and_chosen, reading_of

URLS = ("http://127.0.0.1/a.html", "http://127.0.0.1/b.html")
BODIES = "abcde"
REVISIONS = (1, 2, 3)

Content = tuple[str, str | None]  # what a revision reads in a body, and which agency; None: no report
Sight = tuple[int, str]  # source, body; the place in the list is the time


@dataclass(frozen=True)
class World:
    """What portals showed, and what each revision reads in it."""

    sights: tuple[Sight, ...]
    reads: dict[tuple[int, str], Content]


contents = st.tuples(st.sampled_from("xyz"), st.sampled_from(["青石镇", "青石镇", "苇渡镇", None]))
worlds = st.builds(
    World,
    st.lists(st.tuples(st.sampled_from([0, 0, 1]), st.sampled_from(BODIES)), min_size=3, max_size=8).map(tuple),
    st.fixed_dictionaries({(number, body): contents for number in REVISIONS for body in BODIES}),
)
Move = str | int  # "see" the next capture, "derive", "back", or promote a revision
moves = st.lists(st.sampled_from(["see", "see", "see", "derive", "back", 2, 3, 1]), max_size=14)


class Life:
    """An archive that is told of the captures in some order, and reads, promotes and takes back in between."""

    def __init__(self, connection: Connection, world: World, order: list[int]) -> None:
        self.connection, self.world, self.order = connection, world, order
        self.archive = Builder(connection)
        self.ids = [self.archive.source(url) for url in URLS]
        for number in REVISIONS:
            revisions.open_revision(connection, number)

    def see(self) -> None:
        if self.order:
            at = self.order.pop(0)
            source, body = self.world.sights[at]
            self.archive.seen(body, URLS[source], captured_at=START + timedelta(days=at))

    def read(self, number: int) -> None:
        """Reads what is there under a revision."""
        done = select(readings.c.payload_id).where(readings.c.revision == number)
        known = set(self.connection.scalars(done))
        for body, payload_id in self.archive.payload_ids.items():
            if payload_id not in known:
                content, agency = self.world.reads[number, body]
                reading = reading_of(content, number, agency=agency or "")
                if agency is None:
                    reading = replace(reading, agency=None, forms={}, figures=(), checks=())
                self.archive.read(body, reading)

    @property
    def current(self) -> int:
        return revisions.current_revision(self.connection) or 0

    def derive(self) -> None:
        self.read(self.current)
        self.derive_under(self.current)

    def derive_under(self, number: int) -> None:
        versions.derive(self.connection, number)
        kept, chosen = kept_and_chosen(self.connection)
        assert kept == chosen

    def derive_all(self) -> None:
        """Derives from everything, not only from what changed since."""
        self.connection.execute(insert(underived).values(kind="everything", row_id=self.current))
        self.derive()

    def promote(self, number: int) -> None:
        if number != self.current:
            self.derive()
            self.read(number)
            revisions.take_place(self.connection, number)
            self.derive_under(number)

    def back(self) -> None:
        before = revisions.replaced_by(self.connection, self.current)
        if before is not None:
            self.read(before)
            revisions.give_place_back(self.connection, before)
            self.derive_under(before)

    def live(self, moves: Sequence[Move]) -> None:
        steps: dict[str, Callable[[], None]] = {"see": self.see, "derive": self.derive, "back": self.back}
        for move in moves:
            before = self.numbers()
            steps[move]() if isinstance(move, str) else self.promote(move)
            assert before.items() <= self.numbers().items()

    def end(self, number: int) -> None:
        """Sees the rest and ends under a revision."""
        while self.order:
            self.see()
        self.promote(number)
        self.derive()

    def numbers(self) -> dict[int, tuple[int, int]]:
        """Gives source and number of each version there ever was."""
        rows = self.connection.execute(select(versions_table)).all()
        return {row.id: (row.source_id, row.number) for row in rows}

    def versions(self) -> list[list[set[str]]]:
        """Gives the bodies of each version of each source, by first sight; versions marked as the same are one."""
        names = {payload: body for body, payload in self.archive.payload_ids.items()}
        one = select(version_payloads, versions_table.c.same_as).join(versions_table)
        rows = self.connection.execute(one.where(version_payloads.c.version_id == versions_table.c.id)).all()
        found: list[list[set[str]]] = []
        for place, source in enumerate(self.ids):
            groups: dict[int, set[str]] = {}
            for row in rows:
                if row.source_id == source:
                    groups.setdefault(row.same_as or row.version_id, set()).add(names[row.payload_id])
            found.append(sorted(groups.values(), key=lambda bodies: self.first(place, bodies)))
        return found

    def first(self, source: int, bodies: set[str]) -> int:
        return next(at for at, (where, body) in enumerate(self.world.sights) if where == source and body in bodies)

    def whose(self) -> dict[int, str | None]:
        """Gives the agency of each source's document."""
        query = select(sources.c.id, agencies.c.name).outerjoin(
            documents_table, documents_table.c.id == sources.c.document_id
        )
        rows = self.connection.execute(query.outerjoin(agencies, agencies.c.id == documents_table.c.agency_id))
        return {self.ids.index(row.id): row.name for row in rows}

    def answers(self, number: int) -> object:
        """Gives what researchers hear under a revision."""
        found = documents.find(self.connection, number)
        seen = [version_readings(self.connection, source, number) for source in self.ids]
        return found, seen, runs(self.connection, self.ids, number)


FEW = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # making a failing example smaller takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@FEW
@given(world=worlds, moves=moves, last=st.sampled_from(REVISIONS), data=st.data())
def test_any_order_gives_the_same_versions(
    engine: Engine, world: World, moves: list[Move], last: int, data: st.DataObject
) -> None:
    told = []
    order = data.draw(st.permutations(range(len(world.sights))))
    for seen, lived in ((order, moves), (list(range(len(world.sights))), [last])):
        with engine.connect() as connection, connection.begin() as undone:
            life = Life(connection, world, list(seen))
            life.live(lived)
            life.end(last)
            told.append((life.versions(), life.whose()))
            hashes = {body: world.reads[last, body][0] for body in life.archive.payload_ids}
            for groups in life.versions():
                assert all(len({hashes[body] for body in group}) == 1 for group in groups)
            before = life.versions(), life.numbers(), life.whose()
            life.derive()
            assert (life.versions(), life.numbers(), life.whose()) == before
            life.derive_all()
            assert (life.versions(), life.numbers(), life.whose()) == before
            undone.rollback()
    assert told[0] == told[1]


@FEW
@given(world=worlds, moves=moves)
def test_a_step_and_back_is_no_step_and_old_answers_stay(engine: Engine, world: World, moves: list[Move]) -> None:
    with engine.connect() as connection, connection.begin() as undone:
        life = Life(connection, world, list(range(len(world.sights))))
        life.live([*moves, "see", "see", "see", "derive"])
        old = life.current
        new = next(number for number in REVISIONS if number != old)
        before, versions_before, whose = life.answers(old), life.versions(), life.whose()
        life.promote(new)
        assert life.answers(old) == before
        after = life.answers(new)
        life.back()
        assert (life.answers(old), life.versions(), life.whose()) == (before, versions_before, whose)
        assert life.answers(new) == after
        life.promote(new)
        assert life.answers(new) == after
        undone.rollback()
