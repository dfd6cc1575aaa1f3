"""A look at a site that has no portal file yet, taken by the crawler in a child process; needs no database."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from archive.config import Config
from archive.errors import NianbaoError, UsageError
from archive.operate.child import run_crawler
from archive.portals import host_of, host_trouble

Hear = Callable[[str, int | None, str | None], None]  # address, status, trouble of a request that was made


def look(config: Config, url: str, hear: Hear) -> dict[str, Any]:
    """Gives what one polite look has found, as crawler/look/finding.py has it.

    Raises UsageError without a contact, and for an address that no portal may have.
    """
    config.require_contact()
    url = checked(url, config.profile)
    found: dict[str, Any] = {}

    def heard(event: dict[str, Any]) -> None:
        if event["event"] == "asked":
            hear(event["url"], event["status"], event["trouble"])
        else:
            found.update(event["finding"])

    run_crawler(config, ("look", url), heard)
    if not found:
        raise NianbaoError(f"{url}: the look ended without a word")
    return found


def checked(url: str, profile: str) -> str:
    """Gives the address with a path. Raises UsageError for none of the web, or at a host that no portal may have."""
    try:
        host, parts = host_of(url), urlsplit(url)
    except ValueError as error:
        raise UsageError(f"{url}: not a web address: {error}") from error
    if parts.scheme not in ("http", "https") or not host:
        raise UsageError(f"{url}: a web address begins with http:// or https:// and a host")
    if trouble := host_trouble(host, profile):
        raise UsageError(f"{url}: {host}: {trouble}")
    return parts._replace(path=parts.path or "/").geturl()
