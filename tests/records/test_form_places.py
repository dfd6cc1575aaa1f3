"""A code keeps its place in a form as long as arrays of figures stand by it."""

import re

import pytest
from sqlalchemy import Engine, select

from archive.errors import UsageError
from archive.records import readings
from archive.records.readings import PartForm
from archive.records.tables import identities, indicators
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


def test_a_form_that_nothing_was_read_in_may_still_change(engine: Engine) -> None:
    with engine.connect() as connection, connection.begin() as undone:
        Builder(connection)
        readings.register_forms(connection, [PartForm("remedies", "2021", (NEW, *INDICATORS), SUMS)])
        first = select(indicators.c.code).where(indicators.c.position == 1)
        assert connection.scalar(first) == NEW[0]
        undone.rollback()
