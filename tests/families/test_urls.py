import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.urls import canonical, is_private, join

SEGMENT = st.sampled_from(
    ["a", "..", ".", "", "index.html", "index_1.html", "%2e%2E", "%e4%b8%ad", "年报", "%zz", "%25", "x y", "~;", ":"]
)
PARAMETER = st.sampled_from(
    ["", "id=1", "_t=9", "%5Ft=9", "utm_source=w", "%75tm_x=1", "flag", "q=中", "u=a/b?c", "a=%2B+%c3", "jsessionid=1"]
)
URL = st.builds(
    lambda scheme, host, path, end, query, tail: f"{scheme}://{host}/{'/'.join(path)}{end}?{'&'.join(query)}{tail}",
    st.sampled_from(["http", "HTTPS"]),
    st.sampled_from(["WWW.a.gov.cn", "a.gov.cn:80", "a.gov.cn:443", "a.gov.cn.:8080", "[::1]:81", "u:p@a.gov.cn"]),
    st.lists(SEGMENT, max_size=5),
    st.sampled_from(["", ";jsessionid=A1", "/index.shtml", "/index.htm;JSESSIONID=b"]),
    st.lists(PARAMETER, max_size=4),
    st.sampled_from(["", "#top", "?", "&&"]),
)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("HTTP://WWW.Qinghe.GOV.CN:80", "http://www.qinghe.gov.cn/"),
        ("https://a.gov.cn:443/x", "https://a.gov.cn/x"),
        ("http://a.gov.cn:443/x", "http://a.gov.cn:443/x"),
        ("http://a.gov.cn/nb/index.html#p2", "http://a.gov.cn/nb/"),
        ("http://a.gov.cn/nb/Index.SHTML", "http://a.gov.cn/nb/"),
        ("http://a.gov.cn/index.htm;jsessionid=0A1B.node1?id=3", "http://a.gov.cn/?id=3"),
        ("http://a.gov.cn/nb/index_1.html", "http://a.gov.cn/nb/index_1.html"),
        ("http://a.gov.cn/myindex.html", "http://a.gov.cn/myindex.html"),
        ("http://a.gov.cn/x?_t=17&id=3&utm_medium=wx&page=2", "http://a.gov.cn/x?id=3&page=2"),
        ("http://a.gov.cn/x?_type=1&the_t=2", "http://a.gov.cn/x?_type=1&the_t=2"),
        ("http://a.gov.cn/x?b=2&a=1", "http://a.gov.cn/x?b=2&a=1"),
        ("http://a.gov.cn/show.asp?123", "http://a.gov.cn/show.asp?123"),
        ("http://a.gov.cn/zw/../nb/./t20240118_1.html", "http://a.gov.cn/nb/t20240118_1.html"),
        ("http://a.gov.cn/%7enb/%e5%b9%b4报", "http://a.gov.cn/~nb/%E5%B9%B4%E6%8A%A5"),
        ("http://a.gov.cn/%c4%ea%b1%a8.doc", "http://a.gov.cn/%C4%EA%B1%A8.doc"),
        ("http://a.gov.cn/a%2fb%253d", "http://a.gov.cn/a%2Fb%253d"),
        (" http://a.gov.cn//nb//x ", "http://a.gov.cn//nb//x"),
    ],
)
def test_canonical(url: str, name: str) -> None:
    assert canonical(url) == name


@given(URL)
def test_canonical_of_canonical_is_itself(url: str) -> None:
    name = canonical(url)
    assert canonical(name) == name
    assert "#" not in name
    assert "jsessionid" not in name.lower()


@pytest.mark.parametrize("url", ["javascript:void(0)", "/nb/", "mailto:a@b.cn", "http:///x", "http://a:port/"])
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical(url)


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("./202401/t20240118_1.html", "http://a.gov.cn/zfxxgk/nb/202401/t20240118_1.html"),
        ("../../x.html#p", "http://a.gov.cn/x.html"),
        ("//b.gov.cn/x", "http://b.gov.cn/x"),
        (" /nb/\n x.html ", "http://a.gov.cn/nb/ x.html"),
        (".\\202401\\t1.html", "http://a.gov.cn/zfxxgk/nb/202401/t1.html"),
        ("?page=2", "http://a.gov.cn/zfxxgk/nb/?page=2"),
        ("javascript:void(0)", None),
        ("JavaScript:openUrl('x')", None),
        ("mailto:x@a.gov.cn", None),
        ("#", None),
        ("", None),
        ("http://[bad/x", None),
        ("http://a.gov.cn:port/x", None),
    ],
)
def test_join(href: str, url: str | None) -> None:
    assert join("http://a.gov.cn/zfxxgk/nb/", href) == url


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.9.10", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.0.1", "169.254.169.254",
        "100.64.0.1", "100.127.255.254", "0.0.0.0", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
        "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fdff::1", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
    ],
)  # fmt: skip
def test_addresses_that_are_private(address: str) -> None:
    assert is_private(address)


@pytest.mark.parametrize(
    "address",
    ["1.2.4.8", "172.32.0.1", "100.128.0.1", "2001:da8::1", "::ffff:1.2.4.8", "64:ff9b::102:408", "223.255.255.1"],
)
def test_addresses_that_are_public(address: str) -> None:
    assert not is_private(address)


def test_a_name_is_no_address() -> None:
    with pytest.raises(ValueError, match="www"):
        is_private("www.qinghe.gov.cn")
