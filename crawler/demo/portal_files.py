"""The portal files of the demo, for the port its server listens on."""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from crawler.demo.portal import DemoPortal
from crawler.demo.two import TWO

PORT = 9911


def portal_files(port: int, folder: Path, portals: Sequence[DemoPortal] = TWO) -> list[Path]:
    """Writes the demo's portal files for a port into an existing folder and gives their paths."""
    written = []
    for portal in portals:
        name = f"{portal.id}.toml"
        text = files("crawler.demo").joinpath("portals", name).read_text(encoding="utf-8")
        path = folder / name
        path.write_text(text.replace(f":{PORT}", f":{port}"), encoding="utf-8")
        written.append(path)
    return written
