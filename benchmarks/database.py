"""The schema at size: loading by COPY, what tables take, the five questions of researchers, changing the tables.

Synthetic documents with some 200 figures each lie in the product's own tables, and the product's own queries choose
which reading of a document is the current one. Beside them the same figures as a long table, as JSONB and, if the
environment of the peers (.venv-peers) has DuckDB, as Parquet: those for fewer documents, as loading them takes long.

    python benchmarks/database.py [--documents 20000] [--beside 2000] [--repeats 5]
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Engine, Select, column, func, select, table, text

from archive.records import revisions
from archive.records.agencies import under_division
from archive.records.current import chosen_readings, current_readings
from archive.records.figures import figures_of
from archive.records.tables import documents
from archive.research.find import find
from benchmarks.synthetic import load
from benchmarks.synthetic.beside import compare
from benchmarks.synthetic.plan import Plan, agency_name, division
from benchmarks.synthetic.servers import machine, scratch, sizes

INDICATOR = "requests.received.natural_person"
PROVINCE, YEAR = "11", 2023
CELLS = table("figure_cells", *(column(name) for name in ("reading_id", "code", "value")))
CHECKS = table("check_results", *(column(name) for name in ("reading_id", "code", "verdict")))
CHANGES = (
    ("a column with a default", "ALTER TABLE figures ADD COLUMN extra smallint NOT NULL DEFAULT 0"),
    ("a CHECK, NOT VALID", "ALTER TABLE figures ADD CONSTRAINT extra_small CHECK (extra < 9) NOT VALID"),
    ("VALIDATE it; readers and writers go on", "ALTER TABLE figures VALIDATE CONSTRAINT extra_small"),
    ("a CHECK at once; nobody reads meanwhile", "ALTER TABLE figures ADD CONSTRAINT extra_fits CHECK (extra < 8)"),
    ("CREATE INDEX CONCURRENTLY; all go on", "CREATE INDEX CONCURRENTLY ix_extra ON figures (part, form)"),
)


@dataclass(frozen=True, slots=True)
class Question:
    """What a researcher asks: a statement, or a function of the product; either gives rows."""

    name: str
    asked: Callable[[Connection], Select[Any] | list[Any]]

    def rows(self, connection: Connection) -> int:
        """Gives how many rows the answer has, all of them fetched."""
        answer = self.asked(connection)
        return len(answer) if isinstance(answer, list) else len(connection.execute(answer).all())


def cells(connection: Connection, within: Select[Any] | None, *what: Any) -> Select[Any]:
    """Gives columns of the figures of current readings, of documents `within`."""
    current = current_readings(revisions.placing(connection, 1), None, within)
    return (
        select(*what)
        .select_from(documents)
        .join(current, current.c.document_id == documents.c.id)
        .join(CELLS, CELLS.c.reading_id == current.c.reading_id)
    )


def province(connection: Connection) -> Select[Any]:
    """One indicator over the agencies of a province and seven years."""
    within = select(documents.c.id).where(
        documents.c.agency_id.in_(under_division(PROVINCE)), documents.c.year.between(2019, 2025)
    )
    asked = cells(connection, within, documents.c.agency_id, documents.c.year, CELLS.c.value)
    return asked.where(CELLS.c.code == INDICATOR)


def agency(connection: Connection) -> list[Any]:
    """Every figure of one agency in all years."""
    found = find(connection, agency=f"{division(0)}/{agency_name(1)}")
    return [figure for some in figures_of(connection, [one.reading_id for one in found]).values() for figure in some]


def broken(connection: Connection, year: int | None = None) -> Select[Any]:
    """Identities that fail, by year."""
    within = None if year is None else select(documents.c.id).where(documents.c.year == year)
    current = current_readings(revisions.placing(connection, 1), None, within)
    return (
        select(documents.c.year, CHECKS.c.code, func.count())
        .join(current, current.c.document_id == documents.c.id)
        .join(CHECKS, CHECKS.c.reading_id == current.c.reading_id)
        .where(CHECKS.c.verdict == "fails")
        .group_by(documents.c.year, CHECKS.c.code)
    )


def national(connection: Connection) -> Select[Any]:
    """Sum and median of one indicator by year, over the whole country."""
    value = CELLS.c.value
    middle = func.percentile_cont(0.5).within_group(value)
    asked = cells(connection, None, documents.c.year, func.sum(value), middle)
    return asked.where(CELLS.c.code == INDICATOR).group_by(documents.c.year)


def everything(connection: Connection) -> Select[Any]:
    """Sum of every indicator by year."""
    asked = cells(connection, None, documents.c.year, CELLS.c.code, func.sum(CELLS.c.value))
    return asked.group_by(documents.c.year, CELLS.c.code)


def chosen_alone(connection: Connection) -> Select[Any]:
    """Which reading of each document is the current one by the rule, as a former revision or an instant needs it."""
    return select(chosen_readings(revisions.placing(connection, 1)))


QUESTIONS = (
    Question("one indicator, one province, 7 years", province),
    Question("one agency, all years", agency),
    Question("identities broken, one year", lambda connection: broken(connection, YEAR)),
    Question("identities broken, all years", broken),
    Question("national sum and median by year", national),
    Question("everything aggregated", everything),
    Question("(which reading is current, by the rule)", chosen_alone),
)


def percentiles(run: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Gives the median and the 95th percentile of the milliseconds a run takes, the first not counted."""
    took = []
    for _ in range(repeats + 1):
        started = time.perf_counter()
        run()
        took.append((time.perf_counter() - started) * 1000)
    ordered = sorted(took[1:])
    return ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]


