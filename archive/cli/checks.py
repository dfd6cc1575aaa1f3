"""`nianbao checks`: how often the accounting identities hold, and where they fail."""

from typing import TYPE_CHECKING

import click

from archive.cli.coverage import years_option
from archive.cli.output import json_option, print_json, print_table, say
from archive.cli.research import archive_of, revision_option
from archive.config import Config

if TYPE_CHECKING:
    from archive.records.verdicts import Tally
    from archive.research.checks import Failure


@click.command()
@click.option("--identity", help="Code of an identity, as `nianbao checks` lists them.")
@click.option("--year", type=click.IntRange(1990, 2100), help="One report year; --years takes a span.")
@years_option
@click.option("--form", help="Of reports on this form: 2019, 2021, 2014, 2008, fujian.")
@click.option("--division", help="Code or the beginning of one: 36, 3609, 360982.")
@click.option("--failed", is_flag=True, help="List the failures with both sides.")
@click.option("--limit", type=click.IntRange(1), default=200, show_default=True, help="Of the failures listed.")
@revision_option
@json_option
@click.pass_obj
def checks(
    config: Config,
    identity: str | None,
    year: int | None,
    years: tuple[int | None, int | None],
    form: str | None,
    division: str | None,
    failed: bool,
    limit: int,
    revision: int | None,
    as_json: bool,
) -> int:
    """Show how often the accounting identities (勾稽关系) of the reports hold, or (--failed) where they fail.

    A failure may be the agency's or ours: "as published" is one whose cells are plain numbers that the document holds,
    "doubtful" one where our reading may be wrong. Identities named across.… hold a report against the year before.

    \b
    Examples:
      nianbao checks --years 2021-2023
      nianbao checks --failed --identity remedies.total.review --division 36 --json
    """
    from archive.research import checks as research

    if year and years != (None, None):
        raise click.UsageError("give --year or --years, not both")
    first, last = (year, year) if year else years
    question = research.Question(identity, first, last, form, division, revision)
    with archive_of(config) as connection:
        found = research.counts(connection, question)
        failures = research.failures(connection, question, limit) if failed else []
    if failed:
        print_failures(failures, sum(tally.fails for tally in found), as_json)
    elif as_json:
        for tally in found:
            print_json(research.tally_json(tally))
    else:
        print_tallies(found, by_year=identity is not None)
    return 0


def print_tallies(found: list["Tally"], *, by_year: bool) -> None:
    """Prints the counts of each identity, of one identity by year and form."""
    from archive.research.checks import SMALLEST, rate, together
    from archive.research.identities import rule_of

    if by_year and found:
        rule = rule_of(found[0].identity)
        click.echo(f"{rule.zh}\n{rule.en}\n{rule.formula()}")
    summed = together(found, "identity", "form", "year") if by_year else together(found, "identity")
    rows = []
    for tally in summed:
        part = rate(tally)
        shown = f"n<{SMALLEST}" if part is None else f"{100 * part:.1f} %"
        key = (str(tally.year), tally.form) if by_year else (tally.identity,)
        rows.append((*key, shown, tally.holds, tally.holds + tally.fails, tally.fails, tally.not_checkable))
    names = ("year", "form") if by_year else ("identity",)
    counts = ("rate", "holds", "of", "fails", "not checkable")
    if rows:
        print_table((*names, *counts), rows, right=counts)
    click.echo(
        f"{sum(t.holds for t in found)} hold, {sum(t.fails for t in found)} fail,"
        f" {sum(t.not_checkable for t in found)} not checkable"
    )


def print_failures(failures: list["Failure"], total: int, as_json: bool) -> None:
    """Prints failures with both sides, and how many there are in all."""
    from archive.research.checks import DOUBTS, failure_json

    for failure in failures if as_json else ():
        print_json(failure_json(failure))
    if not as_json:
        rows = [
            (
                f.found.division,
                f.found.agency,
                f.found.year,
                f.found.identity,
                f"{f.found.left:f}",
                f"{f.found.right:f}",
                f"{f.residual:+f}",
                "; ".join(DOUBTS[name][1] for name in f.doubts) or "as published",
            )
            for f in failures
        ]
        right = ("left", "right", "residual")
        if rows:
            print_table(("division", "agency", "year", "identity", *right, "source"), rows, right=right)
        click.echo(f"{total} failure{'' if total == 1 else 's'}; each may be the agency's or ours")
    if total > len(failures):
        say(f"only the first {len(failures)} of {total} are shown; --limit gives more")
