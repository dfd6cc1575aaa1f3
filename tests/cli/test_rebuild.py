"""`nianbao rebuild`: the database anew from WARC files, row by row, and what is said where something is missing."""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, create_engine, text

from crawler.demo.server import DemoServer
from crawler.demo.two import QINGHE, YUNXIU
from tests.cli.command import Command, make_archive, served
from tests.cli.test_revisions import RULE, changed_code
from tests.object_store import ObjectStore

WGET = Path(__file__).parent / "data" / "wget.warc.gz"
OVERRIDE = ("override", "青禾县财政局", "2023", "requests.received.natural_person")

# What must come back, named as the world names it and in the order of our keys; a key of ours may be another.
ROWS = {
    "captures": """SELECT c.crawl_id, c.portal_id, c.kind, c.role, c.url, c.url_key, c.captured_at, c.status, c.headers,
        c.ip, c.context, p.sha256, w.name, c.warc_offset, c.warc_length, c.request_offset, c.request_length,
        c.record_id, c.payload_digest, c.wire_bytes, c.truncated, c.error
        FROM captures c LEFT JOIN payloads p ON p.id = c.payload_id
        LEFT JOIN warc_files w ON w.id = c.warc_file_id ORDER BY c.id""",
    "payloads": "SELECT sha256, size FROM payloads ORDER BY sha256",
    "warc_files": "SELECT name, indexed_end, sealed_at IS NOT NULL FROM warc_files ORDER BY name",
    "portals": "SELECT * FROM portals ORDER BY id",
    "crawls": "SELECT * FROM crawls ORDER BY id",
    "crawl_portals": "SELECT * FROM crawl_portals ORDER BY crawl_id, portal_id",
    "nights": "SELECT crawl_id, started_at, finished_at, exit_code, digest FROM nights ORDER BY id",
    "revisions": "SELECT * FROM revisions ORDER BY number",
    "agencies": "SELECT name, division, code, level, confidence, how FROM agencies ORDER BY division, name",
    "documents": """SELECT a.division, a.name, d.year FROM documents d JOIN agencies a ON a.id = d.agency_id
        ORDER BY 1, 2, 3""",
    "sources": """SELECT s.portal_id, s.url_key, s.place, s.url, s.role, s.title, s.published, a.name, d.year
        FROM sources s LEFT JOIN documents d ON d.id = s.document_id LEFT JOIN agencies a ON a.id = d.agency_id
        ORDER BY s.id""",
    "source_aliases": """SELECT a.portal_id, a.url_key, s.url_key FROM source_aliases a
        JOIN sources s ON s.id = a.source_id ORDER BY 1, 2""",
    "versions": """SELECT s.portal_id, s.url_key, s.place, v.number, v.content_hash, v.found_by, o.number
        FROM versions v JOIN sources s ON s.id = v.source_id LEFT JOIN versions o ON o.id = v.same_as
        ORDER BY 1, 2, 3, 4""",
    "version_payloads": """SELECT s.portal_id, s.url_key, s.place, v.number, p.sha256 FROM version_payloads vp
        JOIN versions v ON v.id = vp.version_id JOIN sources s ON s.id = vp.source_id
        JOIN payloads p ON p.id = vp.payload_id ORDER BY 1, 2, 3, 4, 5""",
    "withdrawals": """SELECT s.portal_id, s.url_key, s.place, g.record_id, r.record_id FROM withdrawals w
        JOIN sources s ON s.id = w.source_id JOIN captures g ON g.id = w.capture_id
        LEFT JOIN captures r ON r.id = w.returned_capture_id ORDER BY g.id, s.id""",
    "overrides": """SELECT a.name, d.year, o.indicator, o.value, o.note, o.author, o.made_at FROM overrides o
        JOIN documents d ON d.id = o.document_id JOIN agencies a ON a.id = d.agency_id ORDER BY o.id""",
    "pauses": "SELECT portal_id, reason, since, until, resumed_on FROM pauses ORDER BY id",
    "frontier": """SELECT f.portal_id, f.url_key, f.url, f.role, f.context, f.state, f.crawl_id, f.checked_at, f.etag,
        f.last_modified, c.record_id, f.conditional_streak, f.failures FROM frontier f
        LEFT JOIN captures c ON c.id = f.capture_id ORDER BY f.id""",
    "readings": """SELECT p.sha256, r.place, r.revision, r.media_type, r.charset, r.title, r.agency, r.year,
        r.period_start, r.period_end, r.forms, r.text_sha256, r.content_hash, r.error_code, r.error_message
        FROM readings r JOIN payloads p ON p.id = r.payload_id ORDER BY 1, 2, 3""",
    "figures": """SELECT p.sha256, r.place, f.part, f.form, f.statuses, f.values, f.places, f.details, f.verdicts,
        f.lefts, f.rights FROM figures f JOIN readings r ON r.id = f.reading_id
        JOIN payloads p ON p.id = r.payload_id ORDER BY 1, 2, 3""",
    "statements": """SELECT p.sha256, r.place, s.position, s.indicator, s.status, s.value, s.raw, s.context, s.heading
        FROM statements s JOIN readings r ON r.id = s.reading_id JOIN payloads p ON p.id = r.payload_id
        ORDER BY 1, 2, 3""",
    "issues": """SELECT p.sha256, r.place, i.code, i.message FROM issues i JOIN readings r ON r.id = i.reading_id
        JOIN payloads p ON p.id = r.payload_id ORDER BY 1, 2, 3, 4""",
    "notes": "SELECT kind, digest FROM notes ORDER BY 1, 2",
}


