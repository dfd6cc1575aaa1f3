"""A PostgreSQL for a benchmark: the embedded one in a temporary folder, gone afterwards."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

from archive.records import session


@contextmanager
def scratch() -> Iterator[Engine]:
    """Gives an engine on a new, migrated, empty database."""
    home = Path(tempfile.mkdtemp(prefix="nianbao-bench-"))
    home.chmod(0o755)  # the embedded server of root runs as another user
    try:
        with session.open_engine(home, None) as engine:
            yield engine
    finally:
        shutil.rmtree(home, ignore_errors=True)


def machine(engine: Engine) -> str:
    """Gives what the numbers were measured on, and how busy it was."""
    with engine.connect() as connection:
        version = connection.execute(text("SHOW server_version")).scalar_one()
    return f"PostgreSQL {version}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"


def sizes(engine: Engine) -> dict[str, tuple[int, int]]:
    """Gives bytes of each table with its TOAST, and of its indexes."""
    query = """SELECT relname, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY pg_total_relation_size(oid) DESC"""
    with engine.connect() as connection:
        return {row[0]: (row[1], row[2]) for row in connection.execute(text(query))}
