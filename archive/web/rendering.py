"""Templates and what they may use: `t` (labels), `link` (addresses in the page's language), `here` (this page changed).

Filters: `thousands` 3118 → 3 118, `minute` an instant → 2026-11-21 15:30 UTC, `segment` a name as one part of a path,
`cut` foreign text that may be long or hold controls, `element` a cell of a statutory table, `opened` one with a figure.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache, partial
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from jinja2 import StrictUndefined, pass_context
from jinja2.runtime import Context

from archive.research.layout import Laid
from archive.web.guard import ENGLISH
from archive.web.labels import label

HERE = Path(__file__).parent
TAGS = {"zh": "zh-Hans", "en": "en"}
THIN = "\u202f"  # between thousands
CELLS = 8192  # all forms together have 2,000; a page has three hundred, which say the same in every report

UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What would turn the direction of text, or is not drawn at all."""

NAVIGATION = ("/agencies", "/coverage", "/checks", "/compare", "/data", "/method", "/status")
"""What the header links to, where the application has such a page; the label is `nav.<path>`."""


def language_of(request: Request) -> str:
    """Gives `en` under /en, else `zh`."""
    return "en" if request.scope.get("root_path", "").startswith(ENGLISH) else "zh"


def local_path(request: Request) -> str:
    """Gives the path of a request without the language."""
    path = request.url.path
    return path.removeprefix(ENGLISH) or "/" if language_of(request) == "en" else path


def address(prefix: str, path: str, /, **query: object) -> str:
    """Gives an address in a language; None leaves a parameter out."""
    asked = urlencode({name: value for name, value in query.items() if value is not None}, doseq=True)
    return prefix + path + (f"?{asked}" if asked else "")


def changed(request: Request, suffix: str = "", /, **query: object) -> str:
    """Gives the address of this page with other parameters, or of its sibling `.json` or `.csv`."""
    prefix = ENGLISH if language_of(request) == "en" else ""
    return address(prefix, quote(local_path(request)) + suffix, **{**given(request), **query})


def other_language(request: Request) -> str:
    """Gives the address of this page in the other language."""
    prefix = "" if language_of(request) == "en" else ENGLISH
    return address(prefix, quote(local_path(request)), **given(request))


def given(request: Request) -> dict[str, list[str]]:
    """Gives the parameters of a request, each with all its values."""
    return {name: request.query_params.getlist(name) for name in request.query_params}


def of_request(request: Request) -> dict[str, Any]:
    """Gives what every template has: the language and the functions that depend on it."""
    language = language_of(request)
    return {
        "lang": language,
        "tag": TAGS[language],
        "t": partial(label, language=language),
        "link": partial(address, ENGLISH if language == "en" else ""),
        "here": partial(changed, request),
        "other_language": other_language(request),
        "navigation": request.app.state.navigation,
        "place": local_path(request),
        "search_path": request.app.state.search_path,
        "as_of": getattr(request.state, "as_of", None),
        "contact": request.app.state.site.contact,
    }


def thousands(number: int) -> str:
    """Gives a whole number with narrow blanks between its thousands."""
    return f"{number:,}".replace(",", THIN)


def minute(at: datetime | str | None) -> str:
    """Gives an instant (or its ISO text) to the minute in UTC; nothing for None."""
    if at is None:
        return ""
    at = datetime.fromisoformat(at) if isinstance(at, str) else at
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def segment(name: str) -> str:
    """Gives a name as one part of a path."""
    return quote(name, safe="")


def report_path(division: str, agency: str, year: int) -> str:
    """Gives the path of a report, without the language."""
    return f"/reports/{segment(division)}/{segment(agency)}/{year}"


def seen(text: str) -> str:
    """Gives foreign text whose control characters are seen: `<U+202E>`."""
    return UNSEEN.sub(lambda match: f"<U+{ord(match[0]):04X}>", text)


@pass_context
def cut(context: Context, text: str | None, most: int = 300) -> str:
    """Gives foreign text as a page may show it, at most so many characters and then how many there are."""
    if text is None or len(text) <= most:
        return seen(text or "")
    return f"{seen(text[:most])}… {label('table.cut', context['lang'], total=thousands(len(text)))}"


@lru_cache(CELLS)
def element(cell: Laid) -> str:
    """Gives a cell of a statutory table that has no figure, as markup."""
    name = "th" if cell.scope else "td"
    return f"<{name}{attributes(cell)}>{escape(cell.text)}</{name}>"


@lru_cache(CELLS)
def opened(cell: Laid, status: str) -> str:
    """Gives what stands before a figure in its cell: the cell and the beginning of the link that chooses it."""
    link = f'<a class="figure {escape(status)}" href="?cell={escape(str(cell.code))}#cell"'
    return f'<td class="number"{attributes(cell)}>{link}'


def plain(figure: Mapping[str, Any]) -> str | None:
    """Gives what is printed for a number in common digits, None where more must be said."""
    raw = figure["raw"]
    return raw.strip() if figure["status"] == "number" and raw and raw.isascii() and len(raw) < 20 else None


def attributes(cell: Laid) -> str:
    """Gives what a cell of a statutory table says of itself, as attributes of its element."""
    said = {
        "scope": cell.scope,
        "id": cell.id or cell.code,
        "headers": " ".join(cell.headers),
        "rowspan": cell.rows if cell.rows > 1 else None,
        "colspan": cell.columns if cell.columns > 1 else None,
        "class": f"depth-{min(cell.depth, 3)}" if cell.depth else None,
    }
    return "".join(f' {name}="{escape(str(value))}"' for name, value in said.items() if value)


templates = Jinja2Templates(HERE / "templates", context_processors=[of_request])
templates.env.undefined = StrictUndefined
templates.env.trim_blocks = templates.env.lstrip_blocks = True
templates.env.globals["path_of"] = report_path
templates.env.filters |= {
    "thousands": thousands,
    "minute": minute,
    "segment": segment,
    "cut": cut,
    "element": element,
    "opened": opened,
    "plain": plain,
    "urldecoded": unquote,
}


def render(
    request: Request,
    template: str,
    values: Mapping[str, object] | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """Gives a rendered page."""
    return templates.TemplateResponse(request, template, dict(values or {}), status_code=status, headers=headers)
