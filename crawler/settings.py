"""Scrapy's settings, with the reason for each that is not its default. Those of a portal come on top."""

from typing import Any

from archive.config import Config
from archive.portals import Portal
from crawler.resolver import TEST_PROFILE

BOT_NAME = "nianbao"
SPIDER_MODULES = ["crawler.spiders"]

# Control ports that Scrapy opens unless told not to; the second one runs code.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

# Every exchange is kept before anyone sees it (crawler/capture.py).
DOWNLOAD_HANDLERS = {
    "http": "crawler.capture.TeeHandler",
    "https": "crawler.capture.TeeHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
DOWNLOAD_FAIL_ON_DATALOSS = True  # a body that is cut off is kept, and asked for again
DOWNLOAD_MAXSIZE = 60_000_000
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_VERIFY_CERTIFICATES = False  # old portals; what they said is kept either way
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9",
    "Accept-Encoding": "gzip, deflate",
}
TWISTED_DNS_RESOLVER = "crawler.resolver.GuardedResolver"

# Requests go down this list and responses come up it.
DOWNLOADER_MIDDLEWARES = {
    "crawler.middlewares.GuardMiddleware": 10,
    "crawler.robots.RobotsMiddleware": 20,
    # 350–500: timeout, headers, user agent; 550: retry; 600: redirect, whose targets start again at the top
    "crawler.middlewares.ValidatorsMiddleware": 650,  # after redirect: it must see where a request goes
    "crawler.middlewares.SelfRedirectMiddleware": 640,  # before redirect, which would give up at the third round
    "crawler.middlewares.RefusalsMiddleware": 700,  # first to see an answer: a challenge is no page and no error
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # the guard knows ports, and why
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,  # takes a refusal for permission
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,  # decodes every page to look for one
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,  # the body kept is decoded
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,  # behind a proxy no address can be guarded
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,  # the archive is the cache
}
SPIDER_MIDDLEWARES = {  # the spider yields nothing from callbacks: the frontier is in PostgreSQL
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
}
EXTENSIONS = {
    "scrapy.extensions.feedexport.FeedExporter": None,
    "scrapy.extensions.corestats.CoreStats": None,
    "scrapy.extensions.logcount.LogCount": None,
    "scrapy.extensions.logstats.LogStats": None,  # progress has its own lines (crawler/progress.py)
    "scrapy.extensions.spiderstate.SpiderState": None,
    "scrapy.extensions.remote_control.RemoteControl": None,  # loading it takes half a second
}
HTTPERROR_ALLOW_ALL = True  # a 404 is an answer: the report is gone
COOKIES_ENABLED = False  # the only ones we keep, SelfRedirectMiddleware does; Scrapy would fetch a list of suffixes
REDIRECT_MAX_TIMES = 5
RETRY_TIMES = 2
RETRY_HTTP_CODES = [500, 502, 503, 504, 522, 524, 408]  # 429 is not for now
RETRY_GIVE_UP_LOG_LEVEL = "INFO"  # the row says it

CONCURRENT_ITEMS = 1  # callbacks yield none, and Scrapy starts this many tasks for each response
CONCURRENT_REQUESTS = 64  # of one portal; hosts have turns of their own (crawler/hosts.py)
SCHEDULER_PRIORITY_QUEUE = "scrapy.pqueues.ScrapyPriorityQueue"  # it holds the few leases out, mostly of one host
DNS_TIMEOUT = 20
ASYNCIO_EVENT_LOOP = "uvloop.Loop"  # a fifth more pages a second; Python's lock is what limits the crawl
LOG_LEVEL = "WARNING"
# What was done stands in the database; nobody reads Scrapy's counters.
STATS_CLASS = "scrapy.statscollectors.DummyStatsCollector"
STATS_DUMP = False
DOWNLOADER_STATS = False
MEMUSAGE_ENABLED = False


def portal_settings(portal: Portal, config: Config, together: int) -> dict[str, Any]:
    """Gives the settings of one portal's crawl: how gently it is asked, and as whom."""
    return {
        "USER_AGENT": config.user_agent,
        "DOWNLOAD_DELAY": portal.politeness.delay,
        "DOWNLOAD_DELAY_JITTER": portal.politeness.jitter,
        "DOWNLOAD_TIMEOUT": portal.politeness.timeout,
        "CONCURRENT_REQUESTS_PER_DOMAIN": together,
        TEST_PROFILE: config.profile == "test",
    }
