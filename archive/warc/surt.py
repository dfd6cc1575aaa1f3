"""Addresses in the order in which web archives sort and find them (SURT: `cn,gov,example)/path?query`).

Written after what the tools do that look addresses up (pywb, ReplayWeb.page); a test compares it with theirs.
"""

import re
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

WWW = re.compile(r"^www\d*\.")
SESSION = re.compile(  # ids of sessions, by which one page would have a thousand addresses
    r"(?:(?<=&)|^)(?:(?:sid|jsessionid|phpsessid)=[0-9a-z]{32}|aspsessionid[a-z]{8}=[a-z]{24})(?:&|$)"
)
PATH_SESSION = re.compile(r"(?<=/)\((?:[a-z]\([0-9a-z]{24}\))+\)/(?=[^?]+\.aspx)")
DEFAULT = {"http": 80, "https": 443}
SAFE = "!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"


def surt(url: str) -> str:
    """Gives the key of an address: scheme and `www.` left out, host reversed, lower case, parameters in order.

    An address that cannot be taken apart is its own key, in lower case.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return url.strip().lower()
    if not host:
        return url.strip().lower()
    path = PATH_SESSION.sub("", folded(escaped(parts.path)).lower()).rstrip("/") or "/"
    parameters = "&".join(sorted(SESSION.sub("", escaped(parts.query).lower()).split("&")))
    at = f":{port}" if port and port != DEFAULT.get(parts.scheme.lower()) else ""
    return f"{reversed_host(host)}{at}){path}{'?' + parameters if parameters else ''}"


def reversed_host(host: str) -> str:
    """Gives a host from its end, parts joined by commas."""
    ascii_host = host.lower() if host.isascii() else host.encode("idna").decode("ascii")
    return ",".join(reversed(WWW.sub("", ascii_host).split(".")))


def escaped(text: str) -> str:
    """Gives a part of an address with every escape undone that needs none, and all others made."""
    raw = text.encode("utf-8", "surrogatepass")
    while (plain := unquote_to_bytes(raw)) != raw:
        raw = plain
    return quote_from_bytes(raw, safe=SAFE)


def folded(path: str) -> str:
    """Gives a path without `.`, `..` and empty parts."""
    found: list[str] = []
    for part in path.split("/"):
        if part == "..":
            found = found[:-1]
        elif part not in ("", "."):
            found.append(part)
    return "/" + "/".join(found) + ("/" if path.endswith("/") and found else "")