@dataclass
class Archive:
    """An archive with something of everything, and its portals, still served."""

    command: Command
    server: DemoServer
    empty: Callable[[], str]  # gives the URL of a fresh database
    warcs: Path  # a copy of its folder
    rows: dict[str, list[Any]]
    exports: dict[str, bytes]

    def lost(self, folder: Path) -> Command:
        """Gives a command on an empty database and a copy of the WARC folder, as on a new machine."""
        new = Command(folder / "home", self.empty(), self.command.port, dict(self.command.more))
        shutil.copytree(self.warcs, new.home / "warc")
        return new


def rows(command: Command) -> dict[str, list[Any]]:
    """Gives every row of every table that must come back."""
    engine = create_engine(command.database_url)
    with engine.connect() as connection:
        connection.execute(text("SET timezone = 'UTC'"))
        found = {name: [tuple(row) for row in connection.execute(text(asked))] for name, asked in ROWS.items()}
    engine.dispose()
    return found


def exported(command: Command, folder: Path) -> dict[str, bytes]:
    """Gives the files of every export."""
    for shape in ("wide", "long"):
        command.run("export", "--shape", shape, "-o", str(folder))
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, server_url: URL, template: str) -> Iterator[Archive]:
    """Three nights (corrected and back, withdrawn and back, an alias, files), an import, overrides and a pause."""

    another = contextmanager(make_archive)
    home = tmp_path_factory.mktemp("kept") / "home"
    with ExitStack() as stack:
        command = stack.enter_context(another(home, server_url, template))
        with served(command) as server:
            command.run("nightly", "--all")
            command.run("import", "--portal", QINGHE.id, str(WGET))
            server.set_night(2)
            command.run("crawl")
            for value in ("12", "none"):
                command.run(*OVERRIDE, value, "--note", "扫描件上是十二")
            command.run("portals", "pause", YUNXIU.id, "--reason", "改版")
            command.run("portals", "resume", YUNXIU.id)
            command.run("portals", "pause", YUNXIU.id, "--reason", "又改版", "--until", "2099-01-01")
            server.set_night(1)
            command.run("crawl", QINGHE.id, YUNXIU.id)
            shutil.copytree(command.home / "warc", home.parent / "copy")
            exports = exported(command, home.parent / "exports")

            def empty() -> str:
                return stack.enter_context(another(home, server_url, template)).database_url

            yield Archive(command, server, empty, home.parent / "copy", rows(command), exports)