def scans(connection: Connection, statement: Select[Any]) -> str:
    """Gives what a plan reads: each scan with its index or table, and how often it is begun."""
    written = statement.compile(connection.engine, compile_kwargs={"literal_binds": True})
    plan = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {written}")
    found: dict[str, int] = {}
    left = [plan.scalar_one()[0]["Plan"]]
    while left:
        node = left.pop()
        left += node.get("Plans", [])
        name = node.get("Index Name") or node.get("Relation Name")
        if name and node["Actual Loops"]:
            kind = {"Index Scan": "", "Index Only Scan": ""}.get(node["Node Type"], f"{node['Node Type']} ")
            found[f"{kind}{name}"] = max(found.get(f"{kind}{name}", 0), node["Actual Loops"])
    return ", ".join(f"{name} ×{loops}" for name, loops in found.items())


def fill(engine: Engine, plan: Plan) -> None:
    """Loads the archive and prints rows a second."""
    print(f"{'table':18} {'rows':>9} {'seconds':>8} {'rows/s':>8}")
    load.prepared(engine, 1)
    started = time.perf_counter()
    steps = chain(load.crawled(plan), load.read(plan, 1), load.derived(plan, 1))

    def told(name: str, rows: int, seconds: float) -> None:
        print(f"{name:18} {rows:9} {seconds:8.1f} {rows / seconds:8.0f}", flush=True)

    load.load(engine, steps, told)
    load.assign_documents(engine, plan)
    took = time.perf_counter() - started
    print(f"in all {took:.0f} s with VACUUM ANALYZE: {plan.documents / took:.0f} documents/s\n")


def weigh(engine: Engine, plan: Plan) -> None:
    """Prints what the tables take."""
    found = sizes(engine)
    print(f"{'MB':18} {'table':>9} {'indexes':>8} {'bytes a document':>17}")
    for name, (own, indexes) in [*found.items()][:9]:
        print(f"{name:18} {own / 1e6:9.1f} {indexes / 1e6:8.1f} {(own + indexes) / plan.documents:17.0f}")
    whole = sum(own + indexes for own, indexes in found.values())
    print(f"{'all':18} {whole / 1e6:18.1f} {whole / plan.documents:17.0f}\n")


def ask(engine: Engine, repeats: int) -> None:
    """Prints how long the questions take, and what is read for them."""
    print(f"{'question':38} {'rows':>7} {'p50 ms':>8} {'p95 ms':>8}")
    with engine.connect() as connection:
        for question in QUESTIONS:
            rows = question.rows(connection)
            middle, most = percentiles(lambda asked=question: asked.rows(connection), repeats)  # type: ignore[misc]
            print(f"{question.name:38} {rows:7} {middle:8.1f} {most:8.1f}", flush=True)
            asked = question.asked(connection)
            if not isinstance(asked, list):
                print(f"    {scans(connection, asked)}")
    print()


def change(engine: Engine) -> None:
    """Prints how long changes to the table of figures take, each as a migration may make it."""
    print("changing the table of figures")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name, statement in CHANGES:
            started = time.perf_counter()
            connection.execute(text(statement))
            print(f"    {name:42} {(time.perf_counter() - started) * 1000:8.0f} ms")
    print()


def main() -> None:
    """Prints all of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--beside", type=int, default=2000, help="documents in the layouts compared with")
    parser.add_argument("--repeats", type=int, default=5)
    asked = parser.parse_args()
    plan = Plan(asked.documents)
    with scratch() as engine:
        print(f"{asked.documents} documents; {machine(engine)}\n")
        fill(engine, plan)
        weigh(engine, plan)
        ask(engine, asked.repeats)
        compare(engine, min(asked.beside, asked.documents), asked.repeats, percentiles)
        change(engine)
        print(machine(engine))


if __name__ == "__main__":
    main()
