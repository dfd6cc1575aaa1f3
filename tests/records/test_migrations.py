"""The migrations: there and back, equal to archive.records.tables, and what the database refuses and shows."""

import random
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError

import migrations
from archive.model import Status, Verdict
from archive.records import migrate, session, tables

DIGEST = "0" * 64
CONSTRAINTS = """
    select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
    where connamespace = 'public'::regnamespace and conname not like 'alembic%' order by 1, 2"""
INDEXES = """
    select tablename, indexname, indexdef from pg_indexes
    where schemaname = 'public' and tablename <> 'alembic_version' order by 1, 2"""
COLUMNS = """
    select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
           pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum), obj_description(c.oid, 'pg_class')
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> 'alembic_version'
    order by 1, a.attnum"""


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as opened:
        yield opened


def shape(connection: Connection) -> list[list[tuple[object, ...]]]:
    return [[tuple(row) for row in connection.execute(text(query))] for query in (CONSTRAINTS, INDEXES, COLUMNS)]


def test_there_and_back_leaves_nothing(engine: Engine) -> None:
    everything = "select count(*) from pg_class where relnamespace = 'public'::regnamespace and relname !~ 'alembic'"
    functions = "select count(*) from pg_proc where pronamespace = 'public'::regnamespace"
    migrate.downgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text(everything)).scalar_one() == 0
        assert connection.execute(text(functions)).scalar_one() == 0
    migrate.upgrade(engine)
    assert session.revision(engine) == migrations.HEAD
    assert migrate.drift(engine) is None


def test_drift_is_seen(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("alter table documents drop column year cascade"))
    assert "'add_column', None, 'documents'" in (migrate.drift(engine) or "")


def test_migrated_and_created_are_the_same(connection: Connection) -> None:
    """What alembic does not compare, CHECK constraints above all, is compared as PostgreSQL tells it."""
    migrated = shape(connection)
    connection.execute(text("drop schema research cascade; drop view check_results, figure_cells"))
    tables.metadata.drop_all(connection)
    tables.metadata.create_all(connection)
    for ours, created in zip(migrated, shape(connection), strict=True):
        assert ours == created
        assert len(ours) > 20


def test_the_head_is_known_without_alembic() -> None:
    scripts = ScriptDirectory.from_config(migrate.configured(None))
    assert scripts.get_current_head() == migrations.HEAD
    for script in scripts.walk_revisions():
        assert len(script.revision) <= 32
        assert Path(script.path).stem == script.revision


def test_the_sql_can_be_read_without_a_database(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "alembic", "-c", str(Path(migrations.__file__).parents[1] / "pyproject.toml")]
    done = subprocess.run([*command, "upgrade", "head", "--sql"], cwd=tmp_path, capture_output=True, text=True)
    assert "CREATE TABLE captures" in done.stdout, done.stderr


def test_migrations_run_from_a_wheel(tmp_path: Path, database_url: str) -> None:
    source = Path(migrations.__file__).parents[1]
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=source, check=True, capture_output=True)
    site = tmp_path / "site"
    zipfile.ZipFile(next(tmp_path.glob("*.whl"))).extractall(site)
    program = f"""
import sys; sys.path.insert(0, {str(site)!r})
from pathlib import Path
from archive.records import migrate, session
assert migrate.__file__.startswith({str(site)!r})
with session.open_unmigrated(Path(), {database_url!r}) as engine:
    migrate.downgrade(engine)
    migrate.upgrade(engine)
    assert migrate.drift(engine) is None
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_two_upgrades_at_once_are_one_after_the_other(engine: Engine, database_url: str) -> None:
    migrate.downgrade(engine)
    program = f"""
from pathlib import Path
from archive.records import migrate, session
with session.open_unmigrated(Path(), {database_url!r}) as engine:
    migrate.upgrade(engine)
