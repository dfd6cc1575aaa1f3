"""Portal files, read and checked. No network, no Scrapy."""

from collections.abc import Sequence
from pathlib import Path

from archive import divisions
from archive.divisions import Table
from archive.errors import PortalFileError
from archive.portal_files import build, parse
from archive.portals.checks import problems
from archive.portals.portal import Portal


def load(path: Path, *, profile: str = "public", table: Table | None = None) -> Portal:
    """Gives the portal of a file. Raises PortalFileError, whose lines each name file, line and key.

    Profile "public" takes hosts under gov.cn only, "test" loopback hosts only, and the demo's divisions 99xxxx. `table`
    has the divisions there are; those of the operator's own file are known only where it is given.
    """
    file = parse(path)
    portal: Portal | None = build(Portal, file.table, (), file, path=path)
    if portal:
        for where, message in problems(portal, profile, table or divisions.load()):
            file.complain(where, message)
    file.settle()
    assert portal  # a portal that could not be built has left a problem
    return portal


def load_all(
    folders: Sequence[Path], *, profile: str = "public", table: Table | None = None
) -> tuple[list[Portal], list[PortalFileError]]:
    """Gives every usable portal of the folders by id, and what is wrong with the other files.

    Of two files with one id the first stays and the second is an error.
    """
    portals: dict[str, Portal] = {}
    errors: list[PortalFileError] = []
    for folder in folders:
        if not folder.is_dir():
            errors.append(PortalFileError(f"{folder}: not a folder; portal files are looked for here"))
            continue
        for path in sorted(folder.glob("*.toml")):
            try:
                portal = load(path, profile=profile, table=table)
            except PortalFileError as error:
                errors.append(error)
                continue
            first = portals.setdefault(portal.id, portal)
            if first is not portal:
                line = parse(path).lines[("id",)]
                errors.append(PortalFileError(f"{path}:{line}: id '{portal.id}' is taken by {first.path}"))
    return sorted(portals.values(), key=lambda portal: portal.id), errors
