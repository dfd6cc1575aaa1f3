"""Which addresses a crawl may connect to: public ones; under the test profile loopback, and only that.

The check is made when a name is resolved for a connection, so that a name that points inside (DNS rebinding)
is refused as well as a link to a private address.
"""

import ipaddress
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Self

from scrapy.exceptions import IgnoreRequest
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred, fail
from twisted.internet.error import DNSLookupError

from crawler.urls import is_private

NOWHERE = ".invalid"  # such names have no address, and nobody is asked for one (RFC 6761 §6.4)
TEST_PROFILE = "NIANBAO_TEST_PROFILE"  # the Scrapy setting that carries the profile


class RefusedAddressError(IgnoreRequest):
    """The address is not one that a portal may have; never tried again."""


def refusal(address: str, test_profile: bool) -> str | None:
    """Gives why an address (IPv4 or IPv6, as text) must not be connected to, or None."""
    parsed = ipaddress.ip_address(address)
    if test_profile:
        return None if parsed.is_loopback else f"{address} is not a loopback address (test profile)"
    return f"{address} is not a public address" if is_private(address) else None


@lru_cache(maxsize=1024)
def literal_refusal(host: str, test_profile: bool) -> str | None:
    """Gives why a host that is written as an address is refused; None for names and for public addresses."""
    try:
        return refusal(host.strip("[]"), test_profile)
    except ValueError:
        return None


class GuardedResolver(CachingThreadedResolver):
    """Resolves names, but to no address that the profile forbids."""

    def __init__(self, reactor: ReactorBase, cache_size: int, timeout: float, test_profile: bool) -> None:
        super().__init__(reactor, cache_size, timeout)
        self._test_profile = test_profile

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: ReactorBase) -> Self:
        """Gives the resolver of the process."""
        settings = crawler.settings
        test_profile = settings.getbool(TEST_PROFILE)
        return cls(reactor, settings.getint("DNSCACHE_SIZE"), settings.getfloat("DNS_TIMEOUT"), test_profile)

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> "Deferred[str]":  # noqa: N802
        """Gives the address of a name. Fails with RefusedAddressError, and as Twisted does where there is none."""
        if name.endswith(NOWHERE):
            return fail(DNSLookupError(f"no address for {name}"))

        def guard(address: str) -> str:
            if why := refusal(address, self._test_profile):
                raise RefusedAddressError(f"{name} is refused: {why}")
            return address

        return super().getHostByName(name, timeout).addCallback(guard)
