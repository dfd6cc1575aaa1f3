"""`nianbao find`: which reports hold the words, and which there are."""

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from archive.cli.coverage import years_option
from archive.cli.output import json_option, print_json, print_table, printable, say
from archive.cli.research import archive_of, as_of_option, end_of, revision_option
from archive.config import Config

if TYPE_CHECKING:
    from archive.research.passages import Passage
    from archive.research.search import Found


@click.command()
@click.argument("query", nargs=-1)
@click.option("--in", "place", type=click.Choice(("text", "agency")), default="text", show_default=True)
@click.option("--without", multiple=True, metavar="WORD", help="Leave out reports whose text holds WORD; repeatable.")
@click.option("--agency", help="Name, part of a name, division code, or code/name.")
@click.option("--division", help="Code or the beginning of one: 36, 3609, 360982, 360982104000.")
@click.option("--year", type=click.IntRange(1990, 2100))
@years_option
@click.option("--level", help="province, prefecture, county, township, unit or department.")
@click.option("--form", help="Form of any of its tables: 2019, 2021, 2014 …")
@click.option("--type", "file_type", help="File type: html, pdf, docx, doc, text …, or a media type.")
@click.option("--portal", help="Portal that publishes it.")
@click.option("--checks", type=click.Choice(("failing", "holding")), help="Reports of which a check fails, or none.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@click.option("--offset", type=click.IntRange(0), default=0, help="Leave out so many of the first.")
@revision_option
@as_of_option
@json_option
@click.pass_obj
def find(
    config: Config,
    /,
    query: tuple[str, ...],
    place: str,
    without: tuple[str, ...],
    limit: int,
    offset: int,
    revision: int | None,
    as_of: datetime | None,
    as_json: bool,
    **filters: Any,
) -> int:
    """Find reports whose text holds all words of QUERY, of any length; without words, all that pass the options.

    A word is taken letter by letter, blanks in it as well, in full or half width and upper or lower case. With
    --in agency the words are looked for in names of agencies, their pinyin and initials, and codes.

    \b
    Examples:
      nianbao find 政务公开 培训 --year 2023
      nianbao find 公开 --without 培训 --division 3609 --checks failing --json
      nianbao find --in agency qinghe --years 2021-
    """
    from archive.research.agencies import narrowed
    from archive.research.filters import filters_of
    from archive.research.search import result_json, search
    from archive.research.terms import asked

    with archive_of(config) as connection:
        wanted = filters_of(connection, **filters)
        if place == "agency":
            query, wanted = (), narrowed(connection, wanted, " ".join(query))
        found = search(
            connection,
            asked(query, without),
            wanted,
            revision=revision,
            as_of=end_of(as_of),
            limit=limit,
            offset=offset,
        )
    for result in found.results if as_json else ():
        print_json(result_json(result) | {"total": found.total, "total_truncated": found.truncated})
    if not as_json:
        print_found(found)
    tell_rest(found, offset)
    return 0


def print_found(found: "Found") -> None:
    """Prints a table of reports, those that were searched for words with their passages below."""
    results = [(result.document, result) for result in found.results]
    if any(result.passages for _, result in results):
        for document, result in results:
            where = document.agency_code or document.division
            gone = "  gone" if document.withdrawn else ""
            click.echo(printable(f"{where}  {document.agency}  {document.year}  {document.title or ''}{gone}"))
            for passage in result.passages:
                print_passage(passage)
    elif results:
        rows = [
            (d.agency_code or d.division, d.agency, d.year, d.title, d.versions, "gone" if d.withdrawn else "")
            for d, _ in results
        ]
        print_table(("division", "agency", "year", "title", "versions", ""), rows, right=("versions",))
    click.echo(f"{'more than ' if found.truncated else ''}{found.total} reports")


def print_passage(passage: "Passage") -> None:
    """Prints a passage under its section, the words bold on a terminal and in brackets 【】 elsewhere."""
    from rich.console import Console
    from rich.text import Text

    console = Console(file=sys.stdout, highlight=False, markup=False)
    line = Text("    " + (f"{printable(passage.section)}: " if passage.section else ""))
    for piece, marked in passage.pieces:
        shown = printable(piece)
        if console.is_terminal:
            line.append(shown, style="bold underline" if marked else "")
        else:
            line.append(f"【{shown}】" if marked else shown)
    console.print(line, soft_wrap=True)


def tell_rest(found: "Found", offset: int) -> None:
    """Says on stderr what of the answer is not shown, and what was not looked at."""
    shown = len(found.results)
    if shown < found.total:
        which = f"{offset + 1} to {offset + shown} are" if shown else "none is"
        say(f"of {found.total} reports {which} shown; --limit and --offset give others")
    if found.truncated:
        say(
            "more reports may hold the words than were looked at; narrow the search by year or division,"
            " or look at more with --limit"
        )
