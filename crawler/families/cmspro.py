"""CMSPro (开普云集约化): a column is `/{site}/{channel}/list.shtml`, its pages `list_2.shtml`, `list_3.shtml` …

Quirks: portals.md §3.4. Pages count from 1, where TRS calls a function of the same name and counts from 0. Shells have
no list of their own but link to those of years (2019nf … 2025nf) or frame one: `xxgk_bmtt.shtml?code=&temp=`. Some
lists are drawn from the JSON of `/common/search/{channelId}`.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from archive.errors import PortalError
from crawler.families import listing
from crawler.families.json_answer import at, day, is_json, parsed, whole
from crawler.families.listed import Ask, Asked, ListPage
from crawler.families.query import parameter, query_of, with_query
from crawler.families.rows import ListRow, distinct, find_rows, fold, is_title
from crawler.families.signal import shown
from crawler.urls import canonical, join

# createPageHTML('page_div',2,1,'list','shtml',26): where it is drawn, pages, current from 1, name, extension, rows.
_CREATE_PAGE = re.compile(
    r"createPageHTML\(\s*([\"'])[^\"']*\1\s*,\s*[\"']?(\d{1,6})[\"']?\s*,\s*[\"']?(\d{1,6})[\"']?\s*,"
    r"\s*([\"'])([\w./-]+)\4\s*,\s*([\"'])(\w+)\6\s*(?:,\s*[\"']?(\d{1,7}))?",
    re.IGNORECASE,
)
_SIGNAL = re.compile(
    r"createPageHTML\(\s*[\"'](?!\d+[\"'])|\bid\s*=\s*[\"']?cmsproTags\b|xxgk_bmtt\.shtml\?"
    r"|/common/(?:search/[0-9a-f]{32}|getChannelList)\?",
    re.IGNORECASE,
)
_LIST = re.compile(r"/(?:[\w-]*lists?|xxgk_navs|xxgk_bmtt)\.shtml$")  # among them zfxxgk_list and xxgk_lists
_YEAR_CHANNEL = re.compile(r"\b20\d\dnf\b")
_YEARS_REPORTS = re.compile(r"20\d\d年?(?:度|份|年报)?|.{0,12}(?:年报|年度报告)(?:20\d\d年?)?")
# "/zyrmzf/" + code + "/" + temp + ".shtml" · `/zyrmzf/${code}/${temp}.shtml`
_SITE = re.compile(r"[\"'`]/([\w-]+)/(?:[\"']\s*\+[^;\n]{0,40}?code|\$\{[^}]{0,40}?code)", re.IGNORECASE)
_SITE_CODE = re.compile(r"\b(?:web)?site_?code(?:name)?[\"']?\s*[:=]\s*[\"']([\w-]+)[\"']", re.IGNORECASE)
_CODE = re.compile(r"[\w-]{1,80}")
_CALL = re.compile(r"[\"'(\s=]([\w:./-]*/(?:search(?:List)?/[0-9a-f]{32}|getChannelList)\?[^\"'\s<>)]*)")
_SEARCH = "search/{}?_isAgg=true&_isJson=true&_pageSize=20&_template=index&_rangeTimeGte=&_channelName=&page=1"


def read(asked: Asked) -> ListPage:
    """Gives what a list page, a shell around lists, or an answer in JSON holds. Raises PortalError for broken JSON."""
    if is_json(asked.text):
        return _answer(asked)
    found = _CREATE_PAGE.search(asked.text)
    rows = tuple(_rows(asked, empty=found is not None and "0" in (found[2], found[8])))
    lists = tuple(_lists(asked, has_pager=found is not None, has_rows=bool(rows)))
    if found is None or asked.override.next:
        return ListPage(rows, listing.following(asked), lists)
    pages, current = int(found[2]), int(found[3])
    total = int(found[8]) if found[8] else None
    if pages > 1 and current != asked.number:
        trouble = f"page {asked.number} was asked for, but the page says that it is {current} of {pages}"
        return ListPage(rows, None, lists, total, pages, trouble)
    following = join(asked.url, f"{found[5]}_{current + 1}.{found[7]}") if current < pages else None
    return ListPage(rows, Ask(following) if following else None, lists, total, pages)


def detect(html: str) -> str | None:
    """Gives where the page counts its pages as CMSPro does, or bears its marks."""
    return shown(_SIGNAL.search(html))


def _rows(asked: Asked, *, empty: bool) -> list[ListRow]:
    """Gives the rows of `.pageList`, or of the whole page where it has none there and does not count none."""
    boxes = [] if asked.override.item else _boxes(asked.text)
    own = distinct(row for box in boxes for row in find_rows(box, asked.url, asked.override))
    rows = own or ([] if empty else find_rows(asked.text, asked.url, asked.override))
    return [row for row in rows if not _LIST.search(urlsplit(row.url).path)]


def _boxes(html: str) -> Iterator[str]:
    """Gives each `.pageList`, a `div`, a `ul` or a `ul` in a `div`, without those inside another."""
    boxes = LexborHTMLParser(html).css(".pageList")
    place = 0
    while place < len(boxes):
        yield boxes[place].html or ""
        place += len(boxes[place].css(".pageList"))  # itself among them


def _lists(asked: Asked, *, has_pager: bool, has_rows: bool) -> Iterator[Ask]:
    """Gives each list that the page frames or, where it has none of its own, links to or draws from JSON."""
    tree = LexborHTMLParser(asked.text)
    found = [*_framed(tree, asked)]
    if not has_pager:
        found += _linked(tree, asked.url)
    if not has_pager and not has_rows:
        found += _drawn(asked)
    targets = {canonical(target): target for target in found}
    targets.pop(canonical(asked.url), None)
    yield from map(Ask, targets.values())


def _framed(tree: LexborHTMLParser, asked: Asked) -> Iterator[str]:
    for frame in tree.css("iframe[src]"):
        target = join(asked.url, frame.attributes.get("src") or "")
        if target and _LIST.search(urlsplit(target).path):
            yield target
    said = {name: values[0] for name, values in parse_qs(urlsplit(asked.url).query).items()}
    code, temp, site = said.get("code", ""), said.get("temp", ""), _site(asked)
    if site and _CODE.fullmatch(code) and _CODE.fullmatch(temp):
        yield urljoin(asked.url, f"/{site}/{code}/{temp}.shtml")


def _site(asked: Asked) -> str | None:
    """Gives the code of the site whose list a script frames: of the script, else of the address, else of most links."""
    if found := _SITE.search(asked.text) or _SITE_CODE.search(asked.text):
        return found[1]
    parts = urlsplit(asked.url).path.split("/")
    if len(parts) > 3:  # /zyrmzf/xzxxgk/xxgk_bmtt.shtml
        return parts[1]
    sites = Counter(re.findall(r"[\"'=]/([\w-]+)/[\w-]+/\w*list\.shtml", asked.text))
    return sites.most_common(1)[0][0] if sites else None


def _linked(tree: LexborHTMLParser, url: str) -> Iterator[str]:
    """Gives the lists of years and of annual reports that a shell links to, none of the site's other columns."""
    for link in tree.css("a[href]"):
        target = join(url, link.attributes.get("href") or "")
        if not target or not _LIST.search(urlsplit(target).path):
            continue
        if _YEAR_CHANNEL.search(target) or _YEARS_REPORTS.fullmatch(_label(link)):
            yield target


