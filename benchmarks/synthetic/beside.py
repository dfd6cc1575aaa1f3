"""The same figures in other layouts: a long table, JSONB, Parquet under DuckDB; their bytes and milliseconds."""

import json
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import psycopg
from sqlalchemy import Connection, Engine, text

PEERS = Path(__file__).parents[2] / ".venv-peers" / "bin" / "python"
CODE = "requests.received.natural_person"
Percentiles = Callable[[Callable[[], object], int], tuple[float, float]]

MAKE = """
CREATE TABLE beside_readings AS
    SELECT DISTINCT ON (d.id) d.id, d.agency_id, d.year, left(a.division, 2) AS province, r.id AS reading_id
    FROM documents d JOIN agencies a ON a.id = d.agency_id JOIN sources s ON s.document_id = d.id
    JOIN version_payloads v ON v.source_id = s.id JOIN readings r ON r.payload_id = v.payload_id
    WHERE d.id <= {documents} ORDER BY d.id, r.id DESC;
CREATE INDEX ON beside_readings (province, year);
CREATE INDEX ON beside_readings (agency_id);
CREATE TABLE beside_arrays AS SELECT f.* FROM figures f JOIN beside_readings USING (reading_id);
ALTER TABLE beside_arrays ADD PRIMARY KEY (reading_id, part);
CREATE TABLE beside_long AS
    SELECT c.reading_id, i.id AS indicator_id, c.status, c.value
    FROM beside_readings JOIN figure_cells c USING (reading_id)
    JOIN (SELECT row_number() OVER () AS id, * FROM indicators) i USING (part, form, position);
ALTER TABLE beside_long ADD PRIMARY KEY (reading_id, indicator_id);
CREATE INDEX ON beside_long (indicator_id, reading_id);
CREATE TABLE beside_codes AS SELECT row_number() OVER () AS id, code FROM indicators;
CREATE TABLE beside_json AS
    SELECT c.reading_id, jsonb_object_agg(code, value) AS figures
    FROM beside_readings JOIN figure_cells c USING (reading_id) GROUP BY c.reading_id;
ALTER TABLE beside_json ADD PRIMARY KEY (reading_id);
VACUUM ANALYZE beside_readings; VACUUM ANALYZE beside_arrays; VACUUM ANALYZE beside_long; VACUUM ANALYZE beside_json
"""
ARRAYS = (
    "(SELECT f.reading_id, i.code, f.values[i.position] AS value FROM beside_arrays f"
    " JOIN indicators i ON i.part = f.part AND i.form = f.form) c"
)
LONG = "(SELECT l.reading_id, i.code, l.value FROM beside_long l JOIN beside_codes i ON i.id = l.indicator_id) c"
WHOLE_JSON = (
    "(SELECT j.reading_id, e.key AS code, e.value::text::numeric AS value FROM beside_json j,"
    " jsonb_each(j.figures) e WHERE e.value <> 'null') c"
)
ONE_JSON = f"(SELECT reading_id, '{CODE}' AS code, (figures ->> '{CODE}')::numeric AS value FROM beside_json) c"
LAYOUTS = {"arrays": (ARRAYS, ARRAYS), "long table": (LONG, LONG), "JSONB": (ONE_JSON, WHOLE_JSON)}
ONE = f"c.code = '{CODE}'"
QUESTIONS = {  # its statement, and whether it asks for one indicator
    "one indicator, one province, 7 years": (
        f"SELECT d.agency_id, d.year, c.value FROM d JOIN {{}} ON c.reading_id = d.reading_id"
        f" WHERE d.province = '11' AND d.year BETWEEN 2019 AND 2025 AND {ONE}",
        True,
    ),
    "one agency, all years": (
        "SELECT d.year, c.code, c.value FROM d JOIN {} ON c.reading_id = d.reading_id WHERE d.agency_id = 1",
        False,
    ),
    "national sum and median by year": (
        "SELECT d.year, sum(c.value), percentile_cont(0.5) WITHIN GROUP (ORDER BY c.value)"
        f" FROM d JOIN {{}} ON c.reading_id = d.reading_id WHERE {ONE} GROUP BY d.year",
        True,
    ),
    "everything aggregated": (
        "SELECT d.year, c.code, sum(c.value) FROM d JOIN {} ON c.reading_id = d.reading_id GROUP BY d.year, c.code",
        False,
    ),
}
EXPORT = f"""COPY (SELECT d.agency_id, d.year, d.province, c.code, c.value FROM beside_readings d
    JOIN {ARRAYS} ON c.reading_id = d.reading_id ORDER BY c.code, d.province, d.year) TO STDOUT (FORMAT csv)"""
