"""An HTTP client for the demo portals: one exchange over a connection of its own, nothing followed or remembered."""

import http.client
from collections.abc import Mapping
from urllib.parse import urlsplit


def fetch(
    url: str,
    *,
    form: str | None = None,
    referer: str | None = None,
    headers: Mapping[str, str] | None = None,
    method: str | None = None,
) -> tuple[http.client.HTTPResponse, bytes]:
    """Gives an answer and its body; a form is posted."""
    parts = urlsplit(url)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    sent = dict(headers or {})
    if referer:
        sent["Referer"] = referer
    if form is not None:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        connection.request(method or ("GET" if form is None else "POST"), target, form, sent)
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()
