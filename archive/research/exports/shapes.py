"""Shapes of exports: `wide`, a row a document; `long`, a row a figure."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from archive.model import Figure
from archive.plain import digits, figure_json
from archive.records import Connection, documents, figures
from archive.records.documents import Document

Row = dict[str, str | None]
BATCH = 500
MONEY = (
    "disclosure.fees.amount",
    "disclosure.procurement.amount",
    "statistics.fees.amount",
    "statistics.organisation.funds",
    *(f"statistics.fees.waived.{column}" for column in ("year", "cumulative", "year_end")),
)


def wide_rows(connection: Connection, revision: int, as_of: datetime | None) -> Iterator[Row]:
    """Gives a row a document with a column an indicator: its value where the cell is a number, else empty.

    Money has a second column `….wan`, the amount in 万元 where the unit is known. Statuses are in the long shape.
    """
    codes = all_indicators(connection, revision)
    for document, found in with_figures(connection, revision, as_of):
        by_code = {figure.indicator: figure for figure in found}
        row = identity_row(document)
        for code in codes:
            figure = by_code.get(code)
            row[code] = digits(figure.value) if figure else None
            if code in MONEY:
                row[f"{code}.wan"] = digits(figure.value_wan) if figure else None
        yield row | agency_row(document)


def long_rows(connection: Connection, revision: int, as_of: datetime | None) -> Iterator[Row]:
    """Gives a row a figure, whatever its status, with what was printed and where it stands."""
    for document, found in with_figures(connection, revision, as_of):
        for figure in found:
            part = figure.indicator.partition(".")[0]
            known = figure_json(figure) | {"note": figure.note}
            cell = {name: None if value is None else str(value) for name, value in known.items()}
            form = {"part": part, "form": document.forms[part]}
            yield identity_row(document) | form | cell | agency_row(document)


def identity_row(document: Document) -> Row:
    """Gives the columns that name a document and the bytes it was read from."""
    return {
        "division": document.division,
        "agency": document.agency,
        "year": str(document.year),
        "title": document.title,
        "url": document.url,
        "place": document.place,
        "version": str(document.version),
        "withdrawn": "1" if document.withdrawn else "0",
        "sha256": document.sha256,
        "revision": str(document.revision),
    }


def agency_row(document: Document) -> Row:
    """Gives the last columns: which division the agency is or belongs to, and its level, where that is known."""
    return {"agency_code": document.agency_code, "level": document.level}


def with_figures(
    connection: Connection, revision: int, as_of: datetime | None
) -> Iterator[tuple[Document, list[Figure]]]:
    """Gives the documents in order, each with its current figures."""
    found = iter(documents.find(connection, revision, as_of=as_of))
    while batch := list(islice(found, BATCH)):
        by_reading = figures.figures_of(connection, [document.reading_id for document in batch])
        for document in batch:
            yield document, by_reading.get(document.reading_id, [])


def all_indicators(connection: Connection, revision: int) -> list[str]:
    """Gives the codes of the forms, each once, part by part, earlier forms first.

    The many of the statistics forms before 2019 are left out where no report was read under one.
    """
    catalogue = figures.catalogue(connection)
    used = figures.statistics_used(connection, revision)
    order = sorted(catalogue, key=lambda key: (figures.PARTS.index(key[0]), key[1]))
    wanted = [key for key in order if key[0] != figures.STATISTICS or key[1] in used]
    return list(dict.fromkeys(code for key in wanted for code in catalogue[key]))
