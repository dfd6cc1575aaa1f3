"""The reports in an archive: each member read by its bytes, renditions of one report counted once.

Issues, each beginning with the path of the member, on the first of the readings:

- member-ignored: it holds no annual report, or is of a kind that holds no text
- member-unreadable, encrypted, damaged-archive, archive-too-large: nobody knows what it says; the others are read
- renditions-differ: two members give one report (agency, year) with other figures; on that report's own reading
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

from archive.errors import UnreadableDocumentError
from archive.model import Figure, Hints, Issue, Payload, Reading, Status
from archive.read.archives import Member
from archive.read.identity import names_report

NO_TEXT = ("unsupported-media-type", "empty")
KEPT = ("encrypted", "damaged-archive", "archive-too-large")
UNREAD = (Status.UNREADABLE, Status.NOT_ON_FORM)
NAMED = 5  # indicators that an issue names

Read = Callable[[Payload, Hints], tuple[Reading, ...]]


@dataclass(frozen=True, slots=True)
class Found:
    """A report and its path in the archive."""

    path: str
    reading: Reading


def read_members(members: Iterable[Member], hints: Hints, read: Read) -> tuple[Reading, ...]:
    """Gives the reports in the members, each with its path as place; a single one has none.

    Where no member holds a report, the first readable member stands for the archive; where none is readable, raises
    UnreadableDocumentError as the first of them did.
    """
    found: list[Found] = []
    others: list[Reading] = []
    errors: list[UnreadableDocumentError] = []
    issues: list[Issue] = []
    members = iter(members)
    first = list(islice(members, 2))
    for member in chain(first, members):
        if member.trouble:
            issues.append(member.trouble)
            errors.append(UnreadableDocumentError(member.trouble.code, member.trouble.message))
            continue
        try:
            readings = read(Payload(member.data), member_hints(member, hints, alone=len(first) == 1))
        except UnreadableDocumentError as error:
            issues.append(trouble(member, error))
            errors.append(UnreadableDocumentError(error.code, f"{member.name}: {error.message}"))
            continue
        reports = [reading for reading in readings if is_report(reading)]
        found += [placed(member, reading) for reading in reports]
        if not reports:
            issues.append(Issue("member-ignored", f"{member.name}: holds no annual report"))
            others += readings
    return numbered(merged(found) or others[:1], issues, errors)


def numbered(
    readings: Sequence[Reading], issues: Sequence[Issue], errors: Sequence[UnreadableDocumentError]
) -> tuple[Reading, ...]:
    """Gives the readings with the archive's issues on the first, and no place where there is only one."""
    lost = [error for error in errors if error.code not in NO_TEXT]
    if not readings or (lost and not is_report(readings[0])):
        raise next(chain(lost, errors), UnreadableDocumentError("empty", "there is no file in the archive"))
    head, *rest = readings
    head = replace(head, place=head.place if rest else "", issues=(*head.issues, *issues))
    return (head, *rest)


def member_hints(member: Member, hints: Hints, *, alone: bool) -> Hints:
    """Gives what is claimed of a member: its name, its name as a title, else the archive's where it is alone in it."""
    name = member.name.rpartition("/")[2]
    stem = name.rpartition(".")[0] or name
    title = stem if names_report(stem) else (hints.title if alone else None)
    return Hints(url=hints.url, file_name=name, title=title)


def trouble(member: Member, error: UnreadableDocumentError) -> Issue:
    """Gives the issue of a member that could not be read."""
    other = "member-ignored" if error.code in NO_TEXT else "member-unreadable"
    code = error.code if error.code in KEPT else other
    return Issue(code, f"{member.name}: {error.code}: {error.message}")


def is_report(reading: Reading) -> bool:
    """Tells whether a reading is one of an annual report."""
    return all(issue.code not in ("not-a-report", "lists-reports") for issue in reading.issues)


def placed(member: Member, reading: Reading) -> Found:
    """Gives a report with its whole path, which the issues about members of an inner archive then begin with, too."""
    path = f"{member.name}/{reading.place}" if reading.place else member.name
    codes = (*KEPT, "member-ignored", "member-unreadable")
    issues = (replace(i, message=f"{member.name}/{i.message}") if i.code in codes else i for i in reading.issues)
    return Found(path, replace(reading, issues=tuple(issues)))


def merged(found: Sequence[Found]) -> list[Reading]:
    """Gives each report once, at the path of its first rendition, in the order of the archive."""
    groups: dict[object, list[Found]] = {}
    for one in found:
        reading = one.reading
        known = reading.agency and reading.year
        groups.setdefault((reading.agency, reading.year) if known else reading.content_hash, []).append(one)
    taken: dict[str, int] = {}
    readings = []
    for group in groups.values():
        path = group[0].path
        taken[path] = taken.get(path, 0) + 1
        readings.append(replace(best(group), place=path if taken[path] == 1 else f"{path} ({taken[path]})"))
    return readings


def best(group: Sequence[Found]) -> Reading:
    """Gives the rendition with most figures read, then most text; what others say otherwise is an issue."""
    chosen = max(group, key=lambda one: (read_count(one.reading), len(one.reading.text)))
    issues = [difference for one in group if one is not chosen if (difference := differing(chosen, one))]
    return replace(chosen.reading, issues=(*chosen.reading.issues, *issues))


def read_count(reading: Reading) -> int:
    """Gives how many figures were read, blanks included."""
    return sum(figure.status not in UNREAD for figure in reading.figures)


def differing(chosen: Found, other: Found) -> Issue | None:
    """Gives the issue of two renditions that print other numbers, None where they agree in what both were read for."""
    known = {figure.indicator: figure for figure in other.reading.figures}
    pairs = [(figure, known[figure.indicator]) for figure in chosen.reading.figures if figure.indicator in known]
    codes = [
        one.indicator for one, two in pairs if number(one) != number(two) and not {one.status, two.status} & set(UNREAD)
    ]
    if not codes:
        return None
    more = f" and {len(codes) - NAMED} more" if len(codes) > NAMED else ""
    return Issue("renditions-differ", f"{chosen.path} and {other.path}: {', '.join(codes[:NAMED])}{more}")


def number(figure: Figure) -> object:
    """Gives what two renditions must agree in: the number printed with its unit, or that there is none."""
    return figure.value
