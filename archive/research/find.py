"""Which documents there are, and which agency a name means."""

import re
from collections.abc import Sequence
from datetime import datetime

from archive.errors import UsageError
from archive.records import Connection, documents, revisions
from archive.records.codes import catalogue
from archive.records.documents import Agency, Document
from archive.research.similar import on_a_form


def revision_or_current(connection: Connection, revision: int | None) -> int:
    """Gives the revision to answer under. Raises UsageError for one that is not, and never was, current."""
    if revision is None:
        return revisions.current_revision(connection) or 0
    known = revisions.revisions_promoted(connection)
    if revision not in known:
        raise UsageError(
            f"revision {revision} answers nothing, it was never promoted; there are:"
            f" {', '.join(map(str, known)) or 'none'}"
        )
    return revision


def find(
    connection: Connection,
    *,
    agency: str | None = None,
    division: str | None = None,
    year: int | None = None,
    words: Sequence[str] = (),
    revision: int | None = None,
    as_of: datetime | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[Document]:
    """Gives the documents of agencies whose name contains `agency`, of a year, with all `words` in the text.

    `division` is a code or the beginning of one: 36, 3609, 360900, 360982, 360982104000. Raises UsageError for what is
    no code.
    """
    if division is not None and not re.fullmatch(r"\d{2,12}", division):
        raise UsageError(f"{division!r} is no division code; give 2 to 12 digits, as 36, 3609, 360982 or 360982104000")
    ids = None if agency is None else [a.id for a in documents.agencies_named(connection, agency)]
    return documents.find(
        connection,
        revision_or_current(connection, revision),
        agency_ids=ids,
        division=division,
        year=year,
        words=words,
        as_of=as_of,
        limit=limit,
        offset=offset,
    )


def one_agency(connection: Connection, name: str) -> Agency:
    """Gives the one agency that a name, a code or `code/name` means. Raises UsageError listing the candidates."""
    found = documents.agencies_named(connection, name)
    if not found:
        raise UsageError(f"no agency is called {name!r}; `nianbao find` lists what there is")
    exact = [agency for agency in found if agency.name == name.rpartition("/")[2]]
    if len(exact or found) > 1:
        listed = ", ".join(f"{agency.division}/{agency.name}" for agency in found[:20])
        more = f" and {len(found) - 20} more" if len(found) > 20 else ""
        raise UsageError(f"{name!r} may mean several agencies; name one of: {listed}{more}")
    return (exact or found)[0]


def one_document(
    connection: Connection,
    agency: str,
    year: int,
    *,
    revision: int | None = None,
    as_of: datetime | None = None,
) -> Document:
    """Gives an agency's document for a year. Raises UsageError saying which years there are."""
    body = one_agency(connection, agency)
    under = revision_or_current(connection, revision)
    if found := documents.find(connection, under, agency_ids=[body.id], year=year, as_of=as_of):
        return found[0]
    held = documents.find(connection, under, agency_ids=[body.id], as_of=as_of)
    years = ", ".join(str(document.year) for document in held) or "none"
    raise UsageError(f"no report of {body.name} ({body.division}) for {year}; years there are: {years}")


def known_indicator(connection: Connection, code: str) -> None:
    """Raises UsageError for a code that no form has, with those that are like it."""
    codes = sorted({code for listed in catalogue(connection).values() for code in listed})
    on_a_form("indicator", code, codes, "nianbao codebook")
