"""Files of decisions: written when something changes, never emptied by a database that knows less."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from archive.errors import CorruptArchiveError, StorageFailedError
from archive.operate.decisions import keep_decisions, take_in
from archive.records import overrides, pauses
from archive.records.pauses import Pause
from archive.records.whose import document_id


def test_what_a_new_database_does_not_know_stays_in_the_file_and_comes_back(engine: Engine, tmp_path: Path) -> None:
    files = tmp_path / "decisions"
    with engine.begin() as connection:
        document = document_id(connection, "990101", "青石镇", 2023)
        overrides.add(connection, document, "requests.received.total", Decimal("12.50"), "扫描件\n如此", "a")
        overrides.add(connection, document, "requests.received.total", None, "没有数字", "b")
        pauses.begin(connection, Pause("990101-qinghe", "改版", date(2026, 1, 2), None))
    keep_decisions(engine, tmp_path)
    kept = {path.name: path.read_text(encoding="utf-8") for path in files.iterdir()}
    assert [json.loads(line)["value"] for line in kept["overrides.jsonl"].splitlines()] == ["12.50", None]
    keep_decisions(engine, tmp_path)
    assert {path.name: path.read_text(encoding="utf-8") for path in files.iterdir()} == kept

    with engine.begin() as connection:
        connection.execute(text("TRUNCATE overrides, pauses, documents, agencies CASCADE"))
        pauses.begin(connection, Pause("990202-yunxiu", "新系统", date(2026, 1, 3), None))
    keep_decisions(engine, tmp_path)
    assert (files / "overrides.jsonl").read_text(encoding="utf-8") == kept["overrides.jsonl"]
    said = [json.loads(line)["portal"] for line in (files / "pauses.jsonl").read_text(encoding="utf-8").splitlines()]
    assert said == ["990101-qinghe", "990202-yunxiu"]

    with engine.begin() as connection:
        connection.execute(text("TRUNCATE pauses"))
        assert take_in(connection, tmp_path) == 4
        document = document_id(connection, "990101", "青石镇", 2023)
        [override] = overrides.overrides_of(connection, document)
        assert (override.value, override.author) == (None, "b")
        assert sorted(pauses.in_force(connection, date(2026, 2, 1))) == said
        pauses.end(connection, "990101-qinghe", date(2026, 2, 2))
    keep_decisions(engine, tmp_path)
    ended = [json.loads(line) for line in (files / "pauses.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [each["resumed_on"] for each in ended] == ["2026-02-02", None]


def test_a_file_that_cannot_be_used_is_named(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "decisions" / "pauses.jsonl"
    path.parent.mkdir()
    path.write_text('{"portal": "990101-qinghe", "reason": "x", "since": "2026-01-02"}\n{"portal"\n', encoding="utf-8")
    for use in (keep_decisions, taken):
        with pytest.raises(CorruptArchiveError, match=r"pauses\.jsonl: line 2: "):
            use(engine, tmp_path)
    path.parent.joinpath("overrides.jsonl").write_text('{"agency": "青石镇"}\n', encoding="utf-8")
    with pytest.raises(CorruptArchiveError, match=r"overrides\.jsonl: an entry lacks 'division'"):
        taken(engine, tmp_path)
    (tmp_path / "other" / "decisions" / ".pauses.jsonl.partial").mkdir(parents=True)
    with engine.begin() as connection:
        pauses.begin(connection, Pause("990101-qinghe", "改版", date(2026, 1, 2), None))
    with pytest.raises(StorageFailedError, match="cannot write"):
        keep_decisions(engine, tmp_path / "other")


def taken(engine: Engine, folder: Path) -> None:
    with engine.begin() as connection:
        take_in(connection, folder)
