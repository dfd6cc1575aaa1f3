"""Makes the schema `research`: views that researchers may rely on while the tables under them change (docs/sql.md).

A later step that changes a table makes the views anew with the same columns; columns are added, never taken away.
"""

from pathlib import Path

from alembic import op

revision = "20261121_research_schema"
down_revision = "20261121_agency_keys"
branch_labels = None
depends_on = None

SHARED = {
    "agency_id": "key of the agency in this database; in another archive it is another: use division and agency",
    "agency": "name of the reporting body (行政机关), as its reports give it",
    "division": "GB/T 2260 code of the portal that publishes for it; with agency it names the agency",
    "area_code": "code of the agency's own division, or its portal's where that is not known; select by its beginning",
    "province": "first two digits of area_code: 36 is 江西",
    "level": "province, prefecture, county, township, unit or department; null: not known",
    "year": "the year that the report is about, not that of its publication",
    "document_id": "key of the document in this database",
    "source_id": "key of the address in this database",
    "reading_id": "key of the reading in this database",
    "indicator": "code of the indicator, see indicators",
    "part": "table of the form: disclosure, requests, remedies, or statistics before 2019",
    "form": "the statutory form: 2019, 2021, or one before 2019",
    "status": "of the cell: number, blank, dash, text, unreadable, not_on_form",
    "missing": "why there is no value: blank 空白, not_on_form 当年表式无此项, unreadable 未能识别, "
    "no_report 无该年报告, not_a_number 原文非数字; null where there is one",
    "value": "the number as printed, in its printed unit; null is never zero, see missing",
    "value_wan": "money in 万元; null where the unit is not known or it is no money",
    "raw": "what stands in the cell; null where the cell was not found",
    "unit": "unit as printed",
    "url": "address at which it is published",
    "place": "which report there, where a file holds several; else empty",
    "sha256": "digest of the bytes that were read",
    "portal": "the government site, as its file is named",
    "published": "day of publication, as the portal's list says",
    "title": "as the report gives it",
}

