"""What narrows a search: the same names and the same refusals on the command line, in pages and in the API."""

from collections.abc import Mapping

from archive.divisions import LEVELS
from archive.errors import UsageError
from archive.records import Connection, documents
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
    for given in (agency, form, file_type, portal):
        if given is not None and "\0" in given:
            raise UsageError(f"{given!r} holds a character that no name has")
    first, last = (year, year) if year is not None else years
    span = None if first is None and last is None else (first or FIRST_YEAR, last or LAST_YEAR)
    return Filters(
        years=span,
        division=division_code(division),
        agency_ids=None if agency is None else tuple(a.id for a in documents.agencies_named(connection, agency)),
        level=known_level(level),
        form=form,
        media_type=None if file_type is None else FILE_TYPES.get(file_type, file_type),
        portal=portal,
        failing=None if checks is None else CHECKS[checks],
    )


def known_level(given: str | None) -> str | None:
    """Gives a level of agencies. Raises UsageError for anything else."""
    known(given, "level", LEVELS)
    return given


def known(given: str | None, what: str, possible: Mapping[str, object] | tuple[str, ...]) -> None:
    """Raises UsageError for a word that is none of those there are."""
    if given is not None and given not in possible:
        raise UsageError(f"{given!r} is no {what}; possible: {', '.join(possible)}")
