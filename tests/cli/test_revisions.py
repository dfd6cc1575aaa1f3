"""From a changed label rule to what researchers see: read beside, compared, gated, promoted, taken back."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from archive.records import session
from archive.research.document import document_json
from archive.research.find import one_document
from crawler.demo.truth import Planted, expected
from tests.cli.command import PROGRAM, Command

RULE = ("disclosure.coercion.", 'label = "行政强制"', 'label = "甲乙丙丁戊己"')


def changed_code(root: Path, folder: Path, old: str, new: str) -> int:
    """Copies the reading code with another text in the forms, REVISION raised by one; gives the old REVISION."""
    shutil.copytree(root / "archive", folder / "archive", ignore=shutil.ignore_patterns("__pycache__"))
    for form in ("2019", "2021"):
        path = folder / "archive" / "read" / "forms" / f"{form}.toml"
        said = path.read_text(encoding="utf-8")
        assert old in said
        path.write_text(said.replace(old, new), encoding="utf-8")
    path = folder / "archive" / "read" / "revision.py"
    said = path.read_text(encoding="utf-8")
    number = int(said.rpartition("REVISION = ")[2].split()[0])
    path.write_text(said.replace(f"REVISION = {number}", f"REVISION = {number + 1}"), encoding="utf-8")
    return number


@pytest.fixture
def read(archive: Command, tmp_path: Path, pytestconfig: pytest.Config) -> tuple[Command, int]:
    """An archive after a night, and from then on code with a changed label rule; with the old REVISION."""
    archive.demo(1)
    old = changed_code(pytestconfig.rootpath, tmp_path / "code", RULE[1], RULE[2])
    archive.more["PYTHONPATH"] = os.pathsep.join([str(tmp_path / "code"), os.environ.get("PYTHONPATH", "")])
    return archive, old


Place = tuple[str, str]


def place(planted: Planted) -> Place:
    return f"{planted.portal[:6]}/{planted.agency}", str(planted.year)


def shown(command: Command, where: Place, revision: int | None = None) -> dict[str, Any]:
    """Gives what `nianbao show --json` prints and the pages show, without a process for each question."""
    engine = create_engine(session.parsed(command.database_url), poolclass=NullPool)
    with session.snapshot(engine) as connection:
        document = one_document(connection, where[0], int(where[1]), revision=revision)
        found: dict[str, Any] = json.loads(json.dumps(document_json(connection, document)))
    return found


def touched() -> set[tuple[str, int, str]]:
    """Gives the cells that the rule touches: whatever is in them, they are not found any more."""
    return {(one.agency, one.year, code) for one in expected(1) for code in one.figures if code.startswith(RULE[0])}


def killed(command: Command) -> None:
    """Reads again, and is killed when something has been read."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "reread"],
        env=command.environ,
        cwd=command.home.parent,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("reading: ")
        os.killpg(process.pid, signal.SIGKILL)


class Poller(threading.Thread):
    """Asks for a report again and again, each time on a connection of its own, and keeps the answers."""

    def __init__(self, command: Command, where: Place) -> None:
        super().__init__()
        self.command, self.where = command, where
        self.answers: list[dict[str, Any]] = []
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.is_set():
            self.answers.append(shown(self.command, self.where))

    def __enter__(self) -> "Poller":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.join()


