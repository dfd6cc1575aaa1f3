"""RTF's tokens, and its bytes → text: \\'hh runs by the charset of the font, \\uN with what stands in for it.

A character of two bytes may be written over several tokens (\\'d5 newline \\dbch \\'fe, or a lead byte in hex and its
second byte in clear), so a started character is finished in the charset it was started in.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from archive.errors import UnreadableDocumentError

TOKEN = re.compile(
    rb"\\(?P<word>[a-zA-Z]+)(?P<number>-?[0-9]+)? ?|\\'(?P<hex>[0-9a-fA-F]{2})|\\(?P<symbol>[^a-zA-Z])"
    rb"|(?P<brace>[{}])|(?P<text>[^\\{}\r\n\x00]+)|[\r\n\x00]+|\\",
    re.S,
)
MAX_TOKENS = 4_000_000
LONGEST_NUMBER = 11

CODEPAGES: dict[int, str] = {
    437: "cp437",
    850: "cp850",
    874: "cp874",
    932: "cp932",
    936: "gb18030",
    949: "cp949",
    950: "cp950",
    **{number: f"cp{number}" for number in range(1250, 1259)},
    1361: "johab",
    10000: "mac_roman",
    10008: "gb18030",
    54936: "gb18030",
    65001: "utf-8",
}
CHARSETS = {77: 10000, 128: 932, 129: 949, 130: 1361, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258} | {
    177: 1255,
    178: 1256,
    186: 1257,
    204: 1251,
    222: 874,
    238: 1250,
    254: 437,
    255: 850,
}
"""Font charset (\\fcharset) → code page; 0 and 1 are the document's own, 2 has symbols."""
SYMBOLS = 2
DEFAULT = "gb18030"


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is word, symbol, byte, text, bin, { or }; bytes of `text` are in the charset of the place."""

    kind: str
    name: str = ""
    number: int | None = None
    data: bytes = b""


def damaged(why: str) -> UnreadableDocumentError:
    """Gives the error of an RTF that cannot be read."""
    return UnreadableDocumentError("damaged-rtf", f"the RTF cannot be read: {why}")


def tokens(data: bytes) -> Iterator[Token]:
    """Gives the tokens of an RTF; the bytes behind \\bin are passed over."""
    place = 0
    for _ in range(MAX_TOKENS):
        match = TOKEN.match(data, place)
        if match is None:
            return
        place = match.end()
        kind = match.lastgroup
        if kind in ("word", "number"):
            number = int(match["number"][:LONGEST_NUMBER]) if match["number"] else None
            if match["word"] == b"bin":
                place += max(number or 0, 0)
                yield Token("bin")
            else:
                yield Token("word", match["word"].decode("ascii"), number)
        elif kind == "hex":
            yield Token("byte", data=bytes.fromhex(match["hex"].decode("ascii")))
        elif kind == "symbol":
            yield Token("symbol", match["symbol"].decode("latin-1"))
        elif kind == "brace":
            yield Token(match["brace"].decode("ascii"))
        elif kind == "text":
            yield Token("text", data=match["text"])
    raise damaged(f"it has more than {MAX_TOKENS} tokens")


def charset_of(font: int | None, page: str) -> str:
    """Gives the codec for a font's charset in a document whose own codec is `page`."""
    if font == SYMBOLS:
        return "latin-1"
    return CODEPAGES[CHARSETS[font]] if font in CHARSETS else page


class Text:
    """Collects text from bytes and code points; `take` gives it and begins anew."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.lost = 0
        self.codec = DEFAULT
        self.decoder = codecs.getincrementaldecoder(DEFAULT)("replace")

    def add_bytes(self, data: bytes, codec: str) -> None:
        """Adds bytes in a codec; the first finish a character that is already started."""
        while data and self.decoder.getstate()[0]:
            self.parts.append(self.decoder.decode(data[:1]))
            data = data[1:]
        if codec != self.codec:
            self.codec = codec
            self.decoder = codecs.getincrementaldecoder(codec)("replace")
        self.parts.append(self.decoder.decode(data))

    def add(self, text: str) -> None:
        """Adds text."""
        self.parts.append(self.decoder.decode(b"", final=True))
        self.parts.append(text)

    def take(self) -> str:
        """Gives the text so far; halves of a character outside the basic plane are put together."""
        self.parts.append(self.decoder.decode(b"", final=True))
        text = "".join(self.parts).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        self.parts.clear()
        self.lost += text.count("\ufffd")
        return text
