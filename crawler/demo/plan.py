"""What is planted where and when, as the TOML files in `data/` say."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

from crawler.demo.figures import Scale

PORTALS = {"990101-qinghe": "青禾县人民政府", "990202-yunxiu": "云岫区人民政府"}
KINDS = {"township": ("镇", "乡", "街道"), "county": ("县", "市", "区")}
Style = Literal["html", "word-html", "docx", "txt-cells", "txt-tabs"]


@dataclass(frozen=True, slots=True)
class Agency:
    """A reporting body and how it speaks of itself."""

    portal: str
    name: str
    kind: str
    me: str
    office: str
    seat: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A planted report; the fields are explained at the head of `data/reports.toml`."""

    portal: str
    column: str
    agency: str
    year: int
    title: str
    published: date
    style: Style
    page: str
    file: str | None = None
    body: bool = False
    heading: str | None = None
    charset: str = "utf-8"
    blank: bool = False
    no_change: str | None = None
    money: str | None = None
    misprint: Mapping[str, int] = field(default_factory=dict)
    static: bool = False
    chunked: bool = False
    moved_from: str | None = None
    night: int = 1

    @property
    def path(self) -> str:
        """Gives the path of the report itself."""
        return self.page if self.file is None or self.body else self.file


@dataclass(frozen=True, slots=True)
class Noise:
    """A list row that is no annual report, and its article; a `path` with a host has no article here."""

    portal: str
    column: str
    title: str
    published: date
    path: str
    text: tuple[str, ...] = ()
    table: tuple[tuple[str, str], ...] = ()
    image: str | None = None


@dataclass(frozen=True, slots=True)
class Nights:
    """What happens between night 1 and `first_night`: (agency, year) of each report concerned."""

    first_night: int
    withdrawn: tuple[str, int]
    corrected: tuple[str, int]
    corrected_on: date
    add: Mapping[str, int]


def data(name: str) -> dict[str, Any]:
    """Gives one of the TOML files in `data/`."""
    text = files("crawler.demo").joinpath("data", name).read_text(encoding="utf-8")
    return tomllib.loads(text)


@lru_cache(maxsize=1)
def agencies() -> Mapping[str, Agency]:
    """Gives the agencies by name."""
    return {row["name"]: Agency(**row) for row in data("agencies.toml")["agency"]}


def agency(name: str) -> Agency:
    """Gives an agency by name; one that agencies.toml does not describe speaks as its kind does."""
    if known := agencies().get(name):
        return known
    kind = next((kind for kind, ends in KINDS.items() if name.endswith(ends)), "department")
    me = {"county": "我" + name[-1], "township": "我" + ("街道" if name.endswith("街道") else name[-1])}.get(
        kind, "我局"
    )
    return Agency("", name, kind, me, f"{name}办公室", f"{name}政务路1号")


@lru_cache(maxsize=1)
def scales() -> Mapping[str, Scale]:
    """Gives the sizes of figures by kind of agency."""
    rows = data("agencies.toml")["scale"]
    return {kind: Scale(**{name: _limits(limit) for name, limit in row.items()}) for kind, row in rows.items()}


def _limits(limit: Any) -> Any:
    return tuple(limit) if isinstance(limit, list) else limit


@lru_cache(maxsize=1)
def entries() -> tuple[Entry, ...]:
    """Gives all planted reports of all nights, in the order of the file."""
    return tuple(
        _entry(portal["id"], portal["column"], portal["folder"], row)
        for portal in data("reports.toml")["portal"]
        for row in portal["report"]
    )


def _entry(portal: str, column: str, folder: str, row: dict[str, Any]) -> Entry:
    values = dict(row)
    for name in ("page", "file"):
        if name in row:
            values[name] = folder + row[name]
    values.setdefault("title", f"{row['agency']}{row['year']}年政府信息公开工作年度报告")
    return Entry(portal=portal, column=column, **values)


def present(night: int) -> tuple[Entry, ...]:
    """Gives the reports that can be fetched on a night."""
    return tuple(
        entry
        for entry in entries()
        if entry.night <= night and not (night >= nights().first_night and _is(entry, nights().withdrawn))
    )


def corrected(entry: Entry, night: int) -> bool:
    """Tells whether the report is in its corrected state."""
    return night >= nights().first_night and _is(entry, nights().corrected)


def _is(entry: Entry, wanted: tuple[str, int]) -> bool:
    return (entry.agency, entry.year) == wanted


@lru_cache(maxsize=1)
def noise() -> tuple[Noise, ...]:
    """Gives the rows that are no reports, the same on every night."""
    return tuple(_noise(row) for row in data("noise.toml")["row"])


def _noise(row: dict[str, Any]) -> Noise:
    table = [(label, value) for label, value in row.get("table", [])]
    return Noise(**dict(row, text=tuple(row.get("text", ())), table=tuple(table)))


@lru_cache(maxsize=1)
def nights() -> Nights:
    """Gives what changes after night 1."""
    row = data("nights.toml")
    return Nights(
        first_night=row["first_night"],
        withdrawn=(row["withdrawn"]["agency"], row["withdrawn"]["year"]),
        corrected=(row["corrected"]["agency"], row["corrected"]["year"]),
        corrected_on=row["corrected"]["published"],
        add=row["corrected"]["add"],
    )