VIEWS: dict[str, tuple[str, dict[str, str]]] = {
    "agencies": (
        "Reporting bodies (行政机关), with the names of where they are",
        {
            "code": "of its own division: six digits, twelve below the county; null where it has none or nobody knows",
            "province_name": "of the province",
            "city_name": "of the prefecture (地级市)",
            "county_name": "of the county",
            "township_name": "of the township or street",
            "former_names": "earlier names of its own division under the same code, as far as known",
        },
    ),
    "documents": (
        "Reports: one agency's for one year, with the version that speaks for it now",
        {
            "title": "as the report gives it",
            "period_start": "first day that the report says it covers",
            "period_end": "last day that the report says it covers",
            "media_type": "of the bytes that were read",
            "disclosure_form": "form of the table on proactive disclosure; null: no such table was found",
            "requests_form": "form of the table on requests; null: no such table was found",
            "remedies_form": "form of the table on review and litigation; null: no such table was found",
            "statistics_form": "form of the statistics before 2019; null: no such table was found",
            "version": "number of the version that speaks for it, in the order in which they came to be known",
            "versions": "how many versions that address has shown",
            "withdrawn": "whether it has gone from its portal",
            "revision": "of the code that read it",
        },
    ),
    "sources": (
        "Addresses at which reports are published; a report may have several",
        {
            "role": "report: a page; attachment: a file that a page links to",
            "title": "as the list row or the link gave it",
            "withdrawn_at": "when the portal said that it is gone; null while it is there",
            "speaks": "whether the document's current figures come from here",
        },
    ),
    "versions": (
        "States of an address by content, under the current revision; select by document_id",
        {
            "number": "in the order in which they came to be known",
            "not_before": "the last capture before first_seen: the change happened between both; null: none before",
            "first_seen": "first capture that shows it",
            "last_seen": "last capture that shows it",
            "captures": "how many captures show it",
            "content_hash": "digest of what it says, under the revision that found it",
            "same_as": "number of an earlier version that now reads the same",
            "found_by_revision": "of the code that saw the difference first",
            "current": "whether it speaks for the document",
        },
    ),
    "figures": (
        "Figures of current versions, one row a cell of the form; select by indicator or document_id",
        {
            "note": "what reading the cell found",
            "table_no": "of the cell, from 0; null where it was not found",
            "row_no": "of the cell, from 0",
            "column_no": "of the cell, from 0",
        },
    ),
    "panel": (
        "Every agency × year × indicator, years without a report included; select by indicator. Years go from the "
        "first to the last of which the archive has any report",
        {
            "status": "of the cell; null where there is none",
            "form": "on which the figure was found; null: not found",
            "document_id": "key of the document in this database; null: no report for the year",
        },
    ),
    "coverage": (
        "Every agency × year: is there a report. Why not, and which agencies never gave one, says nianbao coverage",
        {
            "state": "held; withdrawn: held, and gone from its portal; no_report",
            "document_id": "key of the document in this database; null: no report for the year",
        },
    ),
    "checks": (
        "Accounting identities (勾稽关系) of current versions; a failed one is a finding about the report, no repair",
        {
            "identity": "code of the identity",
            "verdict": "holds, fails, not_checkable: an operand is not a number",
            "left_side": "null where an operand is not a number",
            "right_side": "null where an operand is not a number",
        },
    ),
    "restatements": (
        "Figures that a later version of an address gives otherwise than the one before it",
        {
            "old_version": "number of the version before, in the order of first sight",
            "new_version": "number of the version that changes the figure",
            "seen": "first capture of the later version",
            "old_status": "of the cell; null: not on the form before",
            "old_value": "the number before",
            "old_raw": "what stood in the cell",
            "new_status": "of the cell; null: not on the form any more",
            "new_value": "the number now",
            "new_raw": "what stands in the cell",
        },
    ),
    "indicators": (
        "The codebook: what each cell of each form measures",
        {
            "position": "in its part of the form, from 1",
            "label_zh": "as the form prints it",
            "label_en": "in English, at most 80 characters",
            "short_name": "in Stata and SPSS files",
            "unit": "as the form prescribes",
        },
    ),
    "crosswalk": (
        "The form of 2019 against that of 2021: what may be set against what",
        {
            "crossing": "rows of one number belong together",
            "relation": "comparable: the same cell; split: from_code is the sum of its to_codes; not_comparable",
            "from_form": "the older form",
            "from_code": "indicator of the older form; null: nothing there",
            "to_form": "the newer form",
            "to_code": "indicator of the newer form; null: nothing there",
            "note_zh": "why, in Chinese",
            "note_en": "why, in English",
        },
    ),
    "provenance": (
        "Where the bytes behind a document's current figures lie, and which code read them",
        {
            "size": "of those bytes",
            "url": "that was asked",
            "captured_at": "when those bytes came first",
            "warc_file": "file that holds their record",
            "warc_offset": "of the record's gzip member",
            "warc_length": "of that member",
            "record_id": "WARC-Record-ID",
            "payload_digest": "WARC-Payload-Digest",
            "revision": "of the code that read them",
        },
    ),
    "texts": (
        "Texts of current versions. For a word: WHERE grams @> ARRAY['公开', '开率'] AND text LIKE '%公开率%'",
        {"text": "of the whole report", "grams": "its overlapping pairs of characters, by which the index finds words"},
    ),
    "overrides": (
        "Corrections of figures by a person, the last of each; they stand beside what was printed and replace nothing",
        {
            "value": "what the person says; null: that the report gives no number",
            "note": "why, and how it is known",
            "author": "who says so",
            "made_at": "when",
        },
    ),
    "issues": (
        "What reading a current version found",
        {"code": "kind of finding", "message": "what was found, and where"},
    ),
}
EXPLAIN = """
DO $$ DECLARE
    said record;
BEGIN
    FOR said IN
        SELECT c.relname, a.attname, coalesce(own.words, shared.words) AS words
        FROM pg_class AS c
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
        LEFT JOIN (VALUES {own}) AS own (of_view, of_column, words) ON (of_view, of_column) = (relname, attname)
        LEFT JOIN (VALUES {shared}) AS shared (any_column, words) ON any_column = attname
        WHERE c.relnamespace = 'research'::regnamespace
    LOOP
        EXECUTE format('COMMENT ON COLUMN research.%I.%I IS %L', said.relname, said.attname, said.words);
    END LOOP;
END $$"""


def quoted(said: str) -> str:
    """Gives a text as a literal of SQL."""
    return "'" + said.replace("'", "''") + "'"


def explained() -> str:
    """Gives the statement that puts its words on each column; one of a view goes before what all views share."""
    own = ", ".join(
        f"({quoted(view)}, {quoted(column)}, {quoted(said)})"
        for view, (_, columns) in VIEWS.items()
        for column, said in columns.items()
    )
    shared = ", ".join(f"({quoted(column)}, {quoted(said)})" for column, said in SHARED.items())
    return EXPLAIN.format(own=own, shared=shared)


def upgrade() -> None:
    op.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
    op.execute("COMMENT ON SCHEMA research IS 'Views that stay as they are while tables change; docs/sql.md'")
    for view, (said, _) in VIEWS.items():
        op.execute(f"COMMENT ON VIEW research.{view} IS {quoted(said)}")
    op.execute(explained())


def downgrade() -> None:
    op.execute("DROP SCHEMA research CASCADE")
    op.drop_index("ix_agencies_province", "agencies")
    for table in ("crosswalk", "wordings", "divisions"):
        op.drop_table(table)
