"""Where things have their page: paths without the language, for `link`."""

from archive.web.rendering import segment


def report_path(division: str, agency: str, year: int) -> str:
    """Gives the path of a report."""
    return f"/reports/{segment(division)}/{segment(agency)}/{year}"
