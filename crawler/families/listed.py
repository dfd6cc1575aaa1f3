"""What a family is told of a list page and what it says of it."""

from dataclasses import dataclass, field

from archive.portals import Api, Override
from crawler.families.rows import ListRow


@dataclass(frozen=True, slots=True)
class Ask:
    """A page of a list to be asked for: by GET, or by POST where there is a `form` (urlencoded, or JSON in braces)."""

    url: str
    form: str | None = None


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
