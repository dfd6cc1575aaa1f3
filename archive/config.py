"""Settings: file, then environment; read once, frozen, handed down.

`nianbao.toml` (found by `$NIANBAO_CONFIG`, else `./nianbao.toml`, else `/etc/nianbao/nianbao.toml`) gives
way to `NIANBAO_…` variables of the same names. No other module reads the environment.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from archive.errors import UsageError

NO_CONTACT = "operator-contact-not-configured"
PATHS = ("home", "warc_dir", "portals_dir")  # in the file, relative to its folder


@dataclass(frozen=True, slots=True)
class Config:
    """All settings, each overridable by `NIANBAO_<NAME>`."""

    home: Path
    database_url: str | None = None  # None: the embedded PostgreSQL under `home`
    warc_dir: Path | None = None  # None: `home`/warc
    portals_dir: Path | None = None  # the operator's own portal files
    operator: str = "nianbao"  # who crawls: named in the user agent and the WARC files
    contact: str = NO_CONTACT  # a URL or mail address a portal can turn to
    profile: str = "public"  # "test" allows loopback portals, and only those
    workers: int = 2  # reading processes

    @property
    def warcs(self) -> Path:
        """Gives the folder of the WARC files."""
        return self.warc_dir or self.home / "warc"

    @property
    def user_agent(self) -> str:
        """Gives the agent string under which every request is made."""
        return f"NianbaoArchiveBot/1.0 ({self.operator}; +{self.contact})"

    def require_contact(self) -> None:
        """Raises UsageError where a portal could not reach whoever crawls it."""
        if self.profile == "public" and self.contact.strip() in ("", NO_CONTACT):
            raise UsageError("set contact (nianbao.toml or NIANBAO_CONTACT): portals must be able to reach you")

    def environ(self) -> dict[str, str]:
        """Gives the variables that hand these settings to a child process."""
        values = {f"NIANBAO_{f.name.upper()}": getattr(self, f.name) for f in fields(self)}
        return {name: str(value) for name, value in values.items() if value is not None}


def default_home(environ: Mapping[str, str]) -> Path:
    """Gives `$XDG_DATA_HOME/nianbao`, else `~/.local/share/nianbao`; for root `/var/lib/nianbao`.

    The embedded server of root runs as another user, who may not enter root's own home.
    """
    if os.geteuid() == 0 and "XDG_DATA_HOME" not in environ:
        return Path("/var/lib/nianbao")
    data = environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "nianbao"


def load(environ: Mapping[str, str] | None = None) -> Config:
    """Gives the settings of this process. Raises UsageError for an unknown key or a wrong type."""
    environ = os.environ if environ is None else environ
    path = config_file(environ)
    values: dict[str, object] = {}
    if path:
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError) as error:
            raise UsageError(f"{path}: {error}") from error
    names = {f.name for f in fields(Config)}
    base = path.parent.absolute() if path else Path()
    values |= {name: base / str(values[name]) for name in PATHS if name in values}
    if unknown := sorted(set(values) - names):
        raise UsageError(f"{path}: unknown setting {unknown[0]!r}; possible: {', '.join(sorted(names))}")
    values |= {n: environ[f"NIANBAO_{n.upper()}"] for n in names if environ.get(f"NIANBAO_{n.upper()}")}
    return build(values, default_home(environ))


def config_file(environ: Mapping[str, str]) -> Path | None:
    """Gives the settings file in force, if there is one."""
    if named := environ.get("NIANBAO_CONFIG"):
        return Path(named)
    candidates = (Path("nianbao.toml"), Path("/etc/nianbao/nianbao.toml"))
    return next((path for path in candidates if path.is_file()), None)


def build(values: Mapping[str, object], home: Path) -> Config:
    """Gives the Config of raw values. Raises UsageError naming the setting that has a wrong type."""
    typed: dict[str, object] = {"home": home}
    for name, value in values.items():
        if name in PATHS:
            typed[name] = Path(str(value)).expanduser().absolute()
        elif name == "workers":
            if not str(value).isdigit() or int(str(value)) < 1:
                raise UsageError(f"workers must be a whole number from 1, not {value!r}")
            typed[name] = int(str(value))
        else:
            typed[name] = str(value)
    if typed.get("profile", "public") not in ("public", "test"):
        raise UsageError(f"profile must be 'public' or 'test', not {typed['profile']!r}")
    return Config(**typed)  # type: ignore[arg-type]
