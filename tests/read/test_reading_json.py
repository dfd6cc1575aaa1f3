import json
from decimal import Decimal

from archive.model import Check, Figure, Hints, Issue, Payload, Reading, Status, Verdict
from archive.read import REVISION, read
from archive.read.json import reading_json

READING = Reading(
    revision=7,
    media_type="text/plain",
    charset="gb18030",
    title="标题",
    agency="昌傅镇",
    year=2020,
    period=None,
    forms={"disclosure": "2019"},
    text="文",
    content_hash="ab",
    figures=(Figure("a.b", Status.NUMBER, "1 ", Decimal("1E+3"), "万元", Decimal("0.10"), "note", 2, 3, 4),),
    checks=(Check("c", Verdict.NOT_CHECKABLE, None, Decimal(0)),),
    issues=(Issue("code", "message"),),
)


def test_keys_order_and_plain_decimals() -> None:
    assert json.dumps(reading_json(READING, "x.txt", "00"), ensure_ascii=False) == (
        '{"file": "x.txt", "sha256": "00", "media_type": "text/plain", "charset": "gb18030", "revision": 7, '
        '"title": "标题", "agency": "昌傅镇", "year": 2020, "forms": {"disclosure": "2019"}, "text": "文", '
        '"content_hash": "ab", "figures": [{"indicator": "a.b", "status": "number", "value": "1000", "raw": "1 ", '
        '"unit": "万元", "value_wan": "0.10", "table": 2, "row": 3, "column": 4, "confidence": null}], '
        '"checks": [{"identity": "c", "left": null, "right": "0", "verdict": "not_checkable"}], '
        '"issues": [{"code": "code", "message": "message"}], "statements": [], "place": ""}'
    )


def test_reading_is_repeatable() -> None:
    payload = Payload("临江镇2020年政府信息公开工作年度报告\n一、总体情况\n无。\n".encode())
    first, second = read(payload, Hints()), read(payload, Hints())
    assert first == second
    assert first.revision == REVISION
