import json
from dataclasses import FrozenInstanceError

import pytest

from archive.read.forms import FORMS, part_forms
from archive.read.forms.labels import Labels


def test_indicators_and_identities_by_form() -> None:
    assert [(p.part, p.form, len(p.indicators), len(p.identities)) for p in part_forms()] == [
        ("disclosure", "2019", 22, 0),
        ("requests", "2019", 161, 37),
        ("remedies", "2019", 15, 3),
        ("disclosure", "2021", 10, 0),
        ("requests", "2021", 175, 39),
        ("remedies", "2021", 15, 3),
        ("statistics", "2008", 70, 4),
        ("statistics", "fujian", 63, 0),
        ("statistics", "2014", 58, 7),
    ]


def test_codes_across_both_forms() -> None:
    old, new = ({i.code for p in part_forms() if p.form == form for i in p.indicators} for form in ("2019", "2021"))
    assert (len(old | new), len(old & new), len(old - new), len(new - old)) == (226, 172, 26, 28)


def test_labels_fit_the_database() -> None:
    assert max(len(i.label_zh) for p in part_forms() for i in p.indicators) <= 80


def test_a_part_form_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        FORMS["remedies", "2019"].form = "2021"  # type: ignore[misc]


def test_identity_codes_by_name() -> None:
    codes = FORMS["requests", "2019"].identities
    assert codes[0] == "requests.balance.natural_person"
    assert codes[13] == "requests.outcomes.total"
    assert codes[14] == "requests.row.received"
    assert json.dumps(FORMS["remedies", "2021"].identities[-1]) == '"remedies.total.litigation_after_review"'


LABELS = Labels(
    [
        ("open", "（一）予以公开"),
        ("refused", "（三）不予公开"),
        ("licensing", "行政许可"),
        ("penalties", "行政处罚"),
        ("law", "2.其他法律行政法规禁止公开"),
        ("rest", "3.其他"),
    ]
)


@pytest.mark.parametrize(
    ("printed", "key"),
    [
        ("(一) 予以\n公开", "open"),
        ("不\u00a0予\u3000公开", "refused"),
        ("（三）不子公开", "refused"),
        ("三、不予公开", "refused"),
        ("2．其他法律行政止公开", "law"),
        ("３、其他", "rest"),
        ("行政许", "licensing"),
        ("行政处可", None),  # as near to 行政许可 as to 行政处罚
        ("其它", None),
        ("12", None),
        ("无增减", None),
    ],
)
def test_labels_forgive_one_wrong_character_and_no_doubt(printed: str, key: str | None) -> None:
    assert LABELS.find(printed) == key


@pytest.mark.parametrize(
    ("printed", "key"),
    [
        ("行政许可（指2020年办件量）", "licensing"),
        ("行政处罚（含简易程序、一般程序和听证程序作出的全部处罚决定）", "penalties"),
        ("行政處罰", "penalties"),
        ("行政许可（其中：设立登记、变更登记、注销登记和其他许可）", None),
        ("行政许可（指历年累计办件量）", None),
        ("其他（指以上各项都不包括在内的所有其他情形和事项）", None),
        ("其他主动公开文件（含行政许可、行政处罚之外的所有其他公文）", None),
    ],
)
def test_what_explains_a_label_does_not_count(printed: str, key: str | None) -> None:
    assert LABELS.find(printed) == key
