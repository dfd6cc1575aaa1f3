"""A list that a script draws from a JSON API: the portal file declares where the API is and what its answers hold."""

import json
import re
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from archive.errors import PortalError
from archive.portals import Api
from crawler.families.json_answer import at, day, is_json, parsed, whole
from crawler.families.listed import Ask, Asked, ListPage
from crawler.families.query import parameter, query_of, with_parameter, with_query
from crawler.families.rows import ListRow, distinct, fold
from crawler.urls import join

_PATH = re.compile(r"\{([^{}]*)\}")


def read(asked: Asked) -> ListPage:
    """Gives what a list page holds: of the page before its script has run, the API's address; of an answer, rows.

    Raises PortalError where no API is declared, or the answer is not as declared.
    """
    if asked.api is None:
        raise PortalError("family json needs [column.api]: url, rows, fields")
    if not is_json(asked.text):
        if asked.number > 1:
            raise PortalError(f"the API answered with a page: {asked.text[:60]!r}")
        return ListPage((), lists=(_ask(asked.api, asked.api.page_start),))
    return _answer(parsed(asked.text), asked, asked.api)


def detect(html: str) -> str | None:
    """Gives None: nothing in a page tells how its API is to be read."""
    return None


def _answer(answer: Any, asked: Asked, api: Api) -> ListPage:
    items = at(answer, api.rows)
    if not isinstance(items, list):
        raise PortalError(f"the answer of the API has no array at {api.rows!r}")
    found = [row for item in items if (row := _row(item, asked.url, api))]
    total = whole(at(answer, api.total)) if api.total is not None else None
    trouble = None
    if len(found) < len(items):
        trouble = (
            f"{len(items) - len(found)} of {len(items)} rows have no {api.fields.title!r} or no {api.fields.url!r}"
        )
    elif api.total is not None and total is None:
        trouble = f"the answer of the API has no number at {api.total!r}"
    onward = None if trouble or not items else _next(asked, api, len(items), total)
    pages = -(-total // api.page_size) if total is not None and api.page_size else None
    return ListPage(tuple(distinct(found)), onward, total_rows=total, total_pages=pages, trouble=trouble)


def _next(asked: Asked, api: Api, count: int, total: int | None) -> Ask | None:
    """Gives the page after the one in hand, until the total is reached, a page is not full, or is empty."""
    if api.page_param is None:
        return None
    page = whole(_asked_for(asked, api, api.page_param))
    if page is None:
        raise PortalError(f"the page that was asked for is no number: {asked.form or asked.url}")
    before = page - api.page_start
    if api.page_size is not None and count < api.page_size:
        return None
    seen = before * (api.page_size or count) + count
    if total is not None and (api.page_size or not before) and seen >= total:
        return None
    return _ask(api, page + 1)


def _asked_for(asked: Asked, api: Api, name: str) -> object:
    """Gives the page that was asked for; the first where the address or the body does not say."""
    if asked.form is None:
        return parameter(query_of(asked.url), name) or api.page_start
    if is_json(asked.form):
        return at(parsed(asked.form), name)
    return parameter(asked.form, name) or api.page_start


def _ask(api: Api, page: int) -> Ask:
    if api.method != "POST":
        return Ask(with_query(api.url, api.page_param, page) if api.page_param else api.url)
    if api.page_param is None:
        return Ask(api.url, api.body)
    if is_json(api.body):
        return Ask(api.url, _with_page(parsed(api.body), api.page_param, page))
    return Ask(api.url, with_parameter(api.body, api.page_param, page))


def _with_page(body: Any, path: str, page: int) -> str:
    """Gives a JSON body with the page at its path. Raises PortalError where the body has no place for it."""
    *above, name = path.split(".")
    place = at(body, ".".join(above))
    if not isinstance(place, dict):
        raise PortalError(f"the body of the API has no object to put {path!r} in")
    place[name] = page
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _row(item: Any, url: str, api: Api) -> ListRow | None:
    title = _text(_field(item, api.fields.title))
    target = join(url, _field(item, api.fields.url))
    shown = day(at(item, api.fields.date)) if api.fields.date is not None else None
    return ListRow(target, title, shown) if title and target else None


def _field(item: Any, field: str) -> str:
    """Gives a field as text, empty where a part of it is not there."""
    paths = _PATH.findall(field) or [field]
    values = [at(item, path) for path in paths]
    if not all(isinstance(value, str | int) and not isinstance(value, bool) and str(value) for value in values):
        return ""
    printed = iter(str(value) for value in values)
    return _PATH.sub(lambda _: next(printed), field) if _PATH.search(field) else next(printed)


def _text(title: str) -> str:
    """Gives a title without the marks of a search (`<em>`) and with its entities resolved."""
    if not re.search(r"[<&]", title):
        return fold(title)
    body = LexborHTMLParser(title).body
    return fold(body.text()) if body else ""
