"""A portal file made of what a look has found: ready to be checked and crawled, but for what it marks TODO."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from archive.divisions import Table, resolve
from archive.errors import PortalFileError, UsageError
from archive.portals import host_of, is_division, load

UNKNOWN = "000000"  # no division has it: `portals check` names the line
LONGEST = 160  # characters of a comment
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
ID = re.compile(r"(\d{6})-([a-z0-9]+(?:-[a-z0-9]+)*)")
_AFTER_PLACE = re.compile(r"(?<=[省市州盟区])(?=.{3})")
_SITE = re.compile(r"(?:政府)?(?:门户)?网站$|欢迎(?:访问|光临)|首页$")

NO_FAMILY = "  family   none of its own: the page only leads to lists"

Finding = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """The division that a portal file names, and how it was known."""

    code: str
    why: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A portal file; `seen` is what it rests on, `problems` what `portals check` says of it, a line each."""

    id: str
    text: str
    seen: tuple[str, ...]
    problems: tuple[str, ...]


def propose(finding: Finding, profile: str, table: Table, own_id: str | None = None) -> Proposal:
    """Gives the portal file of a finding that has a column; `own_id` is the one that a person has chosen."""
    chosen = ID.fullmatch(own_id) if own_id else None
    place = Place(chosen[1], "as the file is named") if chosen else place_of(finding, profile, table)
    portal_id = own_id or f"{place.code}-{short_name(host_of(finding['column']))}"
    saw = (f"Proposed by `nianbao portals probe {finding['url']}`, which saw:", *seen(finding))
    text = "\n".join([*map(comment, saw), *head(finding, portal_id, place), *column(finding)]) + "\n"
    return Proposal(portal_id, text, saw, tuple(checked(portal_id, text, profile, table)))


def own_id(output: Path | None) -> str | None:
    """Gives the id in the name of a file to be written; None for a folder or no file.

    Raises UsageError for a file that is there already, or has no name that a portal file may have.
    """
    if output is None or output.is_dir():
        return None
    if not output.suffix or not output.parent.is_dir():
        raise UsageError(f"{output if not output.suffix else output.parent}: no such folder")
    if output.suffix != ".toml" or not ID.fullmatch(output.stem):
        raise UsageError(f"{output}: a portal file is named after its id, as 360982-zhangshu.toml; or name a folder")
    free_path(output, output.stem)
    return output.stem


def free_path(output: Path | None, portal_id: str) -> Path | None:
    """Gives where a file is to be written, None where nowhere. Raises UsageError where a file is there already."""
    path = output / f"{portal_id}.toml" if output and output.is_dir() else output
    if path and path.exists():
        raise UsageError(f"{path}: is there already; nothing is written over")
    return path


def write(path: Path, text: str) -> None:
    """Writes a portal file. Raises UsageError where that is not possible."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error


def place_of(finding: Finding, profile: str, table: Table) -> Place:
    """Gives the division by the site's number and by its name; where neither is one, a code to be replaced."""
    number = str(finding["site_code"] or "")[:6]
    by_number = number if number and is_division(number, profile, table) else None
    by_name = next((code for name in finding["names"] if (code := division_named(name, table))), None)
    if by_number:
        doubt = f"; by its name it would be {by_name}: look it up" if by_name and by_name != by_number else ""
        return Place(by_number, f"the site's number (网站标识码) is {finding['site_code']}{doubt}")
    if by_name:
        return Place(by_name, "by the site's name")
    return Place(UNKNOWN, "TODO: the code of GB/T 2260, here and at the beginning of id (docs/divisions.md)")


def division_named(name: str, table: Table) -> str | None:
    """Gives the code of the one county or higher division that a site's name, or its end, says; else None."""
    name = _SITE.sub("", "".join(name.split()))
    for start in (0, *(found.start() for found in _AFTER_PLACE.finditer(name))):
        if code := resolve(name[start:], "", table).code:
            return code[:6]
    return None


def short_name(host: str) -> str:
    """Gives the part of a host by which people know the site: www.zhangshu.gov.cn is zhangshu."""
    name = urlsplit(f"http://{host}").hostname or ""
    known = name.removesuffix(".gov.cn").rpartition(".")[2] if name.endswith(".gov.cn") else name
    return re.sub(r"[^a-z0-9]+", "-", known).strip("-") or "site"


