"""The endpoints of the API, one module a topic, each with a `router` whose paths begin below /api/v1."""

from archive.web.api import (
    agencies,
    checks,
    compare,
    coverage,
    exports,
    indicators,
    releases,
    reports,
    search,
    status,
    versions,
)

ROUTERS = (
    versions.router,
    reports.router,
    search.router,
    agencies.router,
    coverage.router,
    checks.router,
    compare.router,
    status.router,
    indicators.router,
    releases.router,
    exports.router,
)
"""The routers of all API modules; a topic adds its own here."""
