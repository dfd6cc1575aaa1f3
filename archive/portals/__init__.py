"""Portals (门户): what a portal file says, checked when it is loaded."""

from archive.portals.checks import FAMILIES, host_trouble, is_division
from archive.portals.loading import load, load_all
from archive.portals.portal import (
    SHANGHAI,
    Api,
    Column,
    Expand,
    Fields,
    Override,
    Politeness,
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
    "Politeness",
    "Portal",
    "host_of",
    "host_trouble",
    "is_division",
    "load",
    "load_all",
    "selector",
]
