"""A code keeps its place in a form as long as arrays of figures stand by it."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import Engine, select

from archive.errors import UsageError
from archive.model import Check, Figure, Status, Verdict
from archive.records import figures, readings
from archive.records.readings import PartForm
from archive.records.tables import identities, indicators
from archive.records.tables import readings as stored
from tests.records.builder import FORMS, INDICATORS, Builder, reading_of

NEW = ("remedies.review.corrected", "结果纠正", None)
SUMS = ("remedies.total.review",)


@pytest.mark.parametrize("labels", [True, False])
def test_a_form_that_was_read_only_grows_at_its_end(engine: Engine, labels: bool) -> None:
    with engine.connect() as connection, connection.begin() as undone:
        archive = Builder(connection)
        middle = PartForm("remedies", "2021", (INDICATORS[0], NEW, INDICATORS[1]), SUMS)
        archive.seen("A")
        archive.read("A", reading_of("A"))
        with pytest.raises(
            UsageError, match=r"form 2021, remedies: number 2 of its indicators is remedies\.review\.corr"
        ):
            readings.register_forms(connection, [middle], labels=labels)
        other_sum = PartForm("remedies", "2021", INDICATORS, ("remedies.total.other", *SUMS))
        with pytest.raises(UsageError, match=re.escape("number 1 of its identities is remedies.total.other")):
            readings.register_forms(connection, [other_sum], labels=labels)
        end = PartForm("remedies", "2021", (*INDICATORS, NEW), (*SUMS, "remedies.total.other"))
        readings.register_forms(connection, [end], labels=labels)
        codes = select(indicators.c.code).order_by(indicators.c.position)
        assert connection.scalars(codes).all() == [code for code, _, _ in (*INDICATORS, NEW)]
        assert len(connection.scalars(select(identities.c.code)).all()) == 2
        readings.register_forms(connection, FORMS, labels=labels)  # older code beside it takes nothing away
        assert len(connection.scalars(codes).all()) == 3
        undone.rollback()


def test_what_was_asked_for_the_codes_of_a_form_learns_of_those_that_came_after(engine: Engine) -> None:
    with engine.connect() as connection, connection.begin() as undone:
        archive = Builder(connection)
        connection.info.pop("codes", None)
        archive.seen("A")
        archive.read("A", reading_of("A"))
        own = select(stored.c.id).order_by(stored.c.id.desc()).limit(1)
        first = connection.scalars(own).one()
        assert len(figures.figures_of(connection, [first])[first]) == 2
        end = PartForm("remedies", "2021", (*INDICATORS, NEW), (*SUMS, "remedies.total.other"))
        readings.register_forms(connection, [end])
        shorter = reading_of("B")
        more = Figure(NEW[0], Status.DASH, raw="—"), Check("remedies.total.other", Verdict.HOLDS)
        longer = replace(shorter, figures=(*shorter.figures, more[0]), checks=(*shorter.checks, more[1]))
        archive.seen("B")
        archive.read("B", longer)
        then = connection.scalars(own).one()
        found, checks = figures.figures_and_checks(connection, then)
        assert [figure.indicator for figure in found] == [code for code, _, _ in (*INDICATORS, NEW)]
        assert [check.identity for check in checks] == [*SUMS, "remedies.total.other"]
        assert len(figures.figures_of(connection, [first])[first]) == 2
        undone.rollback()
        connection.invalidate()  # it remembers what was taken back


def test_a_form_that_nothing_was_read_in_may_still_change(engine: Engine) -> None:
    with engine.connect() as connection, connection.begin() as undone:
        Builder(connection)
        readings.register_forms(connection, [PartForm("remedies", "2021", (NEW, *INDICATORS), SUMS)])
        first = select(indicators.c.code).where(indicators.c.position == 1)
        assert connection.scalar(first) == NEW[0]
        undone.rollback()
