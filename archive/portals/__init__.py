"""Portals (门户): what a portal file says, checked when it is loaded."""

from archive.portals.checks import FAMILIES
from archive.portals.loading import load, load_all
from archive.portals.portal import (
    SHANGHAI,
    Api,
    Column,
    Expand,
    Fields,
    Override,
    Portal,
    host_of,
    selector,
)

__all__ = [
    "FAMILIES",
    "SHANGHAI",
    "Api",
    "Column",
    "Expand",
    "Fields",
    "Override",
    "Portal",
    "host_of",
    "load",
    "load_all",
    "selector",
]
