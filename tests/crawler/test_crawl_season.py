"""Nights in the season: what a list says decides what is asked beyond the addresses whose turn it is."""

from collections import Counter
from collections.abc import Callable

import pytest

from tests.crawler.crawl_bench import Bench
from tests.crawler.raw_server import RawServer

TITLE = "清河镇{}年政府信息公开工作年度报告"
REPORT = "<html><body><h1>{0}</h1><p>一、总体情况</p><p>二、主动公开情况</p><p>{1}</p>{2}</body></html>"
TODAY = "2027-08-10"  # a report of 2026 has its turn each 28 days, an older one each 84
YEARS = range(2017, 2027)
PAGE = 5

Lists = Callable[[dict[int, str]], None]


@pytest.fixture
def lists(server: RawServer, portal: Callable[..., None], list_page: Callable[..., str]) -> Lists:
    """Serves reports (year → title), newest first, five rows a page; each has a file."""
    portal("nightly_requests = 1000")
    for year in YEARS:
        link = f'<a href="/{year}.pdf">附件.pdf</a>'
        server.page(f"/{year}.html", REPORT.format(TITLE.format(year), year, link))
        server.page(f"/{year}.pdf", f"%PDF-1.4 {year}".encode() * 9, "Content-Type: application/pdf")

    def show(titles: dict[int, str]) -> None:
        rows = [(f"/{year}.html", titles[year]) for year in sorted(titles, reverse=True)]
        pages = [rows[start : start + PAGE] for start in range(0, len(rows), PAGE)]
        for number, part in enumerate(pages, start=1):
            following = f"/list_{number + 1}.html" if number < len(pages) else None
            server.page("/list.html" if number == 1 else f"/list_{number}.html", list_page(part, following))

    return show


def asked(bench: Bench, server: RawServer, *more: str) -> Counter[str]:
    """Gives what a night asks for, all of it complete."""
    before = len(server.paths())
    run = bench.crawl(None, *more)
    assert run.code == 0, run.log
    assert bench.state() == ("complete", None)
    return Counter(path for path in server.paths()[before:] if path != "/robots.txt")


def rest(bench: Bench) -> None:
    """Makes all that is known as if it had been asked on the day before TODAY, and nothing has its turn then."""
    with bench.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE frontier SET checked_at = '2027-08-10 01:00+08'")


def test_a_list_on_which_nothing_is_new_is_one_request_and_what_it_says_is_followed(
    bench: Bench, server: RawServer, lists: Lists
) -> None:
    titles = {year: TITLE.format(year) for year in YEARS}
    lists(titles)
    assert asked(bench, server).total() == 2 + 2 * len(YEARS)
    payloads = bench.ask("SELECT count(*) FROM payloads")[0][0]
    rest(bench)
    assert asked(bench, server, "--season", TODAY) == {"/list.html": 1}
    assert bench.ask("SELECT count(*) FROM payloads")[0][0] == payloads

    lists(titles | {2024: TITLE.format(2024) + "（修订）"})  # another title: the report is asked
    rest(bench)
    assert asked(bench, server, "--season", TODAY) == {"/list.html": 1, "/2024.html": 1}

    server.page("/2024.html", REPORT.format(TITLE.format(2024), "改", '<a href="/2024.pdf">附件.pdf</a>'))
    lists(titles)  # and where the page has changed, its file as well
    rest(bench)
    assert asked(bench, server, "--season", TODAY) == {"/list.html": 1, "/2024.html": 1, "/2024.pdf": 1}

    del server.answers["/2025.html"]
    del server.answers["/2025.pdf"]
    lists({year: title for year, title in titles.items() if year != 2025})  # a row has left page 1: withdrawn?
    rest(bench)
    assert asked(bench, server, "--season", TODAY) == {
        "/list.html": 1,
        "/2025.html": 1,
        "/2025.pdf": 1,
    }
    assert bench.ask("SELECT context #>> '{last,gone}' FROM frontier WHERE url LIKE '%/2025.html'")[0][0] == "404"

    rest(bench)
    everything = {f"/{year}.{end}": 1 for year in YEARS for end in ("html", "pdf")}
    assert asked(bench, server) == {"/list.html": 1} | everything  # by hand: no season
