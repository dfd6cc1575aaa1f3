"""Lists that hang below a list: years, agencies, frames, and pages that only lead on (portals.md §3.4, §8.4)."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser

from archive.portals import Expand
from crawler.families import Ask
from crawler.families.rows import fold
from crawler.urls import canonical, host_of, join

YEAR = re.compile(r"(?:19|20)\d\d年?(?:度|年报)?")
AGENCY = re.compile(r".{0,20}(?:镇|乡|街道(?:办事处)?|街办|局|委|委员会|办公室|管委会|中心|园区|农场|林场)")
REFRESH = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*[;,]\s*url\s*=\s*[\"']?([^\"']+)", re.IGNORECASE)
JUMP = re.compile(
    r"(?:window\.|document\.|self\.|top\.)?location(?:\.href)?\s*(?:=\s*|\.replace\(\s*)[\"']([^\"'\s]+)[\"']",
    re.IGNORECASE,
)
LONGEST_REFRESH = 5.0  # seconds; a page that waits longer is one to be read
SMALL = 4_000  # characters; a page that only leads on is small


def below(html: str, url: str, expand: Expand, hosts: tuple[str, ...]) -> tuple[Ask, ...]:
    """Gives the lists that hang below a page as its column says, each address once, none off the portal's hosts."""
    tree = LexborHTMLParser(html)
    own = canonical(url)
    found: dict[str, Ask] = {}
    for target in _targets(tree, url, expand):
        key = canonical(target)
        if key != own and host_of(target) in hosts:
            found.setdefault(key, Ask(target))
    return tuple(found.values())


def leads_on(html: str, url: str) -> str | None:
    """Gives where a page sends a browser at once, by meta refresh or a script alone; None for others."""
    if len(html) > SMALL and "<frame" not in html.lower():
        return None
    tree = LexborHTMLParser(html)
    for node in tree.css("meta[http-equiv][content]"):
        if (node.attributes.get("http-equiv") or "").lower() != "refresh":
            continue
        found = REFRESH.match(node.attributes.get("content") or "")
        if found and float(found[1]) <= LONGEST_REFRESH:
            return join(url, found[2].strip())
    script = " ".join(node.text() for node in tree.css("script"))
    jump = JUMP.search(script)
    if jump and not tree.css("a[href]"):
        return join(url, jump[1])
    return None


def _targets(tree: LexborHTMLParser, url: str, expand: Expand) -> Iterator[str]:
    if "iframe" in expand.follow:
        for node in tree.css("iframe[src], frame[src]"):
            if target := join(url, node.attributes.get("src") or ""):
                yield target
    patterns = [pattern for name, pattern in (("year-links", YEAR), ("agency-links", AGENCY)) if name in expand.follow]
    own = re.compile(expand.text) if expand.text else None
    if not patterns:
        return
    for link in tree.css("a[href]"):
        text = fold(link.attributes.get("title") or "") or fold(link.text())
        wanted = any(pattern.fullmatch(text.replace(" ", "")) for pattern in patterns)
        if (own.search(text) if own else wanted) and (target := join(url, link.attributes.get("href") or "")):
            yield target
