"""The pages, one module a topic, each with a `router`."""

from archive.web.pages import api, home, method, payloads, reports

PAGES = (home.router, reports.router, payloads.router, method.router, api.router)
"""The routers of all page modules; a topic adds its own here."""
