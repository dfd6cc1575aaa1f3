"""The links of a page that may lead to attachments."""

from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from archive.model import Hints, Link, Payload
from archive.read.charset import decode
from archive.read.formats.html import declared
from archive.read.media import HTML, media_type
from archive.read.words import tidy

SOURCES = {"a": "href", "iframe": "src", "embed": "src", "object": "data"}


def links(payload: Payload, hints: Hints) -> tuple[Link, ...]:
    """Gives the absolute http(s) links of an HTML page in document order, each URL once, without fragments.

    Relative ones are resolved against the page's base element, else `hints.url`; what stays relative is left out.
    Any other media type has none.
    """
    if media_type(payload, hints) != HTML:
        return ()
    source, _, _ = decode(payload.data, hints.charset or declared(payload.data))
    dom = LexborHTMLParser(source)
    base = base_url(dom, hints.url)
    found: dict[str, Link] = {}
    for node in dom.css(", ".join(f"{tag}[{attribute}]" for tag, attribute in SOURCES.items())):
        link = link_of(node, base)
        if link and (link.url not in found or not found[link.url].text):
            found[link.url] = link
    return tuple(found.values())


def base_url(dom: LexborHTMLParser, url: str | None) -> str:
    """Gives the URL that relative links are resolved against, empty where nothing says."""
    node = dom.css_first("base[href]")
    return resolve(url or "", (node.attributes.get("href") or "") if node else "") or url or ""


def resolve(base: str, reference: str) -> str | None:
    """Gives the absolute http(s) URL of a reference without its fragment, None where it is not one."""
    try:
        url = urljoin(base, "".join(reference.split())).partition("#")[0]
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def link_of(node: LexborNode, base: str) -> Link | None:
    """Gives the link of an element; its text is what a reader sees, else the title attribute."""
    reference = (node.attributes.get(SOURCES[node.tag or "a"]) or "").strip()
    if not reference or reference.startswith("#"):
        return None
    url = resolve(base, reference)
    text = tidy(node.text() if node.tag == "a" else "") or tidy(node.attributes.get("title") or "")
    return Link(url, text) if url else None