def test_everything_comes_back_and_the_next_night_goes_on(kept: Archive, tmp_path: Path) -> None:
    new = kept.lost(tmp_path)
    files = sorted(path.name for path in (new.home / "warc").iterdir())
    assert "--yes" in (foretold := new.run("rebuild", code=2)).stderr
    assert "nothing was done" in foretold.stderr
    assert new.json("runs", "list") == []

    [done] = new.json("rebuild", "--yes")
    assert (done["damaged"], done["issues"], done["lost"], done["decisions"]) == ([], [], 0, 4)
    assert done["captures"] == len(kept.rows["captures"]) > 100
    assert sorted(path.name for path in (new.home / "warc").iterdir()) == files  # nothing was left to note
    found = rows(new)
    for name, wanted in kept.rows.items():
        assert found[name] == wanted, name
    assert all(kept.rows.values())
    assert any(returned for *_, returned in found["withdrawals"])
    assert {number for _, _, _, number, *_ in found["versions"]} >= {1, 2}
    assert exported(new, tmp_path / "after") == kept.exports
    [report] = new.json("verify")
    assert report["checked"] == report["captures"] == done["captures"]
    assert report["bad"] == report["missing"] == report["orphans"] == []
    assert "not empty" in new.run("rebuild", "--yes", code=2).stderr

    asked = len(kept.server.log)
    [run] = new.json("crawl", QINGHE.id, YUNXIU.id)
    assert [(p["new"], p["changed"], p["withdrawn"], p["state"]) for p in run["portals"]] == [(0, 0, 0, "complete")] * 2
    goes_on = [(access.portal, access.path, access.status) for access in kept.server.log[asked:]]
    asked = len(kept.server.log)
    kept.command.run("crawl", QINGHE.id, YUNXIU.id)
    assert sorted(goes_on) == sorted((a.portal, a.path, a.status) for a in kept.server.log[asked:])