class Text(HTMLParser):
    """Collects the words of a page, and what it would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.fetched: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data.strip())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("script", "iframe", "img", "b")
        self.fetched += [value or "" for name, value in attrs if name in ("src", "href") and value and value[0] != "#"]


def test_a_changed_rule_from_reading_to_rollback(read: tuple[Command, int], tmp_path: Path) -> None:
    command, old = read
    some = expected(1)[::20]
    before = {place(one): shown(command, place(one)) for one in some}
    planted = next(
        one
        for one in some
        if one.format == "html" and any(one.figures[code] for code in one.figures if code.startswith(RULE[0]))
    )
    cell = next(code for code in planted.figures if code.startswith(RULE[0]) and planted.figures[code])
    subject = place(planted)
    command.run("override", *subject, cell, "77", "--note", "<b>by phone</b>", "--author", "a")
    before[subject] = shown(command, subject)
    assert command.json("show", *subject) == [before[subject]]

    ids = tmp_path / "ids"
    ids.write_text(f"# the subject\n{before[subject]['sha256']}\n", encoding="utf-8")
    narrow = ("--ids", str(ids), "--form", planted.form, "--portal", planted.portal, "--revision-below", str(old + 1))
    other = "2021" if planted.form == "2019" else "2019"
    assert command.json("reread", *narrow, "--form", other)[0]["read"] == 0
    assert command.json("reread", *narrow, "--media-type", "text/html")[0]["read"] == (planted.format == "html")
    assert "not read under" in command.run("revisions", "promote", code=4).stderr
    ids.write_text("abc\n", encoding="utf-8")
    assert "line 1: 'abc' is no SHA-256" in command.run("reread", "--ids", str(ids), code=2).stderr
    assert "below 99" in command.run("reread", "--revision-below", "99", code=2).stderr
    killed(command)
    [resumed] = command.json("reread")
    assert (resumed["revision"], resumed["current"], resumed["failed"]) == (old + 1, old, 0)
    [first, second] = command.json("revisions", "status")
    assert (first["revision"], first["current"], first["pending"]) == (old, True, 0)
    assert (second["revision"], second["current"], second["pending"], second["code"]) == (old + 1, False, 0, True)
    assert 0 < resumed["read"] < second["readings"] == first["readings"]
    assert command.json("reread") == [resumed | {"read": 0}]
    assert {one: shown(command, one) for one in before} == before
    assert "never promoted" in command.run("show", *subject, "--revision", str(old + 1), code=2).stderr

    page = tmp_path / "effect.html"
    [found] = command.json("revisions", "diff", "--by", "form", "--html", str(page))
    assert (found["from"], found["to"]) == (old, old + 1)
    assert {(one["agency"], one["year"], one["indicator"]) for one in found["lost"]} == touched()
    cells = {(one["sha256"], one["indicator"]) for one in found["lost"]}  # a report may have two renditions
    assert len(found["lost"]) == found["counts"]["lost"] == len(cells)
    assert found["gained"] == found["changed"] == found["documents"] == []
    assert {group["name"] for group in found["groups"]} == {"2019", "2021"}
    one = next(one for one in found["lost"] if (one["sha256"], one["indicator"]) == (before[subject]["sha256"], cell))
    assert (one["old"]["raw"].strip(), one["agency"]) == (planted.figures[cell], planted.agency)
    capture = before[subject]["capture"]
    assert (one["url"], one["warc_file"], one["offset"]) == (capture["url"], capture["warc_file"], capture["offset"])
    [stand] = found["overrides"]
    assert (stand["value"], stand["says"], stand["new"]["value"]) == ("77", "silent", None)
    reader = Text()
    reader.feed(page.read_text(encoding="utf-8"))
    assert reader.fetched == []
    assert {cell, "<b>by phone</b> (a)"} <= set(reader.words)
    [few] = command.json("revisions", "diff", "--sample", "1")
    assert len(few["lost"]) == len({code for _, _, code in touched()})
    assert few["counts"] == found["counts"]

    refused = command.run("revisions", "promote", code=4)
    assert all(f"refused: {code}: " in refused.stderr for _, _, code in touched())
    assert shown(command, subject) == before[subject]
    gate = tmp_path / "gate.toml"
    gate.write_text(f'[[lost]]\nindicator = "{RULE[0]}*"\nreason = "the row is none of the form"\n', encoding="utf-8")
    with Poller(command, subject) as poller:
        [done] = command.json("revisions", "promote", "--gate", str(gate))
        after = shown(command, subject)
        [back] = command.json("revisions", "rollback")
        [again] = command.json("revisions", "promote", "--gate", str(gate))
    assert (done["from"], done["to"], done["promoted"], done["refused"]) == (old, old + 1, True, [])
    assert (back["from"], back["to"], again["promoted"]) == (old + 1, old, True)
    assert after["revision"] == old + 1
    assert [one for one in poller.answers if one not in (before[subject], after)] == []
    assert {one["revision"] for one in poller.answers} == {old, old + 1}

    for one, then in before.items():
        now = shown(command, one)
        differ = {f["indicator"] for f, g in zip(then["figures"], now["figures"], strict=True) if f["raw"] != g["raw"]}
        assert {code for _, _, code in touched()} >= differ
        assert [v["number"] for v in now["versions"]] == [v["number"] for v in then["versions"]]
        assert now["overrides"] == then["overrides"]
        assert shown(command, one, old) == then
    assert command.json("revisions", "promote") == [{"from": old + 1, "to": old + 1, "promoted": False, "refused": []}]
    command.json("revisions", "rollback")
    assert {one: shown(command, one) for one in before} == before
    assert shown(command, subject, old + 1) == after
    assert "there is no revision before" in command.run("revisions", "rollback", code=2).stderr
    assert command.json("reread", "--all")[0]["same"] == second["readings"]
    del command.more["PYTHONPATH"]
    [kept] = command.json("reread", "--all")
    assert (kept["read"], kept["same"], kept["unlike"]) == (0, second["readings"], [])
