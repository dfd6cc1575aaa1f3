"""What a synthetic archive holds: sizes and identities, all of them arithmetic on the number of documents.

Eleven years of each agency, sixty agencies of a portal, portals over all provinces; every tenth document has an
attachment beside its page, every thirty-third source was changed once, every fifth was asked for again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

PROVINCES = (
    *("11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43"),
    *("44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65"),
)
YEARS = range(2015, 2026)
FIRST_OF_2021 = 2021  # the year from which the form of 2021 counts
AGENCIES = 60  # of a portal
START = datetime(2026, 1, 1, tzinfo=UTC)
KINDS = ("镇人民政府", "乡人民政府", "街道办事处", "财政局", "教育局", "民政局", "司法局", "水利局", "卫生健康委员会")


@dataclass(frozen=True, slots=True)
class Source:
    """A page or an attachment of one document; `states` is how many payloads it has shown."""

    id: int
    document: int
    role: str
    url: str
    states: int
    asked_again: bool

    @property
    def year(self) -> int:
        """Gives the year of the document."""
        return YEARS[(self.document - 1) % len(YEARS)]

    @property
    def agency(self) -> int:
        """Gives the number of the agency, from 1."""
        return (self.document - 1) // len(YEARS) + 1

    @property
    def portal(self) -> int:
        """Gives the number of the portal, from 0."""
        return (self.agency - 1) // AGENCIES


@dataclass(frozen=True, slots=True)
class Plan:
    """An archive of so many documents; so many of them share a text, one where the search in texts is measured."""

    documents: int
    sharing: int = 100

    @property
    def agencies(self) -> int:
        """Gives the number of agencies."""
        return -(-self.documents // len(YEARS))

    @property
    def portals(self) -> int:
        """Gives the number of portals."""
        return -(-self.agencies // AGENCIES)

    @property
    def texts(self) -> int:
        """Gives how many texts the readings share."""
        return max(100, self.documents // self.sharing)

    def sources(self) -> Iterator[Source]:
        """Gives the sources in the order of their keys."""
        number = 0
        for document in range(1, self.documents + 1):
            for role in ("report", "attachment")[: 2 if document % 10 == 0 else 1]:
                number += 1
                end = "html" if role == "report" else "docx"
                url = f"http://{portal_id((document - 1) // len(YEARS) // AGENCIES)}.gov.example/{document}.{end}"
                yield Source(number, document, role, url, 2 if number % 33 == 0 else 1, number % 5 == 0)

    def payloads(self) -> Iterator[tuple[int, int, Source]]:
        """Gives each payload's key, which state of its source it is (from 0), and the source."""
        number = 0
        for source in self.sources():
            for state in range(source.states):
                number += 1
                yield number, state, source


def portal_id(portal: int) -> str:
    """Gives the id of a portal."""
    return f"{division(portal)}-hecheng{portal}"


def division(portal: int) -> str:
    """Gives the code of a portal's county; counties are dealt to the provinces in turn."""
    province, county = portal % len(PROVINCES), portal // len(PROVINCES)
    return f"{PROVINCES[province]}{county // 30 % 90 + 1:02}{county % 30 + 1:02}"


def agency_name(agency: int) -> str:
    """Gives the name of an agency."""
    return f"第{agency}{KINDS[agency % len(KINDS)]}"


def captured_at(payload: int, state: int) -> datetime:
    """Gives when a payload was captured; a source's second state a month after its first."""
    return START + timedelta(days=31 * state, seconds=payload % 86_000)


def published(year: int) -> date:
    """Gives the day on a list."""
    return date(year + 1, 1, 20)
