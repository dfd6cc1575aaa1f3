"""The embedded PostgreSQL: shared, killed, started at once, in awkward places, as root and as a plain user."""

import fcntl
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from archive.errors import DatabaseUnavailableError
from archive.records import binaries, place, server

ROOT = os.geteuid() == 0
as_root = pytest.mark.skipif(not ROOT, reason="only root can become another user")
CLIENT = """
import sys, psycopg
from pathlib import Path
from archive.records import server
from sqlalchemy import make_url
with server.running(Path(sys.argv[1])) as url:
    u = make_url(url)
    with psycopg.connect(host=u.query["host"], user=u.username, dbname=u.database) as c:
        print("up", c.execute("select upper('ß年é') || current_setting('data_directory')").fetchone()[0], flush=True)
    sys.stdin.read()
"""
BUSY = "select sum(n) from generate_series(1, 20000000) n"  # for seconds: its process holds the server's memory


@pytest.fixture(scope="module")
def home(open_folder: Path) -> Path:
    """One home for the tests that each leave their server stopped."""
    return open_folder / "home"


@contextmanager
def connected(url: str) -> Iterator[psycopg.Connection]:
    parts = make_url(url)
    with psycopg.connect(host=parts.query["host"], user=parts.username, dbname=parts.database) as connection:  # type: ignore[arg-type]
        yield connection


def ask(url: str, question: str) -> object:
    with connected(url) as connection:
        return connection.execute(question).fetchone()[0]  # type: ignore[index]