def test_code_of_a_later_revision_reads_it_and_earlier_code_refuses_that(
    kept: Archive, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    new = kept.lost(tmp_path)
    old = changed_code(pytestconfig.rootpath, tmp_path / "code", RULE[1], RULE[2])
    new.more["PYTHONPATH"] = os.pathsep.join([str(tmp_path / "code"), os.environ.get("PYTHONPATH", "")])
    [done] = new.json("rebuild", "--yes")
    assert (done["damaged"], done["issues"], done["lost"]) == ([], [], 0)
    found = rows(new)
    for name in ("captures", "documents", "sources", "versions", "version_payloads", "withdrawals", "overrides"):
        assert found[name] == kept.rows[name], name
    assert {row[2] for row in found["readings"]} == {old + 1}
    assert len(found["readings"]) == len(kept.rows["readings"])
    assert found["figures"] != kept.rows["figures"]
    stood = [(one["revision"], one["current"], one["promoted"] is not None) for one in new.json("revisions", "status")]
    assert stood == [(old, False, False), (old + 1, True, True)]  # what the old one read is not there to answer
    assert "there is no revision before" in new.run("revisions", "rollback", code=2).stderr

    del new.more["PYTHONPATH"]
    assert "which is older" in new.run("rebuild", "--yes", "--replace", code=2).stderr
    assert rows(new) == found


def test_damage_is_named_and_the_rest_comes_back(kept: Archive, tmp_path: Path) -> None:
    """Bytes of a report that later nights refer to, a file that breaks off, and what a killed writer left."""
    new = kept.lost(tmp_path)
    first, *_, last = sorted((new.home / "warc").glob("crawl*.warc.gz"))
    imported = next((new.home / "warc").glob("import*.warc.gz"))
    held = [row for row in kept.rows["captures"] if row[12] == first.name and row[2] == "response" and row[7] == 200]
    stands_for = Counter(row[11] for row in kept.rows["captures"] if row[2].startswith("revisit"))
    damaged, offset = next((row[11], row[13]) for row in held if row[3] == "attachment" and stands_for[row[11]])
    referring = [row for row in kept.rows["captures"] if row[11] == damaged and row[2].startswith("revisit")]
    data = bytearray(first.read_bytes())
    data[offset + 40] ^= 0xFF
    first.write_bytes(data)
    imported.write_bytes(imported.read_bytes()[:-7])
    last.with_name(last.name + ".open").write_bytes(last.read_bytes() + b"\x1f\x8b\x08torn")
    last.unlink()
    (new.home / "warc" / "demo.warc.gz").write_bytes(WGET.read_bytes())

    [done] = new.json("rebuild", "--yes", code=3)
    assert (done["damaged"][0]["file"], done["damaged"][0]["offset"]) == (first.name, offset)
    assert [each["file"] for each in done["damaged"]] == [first.name, imported.name]
    assert done["lost"] == len(referring)
    assert any("demo.warc.gz" in issue and "import" in issue for issue in done["issues"])
    assert any(last.name in issue and "7 bytes" in issue for issue in done["issues"])
    assert (new.home / "warc" / last.name).exists()

    found = rows(new)
    records = {row[17] for row in kept.rows["captures"]} - {row[17] for row in found["captures"]}
    [hit] = [row[17] for row in held if row[13] == offset]
    assert hit in records <= {hit, [row for row in kept.rows["captures"] if row[12] == imported.name][-1][17]}
    lost = {row[17]: row for row in found["captures"] if row[2] == "error"}
    assert {row[17] for row in referring} <= lost.keys()
    assert all("no WARC file" in lost[row[17]][21] for row in referring)
    assert found["overrides"] == kept.rows["overrides"]
    assert found["versions"] == kept.rows["versions"]
    [report] = new.json("verify", code=4)
    assert {each["file"] for each in report["bad"]} >= {first.name, imported.name}


def test_files_without_notes_say_what_is_missing_and_are_whole_from_then_on(kept: Archive, tmp_path: Path) -> None:
    new = kept.lost(tmp_path)
    for notes in (new.home / "warc").glob("notes*"):
        notes.unlink()
    [done] = new.json("rebuild", "--yes", code=3)
    assert done["notes"] == 0
    told = [issue.partition(" has no notes")[0] for issue in done["issues"]]
    assert told[:4] == ["run 1", "run 3", "run 4", "import 2"]
    assert "show no report" in told[4]
    found = rows(new)
    for same in ("captures", "payloads", "portals", "overrides", "pauses", "source_aliases"):
        assert found[same] == kept.rows[same], same
    addresses = {row[:2] for row in kept.rows["frontier"] if row[3] != "list"}
    assert {row[:2] for row in found["sources"]} >= {row[:2] for row in kept.rows["sources"]} & addresses
    assert {row[:2] for row in found["frontier"]} <= addresses
    again = new.json("import", "--portal", QINGHE.id, str(WGET))
    assert (again[0]["import"], again[0]["paths"][0]["captures"]) == (None, 0)
    assert set(rows(new)["documents"]) == set(kept.rows["documents"])
    assert exported(new, tmp_path / "after") == kept.exports

    before = rows(new)
    [done] = new.json("rebuild", "--yes", "--replace")
    assert (done["issues"], done["damaged"], done["decisions"]) == ([], [], 4)
    after = rows(new)
    for name, wanted in before.items():
        if name in ("readings", "statements", "issues"):  # what was left out had been read to know that
            wanted = [row for row in wanted if row in after[name]]
        assert after[name] == wanted, name
    assert len(after["readings"]) > 50


def test_files_that_only_an_object_store_has(kept: Archive, running_store: ObjectStore, tmp_path: Path) -> None:
    old, new = kept.lost(tmp_path / "old"), kept.lost(tmp_path / "new")
    shutil.rmtree(new.home / "warc")
    for command in (old, new):
        command.more |= running_store.more | {"NIANBAO_WARC_URL": "s3://warcs/rebuild", "NIANBAO_WARC_LOCAL": "remove"}
    [sent] = old.json("upload")
    assert not list((old.home / "warc").glob("*.warc.gz"))
    [done] = new.json("rebuild", "--yes")
    assert (done["files"], done["captures"]) == (len(sent["uploaded"]), len(kept.rows["captures"]))
    found = rows(new)
    for same in ("captures", "versions", "withdrawals", "figures", "frontier"):
        assert found[same] == kept.rows[same], same
    assert new.json("upload")[0]["uploaded"] == []
    [report] = new.json("verify")
    assert report["checked"] == report["captures"] == done["captures"]
