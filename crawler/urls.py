"""URLs: one name for one page, and which addresses are nobody's portal.

Rules: portals.md §8.8. A canonical URL names a page in the archive; a page is fetched as it was linked.
"""

import ipaddress
import re
from urllib.parse import urljoin, urlsplit

from archive.portals import host_of
from archive.urls import alike, canonical

__all__ = ["alike", "canonical", "host_of", "is_private", "join", "posted"]

_STATE = re.compile(r"(?:^|&)__(?!EVENTTARGET=|EVENTARGUMENT=)[A-Z]+\d*=[^&]*")  # ASP.NET's __VIEWSTATE and the like
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def posted(url: str, form: str | None) -> str:
    """Gives the canonical URL of a page that may be asked for by POST: its form is then part of the query.

    `__wb_method` is how web archives name such a page (pywb, warcio). State that a form only carries along is left out.
    """
    if form is None:
        return canonical(url)
    kept = _STATE.sub("", form).lstrip("&")
    return canonical(f"{url}{'&' if urlsplit(url).query else '?'}__wb_method=POST&{kept}")


def join(base: str, href: str) -> str | None:
    """Gives the absolute address of a link, None for what leads to no page (javascript:, mailto:, #top, broken)."""
    href = re.sub(r"[\t\r\n]", "", href).strip()
    if not href or href.startswith("#"):
        return None
    try:
        url = urljoin(base, href.replace("\\", "/"))
        canonical(url)
    except ValueError:
        return None
    return url.split("#", 1)[0]


def is_private(address: str) -> bool:
    """Gives whether an IPv4 or IPv6 address is anything but a public host's.

    Loopback, link-local, RFC 1918, unique local, carrier-grade NAT, multicast, unspecified and reserved, also where
    an IPv6 address wraps such an IPv4 one. Raises ValueError for what is no address.
    """
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        ip = inner or ip
    return not ip.is_global or ip.is_multicast
