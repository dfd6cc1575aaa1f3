"""What an indicator is called: in Chinese as its form prints it, in English, and short for statistics programs."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from archive.read.forms.catalogue import forms
from archive.read.forms.statistics_form import PART, statistics_forms


@cache
def english() -> dict[str, Any]:
    """Gives the English words of rows and columns, and how pieces of codes are shortened."""
    path = files("archive.read.forms").joinpath("english.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def pieces(code: str) -> tuple[str, str, str]:
    """Gives part, row and column of a code; the column is empty where the form has only one."""
    part, _, rest = code.partition(".")
    row, _, column = rest.rpartition(".")
    return (part, row, column) if row and column in english()[part]["columns"] else (part, rest, "")


def label_en(code: str) -> str:
    """Gives the English label of an indicator, at most 80 characters. Raises KeyError for a code of no form."""
    words = english()
    part, row, column = pieces(code)
    under = f": {words[part]['columns'][column]}" if column else ""
    joined = " " if part == "requests" else ", "
    return f"{words['parts'][part]}{joined}{words[part]['rows'][row]}{under}"


@cache
def labels_zh() -> dict[str, str]:
    """Gives the Chinese labels as printed, at most 80 characters; before a row that repeats, what it stands under.

    Where two forms share a code the newer one's is given.
    """
    printed = {i.code: i.label_zh for form in forms().values() for part in form.parts.values() for i in part.indicators}
    for form in statistics_forms().values():
        under = {row.key: row.label for row in (*form.sections, *form.rows)}
        groups = {f"{PART}.{row.key}": under.get(row.group or "") for row in form.rows}
        for indicator in form.part.indicators:
            row = indicator.code if indicator.code in groups else indicator.code.rpartition(".")[0]
            group = groups[row]
            printed[indicator.code] = f"{group}：{indicator.label_zh}" if group else indicator.label_zh
    return printed


def short_name(code: str) -> str:
    """Gives the name of an indicator in Stata and SPSS: ASCII, at most 32 characters, the same for ever."""
    known = english()["short"]
    return "_".join(
        known["pieces"].get(piece) or "_".join(known["words"].get(word, word) for word in piece.split("_"))
        for piece in code.split(".")
    )
