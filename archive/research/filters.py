"""What narrows a search: the same names and the same refusals on the command line, in pages and in the API."""

from collections.abc import Collection, Mapping
from difflib import get_close_matches

from archive.divisions import LEVELS
from archive.errors import UsageError
from archive.read.forms import FORMS
from archive.records import Connection, crawls, documents
from archive.records.filters import Filters
from archive.research.places import division_code

FIRST_YEAR, LAST_YEAR = 1990, 2100
CHECKS = {"failing": True, "holding": False}
FILE_TYPES: Mapping[str, str] = {
    "html": "text/html",
    "text": "text/plain",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "doc": "application/msword",
    "rtf": "application/rtf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xls": "application/vnd.ms-excel",
    "ofd": "application/ofd",
}
"""Short names of the media types that reports most often have; any other is given in full."""


def filters_of(
    connection: Connection,
    *,
    agency: str | None = None,
    division: str | None = None,
    year: int | None = None,
    years: tuple[int | None, int | None] = (None, None),
    level: str | None = None,
    form: str | None = None,
    file_type: str | None = None,
    portal: str | None = None,
    checks: str | None = None,
) -> Filters:
    """Gives the filters for what a person wrote, None where nothing is asked.

    `agency` is a name, a part of one, a code, or code/name; `division` a code or the beginning of one: 36, 3609,
    360900, 360982, 360982104000. Raises UsageError for what can name nothing.
    """
    known(checks, "state of checks", CHECKS)
    if agency is not None and "\0" in agency:
        raise UsageError(f"{agency!r} holds a character that no name has")
    if portal is not None:
        known(portal, "portal of the archive", crawls.portals_known(connection))
    first, last = (year, year) if year is not None else years
    span = None if first is None and last is None else (first or FIRST_YEAR, last or LAST_YEAR)
    return Filters(
        years=span,
        division=division_code(division),
        agency_ids=None if agency is None else tuple(a.id for a in documents.agencies_named(connection, agency)),
        level=known_level(level),
        form=known_form(form),
        media_type=media_type_of(file_type),
        portal=portal,
        failing=None if checks is None else CHECKS[checks],
    )


def known_level(given: str | None) -> str | None:
    """Gives a level of agencies. Raises UsageError for anything else."""
    known(given, "level", LEVELS)
    return given


def known_form(given: str | None) -> str | None:
    """Gives the name of a form. Raises UsageError for anything else."""
    known(given, "form", dict.fromkeys(form for _, form in FORMS))
    return given


def media_type_of(given: str | None) -> str | None:
    """Gives a media type by its short name or its whole one. Raises UsageError for what is neither."""
    if given is not None and "/" not in given:
        known(given, "file type (or a whole media type)", FILE_TYPES)
    return None if given is None else FILE_TYPES.get(given, given)


def known(given: str | None, what: str, possible: Collection[str]) -> None:
    """Raises UsageError for a word that is none of those there are, naming those like it, else all."""
    if given is not None and given not in possible:
        raise UsageError(
            f"{given!r} is no {what}; possible: {', '.join(get_close_matches(given, possible) or possible)}"
        )
