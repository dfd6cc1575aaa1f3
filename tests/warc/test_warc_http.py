import gzip
import json
import zlib

import brotli  # type: ignore[import-untyped,unused-ignore]
import pytest

from archive.warc.coding import Flaw
from archive.warc.http import content_type, decoded, entity, header, headers_json, parse_response

PAGE = "<html><title>政府信息公开工作年度报告</title><p>清河镇2023年</p></html>".encode()
Quirks = dict[str, bytes]

WHOLE = [
    "01-gbk-reason",
    "02-gzip-chunked",
    "03-line-without-colon",
    "05-http10-close",
    "06-lf-only",
    "07-space-before-colon",
    "08-two-lengths",
    "12-interim",
    "13-deflate-raw",
    "14-deflate-zlib",
    "15-brotli",
    "16-zstd-chunked",
    "17-stacked",
    "18-two-gzip-members",
    "22-lf-chunks-with-extension",
    "24-bytes-beyond-length",
]


@pytest.mark.parametrize("name", WHOLE)
def test_pages_are_decoded_whole(quirks: Quirks, name: str) -> None:
    message = parse_response(quirks[name])
    content = decoded(message)
    assert (message.status, content.data, content.flaw) == (200, PAGE, None)


def test_no_byte_of_a_block_is_lost_or_added(quirks: Quirks) -> None:
    assert len(quirks) == 29
    for name, block in quirks.items():
        message = parse_response(block)
        assert message.header_bytes + message.raw_body == block, name


@pytest.mark.parametrize(
    ("name", "flaw", "data"),
    [
        ("09-short-body", Flaw.SHORT, PAGE),
        ("19-plain-called-gzip", Flaw.CODING_DAMAGED, PAGE),
        ("23-not-chunked-at-all", Flaw.CHUNKS_DAMAGED, PAGE),
        ("29-coding-unknown", Flaw.CODING_UNKNOWN, PAGE),
        ("21-chunks-cut", Flaw.CHUNKS_INCOMPLETE, PAGE),
    ],
)
def test_flaws_are_named_and_the_bytes_kept(quirks: Quirks, name: str, flaw: Flaw, data: bytes) -> None:
    content = decoded(parse_response(quirks[name]))
    assert content.flaw == flaw
    assert data.startswith(content.data)
    assert len(content.data) > len(PAGE) - 9


def test_a_cut_gzip_stream_gives_what_came_before_the_cut(quirks: Quirks) -> None:
    content = decoded(parse_response(quirks["20-gzip-cut"]))
    assert content.flaw is Flaw.CODING_INCOMPLETE
    assert PAGE.startswith(content.data)
    assert len(content.data) > 40


def test_a_damaged_gzip_stream_gives_what_came_before_the_damage() -> None:
    text = "".join(f"第{n}条 {n * n}\n" for n in range(20000)).encode()
    packed = bytearray(gzip.compress(text))
    packed[len(packed) // 2] ^= 0xFF
    content = decoded(parse_response(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + packed))
    assert content.flaw is Flaw.CODING_DAMAGED
    assert len(content.data) > len(text) // 3
    assert text.startswith(content.data[: len(text) // 3])


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_a_small_body_cannot_unpack_without_limit(coding: str) -> None:
    huge = bytes(30_000_000)
    packed = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress}[coding](huge)
    message = parse_response(b"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\n\r\n" % coding.encode() + packed)
    content = decoded(message, limit=1_000_000)
    assert (len(content.data), content.flaw) == (1_000_000, Flaw.TOO_LONG)
    assert decoded(message, limit=30_000_000).flaw is None


def test_a_zstd_body_cannot_unpack_without_limit() -> None:
    # one frame of 400 RLE blocks of 128 KB, 4 bytes each: 52 MB out of 1.6 KB (RFC 8878 §3.1.1)
    blocks = b"".join(((131072 << 3) | 2 | (n == 399)).to_bytes(3, "little") + b"x" for n in range(400))
    frame = b"\x28\xb5\x2f\xfd\x00\x58" + blocks
    message = parse_response(b"HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\n\r\n" + frame)
    content = decoded(message, limit=1_000_000)
    assert (len(content.data), content.flaw) == (1_000_000, Flaw.TOO_LONG)


def test_the_entity_keeps_its_coding(quirks: Quirks) -> None:
    assert gzip.decompress(entity(parse_response(quirks["02-gzip-chunked"]))) == PAGE
    assert entity(parse_response(quirks["24-bytes-beyond-length"])) == PAGE


def test_a_304_and_a_head_answer_promise_no_body(quirks: Quirks) -> None:
    assert decoded(parse_response(quirks["10-not-modified"])).flaw is None
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"
    assert decoded(parse_response(head, head_request=True)).flaw is None
    assert decoded(parse_response(head)).flaw is Flaw.SHORT


def test_headers_survive_as_they_are(quirks: Quirks) -> None:
    odd = parse_response(quirks["01-gbk-reason"])
    assert odd.reason == "成功".encode("gbk")
    assert [pair for pair in odd.headers if pair[0].lower() == b"set-cookie"] == [
        (b"set-cookie", b"a=1"),
        (b"Set-Cookie", b"b=2"),
    ]
    assert header(odd, "server") == "Apache"
    assert header(odd, "etag") is None
    location = header(parse_response(quirks["04-gbk-location"]), "Location")
    assert location is not None
    assert location.encode("latin-1").decode("gbk") == "/年报.html"


def test_headers_fit_jsonb(quirks: Quirks) -> None:
    pairs = headers_json(parse_response(quirks["27-nul-in-header"]))
    assert pairs == [["X-Bad", "a\\x00b folded"], ["Content-Length", "0"]]
    assert "\\u0000" not in json.dumps(pairs)


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (b'text/html; charset="GB2312"', ("text/html", "gb2312")),
        (b"TEXT/HTML;Charset=utf-8", ("text/html", "utf-8")),
        (b"text/html; charset=", ("text/html", None)),
        (b"charset=gbk", (None, None)),
        (b"", (None, None)),
    ],
)
def test_content_type(claim: bytes, expected: tuple[str | None, str | None]) -> None:
    assert content_type(parse_response(b"HTTP/1.1 200 OK\r\nContent-Type: " + claim + b"\r\n\r\n")) == expected


def test_what_is_not_http_has_no_status(quirks: Quirks) -> None:
    assert parse_response(quirks["25-no-status-line"]).status is None
    assert parse_response(b"").status is None
    cut = parse_response(quirks["26-cut-in-the-head"])
    assert (cut.status, cut.headers, cut.raw_body) == (200, (), b"")
    bare = parse_response(quirks["28-only-a-status-line"])
    assert (bare.status, bare.reason, bare.raw_body) == (404, b"", b"")


def test_every_cut_of_every_quirk_is_parsed(quirks: Quirks) -> None:
    for block in quirks.values():
        for end in range(len(block)):
            message = parse_response(block[:end])
            assert message.header_bytes + message.raw_body == block[:end]
            decoded(message)
