"""What people read in a release and what loads it: README, licence, citation, scripts, from templates."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from archive.research.cite import apa, dataset_work, gbt7714
from archive.research.exports.licence import LICENCE, LICENCE_EN, LICENCE_URL, LICENCE_ZH
from archive.research.missing import Missing
from archive.research.release.about import AUTHOR, About, File

FILES = {
    "README.md": "README.md.j2",
    "README.zh.md": "README.zh.md.j2",
    "LICENSE.md": "LICENSE.md.j2",
    "CITATION.cff": "CITATION.cff.j2",
    "load/load.R": "load.R.j2",
    "load/load.py": "load.py.j2",
    "load/load.sql": "load.sql.j2",
    "load/load.do": "load.do.j2",
}
TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    undefined=StrictUndefined,
    autoescape=False,
    keep_trailing_newline=True,
    trim_blocks=True,
)


def texts(about: About, files: Sequence[File]) -> Iterator[tuple[str, str]]:
    """Gives path and content of each text. The script for Stata is left out where no file for it is there."""
    paths = {file.path for file in files}
    work = dataset_work(about.version, about.date, "")
    known = {
        "about": about.values,
        "files": files,
        "has": paths.__contains__,
        "missing": list(Missing),
        "wide": next(file.table for file in files if file.table.name == "wide"),
        "author": AUTHOR,
        "cite_apa": apa(work),
        "cite_gbt": gbt7714(work),
        "licence": LICENCE,
        "licence_url": LICENCE_URL,
        "licence_zh": LICENCE_ZH,
        "licence_en": LICENCE_EN,
    }
    for path, template in FILES.items():
        if path != "load/load.do" or "data/wide.dta" in paths:
            yield path, TEMPLATES.get_template(template).render(known)
