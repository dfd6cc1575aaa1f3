"""URLs: one name for one page, and which addresses are nobody's portal.

Rules: portals.md §8.8. A canonical URL names a page in the archive; a page is fetched as it was linked.
"""

import ipaddress
import re
from functools import lru_cache
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from w3lib.url import safe_url_string

from archive.portals import host_of

__all__ = ["alike", "canonical", "host_of", "is_private", "join", "posted"]

_INDEX = re.compile(r"/index\.s?html?$", re.IGNORECASE)
_SESSION = re.compile(  # of Java; of ASP.NET without cookies: /(S(abc))/
    r";jsessionid=[^/;]*|/(?:\(|%28)(?:[ASF](?:\(|%28)[^()/%]*(?:\)|%29))+(?:\)|%29)(?=/)", re.IGNORECASE
)
_STATE = re.compile(r"(?:^|&)__(?!EVENTTARGET=|EVENTARGUMENT=)[A-Z]+\d*=[^&]*")  # ASP.NET's __VIEWSTATE and the like
_NOISE = re.compile(r"(utm_\w+|_t|jsessionid)$", re.IGNORECASE)  # parameters that select nothing
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@lru_cache(maxsize=4096)
def canonical(url: str) -> str:
    """Gives the URL under which the archive knows a page; the order of a query is kept, for some sites read it.

    Raises ValueError for what is not http(s) with a host.
    """
    parts = urlsplit(safe_url_string(url.strip()))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"not a web address: {url!r}")
    path = _INDEX.sub("/", _without_dots(_SESSION.sub("", _escapes(parts.path))))
    query = "&".join(p for p in _escapes(parts.query).split("&") if p and not _NOISE.match(_name(p)))
    return urlunsplit((parts.scheme, host_of(parts.geturl()), path, query, ""))


def alike(url: str, base: str) -> str:
    """Gives the canonical URL of an address with scheme and www as a portal's own: its twins are one page."""
    own, parts = urlsplit(base), urlsplit(canonical(url))
    host, home = parts.netloc, host_of(base)
    if host.removeprefix("www.") == home.removeprefix("www."):
        return urlunsplit((own.scheme, home, parts.path, parts.query, ""))
    return urlunsplit(parts)


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


def _without_dots(path: str) -> str:
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            kept = kept[:-1]
        elif segment != ".":
            kept.append(segment)
    if segments and segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _name(parameter: str) -> str:
    return unquote(parameter.partition("=")[0])


def _escapes(text: str) -> str:
    """Gives the text with unreserved characters unescaped and the other escapes in capitals (RFC 3986 §6.2.2)."""

    def normal(escape: re.Match[str]) -> str:
        character = chr(int(escape[1], 16))
        return character if _UNRESERVED.match(character) else escape[0].upper()

    return _ESCAPE.sub(normal, text)
