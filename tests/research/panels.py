"""A small archive with everything that a figure can be, and with hostile text wherever text is stored."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from sqlalchemy import Connection

from archive.model import Check, Figure, Reading, Status, Verdict
from archive.read.forms import FORMS, part_forms
from archive.records import readings, versions
from tests.records.builder import Builder, reading_of

FORMULA = '=HYPERLINK("http://127.0.0.1/","点此")'
SCRIPT = "<script>alert(1)</script>\x1b[31m\u202egnp"
Cell = tuple[Status, str, str | None]

FIRST: Mapping[str, Cell] = {
    "requests.received.total": (Status.NUMBER, "12 ", "12"),
    "requests.received.natural_person": (Status.NUMBER, "+3", "3"),
    "requests.received.enterprise": (Status.DASH, "-", None),
    "requests.received.research": (Status.TEXT, FORMULA, None),
    "requests.received.public_interest": (Status.TEXT, SCRIPT, None),
    "requests.received.legal_service": (Status.UNREADABLE, "1\n2", None),
    "requests.received.other_org": (Status.TEXT, "'--253", None),
    "disclosure.fees.amount": (Status.NUMBER, "18651.064104", "18651.064104"),
    "disclosure.licensing.decisions": (Status.NUMBER, "-96", "-96"),
    "disclosure.penalties.decisions": (Status.NUMBER, "1234567890.1234567891", "1234567890.1234567891"),
}
PARTS = {"disclosure": "2021", "requests": "2021"}
TITLE = f"{FORMULA}\r\n{SCRIPT}"


def part_of(part: str, form: str) -> readings.PartForm:
    """Gives a part as the catalogue of the database has it."""
    entry = FORMS[part, form]
    codes = tuple((i.code, i.label_zh, i.unit) for i in entry.indicators)
    return readings.PartForm(part, form, codes, entry.identities)


def report(year: int, parts: Mapping[str, str], given: Mapping[str, Cell], agency: str, title: str) -> Reading:
    """Gives a reading of some parts whose other figures are blank."""
    codes = [i.code for part, form in parts.items() for i in FORMS[part, form].indicators]
    checks = [code for part, form in parts.items() for code in FORMS[part, form].identities]
    figures = tuple(figure(code, *given.get(code, (Status.BLANK, "", None))) for code in codes)
    plain = reading_of(f"{agency}{year}", year=year, agency=agency)
    return replace(
        plain,
        title=title,
        forms=parts,
        figures=figures,
        checks=tuple(Check(code, Verdict.NOT_CHECKABLE) for code in checks),
    )


def figure(code: str, status: Status, raw: str, digits: str | None) -> Figure:
    """Gives a figure; money is in 万元."""
    value = None if digits is None else Decimal(digits)
    wan = value if code.endswith(".amount") else None
    return Figure(code, status, raw, value, "万元" if wan is not None else None, wan, table=1, row=2, column=3)


def small_panel(connection: Connection, title: str = TITLE) -> Builder:
    """Gives an archive of five reports: three years of one township, one of them on the form of 2019; one before."""
    builder = Builder(connection)
    readings.register_forms(connection, [part_of(entry.part, entry.form) for entry in part_forms()])
    old = {"disclosure.procurement.amount": (Status.NUMBER, "8040", "8040")}
    statistics = {"statistics.requests.received": (Status.NUMBER, "7", "7")}
    add(builder, report(2023, PARTS, FIRST, "青石镇", title))
    add(builder, report(2020, {"disclosure": "2019", "requests": "2019"}, old, "青石镇", "二〇二〇年"))
    add(builder, report(2021, PARTS, {}, "苇渡镇", "普通的标题"))
    add(builder, report(2016, {"statistics": "2014"}, statistics, "苇渡镇", "二〇一六年"))
    add(builder, report(2022, {"requests": "2019"}, {}, "青石镇", "二〇二二年"))
    versions.derive(connection, 1)
    return builder


def add(builder: Builder, read: Reading) -> None:
    """Adds a captured and read report."""
    body = f"{read.agency}{read.year}"
    url = f"http://127.0.0.1/{builder.hours}.html"
    builder.source(url)
    builder.seen(body, url)
    builder.read(body, read)
