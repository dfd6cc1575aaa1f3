"""The crosswalk of the forms holds every indicator once, in the numbers that reading both forms by hand gave."""

from collections import Counter

from archive.read.forms.crosswalk import Relation, codes_of, crossing_of, crosswalk


def test_every_indicator_of_both_forms_is_in_one_crossing() -> None:
    for form, side in (("2019", "from_codes"), ("2021", "to_codes")):
        assert Counter(code for each in crosswalk() for code in getattr(each, side)) == Counter(codes_of(form))


def test_so_many_are_comparable_split_and_not_comparable() -> None:
    counted = {
        relation: tuple(
            sum(len(getattr(each, side)) for each in crosswalk() if each.relation is relation)
            for side in ("from_codes", "to_codes")
        )
        for relation in Relation
    }
    assert counted == {
        Relation.COMPARABLE: (172, 172),
        Relation.SPLIT: (7, 21),
        Relation.NOT_COMPARABLE: (19, 7),
    }


def test_a_comparable_cell_is_the_same_cell() -> None:
    assert all(e.from_codes == e.to_codes for e in crosswalk() if e.relation is Relation.COMPARABLE)
    split = crossing_of("requests.other_unpaid.total")
    assert split is not None
    assert split.from_codes == ("requests.other.total",)
    assert crossing_of("statistics.review.total") is None
