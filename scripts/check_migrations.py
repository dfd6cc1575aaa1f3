"""Migrates a scratch database up, down and up again, then asks alembic whether it is what the code says.

The database is on the server of NIANBAO_DATABASE_URL, else on an embedded one. Usage: check_migrations.py ALEMBIC
"""

import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

from archive.records import server, session

STEPS = (["upgrade", "head"], ["downgrade", "base"], ["upgrade", "head"], ["check"])


@contextmanager
def scratch_database() -> Iterator[str]:
    """Gives the URL of an empty database that is gone afterwards."""
    given = os.environ.get("NIANBAO_DATABASE_URL")
    if given is None:
        with tempfile.TemporaryDirectory(prefix="nianbao-check-") as folder:
            Path(folder).chmod(0o755)  # the server of root runs as another user
            with server.running(Path(folder) / "home") as url:
                yield url
        return
    name = f"nianbao_check_{uuid.uuid4().hex[:12]}"
    engine = create_engine(session.parsed(given), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
        try:
            yield engine.url.set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def main(alembic: str) -> int:
    """Runs the steps; gives the exit code of the first that fails, else 0."""
    with scratch_database() as url:
        for step in STEPS:
            done = subprocess.run([alembic, *step], env=os.environ | {"NIANBAO_DATABASE_URL": url}, check=False)
            if done.returncode != 0:
                sys.stderr.write(f"alembic {' '.join(step)} ended with {done.returncode}\n")
                return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
