import pytest

from archive import portals
from archive.errors import PortalError
from crawler.families import FAMILIES, choose, detect_family

MENU = '<ul><li><a href="/zwgk/">政务公开</a></li><li><a href="/hdjl/">互动交流</a></li></ul>'
ROW = '<ul><li><a href="/s/198876.html">云岫区2023年政府信息公开工作年度报告</a></li></ul>'
SIGNALS = {
    "hanweb_jpage": MENU + "<script type='text/xml'><datastore><recordset><record><![CDATA[<li></li>]]></record>"
    "</recordset></datastore></script>",
    "hanweb_jpaas": MENU + """<script src="/script/AuthorizedRead/unitbuild.js" queryData="{'webId':'1'}"></script>""",
    "gkmlpt": "<script>window._CONFIG = {SID: '662018', TREE: []}</script>",
    "cmspro_pc": '<script>var data = {articleList:[{"id":1,"title":"x"}]}</script>',
    "cmspro": ROW + "<script>createPageHTML('page_div',2,1,'list','shtml',26)</script>",
    "trs": ROW + '<script>createPageHTML(2, 0, "index", "html")</script>',
    "aspnet": ROW + """<a href="javascript:__doPostBack('AspNetPager1','2')">下一页</a>""",
    "listing": ROW + '<a href="?page=2">下一页</a>',
    "needs_api": MENU
    + '<ul><li v-for="item in list"><a :href="item.url" href="{{item.url}}">{{item.title}}</a></li></ul>',
}


@pytest.mark.parametrize("name", SIGNALS)
def test_a_page_tells_its_family(name: str) -> None:
    assert detect_family(SIGNALS[name]) == name


def test_a_page_of_links_only_tells_none() -> None:
    assert detect_family(MENU) is None


def test_the_order_of_families_decides_between_signals() -> None:
    assert detect_family(SIGNALS["trs"] + SIGNALS["hanweb_jpage"]) == "hanweb_jpage"


def test_a_named_family_is_taken_without_looking() -> None:
    assert choose("listing", SIGNALS["trs"]) == "listing"
    assert choose("auto", SIGNALS["trs"]) == "trs"


def test_a_page_drawn_by_a_script_is_told() -> None:
    with pytest.raises(PortalError, match="drawn by a script from an API"):
        choose("auto", SIGNALS["needs_api"])


def test_a_page_of_no_family_is_told() -> None:
    with pytest.raises(PortalError, match="no family recognises this list page"):
        choose("auto", MENU)


def test_portal_files_may_name_every_family() -> None:
    assert ("auto", *FAMILIES) == portals.FAMILIES
