"""URLs: one name for one page (portals.md §8.8). A canonical URL names a page; a page is fetched as it was linked."""

import re
from functools import lru_cache
from urllib.parse import unquote, urlsplit, urlunsplit

from w3lib.url import safe_url_string

from archive.portals import host_of

_INDEX = re.compile(r"/index\.s?html?$", re.IGNORECASE)
_SESSION = re.compile(  # of Java; of ASP.NET without cookies: /(S(abc))/
    r";jsessionid=[^/;]*|/(?:\(|%28)(?:[ASF](?:\(|%28)[^()/%]*(?:\)|%29))+(?:\)|%29)(?=/)", re.IGNORECASE
)
_NOISE = re.compile(r"(utm_\w+|_t|jsessionid)$", re.IGNORECASE)  # parameters that select nothing
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")


def key_of(url: str) -> str:
    """Gives the name under which the index knows what was captured: a page's canonical URL; a file's URI as it is."""
    return url if url.startswith("file:") else canonical(url)


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


def sessionless(url: str) -> str:
    """Gives a URL without the session that its site has written into the path."""
    return _SESSION.sub("", url)


def alike(url: str, base: str) -> str:
    """Gives the canonical URL of an address with scheme and www as a portal's own: its twins are one page."""
    own, parts = urlsplit(base), urlsplit(canonical(url))
    host, home = parts.netloc, host_of(base)
    if host.removeprefix("www.") == home.removeprefix("www."):
        return urlunsplit((own.scheme, home, parts.path, parts.query, ""))
    return urlunsplit(parts)


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
