"""Settings: file, then environment; read once, frozen, handed down.

`nianbao.toml` (found by `$NIANBAO_CONFIG`, else `./nianbao.toml`, else `/etc/nianbao/nianbao.toml`) gives
way to `NIANBAO_…` variables of the same names. No other module reads the environment.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from archive.errors import UsageError
from archive.model import Storage

STORE = re.compile(r"s3://[A-Za-z0-9.-]{3,63}(/[A-Za-z0-9._-]+)*/?")
ENDPOINTS = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT")
ADDRESS = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._/-]*)?")
NO_CONTACT = "operator-contact-not-configured"
PATHS = ("home", "warc_dir", "portals_dir", "divisions")  # in the file, relative to its folder
WHOLE = ("workers", "night_requests")  # whole numbers from 1
CHOICES = {
    "profile": ("public", "test"),
    "when": ("trouble", "always"),
    "mail_security": ("starttls", "tls", "none"),
    "warc_local": ("keep", "remove"),
}


@dataclass(frozen=True, slots=True)
class Alerts:
    """Whom a night tells how it went: the table [alerts], each key overridable by `NIANBAO_ALERTS_<NAME>`."""

    when: str = "trouble"  # "always": after a quiet night too
    mail_server: str | None = None  # host or host:port
    mail_security: str = "starttls"  # "tls" from the first byte; "none" for a relay on this machine
    mail_user: str | None = None
    mail_password: str | None = None
    mail_from: str | None = None
    mail_to: str | None = None  # addresses, commas between them
    webhook: str | None = None  # takes the digest as JSON by POST
    apprise: str | None = None  # URLs of the extra `alerts`, spaces between them
    healthcheck: str | None = None  # is asked for with /start, bare, or with /fail at its end
    textfile: Path | None = None  # Prometheus, for the textfile collector


@dataclass(frozen=True, slots=True)
class Config:
    """All settings, each overridable by `NIANBAO_<NAME>`."""

    home: Path
    database_url: str | None = None  # None: the embedded PostgreSQL under `home`
    warc_dir: Path | None = None  # None: `home`/warc
    warc_url: str | None = None  # object store for sealed WARC files: s3://bucket/prefix
    warc_copy: str | None = None  # where else copies of the files lie, for repairs: a folder, or s3://bucket/prefix
    warc_local: str = "keep"  # "remove": the copy in the folder goes once its upload is verified
    portals_dir: Path | None = None  # the operator's own portal files
    divisions: Path | None = None  # None: divisions.toml beside nianbao.toml, without that in `home`
    operator: str = "nianbao"  # who crawls: named in the user agent and the WARC files
    contact: str = NO_CONTACT  # a URL or mail address a portal can turn to
    profile: str = "public"  # "test" allows loopback portals, and only those
    workers: int = 2  # reading processes
    night_requests: int = 20_000  # of one night, at all portals together
    night_hours: float = 6.0  # of crawling in one night
    alerts: Alerts = Alerts()

    @property
    def warcs(self) -> Path:
        """Gives the folder of the WARC files."""
        return self.warc_dir or self.home / "warc"

    @property
    def storage(self) -> Storage:
        """Gives where WARC files are read from: their folder and the object store behind it."""
        return Storage(self.warcs, self.warc_url)

    @property
    def divisions_file(self) -> Path:
        """Gives the operator's changes to the divisions; it need not be there."""
        return self.divisions or self.home / "divisions.toml"

    @property
    def user_agent(self) -> str:
        """Gives the agent string under which every request is made."""
        return f"NianbaoArchiveBot/1.0 ({self.operator}; +{self.contact})"

    def require_contact(self) -> None:
        """Raises UsageError where a portal could not reach whoever crawls it."""
        if self.profile == "public" and self.contact.strip() in ("", NO_CONTACT):
            raise UsageError("set contact (nianbao.toml or NIANBAO_CONTACT): portals must be able to reach you")

    def require_shared(self) -> None:
        """Raises UsageError where the database is one that other machines cannot reach."""
        if self.database_url is None:
            raise UsageError(
                "workers share a PostgreSQL server: set database_url (nianbao.toml or NIANBAO_DATABASE_URL), the same"
                " on every machine; the embedded one listens on this machine only"
            )

    def environ(self) -> dict[str, str]:
        """Gives the variables that hand these settings to a child process; alerts, with their secrets, stay here."""
        values = {f"NIANBAO_{f.name.upper()}": getattr(self, f.name) for f in fields(self) if f.name != "alerts"}
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
            values = {"divisions": "divisions.toml"} | tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError) as error:
            raise UsageError(f"{path}: {error}") from error
    alerts = values.pop("alerts", {})
    if not isinstance(alerts, dict):
        raise UsageError(f"{path}: alerts must be a table, [alerts]")
    base = path.parent.absolute() if path else Path()
    given = overridden(values, Config, "NIANBAO_", path, base, environ)
    if "warc_url" in given or "warc_copy" in given:
        check_endpoint(environ)
    return build(given, overridden(alerts, Alerts, "NIANBAO_ALERTS_", path, base, environ), default_home(environ))


