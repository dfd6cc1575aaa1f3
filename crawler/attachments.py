"""Which links of a report's page lead to files (附件): by name or by path; what they are, their bytes say later."""

import re
from collections.abc import Iterable

from archive.model import Link

FILE = re.compile(r"\.(docx?|wps|pdf|ofd|xlsx?|et|rtf|txt|zip|rar|7z)(?![a-z0-9])", re.IGNORECASE)
DOWNLOAD = re.compile(r"/(downfile|download)\.jsp|/document/download|/attach/|down(load)?file", re.IGNORECASE)


def file_links(links: Iterable[Link]) -> list[Link]:
    """Gives the links whose address or text names a file, each address once."""
    found: dict[str, Link] = {}
    for link in links:
        if FILE.search(link.url) or FILE.search(link.text) or DOWNLOAD.search(link.url):
            found.setdefault(link.url, link)
    return list(found.values())
