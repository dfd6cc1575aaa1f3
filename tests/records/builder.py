"""Builds the records of an archive step by step, as crawls and readings would leave them."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import Connection, insert, select

from archive.model import Check, Figure, Reading, Status, Verdict
from archive.records import readings, revisions
from archive.records.current import chosen_readings
from archive.records.tables import captures, crawls, current_readings, payloads, portals, sources, warc_files

START = datetime(2026, 1, 1, tzinfo=UTC)
PORTAL = "990101-test"
INDICATORS = (("remedies.review.upheld", "结果维持", None), ("remedies.review.total", "总计", None))
FORMS = (readings.PartForm("remedies", "2021", INDICATORS, ("remedies.total.review",)),)

# A county and two townships for the portal: what an operator writes into divisions.toml.
ADDED = """\
[[add]]
code = "990101"
name = "青禾县"

[[add]]
code = "990101100"
name = "青石镇"

[[add]]
code = "990101101"
name = "苇渡镇"
"""


def reading_of(
    content: str, revision: int = 1, *, agency: str = "青石镇", year: int = 2023, total: str = "1"
) -> Reading:
    """Gives a reading whose content hash is that of `content`."""
    upheld = Figure("remedies.review.upheld", Status.BLANK, raw=" ", table=0, row=2, column=0)
    sum_ = Figure(
        "remedies.review.total", Status.NUMBER, raw=f"{total} ", value=Decimal(total), table=0, row=2, column=1
    )
    return Reading(
        revision=revision,
        media_type="text/html",
        charset="utf-8",
        title=f"{agency}{year}年政府信息公开工作年度报告",
        agency=agency,
        year=year,
        period=None,
        forms={"remedies": "2021"},
        text=content,
        content_hash=hashlib.sha256(content.encode()).hexdigest(),
        figures=(upheld, sum_),
        checks=(Check("remedies.total.review", Verdict.NOT_CHECKABLE),),
    )


@dataclass
class Builder:
    """An archive with one portal and one WARC file; each `seen` is a capture an hour after the last."""

    connection: Connection
    hours: int = 0
    crawl: int = 0
    payload_ids: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        values = {"id": PORTAL, "name": "测试", "division": "990101", "base": "http://127.0.0.1"}
        self.connection.execute(insert(portals).values(values))
        self.connection.execute(insert(warc_files).values(name="a.warc.gz"))
        revisions.open_revision(self.connection, 1)
        readings.register_forms(self.connection, FORMS)
        self.next_crawl()

    def next_crawl(self) -> None:
        """Begins another crawl."""
        self.crawl = self.connection.scalars(insert(crawls).values(software="t").returning(crawls.c.id)).one()

    def source(self, url: str = "http://127.0.0.1/a.html") -> int:
        """Adds a source."""
        statement = insert(sources).values(portal_id=PORTAL, url_key=url, url=url, role="report")
        return int(self.connection.scalars(statement.returning(sources.c.id)).one())

    def seen(self, body: str, url: str = "http://127.0.0.1/a.html", status: int = 200, **more: object) -> int:
        """Adds a capture of a body; a body met before is a revisit."""
        known = body in self.payload_ids
        if not known:
            digest = hashlib.sha256(body.encode()).hexdigest()
            statement = insert(payloads).values(sha256=digest, size=len(body)).returning(payloads.c.id)
            self.payload_ids[body] = self.connection.scalars(statement).one()
        self.hours += 1
        file_id = self.connection.scalars(select(warc_files.c.id)).one()
        values = {
            "crawl_id": self.crawl,
            "portal_id": PORTAL,
            "kind": "revisit_identical" if known else "response",
            "role": "report",
            "url": url,
            "url_key": url,
            "captured_at": START + timedelta(hours=self.hours),
            "status": status,
            "headers": [["Content-Type", "text/html"]],
            "context": {},
            "payload_id": self.payload_ids[body],
            "warc_file_id": file_id,
            "warc_offset": self.hours * 1000,
            "warc_length": 900,
            "record_id": f"<urn:uuid:{self.hours}>",
        } | more
        return int(self.connection.scalars(insert(captures).values(values).returning(captures.c.id)).one())

    def read(self, body: str, reading: Reading) -> None:
        """Stores the reading of a body."""
        readings.store(self.connection, self.payload_ids[body], reading)


def table_count(connection: Connection, name: str) -> int:
    """Gives the number of rows of a table."""
    from archive.records.tables import metadata

    return len(connection.execute(select(metadata.tables[name])).all())


def kept_and_chosen(connection: Connection) -> tuple[list[object], list[object]]:
    """Gives the current readings as they are kept, and as the rule has them."""
    number = revisions.current_revision(connection)
    assert number is not None
    rule = select(chosen_readings(revisions.placing(connection, number)))
    return [sorted(map(tuple, connection.execute(query))) for query in (select(current_readings), rule)]  # type: ignore[return-value]
