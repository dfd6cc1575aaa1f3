"""The two portals of `nianbao demo`: small, without traps, the same on every machine."""

from crawler.demo import plan
from crawler.demo.pages import qinghe, yunxiu
from crawler.demo.portal import DemoPortal, Truth, static
from crawler.demo.truth import expected


def truth(portal: str, night: int) -> Truth:
    """Gives what the archive must hold of a portal: withdrawn reports stay."""
    reports = [one for each in range(1, night + 1) for one in expected(each) if one.portal == portal]
    return Truth(frozenset((one.agency, one.year) for one in reports))


QINGHE = DemoPortal(
    qinghe.PORTAL,
    plan.PORTALS[qinghe.PORTAL],
    "127.0.0.11",
    static(qinghe.site),
    lambda night: truth(qinghe.PORTAL, night),
)
YUNXIU = DemoPortal(
    yunxiu.PORTAL,
    plan.PORTALS[yunxiu.PORTAL],
    "127.0.0.12",
    static(yunxiu.site),
    lambda night: truth(yunxiu.PORTAL, night),
    charset=yunxiu.CHARSET,
    zipping=True,
)
TWO = (QINGHE, YUNXIU)
