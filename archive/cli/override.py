"""`nianbao override`: a person's correction of a figure."""

import getpass
from decimal import Decimal, InvalidOperation

import click

from archive.config import Config
from archive.errors import UsageError


@click.command()
@click.argument("agency")
@click.argument("year", type=click.IntRange(1990, 2100))
@click.argument("indicator")
@click.argument("value")
@click.option("--note", required=True, help="Why, and how it is known.")
@click.option("--author", help="Who says so; default the login name.")
@click.pass_obj
def override(config: Config, agency: str, year: int, indicator: str, value: str, note: str, author: str | None) -> int:
    """Say that INDICATOR of AGENCY's report for YEAR is VALUE, a number or `none`.

    It is shown beside what was printed and never replaces it; reading again does not touch it.

    \b
    Examples:
      nianbao override 青石镇 2023 requests.received.total 12 --note "the scan says 12"
    """
    from archive.operate.decisions import keep_decisions
    from archive.records import overrides
    from archive.records.session import open_engine
    from archive.research.find import known_indicator, one_document

    try:
        number = None if value == "none" else Decimal(value)
    except InvalidOperation:
        raise UsageError(f"{value!r} is neither a number nor none") from None
    if number is not None and not number.is_finite():
        raise UsageError(f"{value!r} is not a finite number")
    if not note.strip():
        raise UsageError("the note is empty: say why, and how it is known")
    with open_engine(config.home, config.database_url) as engine:
        with engine.begin() as connection:
            document = one_document(connection, agency, year)
            known_indicator(connection, indicator)
            overrides.add(connection, document.id, indicator, number, note.strip(), author or getpass.getuser())
        keep_decisions(engine, config.warcs)
    click.echo(f"{document.agency} {year}: {indicator} is {value}")
    return 0
