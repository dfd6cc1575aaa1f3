"""One document as JSON: identity, sources, versions, current figures with the place of their bytes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from archive.model import Figure
from archive.plain import check_json, digits, figure_json, issue_json, statement_json, time_text
from archive.records import Connection, documents, figures, overrides
from archive.records.documents import Document, Source
from archive.records.histories import VersionReading, versions_of
from archive.records.overrides import Override
from archive.research.across import cross_year_checks
from archive.research.diff import Difference, FigureChange
from archive.research.history import Restatement, Run, restatements_in, runs

Json = dict[str, Any]


def document_json(connection: Connection, document: Document, as_of: datetime | None = None) -> Json:
    """Gives a document with everything that is known of it, the year before it as of the same instant."""
    found, checks = figures.figures_and_checks(connection, document.reading_id)
    issues = figures.issues_of(connection, [document.reading_id]).get(document.reading_id, [])
    statements = figures.statements_of(connection, [document.reading_id]).get(document.reading_id, [])
    across = cross_year_checks(connection, document, found, as_of)
    provenance = provenance_json(document)
    addresses = documents.sources_of(connection, document.id, document.revision)
    seen = versions_of(connection, [source.id for source in addresses], document.revision)
    sources = [source_json(source, seen.get(source.id, [])) for source in addresses]
    return {
        **identity_json(document),
        "forms": {part: document.forms[part] for part in figures.PARTS if part in document.forms},
        "source": document.source_id,
        "sha256": document.sha256,
        "revision": document.revision,
        "capture": provenance["capture"],
        "sources": sources,
        "versions": [{"source": source["id"], **version} for source in sources for version in source.pop("versions")],
        "restatements": [
            restatement_json(r)
            for r in restatements_in(connection, (seen[source.id] for source in addresses if source.id in seen))
        ],
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


def source_json(source: Source, seen: Sequence[VersionReading]) -> Json:
    """Gives an address of a document with its versions."""
    return {
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
            for version in seen
        ],
    }


def history_json(connection: Connection, document: Document) -> Json:
    """Gives the runs of a document's sources, its restatements and withdrawals."""
    addresses = documents.sources_of(connection, document.id, document.revision)
    ids = [source.id for source in addresses]
    seen = versions_of(connection, ids, document.revision)
    told = restatements_in(connection, (seen[source] for source in ids if source in seen))
    return {
        **identity_json(document),
        "sources": [source_json(source, seen.get(source.id, [])) for source in addresses],
        "runs": [run_json(run) for run in runs(connection, ids, document.revision)],
        "restatements": [restatement_json(r) for r in told],
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
