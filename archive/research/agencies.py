"""Which agencies there are: by name, former name, pinyin, initials or code, by place; and one of them at a glance."""

from dataclasses import dataclass, replace
from typing import Any

from archive.errors import UsageError
from archive.records import Connection, agency_search
from archive.records.agency_search import Listed, Part
from archive.records.searching import Filters
from archive.research.filters import known_level
from archive.research.find import one_agency, revision_or_current
from archive.research.places import division_code
from archive.research.terms import MOST_LETTERS, MOST_WORDS, storable

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Profile:
    """An agency with what is known of it beside its reports.

    `former` are names its division had, `kin` other agencies that are the same government, by division and name;
    `portals` have key, name and address.
    """

    agency: Listed
    former: tuple[str, ...]
    kin: tuple[tuple[str, str], ...]
    portals: tuple[tuple[str, str, str], ...]


def agencies(
    connection: Connection,
    query: str = "",
    *,
    division: str | None = None,
    level: str | None = None,
    revision: int | None = None,
    limit: int | None = 50,
    offset: int = 0,
) -> tuple[int, list[Listed]]:
    """Gives how many agencies all words of a query find, and some of them: the best first, then by division and name.

    A word is a name, a part of one, a former name or the place of an agency, their pinyin or its initials, or the
    beginning of a code. Raises UsageError for what can find nothing.
    """
    part = Part(words_of(query), division_code(division), known_level(level))
    under = revision_or_current(connection, revision)
    total, ids = agency_search.found(connection, part, limit, offset)
    return total, agency_search.listed(connection, under, ids)


def narrowed(connection: Connection, filters: Filters, query: str) -> Filters:
    """Gives filters that let pass only reports of agencies that a query finds."""
    if not query.strip():
        return filters
    _, ids = agency_search.found(connection, Part(words_of(query)), None)
    both = ids if filters.agency_ids is None else set(ids).intersection(filters.agency_ids)
    return replace(filters, agency_ids=tuple(both))


def profile(connection: Connection, name: str) -> Profile:
    """Gives the agency that a name, a code or code/name means. Raises UsageError where none or several are meant."""
    agency = one_agency(connection, name)
    [listed] = agency_search.listed(connection, revision_or_current(connection, None), [agency.id])
    return Profile(
        listed,
        tuple(agency_search.former_names(connection, agency.id)),
        tuple(agency_search.kin(connection, agency.id)),
        tuple(agency_search.portals_of(connection, agency.id)),
    )


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
        "former_names": list(found.former),
        "same_body": [{"division": division, "agency": name} for division, name in found.kin],
        "portals": [{"portal": key, "name": name, "url": url} for key, name, url in found.portals],
    }
