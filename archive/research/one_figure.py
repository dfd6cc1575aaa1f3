"""One figure of a report with everything that is known of it: checks it enters, years beside it, corrections."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from archive.errors import UsageError
from archive.model import Figure
from archive.plain import figure_json
from archive.read.forms import forms
from archive.read.forms.catalogue import Identity
from archive.read.forms.statistics_form import statistics_forms
from archive.records import Connection, documents, figures
from archive.records.codes import indicator_labels
from archive.records.documents import Document

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class OneFigure:
    """A figure of a report.

    `checks` are evaluated identities with the codes of both sides, `years` the same indicator in the years beside
    (None where that report lacks it), `restated` its changes between versions, `overrides` people's corrections.
    """

    figure: Figure
    label: str
    part: str
    checks: tuple[Json, ...]
    years: Mapping[int, Json | None]
    restated: tuple[Json, ...]
    overrides: tuple[Json, ...]

    @property
    def json(self) -> Json:
        """Gives the figure as JSON."""
        return figure_json(self.figure) | {"note": self.figure.note}


def one_figure(connection: Connection, document: Document, found: Json, code: str) -> OneFigure:
    """Gives a figure of a document; `found` is its `document_json`. Raises UsageError for a code it does not have."""
    own = {f.indicator: f for f in figures.figures_of(connection, [document.reading_id]).get(document.reading_id, [])}
    if code not in own:
        raise UsageError(f"the report of {document.agency} for {document.year} has no figure {code!r}")
    part = code.partition(".")[0]
    labels = indicator_labels(connection)
    return OneFigure(
        figure=own[code],
        label=labels[part, document.forms[part], code],
        part=part,
        checks=tuple(checks_with(code, part, document.forms[part], found["checks"])),
        years=years_beside(connection, document, code),
        restated=tuple(restated(found["restatements"], code)),
        overrides=tuple(each for each in found["overrides"] if each["indicator"] == code),
    )


def checks_with(code: str, part: str, form: str, checks: list[Json]) -> Iterator[Json]:
    """Gives the evaluated identities that a figure enters, each with the codes of its sides."""
    known = {identity.code: identity for identity in identities_of(part, form)}
    for check in checks:
        identity = known.get(check["identity"])
        if identity and code in (*identity.left, *identity.right):
            yield check | {"left_codes": identity.left, "right_codes": identity.right}


def identities_of(part: str, form: str) -> tuple[Identity, ...]:
    """Gives the identities of one part of a form."""
    if part == "statistics":
        return statistics_forms()[form].identities if form in statistics_forms() else ()
    return forms()[form].identities[part] if form in forms() else ()


def restated(restatements: list[Json], code: str) -> Iterator[Json]:
    """Gives what versions changed of a figure."""
    for each in restatements:
        for change in each["figures"]:
            if change["indicator"] == code:
                yield {name: each[name] for name in ("source", "from", "to", "seen")} | change


def years_of(connection: Connection, document: Document) -> dict[int, Document]:
    """Gives an agency's documents by year, as the same revision reads them."""
    named = documents.agencies_named(connection, f"{document.division}/{document.agency}")
    ids = [agency.id for agency in named if agency.name == document.agency]
    return {each.year: each for each in documents.find(connection, document.revision, agency_ids=ids)}


def years_beside(connection: Connection, document: Document, code: str) -> dict[int, Json | None]:
    """Gives an indicator in the reports of the year before and the year after, where they are held."""
    held = years_of(connection, document)
    beside = {year: held[year].reading_id for year in (document.year - 1, document.year + 1) if year in held}
    read = figures.figures_of(connection, beside.values())
    return {
        year: next((figure_json(f) for f in read.get(reading, []) if f.indicator == code), None)
        for year, reading in beside.items()
    }
