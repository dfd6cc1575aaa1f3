"""Checks (勾稽): every identity with how often it holds, one identity by year, where identities fail."""

from collections.abc import Iterable
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from archive.records.verdicts import Tally
from archive.research import checks as research
from archive.research.checks import DOUBTS, Failure, Question
from archive.research.identities import rule_of
from archive.web.asking import Archive, Given, Part
from archive.web.conditions import First, Last, Region, Word
from archive.web.errors import or_not_found
from archive.web.listing import Column, Listing, Row, siblings
from archive.web.rendering import render, report_path

router = APIRouter()

Source = Annotated[
    Literal["as_published", "doubtful"] | None,
    Given,
    Query(description="failures as published, or where our reading is in doubt"),
]
TALLIES = (
    Column("identity", "checks.identity"),
    Column("form", "checks.form"),
    Column("year", "column.year", number=True),
    Column("rate", "checks.rate", number=True),
    Column("holds", "checks.holds", number=True),
    Column("checkable", "checks.checkable", number=True),
    Column("fails", "checks.fails", number=True),
    Column("not_checkable", "checks.not_checkable", number=True),
)
FAILURES = (
    Column("agency", "column.agency", chinese=True),
    Column("division", "column.division"),
    Column("agency_code", "coverage.agency_code"),
    Column("level", "coverage.level"),
    Column("year", "column.year", number=True),
    Column("form", "checks.form"),
    Column("identity", "checks.identity"),
    Column("left", "checks.left", number=True),
    Column("right", "checks.right", number=True),
    Column("residual", "checks.residual", number=True),
    Column("source", "checks.source"),
    Column("doubts", "checks.doubts"),
)


def question(
    identity: Word = None, form: Word = None, region: Region = None, first: First = None, last: Last = None
) -> Question:
    """Gives which identities in which reports are asked for."""
    return Question(identity, first, last, form, region)


Asked = Annotated[Question, Depends(question)]


def counts(archive: Archive, asked: Asked) -> list[Tally]:
    """Gives the counts of identities by form and year."""
    return research.counts(archive, asked)


Counted = Annotated[list[Tally], Depends(counts)]


@router.get("/checks")
def page(request: Request, archive: Archive, asked: Asked, found: Counted) -> HTMLResponse:
    """Gives the identities with how often they hold; of one identity the years, the residuals, the formula."""
    rules = {tally.identity: rule_of(tally.identity) for tally in found}
    values = {
        "question": asked,
        "found": research.together(found, "identity", "form", "year")
        if asked.identity
        else research.together(found, "identity"),
        "sum": research.together(found)[:1],
        "rule": rule_of(asked.identity) if asked.identity else None,
        "rules": rules,
        "rate": research.rate,
        "smallest": research.SMALLEST,
        "bars": research.distribution(archive, asked) if asked.identity and any(t.fails for t in found) else [],
        "query": request.query_params,
    }
    return render(request, "checks.html", values)


def tallies(found: Counted) -> Listing:
    """Gives the counts by identity, form and year."""
    return Listing("checks", TALLIES, [research.tally_json(tally) for tally in found], len(found))


siblings(router, "/checks", tallies)


def failures(archive: Archive, asked: Asked, part: Part, source: Source = None) -> Listing:
    """Gives where identities fail, the latest year first."""
    total = sum(tally.fails for tally in research.counts(archive, asked))
    if source is None:
        rows = map(failure_row, research.failures(archive, asked, part.limit, part.start))
        return Listing("failed-checks", FAILURES, list(rows), total, part.start, part.limit)
    found = list(of_source(research.told_apart(archive, asked, total), source))
    stop = None if part.limit is None else part.start + part.limit
    rows = map(failure_row, found[part.start : stop])
    return Listing("failed-checks", FAILURES, list(rows), len(found), part.start, part.limit)


def of_source(found: Iterable[Failure], source: str) -> Iterable[Failure]:
    """Gives the failures that stand there as published, or those where our reading is in doubt."""
    return (failure for failure in found if bool(failure.doubts) == (source == "doubtful"))


def failure_row(failure: Failure) -> Row:
    """Gives a failure as a row; `path` is the report's, `marked` the cells with their addresses."""
    plain = research.failure_json(failure)
    found = failure.found
    return plain | {
        "doubts": " ".join(plain["doubts"]),
        "reasons": {"zh": [DOUBTS[d][0] for d in failure.doubts], "en": [DOUBTS[d][1] for d in failure.doubts]},
        "path": report_path(found.division, found.agency, found.year),
        "marked": [cell | {"path": report_path(found.division, found.agency, cell["year"])} for cell in plain["cells"]],
        "rule": failure.rule,
    }


@router.get("/checks/failures")
def failure_page(request: Request, asked: Asked, listing: Annotated[Listing, Depends(failures)]) -> HTMLResponse:
    """Gives the failures with both sides, each with its cells."""
    with or_not_found():
        rule = rule_of(asked.identity) if asked.identity else None
    values = {"listing": listing, "rule": rule, "question": asked, "query": request.query_params}
    return render(request, "checks_failures.html", values)


siblings(router, "/checks/failures", failures)
