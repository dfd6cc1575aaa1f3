"""What a look has found so far; told as it stands, also where the look had to end early."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Step:
    """One request that was made: its status, or why there is none."""

    url: str
    status: int | None
    trouble: str | None


@dataclass(frozen=True, slots=True)
class RowSeen:
    """One row of the list; `kind` as `crawler.recognise` has it."""

    title: str
    url: str
    date: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class PageSeen:
    """One page of the list: its rows, those that are reports, and those that no page before it had."""

    url: str
    rows: int
    reports: int
    new: int


@dataclass(frozen=True, slots=True)
class FileSeen:
    """A file that the sample links to; what it claims to be and its bytes, where it was asked for."""

    url: str
    name: str
    media_type: str | None = None
    size: int | None = None
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """One report of the list; `sections` of the six that a report has, None for what is a file itself."""

    url: str
    title: str
    sections: int | None
    files: tuple[FileSeen, ...] = ()
    trouble: str | None = None


@dataclass(slots=True)
class Finding:
    """What stands at an address. Without a `column` nothing can be proposed, and `trouble` says why."""

    url: str
    kind: str | None = None  # what stands there: list, report, file, page, or mixed: reports among other things
    unread: str | None = None  # why that is no list that can be read, though it calls itself one
    names: list[str] = field(default_factory=list)  # of the site, as its pages call it
    site_code: str | None = None  # 网站标识码; its first six digits are a division
    column: str | None = None  # address of the list
    family: str | None = None
    signal: str | None = None  # what in the page shows the family
    follow: list[str] = field(default_factory=list)  # for [column.expand]
    lists: list[str] = field(default_factory=list)  # that the column's page leads to and nobody looked at
    rows: list[RowSeen] = field(default_factory=list)  # the first of the list
    pages: list[PageSeen] = field(default_factory=list)
    total_rows: int | None = None  # as the site counts
    total_pages: int | None = None
    ended: bool = False  # the list was read to its end
    flaw: str | None = None  # why it does not prove that it was read whole
    sample: Sample | None = None
    expected: int | None = None  # reports that a crawl would count
    exact: bool = False  # else `expected` is reckoned from what the site counts
    others: list[tuple[str, str]] = field(default_factory=list)  # text and address of columns that look alike
    delay: float | None = None  # seconds that the look left between two requests, robots.txt heeded
    trouble: str | None = None
    steps: list[Step] = field(default_factory=list)
