"""What the embedded PostgreSQL is started with: settings, and who may connect."""

import os
from pathlib import Path

from archive.errors import DatabaseUnavailableError
from archive.records.binaries import account_of
from archive.records.place import ROLE, Place

MEGABYTE = 1 << 20


def shared_buffers() -> int:
    """Gives megabytes: an eighth of the machine's memory, from 32 to 512."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MEGABYTE
    return max(32, min(512, memory // 8))


def values(here: Place) -> dict[str, str]:
    """Gives every setting; sizes as measured in docs/database.md."""
    return {
        "listen_addresses": "",
        "port": "5432",
        "unix_socket_directories": f'"{quoted(here.sockets)}"',
        "unix_socket_permissions": "0700",
        "hba_file": str(here.folder / "hba.conf"),
        "ident_file": str(here.folder / "ident.conf"),
        "shared_buffers": f"{shared_buffers()}MB",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "wal_compression": "on",
        "jit": "off",
        "random_page_cost": "1.1",
        "fsync": "on",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",  # server.py reads why a start failed
    }


def quoted(path: Path) -> str:
    """Gives a path as an element of a list setting, inside double quotes."""
    return str(path).replace('"', '""')


def write(here: Place) -> None:
    """Writes the settings and the rule that the calling user alone may connect, as whom the kernel knows him."""
    lines = [f"{name} = '{escaped(value)}'" for name, value in values(here).items()]
    local = escaped(str(here.folder / "local.conf"))
    head = "# Written by Nianbao at each start; put settings of your own into local.conf beside this file."
    caller = account_of(os.geteuid()).name
    files = {
        "postgresql.conf": [head, *lines, f"include_if_exists = '{local}'"],
        "hba.conf": ["local all all peer map=caller"],
        "ident.conf": [f'caller "{caller}" {ROLE}'],
    }
    for name, content in files.items():
        path = here.folder / name
        path.write_text("\n".join(content) + "\n", encoding="utf-8", errors="surrogateescape")
        path.chmod(0o644)


def escaped(value: str) -> str:
    """Gives a value for between the quotes of postgresql.conf."""
    return value.replace("\\", "\\\\").replace("'", "''")


def require_same_major(here: Place, bin_folder: Path) -> None:
    """Raises DatabaseUnavailableError where the cluster was made by another major version of PostgreSQL."""
    made_by = (here.data / "PG_VERSION").read_text(encoding="ascii").strip()
    ours = here.runner.run([str(bin_folder / "postgres"), "--version"], capture_output=True).stdout.split()[-1]
    if ours.partition(".")[0] != made_by:
        raise DatabaseUnavailableError(
            f"{here.data} was made by PostgreSQL {made_by} and this is {ours}: dump it with the version of"
            " Nianbao that made it and load it into a new home (docs/database.md)"
        )
