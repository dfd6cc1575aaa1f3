"""Parameters of an address or of a form, one read or set and the others left as they were written."""

import re
from urllib.parse import parse_qs, quote, urlsplit


def parameter(query: str, name: str) -> str | None:
    """Gives a parameter of a query string or a form, None where it is not there."""
    values = parse_qs(query, keep_blank_values=True).get(name)
    return values[0] if values else None


def with_parameter(query: str, name: str, value: object) -> str:
    """Gives the query string or the form with a parameter set: in its place, or at the end."""
    parts = [part for part in query.split("&") if part]
    setting = f"{quote(name)}={quote(str(value))}"
    here = [number for number, part in enumerate(parts) if parameter(part, name) is not None]
    if not here:
        return "&".join((*parts, setting))
    return "&".join(setting if number == here[0] else part for number, part in enumerate(parts))


def query_of(url: str) -> str:
    """Gives the query of an address."""
    return urlsplit(url).query


def with_query(url: str, name: str, value: object) -> str:
    """Gives the address with a parameter of its query set; without its fragment."""
    bare = re.sub(r"[?#].*", "", url, flags=re.DOTALL)
    return f"{bare}?{with_parameter(query_of(url), name, value)}"
