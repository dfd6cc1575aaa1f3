"""What a report's page says about itself: title, publication date, source.

Tags and their traps: 《政府网站发展指引》 annex, portals.md §2.1; order of trust: §8.6.
"""

import html as entities
import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from selectolax.lexbor import LexborHTMLParser

from crawler.families.dates import find_date, stamp_date, url_date
from crawler.families.rows import ListRow, fold, is_title

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_META = re.compile(r"<meta\b[^<>]*>", re.IGNORECASE)
_NAME = re.compile(r"\bname\s*=\s*[\"']?\s*([\w.]+)", re.IGNORECASE)
# A value may hold quotes of its own: it ends where the tag or the next attribute begins.
_CONTENT = re.compile(r"\bcontent\s*=\s*([\"'])(.*?)\1(?=\s*/?>|\s+[\w-]+\s*=\s*[\"'])", re.IGNORECASE | re.DOTALL)
_PUBLISHED = re.compile(r"(?:发布|公开|发文)(?:时间|日期)[\s:∶\[\]【】]*(\d{4}[^A-Za-z]{4,14})")
_SOURCE = re.compile(r"(?:信息来源|文章来源|来源|发布机构)\s*[:∶]\s*([^\s:∶|【\[]{2,40})(?=[\s|【\[]|$)")
_SITE = re.compile(r"人民政府$|政府网$|网站$|官网$")  # a heading that is the site's own name, as a logo often is
_SITE_SUFFIX = re.compile(r"\s*[-_|–—]\s*[^-_|–—]*(?:人民政府|政府网|门户网站|政务网|信息公开年?报?|官网).*$")


@dataclass(frozen=True, slots=True)
class ArticleMeta:
    """Title, publication date and publishing body of a page, each None where nothing tells."""

    title: str | None
    published: date | None
    source: str | None


def metadata(html: str, url: str = "", listed: ListRow | None = None) -> ArticleMeta:
    """Gives what the page says of itself.

    Title: ArticleTitle, h1, the list row, `<title>` without the site's name. Date: PubDate, labelled 发布时间, the
    address, the list row; never 更新时间. Source: ContentSource, labelled 来源.
    """
    tags = meta_tags(html)
    tree = LexborHTMLParser(html)
    tree.strip_tags(["script", "style", "noscript"])
    text = unicodedata.normalize("NFKC", tree.body.text(separator=" ")) if tree.body else ""
    return ArticleMeta(
        tags.get("articletitle") or _heading(tree) or (listed.title if listed else None) or _page_title(tree),
        stamp_date(tags.get("pubdate", "")) or _labelled(text) or url_date(url) or (listed.date if listed else None),
        tags.get("contentsource") or _source(text),
    )


def meta_tags(html: str) -> dict[str, str]:
    """Gives the page's `<meta>` values by name in lower case, the first of each; empty and `null` ones left out."""
    tags: dict[str, str] = {}
    for tag in _META.findall(_COMMENT.sub("", html)):
        name, content = _NAME.search(tag), _CONTENT.search(tag)
        value = fold(entities.unescape(content[2])) if content else ""
        if name and value and value.lower() != "null":
            tags.setdefault(name[1].lower(), value)
    return tags


def _heading(tree: LexborHTMLParser) -> str | None:
    titles = (fold(node.text(separator=" ")) for node in tree.css("h1"))
    return next((title for title in titles if len(title) > 4 and is_title(title) and not _SITE.search(title)), None)


def _page_title(tree: LexborHTMLParser) -> str | None:
    node = tree.css_first("title")
    title = _SITE_SUFFIX.sub("", fold(node.text())) if node else ""
    return title if title and is_title(title) else None


def _labelled(text: str) -> date | None:
    return next((found for label in _PUBLISHED.finditer(text) if (found := find_date(label[1]))), None)


def _source(text: str) -> str | None:
    found = _SOURCE.search(text)
    return found[1] if found else None
