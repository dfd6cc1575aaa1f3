"""The pages, one module a topic, each with a `router`."""

from archive.web.pages import (
    agencies,
    api,
    checks,
    codebook,
    compare,
    coverage,
    data,
    home,
    method,
    payloads,
    reports,
    restatements,
    search,
    status,
    versions,
)

PAGES = (
    home.router,
    search.router,
    agencies.router,
    versions.router,
    reports.router,
    payloads.router,
    coverage.router,
    checks.router,
    compare.router,
    restatements.router,
    status.router,
    codebook.router,
    data.router,
    method.router,
    api.router,
)
"""The routers of all page modules; a topic adds its own here. Of two paths that fit the first answers."""