def seen(finding: Finding) -> Iterator[str]:
    """Gives what was seen, for people, a line each."""
    yield f"  family   {finding['family']}, for the page has: {finding['signal']}" if finding["family"] else NO_FAMILY
    for number, page in enumerate(finding["pages"], start=1):
        yield f"  page {number}   {page['rows']} rows, {page['new']} new, {page['reports']} reports: {page['url']}"
    yield from (f"  row      [{row['kind']}] {row['date'] or 'undated'} {row['title']}" for row in finding["rows"])
    counts = [
        f"{finding[f'total_{what}']} {what}" for what in ("rows", "pages") if finding[f"total_{what}"] is not None
    ]
    yield f"  site     counts {' and '.join(counts)}" if counts else "  site     counts neither rows nor pages"
    yield from sampled(finding["sample"])
    if finding["expected"] is not None:
        yield f"  crawl    would count {'' if finding['exact'] else 'about '}{finding['expected']} reports"
    if finding["lists"]:
        yield f"  lists    {len(finding['lists'])} more hang below the page and were not looked at"
    if finding["flaw"]:
        yield f"  doubt    {finding['flaw']}"
    if finding["unread"]:
        yield f"  unread   {finding['unread']}"


def sampled(sample: Mapping[str, Any] | None) -> Iterator[str]:
    """Gives what one report of the list was."""
    if sample is None:
        yield "  report   none was opened"
        return
    read = "a file itself" if sample["sections"] is None else f"{sample['sections']} of 6 sections"
    yield f"  report   {sample['title']}: {sample['trouble'] or read}"
    for file in sample["files"]:
        held = f"{file['size']} bytes of {file['media_type']}" if file["size"] is not None else "not asked for"
        yield f"  file     {file['name'] or file['url']}: {file['trouble'] or held}"


def head(finding: Finding, portal_id: str, place: Place) -> Iterator[str]:
    """Gives the file down to its columns."""
    url, host = finding["column"], host_of(finding["column"])
    name = next((found for found in finding["names"] if "政府" in found), next(iter(finding["names"]), ""))
    yield from ("", "schema = 1")
    yield f"id = {quoted(portal_id)}"
    yield f"name = {quoted(_SITE.sub('', name))}" + ("" if name else "  # TODO: the site's name, in Chinese")
    yield f"division = {quoted(place.code)}  {comment(place.why)}"
    yield f"base = {quoted(f'{urlsplit(url).scheme}://{urlsplit(url).netloc}')}"
    yield f"hosts = [{quoted(host)}]"
    files = finding["sample"]["files"] if finding["sample"] else ()
    if elsewhere := sorted({other for file in files if (other := host_of(file["url"])) != host}):
        yield f"# attachment_hosts = [{', '.join(map(quoted, elsewhere))}]  # the report's files stand there"
    yield 'status = "draft"  # active, when a crawl has shown that it works'
    yield from (
        "",
        "[politeness]",
        f"delay = {finding['delay']}  # seconds between two requests, as the look left them",
    )
    if finding["expected"] is not None:
        told = "as the list shows" if finding["exact"] else "reckoned: put in what the first crawl finds"
        yield from ("", "# [expect]", f"# reports = {finding['expected']}  # {told}; fewer is an incomplete crawl")


def column(finding: Finding) -> Iterator[str]:
    """Gives the column, and as comments those that may be further ones."""
    yield from ("", "[[column]]", 'key = "nb"', f"url = {quoted(finding['column'])}")
    if not finding["follow"]:
        yield f"family = {quoted(finding['family'] or 'auto')}"
    else:  # the lists below may be of another family
        yield from ("", "[column.expand]", f"follow = [{', '.join(map(quoted, finding['follow']))}]")
    for number, (text, url) in enumerate(finding["others"], start=2):
        yield from ("", f"# [[column]]  {comment(text)}", f'# key = "nb{number}"', f"# url = {quoted(url)}")


def checked(portal_id: str, text: str, profile: str, table: Table) -> Iterator[str]:
    """Gives what `portals check` says of a file, each line with the line's number."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{portal_id}.toml"
        path.write_text(text, encoding="utf-8")
        try:
            load(path, profile=profile, table=table)
        except PortalFileError as error:
            yield from (line.replace(str(path), path.name) for line in str(error).splitlines())


def quoted(value: str) -> str:
    """Gives a TOML string."""
    return json.dumps(_CONTROL.sub(" ", value), ensure_ascii=False)


def comment(text: str) -> str:
    """Gives a TOML comment, on one line whatever the text."""
    return f"# {_CONTROL.sub(' ', text)[:LONGEST]}"
