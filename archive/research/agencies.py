"""Which agencies there are: by name, former name, pinyin, initials or code, by place; and one of them at a glance."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from archive.divisions import Division, Table, lineage, named, trimmed
from archive.errors import UsageError
from archive.records import Connection, agency_search
from archive.records.agency_search import Listed, Part
from archive.records.coverage import Reporting
from archive.records.filters import Filters
from archive.research.expected import expected_years
from archive.research.filters import known_level
from archive.research.find import one_agency, revision_or_current
from archive.research.places import division_code
from archive.research.simplified import simplified
from archive.research.terms import MOST_LETTERS, MOST_WORDS, storable

Json = dict[str, Any]


KEY_SERIES = (
    "requests.received.total",
    "requests.granted.total",
    "requests.concluded.total",
    "remedies.review.total",
    "remedies.litigation_direct.total",
)
"""What an agency's page shows over the years: requests, what became of them, review, litigation."""


@dataclass(frozen=True, slots=True)
class Place:
    """A division of the tree of agencies, with how many agencies and reports lie in it."""

    code: str
    name: str
    agencies: int
    reports: int


@dataclass(frozen=True, slots=True)
class Profile:
    """An agency with what is known of it beside its reports.

    `path` are the divisions it lies in, the widest first; `former` names its division had, `kin` other agencies that
    are the same government, by division and name; `portals` have key, name and address. `missing` are years of which a
    report is expected and not there.
    """

    agency: Listed
    path: tuple[Division, ...]
    missing: tuple[int, ...]
    former: tuple[str, ...]
    kin: tuple[tuple[str, str], ...]
    portals: tuple[tuple[str, str, str], ...]


def agencies(
    connection: Connection,
    query: str = "",
    *,
    division: str | None = None,
    level: str | None = None,
    own: bool = False,
    revision: int | None = None,
    limit: int | None = 50,
    offset: int = 0,
) -> tuple[int, list[Listed]]:
    """Gives how many agencies all words of a query find, and some of them: the best first, then by division and name.

    A word is a name, a part of one, a former name or the place of an agency, their pinyin or its initials, or the
    beginning of a code. `own` leaves out what lies below the division. Raises UsageError for what can find nothing.
    """
    part = Part(words_of(query), division_code(division), known_level(level), own)
    under = revision_or_current(connection, revision)
    total, ids = looked_for(connection, part, limit, offset)
    return total, agency_search.listed(connection, under, ids)


def looked_for(connection: Connection, part: Part, limit: int | None, offset: int = 0) -> tuple[int, list[int]]:
    """Gives the number and the keys of agencies; words that find none as typed are looked for in simplified characters.

    As typed comes first: a few names keep an old sign (於潜镇).
    """
    total, ids = agency_search.found(connection, part, limit, offset)
    words = tuple(simplified(word)[0] for word in part.words)
    if total or words == part.words:
        return total, ids
    return agency_search.found(connection, replace(part, words=words), limit, offset)


def narrowed(connection: Connection, filters: Filters, query: str) -> Filters:
    """Gives filters that let pass only reports of agencies that a query finds."""
    if not query.strip():
        return filters
    _, ids = looked_for(connection, Part(words_of(query)), None)
    both = ids if filters.agency_ids is None else set(ids).intersection(filters.agency_ids)
    return replace(filters, agency_ids=tuple(both))


def profile(connection: Connection, name: str, table: Table, today: date) -> Profile:
    """Gives the agency that a name, a code or code/name means. Raises UsageError where none or several are meant."""
    agency = one_agency(connection, name)
    [listed] = agency_search.listed(connection, revision_or_current(connection, None), [agency.id])
    portals = agency_search.portals_of(connection, agency.id)
    return Profile(
        listed,
        lineage(table, (listed.code or listed.division)[:6]),
        missing(listed, table, today),
        tuple(agency_search.former_names(connection, agency.id)),
        tuple(agency_search.kin(connection, agency.id)),
        tuple(portals),
    )


def missing(agency: Listed, table: Table, today: date) -> tuple[int, ...]:
    """Gives the years of which a report of an agency is expected and not there (docs/coverage.md)."""
    if not agency.years:
        return ()
    who = (agency.id, agency.name, agency.division, agency.code, agency.level)
    expected = expected_years(Reporting(*who, (), agency.years, agency.gone), table, today)
    return tuple(year for year in expected if year not in agency.years)


def places(connection: Connection, table: Table, region: str | None = None) -> list[Place]:
    """Gives the divisions right below a region, or the provinces, in which agencies with reports lie.

    A city level without a name of its own (市辖区, counties right under a province) is passed over.
    """
    depth = len(trimmed(region.ljust(6, "0"))) if region else 0
    counted: dict[str, tuple[int, int]] = {}
    for code, agencies_there, reports in agency_search.counties(connection, region) if depth < 6 else ():
        if (head := below(code, depth, table)) is not None:
            known = counted.get(head, (0, 0))
            counted[head] = (known[0] + agencies_there, known[1] + reports)
    return [Place(code, name_of(table, code), *counts) for code, counts in sorted(counted.items())]


def below(code: str, depth: int, table: Table) -> str | None:
    """Gives the division with a name right below so many digits in which a code lies, None where it is that itself."""
    for width in (2, 4, 6):
        head = code[:width].ljust(6, "0")
        if width > depth and len(trimmed(head)) == width and (width == 6 or named(table, head)):
            return head
    return None


def name_of(table: Table, code: str) -> str:
    """Gives the name of a division, its code where it has none."""
    division = named(table, code)
    return division.name if division else code


def words_of(query: str) -> tuple[str, ...]:
    """Gives the words of a query. Raises UsageError for more than can be asked at once."""
    words = tuple(dict.fromkeys(query.split()))
    if len(words) > MOST_WORDS or any(len(word) > MOST_LETTERS for word in words):
        raise UsageError(f"at most {MOST_WORDS} words of {MOST_LETTERS} characters can be looked for at once")
    if not storable(query):
        raise UsageError(f"{query!r} holds a character that no name has; leave it out")
    return words


def agency_json(agency: Listed) -> Json:
    """Gives an agency of a list; `failing` are the years of reports with a check that fails."""
    return {
        "agency": agency.name,
        "division": agency.division,
        "agency_code": agency.code,
        "level": agency.level,
        "years": list(agency.years),
        "withdrawn": list(agency.gone),
        "failing": list(agency.failing),
    }


def profile_json(found: Profile) -> Json:
    """Gives an agency with what is known of it beside its reports."""
    return {
        **agency_json(found.agency),
        "missing": list(found.missing),
        "path": [{"code": place.code, "name": place.name} for place in found.path],
        "former_names": list(found.former),
        "same_body": [{"division": division, "agency": name} for division, name in found.kin],
        "portals": [{"portal": key, "name": name, "url": url} for key, name, url in found.portals],
    }
