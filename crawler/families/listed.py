"""What a family is told of a list page and what it says of it."""

from dataclasses import dataclass, field

from archive.portals import Override
from crawler.families.rows import ListRow


@dataclass(frozen=True, slots=True)
class Ask:
    """A page of a list to be asked for: by GET, or by POST where there is a `form` (urlencoded, or JSON in braces)."""

    url: str
    form: str | None = None


@dataclass(frozen=True, slots=True)
class Fields:
    """Where a row of an API has what a list row shows."""

    url: str
    title: str
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Api:
    """The JSON API from which a page's script draws the list, as the portal file declares it.

    Paths name what lies deeper with dots: `data.results`, `0.total`; an empty one is the whole answer. A field is such
    a path inside a row, or a pattern with paths in braces: `/show/{id}.html`.
    """

    url: str
    rows: str  # path to the array
    fields: Fields
    method: str = "GET"
    body: str = ""  # of a POST: a form, urlencoded, or JSON
    page_param: str | None = None  # of the body (a path, where that is JSON) or the address; None: one page only
    page_start: int = 1
    page_size: int | None = None  # rows of a full page, where that is known; else the list ends with an empty page
    total: str | None = None  # path to the number of rows of the whole list


@dataclass(frozen=True, slots=True)
class Asked:
    """A page of a list that answered: its decoded text, where it came from, its number from 1."""

    text: str
    url: str
    number: int = 1
    form: str | None = None
    override: Override = field(default_factory=Override)
    api: Api | None = None


@dataclass(frozen=True, slots=True)
class ListPage:
    """What a list page holds.

    `next` is the page after it. `lists` are further lists that the page only frames or points to. `total_rows` and
    `total_pages` are what the site itself says of the whole list, None where it says nothing. `trouble` tells how the
    page contradicts what was asked; it then proves nothing.
    """

    rows: tuple[ListRow, ...]
    next: Ask | None = None
    lists: tuple[Ask, ...] = ()
    total_rows: int | None = None
    total_pages: int | None = None
    trouble: str | None = None