@contextmanager
def client(home: Path, python: list[str] | None = None, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A process that uses the server until its stdin is closed, once it has said `up`."""
    command = [*(python or [sys.executable]), "-c", CLIENT, str(home)]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={k: v for k, v in os.environ.items() if not k.startswith("LC_")} | {"PYTHONUTF8": "1"} | environment,
    )
    with process:
        yield process
        assert process.stdin
        process.stdin.close()


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    assert process.stderr
    return process.stdout.readline() or process.stderr.read()


def gone(home: Path) -> bool:
    found = server.status(home)
    return not found.running and found.pid is None


def test_a_server_runs_as_long_as_it_is_used(home: Path) -> None:
    with server.running(home) as url:
        assert ask(url, "select current_user") == "nianbao"
        with server.running(home) as again:
            assert again == url
        assert server.status(home).running
    assert gone(home)


def test_the_servers_processes_hold_a_lock(home: Path) -> None:
    serving = home / "postgres" / "serving"
    with server.running(home), pytest.raises(BlockingIOError), place.locked(serving, fcntl.LOCK_EX, patience=0):
        pass
    with place.locked(serving, fcntl.LOCK_EX, patience=10):
        assert gone(home)


def test_settings_are_the_measured_ones(home: Path) -> None:
    with server.running(home) as url:
        wanted = {"listen_addresses": "", "fsync": "on", "jit": "off", "max_wal_size": "4GB", "TimeZone": "UTC"}
        assert {name: ask(url, f"show {name}") for name in wanted} == wanted
        assert ask(url, "select datlocale || encoding from pg_database where datname = 'nianbao'") == "C.UTF-86"


def test_the_operators_own_settings_win(home: Path) -> None:
    with server.running(home):
        pass
    local = home / "postgres" / "local.conf"
    local.write_text("work_mem = '7MB'\n")
    with server.running(home) as url:
        assert ask(url, "show work_mem") == "7MB"
    local.write_text("work_mem = 'much'\n")
    with pytest.raises(DatabaseUnavailableError, match="work_mem"), server.running(home):
        pass
    local.unlink()


def test_a_started_server_stays_until_it_is_stopped(home: Path) -> None:
    url = server.start(home)
    pid = server.status(home).pid
    with server.running(home):
        pass
    assert server.status(home).pid == pid
    assert ask(url, "select 1") == 1
    assert server.stop(home)
    assert gone(home)
    assert server.stop(home)


def test_stopping_leaves_a_server_to_those_who_use_it(home: Path) -> None:
    server.start(home)
    with client(home) as other:
        assert first_line(other).startswith("up")
        assert not server.stop(home)
        assert server.status(home).running
    assert gone(home)


def test_a_killed_client_is_not_counted(home: Path) -> None:
    with client(home) as killed:
        assert first_line(killed).startswith("up")
        killed.kill()
        killed.wait()
    assert server.status(home).running
    with server.running(home):
        pass
    assert gone(home)


def test_a_killed_server_is_started_again_with_all_it_acknowledged(home: Path) -> None:
    with server.running(home) as url:
        with connected(url) as connection:
            connection.execute("create table kept as select generate_series(1, 1000) as n")
        busy = subprocess.Popen(
            [sys.executable, "-c", CLIENT.replace("upper", f"({BUSY}) || upper"), str(home)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        others = "select count(*) from pg_stat_activity where pid <> pg_backend_pid() and query ~ 'generate_series'"
        while ask(url, others) == 0:
            assert busy.poll() is None
        pid = server.status(home).pid
        assert pid
        os.kill(pid, signal.SIGKILL)
        with server.running(home) as anew:
            assert ask(anew, "select count(*) from kept") == 1000
            assert server.status(home).pid != pid
            with connected(anew) as connection:
                connection.execute("drop table kept")
        busy.wait()
    assert gone(home)


def unrelated(runner: binaries.Account) -> subprocess.Popen[bytes]:
    become: dict[str, object] = {"user": runner.uid, "group": runner.gid} if ROOT else {}
    return subprocess.Popen(["sleep", "300"], cwd="/", **become)  # type: ignore[call-overload, no-any-return]


def test_a_stale_pid_file_harms_no_one(home: Path) -> None:
    with server.running(home):
        pass
    here = place.find(home)
    assert here
    with unrelated(here.runner) as innocent:
        pid_file = here.data / "postmaster.pid"
        pid_file.write_text(f"{innocent.pid}\n{here.data}\n1700000000\n5432\n{here.sockets}\n\n  1 2\nready\n")
        os.chown(pid_file, here.runner.uid, here.runner.gid)
        assert server.stop(home)
        assert server.status(home).pid is None
        with server.running(home) as url:
            assert ask(url, "select 1") == 1
            assert server.status(home).pid != innocent.pid
        assert innocent.poll() is None
        innocent.kill()
    assert gone(home)


def test_processes_that_start_at_once_share_one_server(open_folder: Path) -> None:
    fresh = open_folder / "at once"
    with ExitStack() as stack:
        all_of_them = [stack.enter_context(client(fresh)) for _ in range(4)]
        said = {first_line(process) for process in all_of_them}
        assert len(said) == 1, said
        assert said.pop().startswith("up")
    assert [process.returncode for process in all_of_them] == [0, 0, 0, 0]
    assert gone(fresh)


def long_path(folder: Path) -> Path:
    return folder / ("很长的路径" * 10) / ("x" * 60)


def awkward_path(folder: Path) -> Path:
    return folder / "年报 with 'quotes\", $HOME, \\ and %s"


@pytest.mark.parametrize("name", [long_path, awkward_path])
def test_any_path_will_do(open_folder: Path, name: Callable[[Path], Path]) -> None:
    odd = name(open_folder)
    with server.running(odd) as url:
        assert ask(url, "show data_directory") == str(odd / "postgres" / "data")
    assert gone(odd)
    here = place.find(odd)
    assert here
    assert len(os.fsencode(here.sockets / place.SOCKET)) < 104
    if here.sockets.parent == Path("/tmp"):
        here.sockets.rmdir()


def test_a_strangers_socket_folder_is_refused(open_folder: Path) -> None:
    odd = long_path(open_folder / "other")
    here = place.make(odd)
    here.sockets.chmod(0o777)
    with pytest.raises(DatabaseUnavailableError, match="not a private folder"), server.running(odd):
        pass
    here.sockets.rmdir()


@pytest.mark.parametrize("language", ["zh_CN.UTF-8", ""])
def test_the_callers_language_does_not_matter(open_folder: Path, language: str) -> None:
    fresh = open_folder / f"language {language}"
    with client(fresh, LANG=language, LC_ALL=language) as process:
        assert first_line(process).startswith("up ß年É")
    assert process.returncode == 0


def test_a_folder_of_another_version_is_refused(home: Path) -> None:
    with server.running(home):
        pass
    major = home / "postgres" / "data" / "PG_VERSION"
    right = major.read_text()
    major.write_text("11\n")
    with pytest.raises(DatabaseUnavailableError, match="made by PostgreSQL 11"), server.running(home):
        pass
    major.write_text(right)


def test_a_home_that_is_no_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(DatabaseUnavailableError, match="file"),
        server.running(tmp_path / "file" / "home"),
    ):
        pass


def test_asking_makes_nothing(tmp_path: Path) -> None:
    found = server.status(tmp_path / "home")
    assert (found.running, found.folder, found.url) == (False, None, None)
    assert list(tmp_path.iterdir()) == []


def modes(folder: Path) -> dict[Path, int]:
    return {p: stat.S_IMODE(p.stat().st_mode) for p in (folder, *folder.parents)}


@as_root
def test_a_closed_home_keeps_its_mode_and_the_server_lies_elsewhere(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "SYSTEM", open_folder / "system")
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    home = closed / "home"
    before = modes(closed)
    with server.running(home) as url:
        data = Path(str(ask(url, "show data_directory")))
    assert data.is_relative_to(open_folder / "system" / "embedded")
    assert (data.parent / "home").read_text().strip() == str(home)
    assert modes(closed) == before
    with server.running(home) as url:
        assert ask(url, "show data_directory") == str(data)
    shutil.rmtree(data.parent)
    with pytest.raises(DatabaseUnavailableError, match="which is gone"), server.running(home):
        pass


@as_root
def test_closed_programs_are_copied_once(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install = binaries.packaged()
    closed = open_folder / "site"
    closed.mkdir(mode=0o700)
    for part in (install.parent, install.parent.parent / binaries.LIBRARIES):
        shutil.copytree(part, closed / part.name, ignore=shutil.ignore_patterns("include"))
    monkeypatch.setattr(binaries, "SYSTEM", open_folder / "programs")
    monkeypatch.setattr(binaries, "packaged", lambda: closed / install.parent.name / install.name)
    with server.running(open_folder / "copied") as url:
        assert ask(url, "select 1") == 1
        assert b"/programs/bin/" in Path(f"/proc/{server.status(open_folder / 'copied').pid}/cmdline").read_bytes()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert [p.name for p in (open_folder / "programs" / "bin").iterdir()] == [version(binaries.WHEEL)]


@as_root
def test_no_other_user_may_connect(home: Path) -> None:
    with server.running(home) as url:
        here = place.find(home)
        assert here
        attempt = "import sys, psycopg; psycopg.connect(host=sys.argv[1], user='nianbao', dbname='nianbao')"
        for account in (here.runner, binaries.account_of(65534)):
            done = account.run(
                [*python_for(account), "-c", attempt, str(make_url(url).query["host"])], capture_output=True, cwd="/"
            )
            assert "Peer authentication failed" in done.stderr or "Permission denied" in done.stderr, done.stderr


def python_for(account: binaries.Account) -> list[str]:
    """Gives a Python of this version with our packages that the account can run; skips where there is none."""
    packages = ":".join(p for p in [str(Path(__file__).parents[2]), *sys.path] if p)
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for found in (sys.executable, f"/usr/bin/{name}", f"/usr/local/bin/{name}"):
        command = ["env", f"PYTHONPATH={packages}", "PYTHONDONTWRITEBYTECODE=1", found]
        if account.run([*command, "-c", "import psycopg, sqlalchemy"], capture_output=True, cwd="/").returncode == 0:
            return command
    pytest.skip(f"user {account.name} can run no {name} with these packages")


@as_root
def test_a_plain_user_has_a_server_of_his_own(open_folder: Path) -> None:
    user = binaries.account_of(65534)
    folder = open_folder / "of a plain user"
    folder.mkdir(mode=0o700)
    os.chown(folder, user.uid, user.gid)
    become = ["setpriv", f"--reuid={user.uid}", f"--regid={user.gid}", "--clear-groups", *python_for(user)]
    with client(folder / "home", become) as process:
        assert first_line(process).startswith("up")
        assert (folder / "home" / "postgres" / "data").stat().st_uid == user.uid
        with pytest.raises(DatabaseUnavailableError, match="belongs to user 65534"), server.running(folder / "home"):
            pass
    assert process.returncode == 0
