"""Keys of addresses as other tools make them, and indexes that do not fit into memory."""

import gzip
import io
import json
import random

import pytest

from archive.warc import cdxj
from archive.warc.surt import surt
from tests.peers import run

ADDRESSES = [
    "http://www.example.gov.cn",
    "https://WWW2.Example.gov.cn:443/A/B.HTML",
    "http://www.example.gov.cn:8080/xxgk/",
    "http://127.0.0.2:20001/zfxxgk/",
    "http://[::1]:8080/x",
    "http://example.gov.cn/a//b/./c/../d.html",
    "http://example.gov.cn/?a=1&a=0&B=2",
    "http://example.gov.cn/a?b=&a",
    "http://example.gov.cn/a?",
    "http://example.gov.cn/col/col1/index.html?uid=9&pageNum=2#top",
    "http://example.gov.cn/%E5%B9%B4%E6%8A%A5.pdf",
    "http://example.gov.cn/年报.pdf",
    "http://example.gov.cn/%c4%ea%b1%a8.doc",
    "http://example.gov.cn/a%20b c%2520d.doc",
    "http://example.gov.cn/a;jsessionid=0123456789ABCDEF0123456789ABCDEF?x=1",
    "http://example.gov.cn/a?x=1&jsessionid=0123456789ABCDEF0123456789ABCDEF",
    "http://example.gov.cn/a?PHPSESSID=0123456789abcdef0123456789abcdef&x=1",
    "http://example.gov.cn/(S(4hqa0555fwsecu455xqckv45))/mileg.aspx?page=1",
    "http://example.gov.cn/x.asp?ASPSESSIONIDAAAAAAAA=BBBBBBBBBBBBBBBBBBBBBBBB&y=1",
    "http://user:pw@example.gov.cn./download.aspx?File=%7bABC%7D&Id=A+B",
    "http://example.gov.cn/a|b^c.html?url=http://www.other.cn/x?y=1",
    "http://政府.cn/年",
    "urn:nianbao:file",
]


def test_keys_are_those_of_the_tools() -> None:
    asked = "import json, sys, surt; print(json.dumps([surt.surt(one) for one in json.loads(sys.argv[1])]))"
    theirs = json.loads(run("python", "-W", "ignore", "-c", asked, json.dumps(ADDRESSES)))
    assert dict(zip(ADDRESSES, map(surt, ADDRESSES), strict=True)) == dict(zip(ADDRESSES, theirs, strict=True))


def test_an_index_larger_than_memory_is_sorted_and_found_by_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cdxj, "IN_MEMORY", 7)
    monkeypatch.setattr(cdxj, "BLOCK", 10)
    lines = [f"cn,gov)/{number:03} 20240301000000 {{}}" for number in range(95)]
    mixed = random.Random(7).sample(lines, len(lines))
    plain = io.BytesIO()
    assert cdxj.write(mixed, plain) == 95
    assert plain.getvalue().decode().splitlines() == lines
    packed = io.BytesIO()
    meta, *blocks = cdxj.write_blocks(mixed, packed, "index.cdx.gz")
    assert json.loads(meta.split(" ", 2)[2])["format"] == "cdxj-gzip-1.0"
    assert len(blocks) == 10
    for number, block in enumerate(blocks):
        key, stamp, said = block.split(" ", 2)
        where = json.loads(said)
        piece = packed.getvalue()[where["offset"] : where["offset"] + where["length"]]
        found = gzip.decompress(piece).decode().splitlines()
        assert found == lines[10 * number : 10 * number + 10]
        assert found[0].startswith(f"{key} {stamp} ")
    assert gzip.decompress(packed.getvalue()).decode().splitlines() == lines