"""
    both = [subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True) for _ in range(2)]
    assert [process.communicate()[1] for process in both] == ["", ""]
    assert session.revision(engine) == migrations.HEAD


# ── zh_grams ─────────────────────────────────────────────────────────────────────────────────────────


def invented(random_: random.Random) -> str:
    letters = "政府信息公开年度报告申请数量〇一二三01aé𠮷%_\\ \n\t\u3000"
    return "".join(random_.choices(letters, k=random_.randint(0, 60)))


def test_grams_find_what_like_finds(connection: Connection) -> None:
    random_ = random.Random(7)
    texts = {f"{n:064x}": invented(random_) for n in range(400)}
    connection.execute(tables.texts.insert(), [{"sha256": n, "body": body} for n, body in texts.items()])
    connection.execute(text("set local enable_seqscan = off"))
    found = 0
    for body in texts.values():
        start = random_.randrange(len(body) or 1)
        word = body[start : start + random_.randint(2, 6)]
        pattern = "%" + "".join(f"\\{c}" if c in "\\%_" else c for c in word) + "%"
        rows = connection.execute(
            text("select sha256 from texts where zh_grams(body) @> zh_grams(:word) and body like :pattern"),
            {"word": word, "pattern": pattern},
        )
        wanted = {digest for digest, other in texts.items() if word in other}
        assert set(rows.scalars()) == wanted, word
        found += len(wanted)
    assert found > len(texts)


def test_grams_are_pairs_without_white_space(connection: Connection) -> None:
    assert connection.execute(text("select zh_grams(E'年 报\\n年\u3000报')")).scalar_one() == ["年报", "报年"]
    assert connection.execute(text("select zh_grams('年')")).scalar_one() == []
    spaces = [chr(n) for n in range(1, 0x10000) if chr(n).isspace()]
    assert connection.execute(text("select zh_grams(:s)"), {"s": "".join(spaces)}).scalar_one() == []


def test_a_rare_word_uses_the_index(connection: Connection) -> None:
    random_ = random.Random(8)
    rows = [{"sha256": f"{n:064x}", "body": invented(random_)} for n in range(2000)]
    connection.execute(tables.texts.insert(), rows)
    connection.execute(text("analyze texts"))
    plan = connection.execute(text("explain select * from texts where zh_grams(body) @> zh_grams('昌傅镇')"))
    assert "ix_texts_grams" in "".join(plan.scalars())


# ── refusals and views ───────────────────────────────────────────────────────────────────────────────

READING = f"""
    insert into payloads (sha256, size) values ('{DIGEST}', 1);
    insert into revisions (number) values (1);
    insert into readings (payload_id, revision, content_hash) select id, 1, '{DIGEST}' from payloads"""
FIGURES = """insert into figures select id, 'requests', '2021', {statuses}, {values}, {places}, {details},
    {verdicts}, {lefts}, {rights} from readings"""
CAPTURE = """insert into captures (crawl_id, portal_id, role, url, url_key, captured_at, kind, {})
    values (1, 'p', 'list', 'u', 'u', now(), {}, {})"""
CATALOGUE = """
    insert into indicators
    select 'requests', '2021', n, 'requests.n_' || chr(96 + n), '项' from generate_series(1, 9) n;
    insert into identities
    select 'requests', '2021', n, 'requests.i_' || chr(96 + n) from generate_series(1, 9) n"""
GOOD = {
    "statuses": "'{0,1,0}'",
    "values": "'{5,null,7.50}'",
    "places": "'{2,3,4,null,null,null,2,3,5}'",
    "details": """'{"3": {"raw": "7.50万元", "unit": "万元", "value_wan": "7.50", "note": "整数"}}'""",
    "verdicts": "'{1,2}'",
    "lefts": "'{5,null}'",
    "rights": "'{6,null}'",
}


@pytest.mark.parametrize(
    ("constraint", "statement"),
    [
        ("ck_payloads_sha256_is_sha256", f"insert into payloads (sha256, size) values ('{'A' * 64}', 1)"),
        ("ck_payloads_size_positive", f"insert into payloads (sha256, size) values ('{'1' * 64}', -1)"),
        ("uq_payloads_sha256", f"insert into payloads (sha256, size) values ('{DIGEST}', 1)"),
        ("ck_portals_division_is_code", "insert into portals values ('p', '县', '36098', 'http://x.cn/')"),
        ("ck_agencies_division_is_code", "insert into agencies (name, division) values ('局', '三六〇九八一')"),
        ("ck_documents_year_plausible", "insert into documents (agency_id, year) values (1, 1989)"),
        ("ck_readings_year_plausible", "update readings set year = 2101"),
        ("ck_readings_read_or_failed", "update readings set error_code = 'empty'"),
        ("ck_readings_content_hash_is_sha256", "update readings set content_hash = 'x'"),
        ("ck_revisions_number_positive", "insert into revisions (number) values (0)"),
        ("ck_indicators_code_is_dotted", "insert into indicators values ('requests', '2021', 1, 'Total', '总计')"),
        ("ck_frontier_state_is_known", "insert into frontier (portal_id, url_key, url, role, context, state) "
                                       "values ('p', 'u', 'u', 'list', '{}', 'lost')"),
        ("ck_frontier_role_is_known", "insert into frontier (portal_id, url_key, url, role, context) "
                                      "values ('p', 'u', 'u', 'picture', '{}')"),
        ("ck_captures_error_has_reason", CAPTURE.format("context", "'error'", "'{}'")),
        ("ck_captures_has_payload", CAPTURE.format("context", "'response'", "'{}'")),
        ("ck_captures_place_is_whole", CAPTURE.format("context, error, warc_offset", "'error'", "'{}', 'refused', 5")),
        ("ck_captures_truncated_is_known", CAPTURE.format("context, error, truncated", "'error'", "'{}', 'cut', 'x'")),
        ("ck_versions_number_positive", f"insert into versions (source_id, number, content_hash, found_by) "
                                        f"values (1, 0, '{DIGEST}', 1)"),
        ("ck_figures_statuses_known", FIGURES.format(**GOOD | {"statuses": "'{0,6,0}'"})),
        ("ck_figures_values_fit", FIGURES.format(**GOOD | {"statuses": "'{0,1}'"})),
        ("ck_figures_places_fit", FIGURES.format(**GOOD | {"places": "'{2,3,4}'"})),
        ("ck_figures_checks_fit", FIGURES.format(**GOOD | {"lefts": "'{1}'"})),
        ("ck_figures_verdicts_known", FIGURES.format(**GOOD | {"verdicts": "'{3,0}'"})),
    ],
)  # fmt: skip
def test_wrong_rows_are_refused(connection: Connection, constraint: str, statement: str) -> None:
    connection.execute(text(READING))
    with pytest.raises(IntegrityError, match=constraint):
        connection.exec_driver_sql(statement)


def test_one_revision_is_current(connection: Connection) -> None:
    connection.execute(text("insert into revisions (number, current) values (1, true)"))
    with pytest.raises(IntegrityError, match="uq_revisions_one_current"):
        connection.execute(text("insert into revisions (number, current) values (2, true)"))


def test_figures_and_checks_are_shown_as_rows(connection: Connection) -> None:
    connection.execute(text(READING))
    connection.exec_driver_sql(FIGURES.format(**GOOD))
    connection.execute(text(CATALOGUE))
    cells = connection.execute(
        text("""
        select code, status, value::text, raw, unit, value_wan::text, note, "table", "row", "column"
        from figure_cells order by position""")
    ).all()
    assert [tuple(row) for row in cells] == [
        ("requests.n_a", "number", "5", "5", None, None, None, 2, 3, 4),
        ("requests.n_b", "blank", None, "", None, None, None, None, None, None),
        ("requests.n_c", "number", "7.50", "7.50万元", "万元", "7.50", "整数", 2, 3, 5),
    ]
    checks = connection.execute(text('select code, verdict, "left", "right" from check_results order by position'))
    assert [tuple(row) for row in checks] == [
        ("requests.i_a", "fails", 5, 6),
        ("requests.i_b", "not_checkable", None, None),
    ]


def test_names_of_statuses_and_verdicts_are_those_of_the_model(connection: Connection) -> None:
    connection.execute(text(READING))
    every = {
        "statuses": f"ARRAY{list(range(len(Status)))}",
        "values": f"array_fill(null::numeric, ARRAY[{len(Status)}])",
        "places": f"array_fill(null::smallint, ARRAY[{3 * len(Status)}])",
        "details": "'{}'",
        "verdicts": f"ARRAY{list(range(len(Verdict)))}",
        "lefts": f"array_fill(null::numeric, ARRAY[{len(Verdict)}])",
        "rights": f"array_fill(null::numeric, ARRAY[{len(Verdict)}])",
    }
    connection.exec_driver_sql(FIGURES.format(**every))
    connection.execute(text(CATALOGUE))
    statuses = connection.execute(text("select status from figure_cells order by position")).scalars()
    assert list(statuses) == [str(status) for status in Status]
    verdicts = connection.execute(text("select verdict from check_results order by position")).scalars()
    assert list(verdicts) == [str(verdict) for verdict in Verdict]
