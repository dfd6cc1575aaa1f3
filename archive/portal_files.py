"""Portal files as tables whose every complaint names file, line and key.

`tomllib` tells no line of a key, so a scan of the text finds them: good enough for messages, used for nothing else.
"""

import difflib
import re
import tomllib
import types
from collections.abc import Iterator
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from archive.errors import PortalFileError

Where = tuple[str | int, ...]  # ("column", 0, "url"): the url of the first [[column]]

_HEADER = re.compile(r"\s*(\[\[?)\s*([\w.\-]+)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([\w.\-]+)\s*=")
_NAMES = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


@dataclass
class PortalFile:
    """One parsed file and what is wrong with it so far."""

    path: Path
    table: dict[str, Any]
    lines: dict[Where, int]
    top: tuple[str, ...] = ()  # the keys possible before the first [table]
    problems: list[tuple[int, str]] = field(default_factory=list)

    def complain(self, where: Where, message: str) -> None:
        """Notes a problem at the line of the key, or of the table that should hold it."""
        where = (*where, 0) if (*where, 0) in self.lines else where  # the first of [[tables]] that are wrong as a list
        while where and where not in self.lines:
            where = where[:-1]
        self.problems.append((self.lines.get(where, 1), message))

    def settle(self) -> None:
        """Raises PortalFileError with all problems, one a line, if there are any."""
        if self.problems:
            raise PortalFileError("\n".join(f"{self.path}:{n}: {text}" for n, text in sorted(self.problems)))


def parse(path: Path) -> PortalFile:
    """Gives the file as a table. Raises PortalFileError for what is not readable, not UTF-8 or not TOML."""
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
        return PortalFile(path, tomllib.loads(text), lines_of(text))
    except OSError as error:
        raise PortalFileError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise PortalFileError(f"{path}:{line}: not UTF-8; save the file as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+), column \d+\)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise PortalFileError(f"{path}:{line}: not TOML: {error}") from error


def lines_of(text: str) -> dict[Where, int]:
    """Gives the line, from 1, of every table and key."""
    lines: dict[Where, int] = {}
    counts: dict[str, int] = {}
    here: Where = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            here = _table(header[2], header[1] == "[[", counts)
            lines.setdefault(here, number)
        elif key := _KEY.match(line):
            lines.setdefault((*here, *key[1].split(".")), number)
    return lines


def _table(name: str, repeated: bool, counts: dict[str, int]) -> Where:
    if repeated:
        counts[name] = counts.get(name, -1) + 1
    where: list[str | int] = []
    for part in name.split("."):
        where.append(part)
        if part in counts:
            where.append(counts[part])
    return tuple(where)


def build(cls: type, table: dict[str, Any], where: Where, file: PortalFile, **given: Any) -> Any:
    """Gives the frozen dataclass of a table, or None after complaining of unknown, missing and mistyped keys.

    A field's metadata may name its key in the file ("key"); fields that are `given` have none.
    """
    known = {f.metadata.get("key", f.name): f for f in fields(cls) if f.name not in given}
    file.top = file.top or tuple(known)
    for key in table:
        if key not in known:
            file.complain((*where, key), _unknown(key, where, list(known), file.top))
    before = len(file.problems)
    hints = get_type_hints(cls)
    values: dict[str, Any] = {}
    for key, spec in known.items():
        if key in table:
            values[spec.name] = _typed(table[key], hints[spec.name], (*where, key), file)
        elif not _has_default(spec):
            file.complain(where, f"missing key '{key}'{_in(where)}")
    return cls(**values, **given) if len(file.problems) == before else None


def _has_default(spec: Field[Any]) -> bool:
    return spec.default is not MISSING or spec.default_factory is not MISSING


def _in(where: Where) -> str:
    names = [str(part) for part in where if isinstance(part, str)]
    repeated = bool(where) and isinstance(where[-1], int)
    return f" in {'[[' if repeated else '['}{'.'.join(names)}{']]' if repeated else ']'}" if names else ""


def _unknown(key: str, where: Where, known: list[str], top: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"possible: {', '.join(sorted(known))}"
    if key in top:  # TOML gives a key to the last [table] above it
        hint = f"'{key}' belongs above the first [table] of the file"
    return f"unknown key '{key}'{_in(where)}; {hint}"


def _typed(value: Any, hint: Any, where: Where, file: PortalFile) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(arg for arg in get_args(hint) if arg is not type(None))
    if get_origin(hint) is tuple:
        return tuple(_members(value, get_args(hint)[0], where, file))
    if is_dataclass(hint):
        if isinstance(value, dict):
            return build(hint, value, where, file)  # type: ignore[arg-type]
        file.complain(where, f"'{where[-1]}' must be a table")
        return None
    if isinstance(value, int) and not isinstance(value, bool) and hint is float:
        return float(value)
    if not isinstance(value, hint) or (isinstance(value, bool) and hint is not bool):
        name = where[-1] if isinstance(where[-1], str) else where[-2]
        file.complain(where, f"'{name}' must be {_NAMES[hint]}, not {value!r}")
    return value


def _members(value: Any, hint: Any, where: Where, file: PortalFile) -> Iterator[Any]:
    if not isinstance(value, list):
        shape = "a list of [[tables]]" if is_dataclass(hint) else 'a list, as ["…"]'
        file.complain(where, f"'{where[-1]}' must be {shape}, not {value!r}")
        return
    for number, member in enumerate(value):
        yield _typed(member, hint, (*where, number), file)
