"""One document as JSON: identity, sources, versions, current figures with the place of their bytes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from archive.model import Figure
from archive.plain import check_json, digits, figure_json, issue_json, statement_json, time_text
from archive.records import Connection, documents, figures, overrides
from archive.records.documents import Document
from archive.records.histories import version_readings
from archive.records.overrides import Override
from archive.research.across import cross_year_checks
from archive.research.diff import Difference, FigureChange
from archive.research.history import Restatement, Run, restatements, runs

Json = dict[str, Any]


def document_json(connection: Connection, document: Document, as_of: datetime | None = None) -> Json:
    """Gives a document with everything that is known of it, the year before it as of the same instant."""
    found = figures.figures_of(connection, [document.reading_id]).get(document.reading_id, [])
    checks = figures.checks_of(connection, [document.reading_id]).get(document.reading_id, [])
    issues = figures.issues_of(connection, [document.reading_id]).get(document.reading_id, [])
    statements = figures.statements_of(connection, [document.reading_id]).get(document.reading_id, [])
    across = cross_year_checks(connection, document, found, as_of)
    provenance = provenance_json(document)
    sources = sources_json(connection, document)
    return {
        **identity_json(document),
        "forms": {part: document.forms[part] for part in figures.PARTS if part in document.forms},
        "source": document.source_id,
        "sha256": document.sha256,
        "revision": document.revision,
        "capture": provenance["capture"],
        "sources": sources,
        "versions": [{"source": source["id"], **version} for source in sources for version in source.pop("versions")],
        "restatements": [restatement_json(r) for r in restatements(connection, document)],
        "figures": [figure_json(figure) | {"note": figure.note} | provenance for figure in found],
        "overrides": [override_json(o) for o in overrides.overrides_of(connection, document.id)],
        "checks": [check_json(check) for check in checks],
        "cross_year_checks": [check_json(check) for check in across],
        "statements": [statement_json(statement) for statement in statements],
        "issues": [issue_json(issue) for issue in issues],
    }


def identity_json(document: Document) -> Json:
    """Gives what names a document."""
    return {
        "agency": document.agency,
        "division": document.division,
        "agency_code": document.agency_code,
        "level": document.level,
        "year": document.year,
        "title": document.title,
        "portal": document.portal,
        "url": document.url,
        "place": document.place,
        "version": document.version,
        "versions_seen": document.versions,
        "withdrawn": document.withdrawn,
    }


def provenance_json(document: Document) -> Json:
    """Gives where the bytes of the current figures lie, and which code read them."""
    return {
        "capture": {
            "url": document.captured_url,
            "time": time_text(document.captured_at),
            "warc_file": document.warc_file,
            "offset": document.warc_offset,
            "length": document.warc_length,
        },
        "sha256": document.sha256,
        "revision": document.revision,
    }


def sources_json(connection: Connection, document: Document) -> list[Json]:
    """Gives the addresses of a document, each with its versions."""
    return [
        {
            "id": source.id,
            "portal": source.portal,
            "url": source.url,
            "place": source.place,
            "aliases": list(source.aliases),
            "role": source.role,
            "title": source.title,
            "published": source.published.isoformat() if source.published else None,
            "withdrawn": time_text(source.withdrawn_at),
            "versions": [
                {
                    "number": version.number,
                    "first_seen": time_text(version.first_seen),
                    "last_seen": time_text(version.last_seen),
                    "content_hash": version.content_hash,
                    "sha256": version.sha256,
                    "same_as": version.same_as,
                    "found_by_revision": version.found_by,
                }
                for version in version_readings(connection, source.id, document.revision)
            ],
        }
        for source in documents.sources_of(connection, document.id, document.revision)
    ]


def history_json(connection: Connection, document: Document) -> Json:
    """Gives the runs of a document's sources, its restatements and withdrawals."""
    sources = documents.sources_of(connection, document.id, document.revision)
    return {
        **identity_json(document),
        "sources": sources_json(connection, document),
        "runs": [run_json(run) for run in runs(connection, [source.id for source in sources], document.revision)],
        "restatements": [restatement_json(r) for r in restatements(connection, document)],
    }


def run_json(run: Run) -> Json:
    """Gives a run; `version` is null while the source was gone."""
    return {
        "source": run.source_id,
        "version": run.version,
        "gone": run.version is None,
        "not_before": time_text(run.not_before),
        "first_seen": time_text(run.first_seen),
        "last_seen": time_text(run.last_seen),
        "captures": run.captures,
    }


def restatement_json(restatement: Restatement) -> Json:
    """Gives a restatement, cell by cell."""
    return {
        "source": restatement.source_id,
        "from": restatement.previous,
        "to": restatement.version,
        "seen": time_text(restatement.seen),
        "figures": [change_json(change) for change in restatement.figures],
    }


def difference_json(difference: Difference) -> Json:
    """Gives the difference of two versions."""
    return {
        "source": difference.source_id,
        "from": difference.old.number,
        "to": difference.new.number,
        "figures": [change_json(change) for change in difference.figures],
        "text": list(difference.text),
    }


def change_json(change: FigureChange) -> Json:
    """Gives a changed figure with both sides."""
    sides: Sequence[tuple[str, Figure | None]] = (("old", change.old), ("new", change.new))
    return {"indicator": change.indicator} | {
        name: None
        if figure is None
        else {"status": figure.status.value, "value": digits(figure.value), "raw": figure.raw}
        for name, figure in sides
    }


def override_json(override: Override) -> Json:
    """Gives a person's correction; it stands beside what was printed and replaces nothing."""
    return {
        "indicator": override.indicator,
        "value": digits(override.value),
        "note": override.note,
        "author": override.author,
        "time": time_text(override.made_at),
    }
