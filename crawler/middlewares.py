"""What stands between the spider and the network: who may be asked, with which validators, and what refusals mean.

The order is in crawler/settings.py. Redirects come by here again, so a guard here guards them too.
"""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from archive.model import Role
from crawler.challenge import challenge
from crawler.resolver import TEST_PROFILE, literal_refusal
from crawler.urls import canonical, host_of, join

LONGEST_WAIT = 120.0  # seconds of Retry-After that we wait; a host that wants more is left for the night
WAITS = 2  # for one request


class RefusedError(IgnoreRequest):
    """We do not ask this address: its host is none of the portal's."""


class ChallengedError(IgnoreRequest):
    """A firewall's question stands before the page; it is never answered."""


class LeftError(IgnoreRequest):
    """Not asked tonight: the portal's requests are used up, its window is over, or it wants to be left alone."""


class GuardMiddleware:
    """Lets a request pass only to the portal's own hosts, and only while the portal may be asked."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._test_profile = crawler.settings.getbool(TEST_PROFILE)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Gives the middleware of a portal's crawl."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raises RefusedError or LeftError for what must not be asked."""
        spider: Any = self._crawler.spider
        if spider.stopped(datetime.now(UTC)):
            raise LeftError("left for another night")
        hosts = spider.portal.hosts
        if request.meta["context"].role is Role.ATTACHMENT:
            hosts = (*hosts, *spider.portal.attachment_hosts)
        if host_of(request.url) not in hosts:
            raise RefusedError(f"{host_of(request.url)} is not a host of this portal")
        if why := literal_refusal(urlsplit(request.url).hostname or "", self._test_profile):
            raise RefusedError(why)


class ValidatorsMiddleware:
    """Asks whether what we hold is current; a 304 that nobody asked for is answered with a full request."""

    def process_request(self, request: Request) -> None:
        """Sets the validators of the leased address; none where a redirect has led elsewhere."""
        for name in ("If-None-Match", "If-Modified-Since"):
            request.headers.pop(name, None)
        lease = request.meta.get("lease")
        if lease is not None and not request.meta.get("full") and not request.meta.get("redirect_urls"):
            for name, value in lease.validators.items():
                request.headers[name] = value

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Gives the response, or the request once more in full. Raises IgnoreRequest at the second such 304."""
        if response.status != 304 or request.meta["captured"].not_modified:
            return response
        if request.meta.get("full"):
            raise IgnoreRequest("304 to a request without validators")
        return request.replace(meta={**request.meta, "full": True}, dont_filter=True)


class SelfRedirectMiddleware:
    """Follows a redirect to the same address once, with the cookie it came with; that cookie then goes to its host.

    Some sites want to see a cookie come back before they answer (portals.md §4.1). No other cookie is kept.
    """

    def __init__(self) -> None:
        self._cookies: dict[str, dict[str, str]] = {}

    def process_request(self, request: Request) -> None:
        """Sends back the cookies of the request's host."""
        if kept := self._cookies.get(host_of(request.url)):
            request.headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in kept.items())

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Gives the response, or the request again with the cookie that a redirect to itself set."""
        target = response.headers.get("Location")
        if not 300 <= response.status < 400 or target is None or request.meta.get("returned"):
            return response
        to = join(response.url, target.decode("latin-1"))
        given = cookies(response)
        if not given or to is None or canonical(to) != canonical(request.url):
            return response
        self._cookies.setdefault(host_of(request.url), {}).update(given)
        return request.replace(meta={**request.meta, "returned": True}, dont_filter=True)


def cookies(response: Response) -> dict[str, str]:
    """Gives name and value of the cookies that a response sets; what is malformed is left out."""
    found: dict[str, str] = {}
    for header in response.headers.getlist("Set-Cookie"):
        name, equals, value = header.decode("latin-1").partition(";")[0].strip().partition("=")
        if equals and re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name) and re.fullmatch(r"[\x21-\x7e]*", value):
            found[name] = value
    return found


class RefusalsMiddleware:
    """Does what 429, Retry-After and firewalls ask for: waits, or leaves the address or the host for the night."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Gives the middleware of a portal's crawl."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Gives the response, or the request again for after the wait. Raises LeftError where the host has enough."""
        spider: Any = self._crawler.spider
        wait = retry_after(response, datetime.now(UTC))
        if response.status == 429 or (response.status == 503 and wait is not None):
            seconds, waits = wait or LONGEST_WAIT / 2, request.meta.get("waits", 0)
            if seconds > LONGEST_WAIT or waits == WAITS:
                spider.block(f"status {response.status}, Retry-After {seconds:.0f} s: {response.url}")
                raise LeftError("the host asks to be left alone")
            spider.hosts.hold(response.url, seconds)
            return request.replace(meta={**request.meta, "waits": waits + 1}, dont_filter=True)
        if kind := challenge(response.status, response.body):
            spider.challenged(f"challenge page ({kind})", response)
            raise ChallengedError(f"challenge page ({kind})")
        return response


def retry_after(response: Response, now: datetime) -> float | None:
    """Gives the seconds of Retry-After, from a number or a date; None where there is none to be read."""
    value = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except (ValueError, TypeError):
        return None
