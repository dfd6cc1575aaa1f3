"""WARC files as other programs write them, and as they come out of a broken disk."""

import base64
import gzip
import hashlib
import io
import zlib
from collections.abc import Callable
from typing import Any

import brotli  # type: ignore[import-untyped,unused-ignore]
import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.warc import foreign
from archive.warc.foreign import Foreign, Trouble, records
from archive.warc.foreign_exchange import Found, exchanges
from archive.warc.foreign_http import honest
from archive.warc.http import decoded, framed, header, parse_response
from tests.compose.foreign import URL, record

PAGE = "<html><body>昌傅镇2023年政府信息公开工作年度报告</body></html>".encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def found(data: bytes) -> list[Found | Trouble]:
    return list(exchanges(io.BytesIO(data)))


def codes(data: bytes) -> list[str]:
    return [each.code if isinstance(each, Trouble) else "found" for each in found(data)]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_record_comes_out_as_it_went_in(pack: Callable[[bytes], bytes]) -> None:
    one, two = record("response", HEAD + b"\r\n" + PAGE), record("resource", b"\x00" * 5000, content_type="a/b")
    for data in (pack(one) + pack(two), pack(one + two)):
        first, second = records(io.BytesIO(data))
        assert isinstance(first, Foreign)
        assert isinstance(second, Foreign)
        assert (first.block, second.block) == (HEAD + b"\r\n" + PAGE, b"\x00" * 5000)
        assert (first.number, second.number) == (1, 2)
        assert second.fields["content-type"] == "a/b"


def test_every_cut_of_a_file_gives_whole_records_and_one_trouble_at_the_end() -> None:
    blocks = [HEAD + b"\r\n" + PAGE, b"\x00\x01" * 300]
    one = gzip.compress(record("response", blocks[0]))
    data = one + gzip.compress(record("resource", blocks[1]))
    for end in range(1, len(data)):
        if end == len(one):
            continue
        *whole, last = records(io.BytesIO(data[:end]))
        assert (end > len(one)) <= len(whole) <= 2
        assert [each.block for each in whole if isinstance(each, Foreign)] == blocks[: len(whole)]
        assert isinstance(last, Trouble)
        assert last.ends


def test_damage_in_the_middle_ends_the_file_where_it_is() -> None:
    members = [gzip.compress(record("resource", bytes([n]) * 400)) for n in range(3)]
    members[1] = members[1][:40] + bytes([members[1][40] ^ 0xFF]) + members[1][41:]
    first, trouble = records(io.BytesIO(b"".join(members)))
    assert isinstance(first, Foreign)
    assert isinstance(trouble, Trouble)
    assert (trouble.number, trouble.ends) == (2, True)


def test_a_huge_record_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign, "MOST", 1000)
    data = gzip.compress(record("resource", b"x" * 1001) + record("resource", b"y" * 1000))
    assert codes(data) == ["too-large", "found"]


@pytest.mark.parametrize("said", ["", "-1", "12 34", "9" * 20, "٣"])
def test_a_length_that_is_none_ends_the_file(said: str) -> None:
    assert codes(record("resource", b"", content_length=said or "none")) == ["damaged-record"]


def test_a_length_that_is_wrong_ends_the_file() -> None:
    assert codes(record("resource", b"x" * 50, content_length="20")) == ["damaged-record"]


def test_zstd_is_named() -> None:
    [trouble] = found(b"\x28\xb5\x2f\xfd" + b"\0" * 50)
    assert isinstance(trouble, Trouble)
    assert "zstd" in trouble.message


def labelled(name: str, data: bytes) -> str:
    raw = hashlib.new(name, data).digest()
    return f"{name}:{base64.b32encode(raw).decode()}"


def test_digests_in_every_spelling_and_of_every_idea_of_a_payload() -> None:
    packed = gzip.compress(PAGE)
    chunked = b"%x\r\n" % len(packed) + packed + b"\r\n0\r\n\r\n"
    block = HEAD + b"Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n" + chunked
    for body in (chunked, packed, PAGE):
        for digest in (
            labelled("sha1", body),
            labelled("sha256", body).rstrip("="),
            f"md5:{hashlib.md5(body).hexdigest()}",
            f"sha-256:{hashlib.sha256(body).hexdigest()}",
            "xxh3:abc",
        ):
            assert codes(record("response", block, warc_payload_digest=digest)) == ["found"], digest
    wrong = record("response", block, warc_payload_digest=labelled("sha1", b"other"))
    assert codes(wrong + record("response", block, warc_block_digest=labelled("sha1", b"other"))) == [
        "wrong-digest",
        "wrong-digest",
    ]
    assert codes(wrong + record("resource", b"a")) == ["wrong-digest", "found"]


def test_what_is_no_business_of_ours_is_named() -> None:
    data = b"".join(
        (
            record("warcinfo", b"software: x"),
            record("metadata", b"via: http://a.cn/"),
            record("response", b"20210301 1.2.3.4", warc_target_uri="dns:www.example.gov.cn", content_type="text/dns"),
            record("resource", b"png", warc_target_uri="urn:view:http://a.cn/"),
            record("response", HEAD + b"\r\n", warc_date="yesterday"),
            record("response", HEAD + b"\r\n", warc_date="0001-01-01T00:00:00+08:00"),
            record("revisit", HEAD, warc_profile="http://example.org/unheard-of"),
            record("strange", b""),
        )
    )
    assert codes(data) == [
        "other-record",
        "other-record",
        "not-a-web-address",
        "not-a-web-address",
        "no-date",
        "no-date",
        "other-record",
        "unknown-revisit",
    ]


