"""The files (附件) that a report's page leads to: links by name or by path; what they are, their bytes say later."""

import re
from collections.abc import Iterable
from urllib.parse import quote, urlsplit

from archive.ingest import Entry, entry_context
from archive.model import Hints, Link, Payload, Role
from archive.pages import links_of
from archive.portals import Column, Portal
from crawler.text import linked_files
from crawler.urls import canonical, host_of

FILE = re.compile(r"\.(docx?|wps|pdf|ofd|xlsx?|et|rtf|txt|zip|rar|7z)(?![a-z0-9])", re.IGNORECASE)
DOWNLOAD = re.compile(r"/(downfile|download)\.jsp|/document/download|/attach/|down(load)?file", re.IGNORECASE)


def files_of(payload: Payload, claims: Hints, html: str, column: Column | None) -> list[Link]:
    """Gives the links to files of a page, whose text is `html`: by the portal file's selector where it has one."""
    selector = column.override.attachments if column else None
    return linked_files(html, claims.url or "", selector) if selector else file_links(links_of(payload, claims))


def file_entries(portal: Portal, page: Entry, via: str, links: Iterable[Link]) -> tuple[tuple[Entry, ...], int]:
    """Gives the files on hosts of the portal that a page links to, and how many it links to elsewhere."""
    entries, foreign = [], 0
    for link in links:
        if host_of(link.url) not in (*portal.hosts, *portal.attachment_hosts):
            foreign += 1
            continue
        said = {
            "column": page.context.get("column"),
            "title": link.text or None,
            "agency": page.context.get("agency"),
            "via": via,
            "fleeting": True if is_fleeting(link.url) else None,
        }
        key = identity(link.url, page.url_key)
        entries.append(Entry(portal.id, key, link.url, Role.ATTACHMENT.value, entry_context(said, None)))
    return tuple(entries), foreign


def file_links(links: Iterable[Link]) -> list[Link]:
    """Gives the links whose address or text names a file, each address once."""
    found: dict[str, Link] = {}
    for link in links:
        if FILE.search(link.url) or FILE.search(link.text) or DOWNLOAD.search(link.url):
            found.setdefault(link.url, link)
    return list(found.values())


GATEWAY = "/front/document/download"


def is_fleeting(url: str) -> bool:
    """Tells whether an address is good for a minute only: a gateway's, whose token is another at every visit."""
    return urlsplit(url).path.endswith(GATEWAY)


def identity(url: str, page: str) -> str:
    """Gives the canonical URL of a file that a page (its canonical URL) links to.

    Behind a gateway (Hanweb JPaaS) that is the page and the file's name: the token changes, and many reports name
    their file 附件.docx.
    """
    if not is_fleeting(url):
        return canonical(url)
    parts = urlsplit(canonical(url))
    kept = [parameter for parameter in parts.query.split("&") if not parameter.startswith("fileUrl=")]
    return canonical(parts._replace(query="&".join((*kept, f"from={quote(page, safe='')}"))).geturl())
