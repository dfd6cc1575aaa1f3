"""What a path answers, and how a page that never looks the same twice is filled in."""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from email.utils import format_datetime
from functools import lru_cache
from importlib.resources import files
from string import Template

from crawler.demo.render.docx import WRITTEN

FIRST_DAY = date(2025, 4, 1)  # the day before the first night's crawl
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Resource:
    """What a path answers.

    `charset` is that of the bytes, said nowhere unless in `media`; `counter` pages hold {{visits}} and
    {{today}}; `modified` gives the answer an ETag and a Last-Modified.
    """

    body: bytes
    media: str = "text/html"
    charset: str = "utf-8"
    status: int = 200
    counter: bool = False
    chunked: bool = False
    modified: date | None = None
    location: str | None = None
    headers: tuple[tuple[str, bytes], ...] = ()  # further ones; their bytes need not be ASCII

    @property
    def etag(self) -> str:
        """Gives the strong validator of the body."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'

    @property
    def last_modified(self) -> str | None:
        """Gives `modified` as an HTTP date, nine o'clock."""
        if self.modified is None:
            return None
        day = self.modified
        return format_datetime(WRITTEN.replace(day.year, day.month, day.day, 9), usegmt=True)

    def shown(self, night: int, visit: int) -> bytes:
        """Gives the bytes of one answer: `visit` counts the requests of this path."""
        if not self.counter:
            return self.body
        day = FIRST_DAY + timedelta(days=night - 1)
        clock = f"{2 + visit // 3600 % 22:02d}:{visit // 60 % 60:02d}:{visit % 60:02d}"
        today = f"{day.year}年{day.month}月{day.day}日 星期{WEEKDAYS[day.weekday()]} {clock}"
        filled = self.body.replace(b"{{visits}}", str(31870 + visit).encode())
        return filled.replace(b"{{today}}", today.encode(self.charset))


Site = dict[str, Resource]


@lru_cache(maxsize=8)
def template(name: str) -> Template:
    """Gives a page of `data/pages/` with $names to fill in."""
    path = files("crawler.demo").joinpath("data", "pages", f"{name}.html")
    return Template(path.read_text(encoding="utf-8"))


def plain(title: str, text: str, link: tuple[str, str], charset: str, status: int = 200) -> Resource:
    """Gives a small page with one link (path, text); UTF-8 is declared, other charsets are not."""
    declared = '<meta charset="utf-8">' if charset == "utf-8" else ""
    page = template("plain").substitute(charset=declared, title=title, text=text, link=link[0], link_text=link[1])
    return Resource(page.encode(charset), charset=charset, status=status)