def _drawn(asked: Asked) -> Iterator[str]:
    """Gives the calls from whose answers a script draws the list."""
    for call in _CALL.findall(asked.text):
        if target := join(asked.url, call.replace("&amp;", "&")):
            yield target


def _label(link: LexborNode) -> str:
    """Gives what a link is called; what 更多 leads to stands beside it."""
    text = fold(link.attributes.get("title") or "") or fold(link.text())
    if is_title(text) or link.parent is None:
        return text.replace(" ", "")
    return "".join(link.parent.text().split()).replace(text.replace(" ", ""), "")


def _answer(asked: Asked) -> ListPage:
    """Gives the rows of `/common/search/{channelId}?…&page=1` and the page after it.

    `/common/getChannelList?…` only names the channel; a search in it finds what lies in the channels below as well.
    """
    answer = parsed(asked.text)
    channel = at(answer, "results.channelId") or at(answer, "data.results.channelId")
    if isinstance(channel, str) and re.fullmatch(r"[0-9a-f]{32}", channel):
        return ListPage((), lists=(Ask(urljoin(asked.url, _SEARCH.format(channel))),))
    data, results = at(answer, "data"), at(answer, "data.results")
    if not isinstance(results, list):
        raise PortalError("the answer is no search's: it has no data.results")
    query = query_of(asked.url)
    rows = tuple(distinct(row for result in results if (row := _result(result, asked.url))))
    total, number = whole(data.get("total")), whole(parameter(query, "page")) or 1
    size = whole(data.get("rows")) or whole(parameter(query, "_pageSize"))
    pages = -(-total // size) if total is not None and size else None
    if asked.number > 1 and number != asked.number:
        return ListPage(rows, None, (), total, pages, f"page {asked.number} was asked for as page={number}")
    more = bool(rows) and pages is not None and number < pages
    return ListPage(rows, Ask(with_query(asked.url, "page", number + 1)) if more else None, (), total, pages)


def _result(result: Any, url: str) -> ListRow | None:
    if not isinstance(result, dict):
        return None
    target = join(url, str(result.get("url") or ""))
    title = fold(LexborHTMLParser(str(result.get("title") or "")).text())  # what was searched for is in <em>
    return ListRow(target, title, day(result.get("publishedTimeStr"))) if target and is_title(title) else None
