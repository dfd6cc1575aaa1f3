"""The ten portals of `nianbao demo --all`, one module each: every family that a crawler meets, and its traps."""

from crawler.demo.portal import DemoPortal
from crawler.demo.ten import hefeng, shiping

TEN: tuple[DemoPortal, ...] = (hefeng.PORTAL, shiping.PORTAL)
