"""What commands print: JSON or a table on stdout, progress on stderr."""

import json
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import click

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What would move a terminal's cursor, change its colours or turn the direction of its text."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")


def printable(text: str) -> str:
    """Gives a text from a report as a terminal may show it: control characters by their codes."""
    return CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def print_json(value: object) -> None:
    """Prints one JSON object on a line of stdout."""
    click.echo(json.dumps(value, ensure_ascii=False))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, right: Sequence[str] = ()) -> None:
    """Prints a table on stdout; columns named in `right` are aligned to the right."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for column in columns:
        numeric = column in right
        table.add_column(column, justify="right" if numeric else "left", no_wrap=numeric, overflow="fold")
    for row in rows:
        table.add_row(*("" if cell is None else printable(str(cell)) for cell in row))
    console = Console(file=sys.stdout, highlight=False, markup=False)
    if not console.is_terminal:
        console.width = 160
    console.print(table)


def print_statements(statements: Sequence[dict[str, Any]]) -> None:
    """Prints the numbers a report gives outside its tables: what is counted, what is printed, where."""
    if not statements:
        return
    click.echo(f"{len(statements)} numbers outside the tables:")
    for each in statements:
        heading = f" ({each['heading']})" if each["heading"] else ""
        said = f"{each['indicator'] or '(not told)'}: {each['raw'].strip()}{heading}: {each['context']}"
        click.echo(f"  {printable(said)}")


def say(text: str) -> None:
    """Prints a line of progress on stderr."""
    click.echo(text, err=True)


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """Gives a function of (done, total): a bar on a terminal, a plain line at each tenth otherwise."""
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True), transient=True) as bars:
            bar = bars.add_task(label, total=None)
            yield lambda done, total: bars.update(bar, completed=done, total=total)
        return
    told = -1
    begun = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal told
        tenth = 10 * done // max(total, 1)
        if tenth > told:
            known, told = told >= 0 and 0 < done < total, tenth  # the first line knows too little to say how long
            left = (time.monotonic() - begun) * (total - done) / max(done, 1)
            say(f"{label}: {done} of {total}" + (f", about {timedelta(seconds=round(left))} left" if known else ""))

    yield tell
