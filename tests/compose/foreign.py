"""Records of WARC files as other crawlers write them."""

URL = "http://www.example.gov.cn/a.html"


def record(kind: str, block: bytes, **fields: str) -> bytes:
    """One record, plain; fields by their names in lower case with underscores, an empty one is left out."""
    named = {"warc-type": kind, "warc-target-uri": URL, "warc-date": "2021-03-01T00:00:09Z"}
    named |= {name.replace("_", "-"): value for name, value in fields.items()}
    named.setdefault("content-length", str(len(block)))
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items() if value)
    return b"WARC/1.0\r\n" + lines.encode() + b"\r\n" + block + b"\r\n\r\n"


def response(body: bytes, kind: str = "text/html; charset=utf-8", said: str = "", status: str = "200 OK") -> bytes:
    """The block of a response; `said` are header lines more."""
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{said}\r\n".encode() + body
