"""More portals than are crawled at a time: all come to their end, and no more spiders live than may."""

from collections.abc import Callable
from itertools import accumulate

from crawler.__main__ import AT_A_TIME
from tests.crawler.crawl_bench import Bench
from tests.crawler.raw_server import RawServer

FILE = """schema = 1
id = "{id}"
name = "{id}"
division = "990301"
base = "{base}"
hosts = ["{host}"]
status = "active"
[politeness]
delay = 0.0
jitter = 0.0
[[column]]
key = "nb"
url = "{base}/{id}/list.html"
family = "listing"
"""


def test_portals_are_crawled_some_at_a_time_until_all_have_ended(
    bench: Bench, server: RawServer, list_page: Callable[..., str]
) -> None:
    ids = [f"990301-p{number:03}" for number in range(AT_A_TIME + 20)]
    for name in ids:
        server.page(f"/{name}/list.html", list_page([(f"/{name}/a.html", f"{name}镇2020年政府信息公开工作年度报告")]))
        server.page(f"/{name}/a.html", "<html><body>甲")
        file = FILE.format(id=name, base=server.base, host=server.host)
        bench.portals.joinpath(f"{name}.toml").write_text(file, encoding="utf-8")
    assert bench.crawl().code == 0
    states = bench.ask("SELECT portal_id, state FROM crawl_portals ORDER BY portal_id")
    assert [tuple(row) for row in states] == [(name, "complete") for name in ids]
    asked = [seen.path for seen in server.seen]
    assert {path.split("/")[1] for path in asked if path.endswith("/list.html")} == set(ids)
    begun = list(accumulate(path.endswith("/list.html") - path.endswith("/a.html") for path in asked))
    assert AT_A_TIME / 2 < max(begun) <= AT_A_TIME
    assert begun[-1] == 0
