"""`python -m crawler CRAWL PORTAL…`: crawls portals in this process; how the archive's commands start a crawl.

`python -m crawler look URL` takes a look at a site that has no portal file yet (crawler/look); it needs no database.
Events are JSON lines on stdout, the log is on stderr. The crawl ends at once when stdin does: whoever started it
is gone then. SIGINT and SIGTERM let what is on its way arrive. Exit codes: 0 every portal came to an end (its state
is in the database), 6 nothing could be kept any more, 130 told to stop; the crawl can go on later in both cases.
"""

import argparse
import asyncio
import gc
import logging
import os
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from importlib.metadata import version
from typing import Any

import uvloop
from scrapy.crawler import CrawlerProcess
from scrapy.settings import Settings

from archive import divisions
from archive.config import Config, load
from archive.errors import NianbaoError, UsageError
from archive.ingest import Committer, open_engine, recover
from archive.portals import Portal, load_all
from archive.urls import key_of
from crawler.budget import Budget
from crawler.capture import check_scrapy
from crawler.hosts import HostTurns
from crawler.look.course import look
from crawler.look.spider import LookSpider, place
from crawler.progress import Progress, tell
from crawler.settings import portal_settings
from crawler.spiders.portal import Crawl, PortalSpider

ORPHANED = 1
SWITCH_SECONDS = 0.0001  # after each answer of disk or database the writing thread waits this long for its turn
INTERRUPTED = 130
AT_A_TIME = 100  # portals: each holds a spider and its connections; hosts are slow, so many wait for many


def main(arguments: Sequence[str] | None = None) -> int:
    """Crawls, and gives the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    looks = list(given[:1]) == ["look"]
    options = look_parser().parse_args(given[1:]) if looks else parser().parse_args(given)
    sys.setswitchinterval(SWITCH_SECONDS)
    threading.Thread(target=end_with_parent, name="parent watch", daemon=True).start()
    try:
        config = load()
        config.require_contact()
        check_scrapy()
        if looks:
            return look_at(config, options.url)
        budget = Budget(options.requests, options.until)
        return run(config, options.crawl, chosen(config, options.portals), options.together, budget, options.season)
    except NianbaoError as error:
        return told(error)


def parser() -> argparse.ArgumentParser:
    """Gives the parser of the command line."""
    made = argparse.ArgumentParser(prog="python -m crawler")
    made.add_argument("crawl", type=int, help="number of the crawl in the database")
    made.add_argument("portals", nargs="+", help="ids of portals")
    made.add_argument("--together", type=int, default=1, help="requests at a time to a host; test profile only")
    made.add_argument("--season", type=date.fromisoformat, help="ask known addresses as on this day, not all of them")
    made.add_argument("--requests", type=int, help="at all portals together; when they are made, it ends in good order")
    made.add_argument("--until", type=datetime.fromisoformat, help="an aware time, when it ends in good order")
    return made


def look_parser() -> argparse.ArgumentParser:
    """Gives the parser of `look`."""
    made = argparse.ArgumentParser(prog="python -m crawler look")
    made.add_argument("url", help="of a site, its column of annual reports, or one report")
    return made


def chosen(config: Config, ids: Sequence[str]) -> list[Portal]:
    """Gives the portals by id. Raises UsageError for one that has no usable file."""
    if config.portals_dir is None:
        raise UsageError("no portal files are configured: set portals_dir")
    portals, errors = load_all(
        [config.portals_dir], profile=config.profile, table=divisions.load(config.divisions_file)
    )
    known = {portal.id: portal for portal in portals}
    if unknown := [name for name in ids if name not in known]:
        raise UsageError("\n".join([f"no portal {unknown[0]!r} in {config.portals_dir}", *map(str, errors)]))
    return [known[name] for name in ids]


def run(
    config: Config, crawl_id: int, portals: Sequence[Portal], together: int, budget: Budget, season: date | None
) -> int:
    """Crawls portals in one Scrapy process, and gives the exit code."""
    if together != 1 and config.profile != "test":
        raise UsageError("a portal is asked for one page at a time")
    with open_engine(config.home, config.database_url) as engine:
        for found in recover(engine, config.warcs, key_of):
            logging.getLogger(__name__).warning(
                "%s: %d exchanges indexed, %d torn bytes set aside", found.name, len(found.orphans), found.torn_bytes
            )
        info = {
            "software": f"Nianbao/{version('nianbao')}",
            "operator": f"{config.operator}, {config.contact}",
            "http-header-user-agent": config.user_agent,
            "robots": "obey",
            "format": "WARC File Format 1.1",
        }
        committer = Committer(engine, config.storage, crawl_id, info, key_of, stop_at_once)
        crawl = Crawl(crawl_id, committer, HostTurns(together), Progress(), together, budget, season)
        scrape(config, crawl, portals)
        committer.close()
    if len(crawl.ended) == len(portals):
        return 0
    return INTERRUPTED if crawl.shut_down else 1


def scrape(config: Config, crawl: Crawl, portals: Sequence[Portal]) -> None:
    """Runs a spider a portal, each with its own settings, until all have ended or we are told to stop."""
    process = scrapy_process(portal_settings(portals[0], config, crawl.together))
    waiting = iter(portals)

    def begin_next(ended: object = None) -> object:
        portal = None if crawl.shut_down else next(waiting, None)
        if portal is not None:
            own = {"custom_settings": portal_settings(portal, config, crawl.together)}
            spider = type("PortalSpider", (PortalSpider,), own)
            process.crawl(spider, portal=portal, crawl=crawl).addBoth(begin_next)
        return ended

    for _ in range(AT_A_TIME):
        begin_next()
    gc.freeze()  # what is imported stays; collections of garbage need not look at it
    process.start()


def look_at(config: Config, url: str) -> int:
    """Takes a look at a site; what it found is told as an event. Gives the exit code."""
    portal = place(url, config)
    process = scrapy_process({**portal_settings(portal, config, 1), "RETRY_ENABLED": False})
    process.crawl(LookSpider, portal=portal, course=look)
    process.start()
    return 0


def scrapy_process(own: Mapping[str, Any]) -> CrawlerProcess:
    """Gives Scrapy with our settings, then these."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.setdict(dict(own), priority="project")
    asyncio.set_event_loop(uvloop.new_event_loop())  # Scrapy would make another one first, only to drop it
    return CrawlerProcess(settings)


def told(error: Exception) -> int:
    """Tells the command that started us why there is no crawl; gives the exit code. It tells people."""
    code = error.exit_code if isinstance(error, NianbaoError) else 1
    with suppress(BrokenPipeError):
        tell(event="error", code=code, message=str(error))
    return code


def stop_at_once(error: Exception) -> None:
    """Ends the process: nothing fetched from now on could be kept, and recovery needs no goodbye."""
    if not isinstance(error, NianbaoError):
        logging.getLogger(__name__).error("the writing thread failed", exc_info=error)
    os._exit(told(error))


def end_with_parent() -> None:
    """Ends the process when stdin ends, as it does when the command that started us dies."""
    while os.read(0, 1024):
        pass
    os._exit(ORPHANED)


if __name__ == "__main__":
    sys.exit(main())
