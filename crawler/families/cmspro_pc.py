"""CMSPro's newer generation: a column is `/{site}/{channel}/pc/list.html`, its rows JSON in a script of the page.

`articleList:[{id,title,pubDate,urls:"{\"pc\":\"…\",\"mobile\":\"…\"}",articleFiles:[{fileName,filePath,domainName}]}]`:
`urls` is JSON inside JSON, and every page has a twin for mobiles. Quirks: portals.md §3.4; how this generation pages is
not known, so a list that counts more rows than it shows proves itself short.
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from archive.errors import PortalError
from crawler.families import listing
from crawler.families.json_answer import day, parsed
from crawler.families.listed import Asked, ListPage
from crawler.families.rows import ListRow, distinct, find_rows, fold, is_title
from crawler.families.signal import shown
from crawler.urls import join

_ARTICLES = re.compile(r"\barticleList[\"']?\s*[:=]\s*\[")
_TOTAL = re.compile(r"\b(?:total|totalCount|totalNum|articleTotal)[\"']?\s*[:=]\s*[\"']?(\d{1,7})\b")
_PAGES = re.compile(r"\b(?:totalPages?|pageCount|pageTotal)[\"']?\s*[:=]\s*[\"']?(\d{1,6})\b")
_STRING = r"\"(?:[^\"\\]|\\.)*+\"?"  # one that is not closed goes on to the end
_STRUCTURE = re.compile(rf"{_STRING}|[\[\]{{}}]", re.DOTALL)
_BARE = re.compile(rf"({_STRING})|([{{,]\s*+)([A-Za-z_]\w*+)(?=\s*:)", re.DOTALL)
_AFTER_LAST = re.compile(rf"({_STRING})|,(?=\s*[\]}}])", re.DOTALL)
_DEEPEST = 40


def read(asked: Asked) -> ListPage:
    """Gives what a list page holds. Raises PortalError where its JSON is cut short or broken."""
    arrays, rest = _cut(asked.text)
    lists = [distinct(_rows(articles, asked.url)) for articles in arrays]
    own = [rows for rows in lists if any(_channel(row.url) == _channel(asked.url) for row in rows)]
    rows = distinct(row for rows in own or lists for row in rows)
    if asked.override.item:
        rows = find_rows(asked.text, asked.url, asked.override)
    total, pages = _TOTAL.search(rest), _PAGES.search(rest)
    return ListPage(
        tuple(rows),
        listing.following(asked),
        total_rows=int(total[1]) if total else None,
        total_pages=int(pages[1]) if pages else listing.total_pages(asked.text),
    )


def detect(html: str) -> str | None:
    """Gives where the page holds its rows as an `articleList`."""
    return shown(_ARTICLES.search(html))


def _cut(text: str) -> tuple[list[list[Any]], str]:
    """Gives the arrays of articles, and what stands around them in their scripts."""
    arrays, rest, place = [], "", 0
    while found := _ARTICLES.search(text, place):
        end = _closed(text, found.end() - 1)
        rest += text[max(text.rfind("<script", place, found.start()), place) : found.start()]
        array = _parsed(text[found.end() - 1 : end])
        if not isinstance(array, list):
            raise PortalError("articleList is no list")
        arrays.append(array)
        place = end
    script_ends = text.find("</script", place)
    return arrays, rest + (text[place : script_ends if script_ends >= 0 else None] if arrays else "")


def _closed(text: str, start: int) -> int:
    """Gives where the bracket at `start` is closed, brackets inside strings left aside."""
    depth = 0
    for found in _STRUCTURE.finditer(text, start):
        depth += (found[0] in "[{") - (found[0] in "]}")
        if depth > _DEEPEST:
            raise PortalError(f"articleList is nested more than {_DEEPEST} deep")
        if depth == 0:
            return found.end()
    raise PortalError("articleList is not closed: the page is cut short")


def _parsed(array: str) -> Any:
    """Gives the value of an array, also where it is written as JavaScript: bare names, a comma after the last."""
    try:
        return json.loads(array, strict=False)
    except ValueError:
        named = _BARE.sub(lambda found: found[1] or f'{found[2]}"{found[3]}"', array)
        return parsed(_AFTER_LAST.sub(lambda found: found[1] or "", named))


def _rows(articles: list[Any], url: str) -> Iterator[ListRow]:
    for article in articles:
        if not isinstance(article, dict):
            continue
        title = fold(LexborHTMLParser(str(article.get("title") or "")).text())
        files = tuple(_files(article.get("articleFiles"), url))
        target = _page(article.get("urls"), url) or (files[0][0] if files else None)
        if target and is_title(title):
            yield ListRow(target, title, day(article.get("pubDate")), files)


def _page(urls: Any, url: str) -> str | None:
    """Gives the page for desktops, else the one for mobiles."""
    if isinstance(urls, str):
        try:
            urls = json.loads(urls)
        except (ValueError, RecursionError):
            return join(url, urls) if re.match(r"https?://|/", urls) else None
    if not isinstance(urls, dict):
        return None
    named = (urls.get(device) for device in ("pc", "mobile"))
    return next((target for name in named if isinstance(name, str) and (target := join(url, name))), None)


def _files(files: Any, url: str) -> Iterator[tuple[str, str]]:
    """Gives (address, name) of the files that the list hands out with a row."""
    for file in files if isinstance(files, list) else ():
        path = file.get("filePath") if isinstance(file, dict) else None
        if isinstance(path, str) and path.strip():
            domain = str(file.get("domainName") or "").strip()
            base = join(url, domain if "//" in domain else f"//{domain}") if domain else url
            if base and (target := join(base, path)):
                yield target, fold(str(file.get("fileName") or ""))


def _channel(url: str) -> tuple[str, str]:
    """Gives host and channel of an address: `/zyrmzf/2024nf` of `/zyrmzf/2024nf/pc/list.html`."""
    parts = urlsplit(url)
    return parts.netloc, re.split(r"/(?:pc|mobile)/", parts.path)[0]
