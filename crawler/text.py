"""A page's visible text, and the links that a selector of the portal file names."""

from selectolax.lexbor import LexborHTMLParser

from archive.model import Link
from archive.portals import selector
from crawler.urls import join


def visible_text(html: str) -> str:
    """Gives the text of a page, a line for each piece, without scripts and styles."""
    tree = LexborHTMLParser(html)
    tree.strip_tags(["script", "style", "noscript"])
    return tree.body.text(separator="\n") if tree.body else ""


def linked_files(html: str, url: str, override: str) -> list[Link]:
    """Gives the links that a selector such as `div.fj-a a` or `a@data-file` finds."""
    css, attribute = selector(override)
    found = []
    for node in LexborHTMLParser(html).css(css):
        if target := join(url, node.attributes.get(attribute or "href") or ""):
            found.append(Link(target, " ".join(node.text().split())))
    return found
