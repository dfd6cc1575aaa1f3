"""Which links of a report's page lead to files (附件): by name or by path; what they are, their bytes say later."""

import re
from collections.abc import Iterable
from urllib.parse import quote, urlsplit

from archive.model import Link
from crawler.urls import canonical

FILE = re.compile(r"\.(docx?|wps|pdf|ofd|xlsx?|et|rtf|txt|zip|rar|7z)(?![a-z0-9])", re.IGNORECASE)
DOWNLOAD = re.compile(r"/(downfile|download)\.jsp|/document/download|/attach/|down(load)?file", re.IGNORECASE)


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