@pytest.mark.parametrize("first", ["request", "response"])
def test_a_request_is_found_before_and_behind_its_answer(first: str) -> None:
    get = record("request", b"GET /a.html HTTP/1.1\r\n\r\n", warc_record_id="<urn:q>")
    answer = record("response", HEAD + b"\r\n" + PAGE, warc_record_id="<urn:r>", warc_concurrent_to="<urn:q>")
    other = record("response", HEAD + b"\r\n", warc_record_id="<urn:s>", warc_target_uri=URL + "?2")
    pair = get + answer if first == "request" else answer + get
    one, two = found(pair + other)
    assert isinstance(one, Found)
    assert isinstance(two, Found)
    assert one.request.startswith(b"GET /a.html")
    assert two.request == b""


def test_the_answer_to_a_post_is_left_out() -> None:
    post = record("request", b"POST /a.html HTTP/1.1\r\n\r\n")
    assert codes(post + record("response", HEAD + b"\r\n")) == ["not-a-get"]


def test_what_no_database_takes_is_not_in_the_fields() -> None:
    [one] = found(record("resource", b"x", warc_target_uri=URL + "\0", content_type="a/\0b"))
    assert isinstance(one, Found)
    assert (one.url, one.media_type) == (URL, "a/b")


def test_an_address_in_angle_brackets_and_a_time_without_a_zone() -> None:
    [one] = found(record("response", HEAD + b"\r\n", warc_target_uri=f"<{URL}>", warc_date="2021-03-01T00:00:09"))
    assert isinstance(one, Found)
    assert one.url == URL
    assert one.at.isoformat() == "2021-03-01T00:00:09+00:00"


STALE = {
    "a browser's": b"Content-Encoding: br\r\nTransfer-Encoding: chunked\r\nContent-Length: 20\r\n",
    "gzip": b"Content-Encoding: gzip\r\nContent-Length: 999999\r\n",
    "zstd": b"Content-Encoding: zstd\r\n",
    "deflate": b"Content-Encoding: deflate\r\n",
    "chunked": b"transfer-encoding : chunked\r\n",
    "a length": b"Content-Length: 20\r\n",
}


@pytest.mark.parametrize("said", STALE.values(), ids=STALE)
def test_what_a_browser_has_undone_is_not_undone_again(said: bytes) -> None:
    block = b"HTTP/2 200\r\n:status: 200\r\n" + HEAD.partition(b"\r\n")[2] + said + b"\r\n" + PAGE
    message = parse_response(honest(block))
    assert decoded(message).data == PAGE
    assert decoded(message).flaw is None
    assert message.status == 200
    assert header(message, "Content-Type") == "text/html"
    assert b"X-Orig-" in message.header_bytes
    assert honest(honest(block)) == honest(block)


CODED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "br": brotli.compress,
    "deflate": zlib.compress,
    "identity": bytes,
    "utf-8": bytes,
}


@pytest.mark.parametrize("coding", CODED)
@pytest.mark.parametrize("chunked", [False, True])
def test_what_is_true_stays(coding: str, chunked: bool) -> None:
    body = CODED[coding](PAGE)
    head = HEAD + f"Content-Encoding: {coding}\r\n".encode()
    if chunked:
        block = head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"
    else:
        block = head + b"Content-Length: %d\r\n\r\n" % len(body) + body
    assert honest(block) == block
    assert decoded(parse_response(block)).data == PAGE


def test_a_body_that_broke_off_still_says_so() -> None:
    for block in (
        HEAD + b"Content-Length: 2000\r\n\r\n" + PAGE,
        HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(PAGE * 9)[:60],
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n7d0\r\n" + PAGE,
    ):
        assert honest(block) == block
        assert decoded(parse_response(block)).flaw
    assert framed(parse_response(HEAD + b"Content-Length: 2000\r\n\r\n" + PAGE)).flaw


def test_what_warcio_writes_is_read(tmp_path: Any) -> None:
    with (tmp_path / "x.warc.gz").open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        for one in (
            writer.create_warcinfo_record("x.warc.gz", {"software": "x"}),
            writer.create_warc_record(URL, "response", payload=io.BytesIO(PAGE), http_headers=head),
            writer.create_revisit_record(URL, "sha1:ABC", URL, "2021-01-01T00:00:00Z", http_headers=head),
        ):
            writer.write_record(one)
            one.raw_stream.close()
    info, page, revisit = found((tmp_path / "x.warc.gz").read_bytes())
    assert isinstance(info, Trouble)
    assert isinstance(page, Found)
    assert isinstance(revisit, Found)
    assert page.block.endswith(PAGE)
    assert revisit.revisits
    assert not revisit.revisits.not_modified
    assert (revisit.revisits.url, str(revisit.revisits.at)) == (URL, "2021-01-01 00:00:00+00:00")
