"""The pages, one module a topic, each with a `router`."""

from archive.web.pages import api, home, method, payloads, reports, versions

PAGES = (home.router, versions.router, reports.router, payloads.router, method.router, api.router)
"""The routers of all page modules; a topic adds its own here. Of two paths that fit the first answers."""
