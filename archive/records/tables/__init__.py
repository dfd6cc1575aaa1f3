"""The tables. Every table and column that needs a word carries it as a comment in the database too.

Digests are 64 hexadecimal characters; times are `timestamptz`. Figures are arrays in the order of the form's
indicators (docs/decisions/figures-as-arrays.md); the views `figure_cells` and `check_results` show rows.
"""

from archive.records.tables.captured import RESPONSE, captures, payloads, warc_files
from archive.records.tables.catalogues import crosswalk, divisions, wordings
from archive.records.tables.columns import STATUS_CODES, VERDICT_CODES, metadata
from archive.records.tables.crawling import crawl_portals, crawls, frontier, nights, pauses, portals
from archive.records.tables.documents import (
    agencies,
    agency_keys,
    check_tallies,
    current_readings,
    documents,
    former_sources,
    former_version_payloads,
    overrides,
    source_aliases,
    sources,
    underived,
    version_payloads,
    versions,
    withdrawals,
)
from archive.records.tables.noted import notes, untold
from archive.records.tables.reading import (
    figures,
    identities,
    indicators,
    issues,
    readings,
    revisions,
    statements,
    texts,
)

__all__ = [
    "RESPONSE",
    "STATUS_CODES",
    "VERDICT_CODES",
    "agencies",
    "agency_keys",
    "captures",
    "check_tallies",
    "crawl_portals",
    "crawls",
    "crosswalk",
    "current_readings",
    "divisions",
    "documents",
    "figures",
    "former_sources",
    "former_version_payloads",
    "frontier",
    "identities",
    "indicators",
    "issues",
    "metadata",
    "nights",
    "notes",
    "overrides",
    "pauses",
    "payloads",
    "portals",
    "readings",
    "revisions",
    "source_aliases",
    "sources",
    "statements",
    "texts",
    "underived",
    "untold",
    "version_payloads",
    "versions",
    "warc_files",
    "withdrawals",
    "wordings",
]
