"""How a report or a release is cited: GB/T 7714, APA, BibTeX, RIS, CSL-JSON; with version and digest."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from archive.errors import UsageError
from archive.records.documents import Document

ARCHIVE = "年报 Nianbao"
DATASET = "Nianbao: annual reports on government-information disclosure in China"
DATASET_ZH = "年报（Nianbao）：政府信息公开工作年度报告数据集"


@dataclass(frozen=True, slots=True)
class Work:
    """What is cited: a report as it was captured, or a release; `sha256` names the bytes."""

    key: str
    kind: str  # report | dataset
    author: str
    title: str
    year: int
    version: str
    sha256: str
    day: date  # of the capture, or of the release
    url: str | None = None


def document_work(document: Document) -> Work:
    """Gives an agency's report for a year as it was captured."""
    title = document.title or f"{document.agency}{document.year}年政府信息公开工作年度报告"
    return Work(
        key=f"nianbao-{document.division}-{document.year}-{document.sha256[:8]}",
        kind="report",
        author=document.agency,
        title=one_line(title),
        year=document.captured_at.year,
        version=str(document.version),
        sha256=document.sha256,
        day=document.captured_at.date(),
        url=document.captured_url,
    )


def release_work(folder: Path) -> Work:
    """Gives a release in a folder; its digest is that of the list of digests. Raises UsageError for no release."""
    import hashlib

    try:
        about = json.loads((folder / "release.json").read_text(encoding="utf-8"))
        sums = (folder / "SHA256SUMS").read_bytes()
        day = date.fromisoformat(about["date"])
        return dataset_work(str(about["version"]), day, hashlib.sha256(sums).hexdigest())
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{folder} is no release of Nianbao: {error}") from error


def dataset_work(version: str, day: date, sha256: str) -> Work:
    """Gives a release by its version; the digest is empty while it is being built."""
    return Work(f"nianbao-{version}", "dataset", ARCHIVE, f"{DATASET_ZH} {DATASET}", day.year, version, sha256, day)


def one_line(text: str) -> str:
    """Gives a title from the web on one line without control characters."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\s]+", " ", text).strip()


def held(work: Work) -> str:
    """Gives by what the cited bytes are told from others."""
    digest = f", sha256:{work.sha256}" if work.sha256 else ""
    return f"{ARCHIVE}, version {work.version}{digest}"


def gbt7714(work: Work) -> str:
    """Gives the reference as GB/T 7714—2015 has it: [R/OL] a report, [DS/OL] a data set."""
    mark = "[R/OL]" if work.kind == "report" else "[DS/OL]"
    digest = f"，sha256:{work.sha256}" if work.sha256 else ""
    where = f" {work.url}." if work.url else ""
    seen = f"[{work.day.isoformat()}]" if work.kind == "report" else ""
    kept = f" {ARCHIVE}存档，第{work.version}版{digest}." if work.kind == "report" else f" 版本 {work.version}{digest}."
    return f"{work.author}. {work.title}{mark}. ({work.day.isoformat()}){seen}.{where}{kept}"


def apa(work: Work) -> str:
    """Gives the reference as APA 7 has it."""
    digest = f" (sha256:{work.sha256})" if work.sha256 else ""
    if work.kind == "dataset":
        return f"{work.author}. ({work.year}). {work.title} (Version {work.version}) [Data set]{digest}."
    month = f"{work.day:%B} {work.day.day}, {work.day.year}"
    held_as = f"{ARCHIVE}, version {work.version}{digest}"
    return f"{work.author}. ({work.year}). {work.title} [Report]. Captured {month}, from {work.url}. {held_as}."


def bibtex(work: Work) -> str:
    """Gives the reference for BibTeX and BibLaTeX."""
    fields = {
        "author": f"{{{escaped(work.author)}}}",
        "title": f"{{{escaped(work.title)}}}",
        "year": str(work.year),
        "version": escaped(work.version),
        "url": work.url and re.sub(r"[{}\\]", "", work.url),
        "urldate": work.day.isoformat() if work.kind == "report" else None,
        "date": work.day.isoformat() if work.kind == "dataset" else None,
        "publisher": ARCHIVE,
        "note": escaped(held(work)),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    kind = "techreport" if work.kind == "report" else "misc"
    return f"@{kind}{{{work.key},\n{lines}}}"


def escaped(text: str) -> str:
    """Gives a text in which TeX sees nothing but characters."""
    signs = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    return re.sub(r"[\\~^{}&%$#_]", lambda match: signs.get(match[0], f"\\{match[0]}"), text)


def ris(work: Work) -> str:
    """Gives the reference as RIS, which Zotero, EndNote and NoteExpress take."""
    lines = [
        ("TY", "RPRT" if work.kind == "report" else "DATA"),
        ("AU", work.author),
        ("TI", work.title),
        ("PY", str(work.year)),
        ("DA", f"{work.day:%Y/%m/%d}"),
        ("ET", work.version),
        ("PB", ARCHIVE),
        ("UR", work.url),
        ("N1", held(work)),
        ("ER", ""),
    ]
    return "\n".join(f"{tag}  - {value}" for tag, value in lines if value is not None)


def csl(work: Work) -> str:
    """Gives the reference as CSL-JSON, a list of one."""
    day = {"date-parts": [[work.day.year, work.day.month, work.day.day]]}
    known = {
        "id": work.key,
        "type": work.kind,
        "author": [{"literal": work.author}],
        "title": work.title,
        "issued": day,
        "accessed": day if work.kind == "report" else None,
        "version": work.version,
        "publisher": ARCHIVE,
        "URL": work.url,
        "note": held(work),
    }
    return json.dumps([{name: value for name, value in known.items() if value}], ensure_ascii=False, indent=1)


STYLES: dict[str, Callable[[Work], str]] = {
    "gbt7714": gbt7714,
    "apa": apa,
    "bibtex": bibtex,
    "ris": ris,
    "csl-json": csl,
}


def cited(work: Work, style: str) -> str:
    """Gives the reference to a work in a style. Raises UsageError for an unknown one."""
    if style not in STYLES:
        raise UsageError(f"no style is called {style!r}; possible: {', '.join(STYLES)}")
    return STYLES[style](work)
