"""The ten portals of `nianbao demo --all`, one module each: every family that a crawler meets, and its traps."""

from crawler.demo.portal import DemoPortal
from crawler.demo.ten import hefeng, linchuanwan, shiping, wubo, yunxi

TEN: tuple[DemoPortal, ...] = (hefeng.PORTAL, yunxi.PORTAL, linchuanwan.PORTAL, wubo.PORTAL, shiping.PORTAL)
