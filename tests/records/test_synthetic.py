"""The synthetic archives of the benchmarks are what the product itself would have made, and their questions answer."""

from itertools import chain

from sqlalchemy import Engine, func, select

from archive.records import versions
from archive.records.tables import figures, sources, version_payloads
from benchmarks import database
from benchmarks.synthetic import load
from benchmarks.synthetic.plan import YEARS, Plan
from tests.records.builder import kept_and_chosen

PLAN = Plan(4 * len(YEARS))
PLACED = select(sources.c.id, sources.c.document_id).order_by(sources.c.id)
SHOWN = select(version_payloads).order_by(version_payloads.c.source_id, version_payloads.c.payload_id)


def test_a_loaded_archive_is_as_the_product_derives_it_and_answers(engine: Engine) -> None:
    load.prepared(engine, 1)
    load.load(engine, chain(load.crawled(PLAN), load.read(PLAN, 1), load.derived(PLAN, 1)), lambda *_: None)
    load.assign_documents(engine, PLAN)
    with engine.begin() as connection:
        before = [connection.execute(query).all() for query in (PLACED, SHOWN)]
        versions.derive(connection, 1)
        assert [connection.execute(query).all() for query in (PLACED, SHOWN)] == before
        kept, chosen = kept_and_chosen(connection)
        assert kept == chosen
        assert len(kept) == PLAN.documents
        assert len(before[0]) == 44 + 4
        assert connection.scalar(select(func.count()).select_from(figures)) == 3 * len(before[1])
    with engine.connect() as connection:
        rows = {question.name: question.rows(connection) for question in database.QUESTIONS}
    assert rows["one indicator, one province, 7 years"] == 4 * 7
    assert rows["national sum and median by year"] == len(YEARS)
    assert rows["(which reading is current, by the rule)"] == PLAN.documents
    assert rows["everything aggregated"] == rows["one agency, all years"] == 6 * 198 + 5 * 200
    assert rows["identities broken, all years"] > 0
