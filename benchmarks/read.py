"""Documents a second of `read` against `trafilatura.extract` alone, on the recorded reports.

trafilatura gives prose only; `read` gives prose, every statutory figure, checks, identity and content hash. Both run
on the same HTML bytes in the same process, in turns, so that a busy machine slows both. The ratio is the result;
the other formats have no peer here and are given as documents a second.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import lxml.html
import trafilatura

from archive import sandbox
from archive.model import Hints, Payload
from archive.read import read
from archive.read.blocks import Table
from archive.read.charset import decode
from archive.read.formats import html
from archive.read.formats.markup import Reader
from archive.read.forms.match import match

REPORTS = Path(__file__).parents[1] / "tests" / "recorded" / "reports"
SECONDS = 4.0  # for each format; the whole takes about three times this
TURNS = 15  # of tables against a bare parse
ROUNDS = 30  # over all pages, for each number of workers
FURNITURE = "<li><a href='/zwgk/{0}.html'>政务公开栏目{0}</a></li>"


def main() -> None:
    """Prints the ratio for HTML, alone and inside a portal page, and documents a second for every format."""
    pages = [path.read_bytes() for path in sorted(REPORTS.glob("*/html/*/page.html"))]
    compare("html as recorded", pages)
    compare("html inside a portal page", [inside_portal(page) for page in pages])
    for name, files in (("as recorded", pages), ("inside a portal page", [inside_portal(page) for page in pages])):
        compare_tables(name, files)
    two_workers(pages)
    for kind in ("txt", "docx"):
        files = [path.read_bytes() for path in sorted(REPORTS.glob(f"*/{kind}/*/report.{kind}"))]
        took = per_document(files, read_one, SECONDS / 2)
        print(f"{kind}: {1 / took:.0f} documents/s ({took * 1000:.1f} ms each, {len(files)} reports)")


def inside_portal(page: bytes) -> bytes:
    """Gives a page with the menus of a portal around it, as most published reports have."""
    menu = f"<ul>{''.join(FURNITURE.format(n) for n in range(300))}</ul>"
    around = menu.encode("ascii", "xmlcharrefreplace")  # whatever the charset of the page
    return b"<html><body><div class='nav'>" + around + b"</div>" + page + b"<div class='foot'>" + around + b"</div>"


def compare(name: str, pages: list[bytes]) -> None:
    """Prints both rates over the same pages and their ratio, the median of turns."""
    ratios: list[float] = []
    ours: list[float] = []
    theirs: list[float] = []
    stop = time.perf_counter() + SECONDS
    while time.perf_counter() < stop or len(ratios) < 3:
        ours.append(per_document(pages, read_one, 0))
        theirs.append(per_document(pages, extract_one, 0))
        ratios.append(theirs[-1] / ours[-1])
    mine, other = 1 / statistics.median(ours), 1 / statistics.median(theirs)
    print(
        f"{name}: read {mine:.0f} documents/s, trafilatura alone {other:.0f} documents/s, "
        f"ratio {statistics.median(ratios):.2f} ({len(pages)} reports, {len(ratios)} turns)"
    )


def compare_tables(name: str, pages: list[bytes]) -> None:
    """Prints how long the tables of a page take as grids, and with their figures, against a bare parse by lxml."""
    for what, work in (("tables alone", tables_one), ("tables and figures", figures_one)):
        turns = [(per_document(pages, work, 0), per_document(pages, parse_one, 0)) for _ in range(TURNS)]
        took = statistics.median(mine for mine, _ in turns)
        ratio = statistics.median(mine / other for mine, other in turns)
        print(f"{what}, {name}: {took * 1000:.1f} ms, {ratio:.1f} times a bare lxml parse")


def read_one(data: bytes) -> object:
    """Reads one document."""
    return read(Payload(data), Hints())


def parse_one(data: bytes) -> object:
    """Parses one page with lxml and does nothing with it."""
    return lxml.html.fromstring(data)


def tables_one(data: bytes) -> tuple[Table, ...]:
    """Gives the tables of one page as grids, without its prose and without figures."""
    source, _, _ = decode(data, html.declared(data))
    pieces = table_pieces(html.shown(html.parsed(source)))
    return tuple(line.table for piece in pieces for line in Reader(piece).read().lines if line.table)


def table_pieces(markup: str) -> Iterator[str]:
    """Gives the outermost tables of a page that lexbor has written out."""
    at = markup.find("<table")
    while at >= 0:
        stop, inner = markup.find("</table>", at), markup.find("<table", at + 1)
        while 0 <= inner < stop:
            stop, inner = markup.find("</table>", stop + 1), markup.find("<table", inner + 1)
        yield markup[at : stop + len("</table>")]
        at = markup.find("<table", stop)


def figures_one(data: bytes) -> object:
    """Gives the figures of one page without its prose."""
    return match(tables_one(data), (), None)


def two_workers(pages: list[bytes]) -> None:
    """Prints how much faster two processes read than one, the start of the processes left out."""
    took: dict[int, float] = {}
    for workers in (1, 2):
        answers = sandbox.run(read_one, pages * ROUNDS, workers=workers)
        for _ in range(workers * 2):
            next(answers)
        start = time.perf_counter()
        count = sum(1 for _ in answers)
        took[workers] = (time.perf_counter() - start) / count
    print(f"two workers read {took[1] / took[2]:.2f} times as fast as one")


def extract_one(data: bytes) -> object:
    """Extracts one page's prose with tables, as trafilatura does by default."""
    return trafilatura.extract(data)


def per_document(files: list[bytes], work: Callable[[bytes], object], seconds: float) -> float:
    """Gives seconds a document, over whole rounds of all files."""
    start = time.perf_counter()
    rounds = 0
    while not rounds or time.perf_counter() - start < seconds:
        for data in files:
            work(data)
        rounds += 1
    return (time.perf_counter() - start) / (rounds * len(files))


if __name__ == "__main__":
    main()
