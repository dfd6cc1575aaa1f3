"""The words of the pages, Chinese and English side by side: one TOML file a topic, `key = ["中文", "English"]`."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("zh", "en")


@cache
def labels() -> Mapping[str, tuple[str, str]]:
    """Gives every label by its dotted key. Raises ValueError for a key that two files have."""
    found: dict[str, tuple[str, str]] = {}
    for file in sorted(files(__name__).iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            for key, pair in flattened(tomllib.loads(file.read_text(encoding="utf-8"))):
                if key in found:
                    raise ValueError(f"{file.name} gives the label {key!r} a second time")
                found[key] = pair
    return found


def flattened(table: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, tuple[str, str]]]:
    """Gives the pairs of a TOML table with their dotted keys."""
    for name, entry in table.items():
        if isinstance(entry, dict):
            yield from flattened(entry, f"{before}{name}.")
        else:
            chinese, english = entry
            yield before + name, (chinese, english)


def label(key: str, language: str, **values: object) -> str:
    """Gives a label with its values filled in. Raises KeyError for one that no file has."""
    return labels()[key][LANGUAGES.index(language)].format(**values)
