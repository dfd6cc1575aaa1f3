"""The ten portals of `nianbao demo --all`, one module each: every family that a crawler meets, and its traps."""

from crawler.demo.portal import DemoPortal
from crawler.demo.ten import (
    handu,
    hefeng,
    linchuanwan,
    lingdong,
    shiping,
    wubo,
    yuandong,
    yunxi,
    zhangyang,
    zhangyang_pc,
)

TEN: tuple[DemoPortal, ...] = (
    hefeng.PORTAL,
    yunxi.PORTAL,
    linchuanwan.PORTAL,
    zhangyang.PORTAL,
    zhangyang_pc.PORTAL,
    lingdong.PORTAL,
    wubo.PORTAL,
    shiping.PORTAL,
    handu.PORTAL,
    yuandong.PORTAL,
)