DUCKDB = """
import json, os, sys, time, duckdb
csv, parquet, repeats, questions = sys.argv[1], sys.argv[2], int(sys.argv[3]), json.loads(sys.argv[4])
own = duckdb.connect()
own.execute("SET enable_progress_bar = false")  # it would be drawn among the figures
columns = {"agency_id": "BIGINT", "year": "SMALLINT", "province": "VARCHAR", "code": "VARCHAR"}
columns["value"] = "DECIMAL(18, 4)"
read = f"SELECT * FROM read_csv('{csv}', header=false, columns={columns})"
own.execute(f"COPY ({read}) TO '{parquet}' (FORMAT parquet, COMPRESSION zstd)")
found = {"bytes": os.path.getsize(parquet)}
for name, statement in questions.items():
    took = []
    for _ in range(repeats + 1):
        started = time.perf_counter(); own.execute(statement.replace("FIGURES", f"'{parquet}'")).fetchall()
        took.append((time.perf_counter() - started) * 1000)
    found[name] = sorted(took[1:])
print(json.dumps(found))
"""


def compare(engine: Engine, documents: int, repeats: int, percentiles: Percentiles) -> None:
    """Prints bytes a document and milliseconds of each layout, over the same readings."""
    print(f"other layouts, {documents} documents, which reading is current settled beforehand; p50 / p95 ms")
    columns: dict[str, dict[str, tuple[float, float]]] = {}
    weights: dict[str, float] = {}
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in MAKE.format(documents=documents).split(";"):
            connection.execute(text(statement))
        for name, (one, whole) in LAYOUTS.items():
            table = f"beside_{name.partition(' ')[0].lower().removesuffix('b')}"
            weights[name] = connection.scalar(text(f"SELECT pg_total_relation_size('{table}')")) or 0
            columns[name] = {
                asked: percentiles(filled(connection, statement, one if single else whole), repeats)
                for asked, (statement, single) in QUESTIONS.items()
            }
        if found := in_duckdb(connection, repeats):
            weights["DuckDB"] = found.pop("bytes")[0]
            columns["DuckDB"] = {asked: (took[len(took) // 2], took[-1]) for asked, took in found.items()}
    print(f"{'':38}" + "".join(f" {name:>17}" for name in columns))
    print(f"{'bytes a document':38}" + "".join(f" {weight / documents:17.0f}" for weight in weights.values()))
    for asked in QUESTIONS:
        cells = (f"{own[asked][0]:.1f} / {own[asked][1]:.1f}" for own in columns.values())
        print(f"{asked:38}" + "".join(f" {cell:>17}" for cell in cells))
    print("" if "DuckDB" in columns else "DuckDB is absent: .venv-peers/bin/python cannot import it\n")


def filled(connection: Connection, statement: str, cells: str) -> Callable[[], object]:
    """Gives a run of a question over a layout."""
    asked = text(statement.replace("FROM d ", "FROM beside_readings d ").format(cells))
    return lambda: connection.execute(asked).all()


def in_duckdb(connection: Connection, repeats: int) -> dict[str, list[float]] | None:
    """Gives bytes and milliseconds of the same questions over one Parquet file; None without DuckDB."""
    probe = [str(PEERS), "-c", "import duckdb"]
    if not PEERS.exists() or subprocess.run(probe, capture_output=True, check=False).returncode:
        return None
    raw = connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    with tempfile.TemporaryDirectory(prefix="nianbao-bench-") as folder:
        csv, parquet = Path(folder, "figures.csv"), Path(folder, "figures.parquet")
        with csv.open("wb") as file, raw.cursor() as cursor, cursor.copy(EXPORT) as source:
            for piece in source:
                file.write(piece)
        asked = {
            name: statement.replace("FROM d JOIN {} ON c.reading_id = d.reading_id", "FROM FIGURES d").replace(
                "c.", "d."
            )
            for name, (statement, _) in QUESTIONS.items()
        }
        command = [str(PEERS), "-c", DUCKDB, str(csv), str(parquet), str(repeats), json.dumps(asked)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    return {name: value if isinstance(value, list) else [value] for name, value in found.items()}