def check_endpoint(environ: Mapping[str, str]) -> None:
    """Raises UsageError where a variable names an endpoint that is no address; the client would take it as one."""
    for name in ENDPOINTS:
        if not ADDRESS.fullmatch(environ.get(name) or "https://s3"):
            raise UsageError(f"{name} must be an address such as https://s3.example.org, without credentials")


def overridden(
    values: Mapping[str, object], kind: type, prefix: str, path: Path | None, base: Path, environ: Mapping[str, str]
) -> dict[str, object]:
    """Gives the values of a table with the variables in force. Raises UsageError for an unknown key."""
    names = {f.name for f in fields(kind)} - {"alerts"}
    if unknown := sorted(set(values) - names):
        raise UsageError(f"{path}: unknown setting {unknown[0]!r}; possible: {', '.join(sorted(names))}")
    files = {name: base / str(values[name]) for name in (*PATHS, "textfile") if name in values}
    if "warc_copy" in values and "://" not in str(values["warc_copy"]):
        files["warc_copy"] = base / str(values["warc_copy"])
    given = {name: environ.get(f"{prefix}{name.upper()}") for name in names}
    return {**values, **files, **{name: value for name, value in given.items() if value}}


def config_file(environ: Mapping[str, str]) -> Path | None:
    """Gives the settings file in force, if there is one."""
    if named := environ.get("NIANBAO_CONFIG"):
        return Path(named)
    candidates = (Path("nianbao.toml"), Path("/etc/nianbao/nianbao.toml"))
    return next((path for path in candidates if path.is_file()), None)


def build(values: Mapping[str, object], alerts: Mapping[str, object], home: Path) -> Config:
    """Gives the Config of raw values. Raises UsageError naming the setting that has a wrong type."""
    whom = Alerts(**{name: typed(name, value) for name, value in alerts.items()})
    settings: dict[str, Any] = {"home": home} | {name: typed(name, value) for name, value in values.items()}
    return Config(**settings, alerts=whom)


def typed(name: str, value: object) -> Any:
    """Gives the value of a setting. Raises UsageError where it is none."""
    if name in (*PATHS, "textfile"):
        return Path(str(value)).expanduser().absolute()
    if name in WHOLE:
        if not str(value).isdigit() or int(str(value)) < 1:
            raise UsageError(f"{name} must be a whole number from 1, not {value!r}")
        return int(str(value))
    if name == "night_hours":
        with suppress(ValueError):
            if 0 < float(str(value)) < float("inf"):
                return float(str(value))
        raise UsageError(f"{name} must be a number of hours above 0, not {value!r}")
    stored = name == "warc_url" or (name == "warc_copy" and "://" in str(value))
    if stored and not STORE.fullmatch(str(value)):  # not shown: it may hold a password
        raise UsageError(f"{name} must be s3://bucket or s3://bucket/prefix; the credentials are variables, AWS_…")
    if name == "warc_copy" and not stored:
        return str(Path(str(value)).expanduser().absolute())
    if name in CHOICES and value not in CHOICES[name]:
        raise UsageError(f"{name} must be one of {', '.join(CHOICES[name])}, not {value!r}")
    return str(value)
