"""The ten portals of `nianbao demo --all`, one module each: every family that a crawler meets, and its traps."""

from crawler.demo.portal import DemoPortal
from crawler.demo.ten import hefeng, shiping, wubo

TEN: tuple[DemoPortal, ...] = (hefeng.PORTAL, wubo.PORTAL, shiping.PORTAL)
