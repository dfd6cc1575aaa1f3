"""Marks of Markdown, which are none of a report's own words: emphasis, headings, escapes, hard line ends, entities.

What changes a meaning stays as it is written, so that no number is read from it: ~~struck~~, pictures, notes [^1].
"""

import re
from html import unescape

ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
PRIVATE = 0xE000
"""Where escaped signs wait, out of reach of the patterns, until all marks are taken away."""
HELD = re.compile(f"[{chr(PRIVATE)}-{chr(PRIVATE + 0x7F)}]")
HARD_END = re.compile(r"(?<=\S)\\(?=\n|$)")
BREAK = re.compile(r"<br\s*/?>", re.I)
TAG = re.compile(r"</?(?:a|b|center|div|em|font|i|p|span|strong|u)(?:\s[^<>]*)?/?>", re.I)
HEADING = re.compile(r"^[ \t\u3000]*(?:>[ \t]*)*#{1,6}[ \t\u3000]+(?P<text>\S.*?)(?:[ \t]+#+)?[ \t]*$")
QUOTE = re.compile(r"^[ \t]*(?:>[ \t]*)+")
WHOLE = re.compile(r"(\*{1,3}|_{1,3}|`)(?![*_`])(?P<text>.+?)(?<![*_`])\1", re.S)
STRONG = re.compile(
    r"(?<!\*)(\*{2,3})(?=\w)(?P<text>[^*\n]+?)(?<=\S)\1(?!\*)"
    r"|(?<![*\w])(\*{2,3})(?![*\s])(?P<other>[^*\n]+?)(?<=\w)\3(?!\*)"
)
NAMED = re.compile(
    r"(?<!!)\[(?P<text>[^\[\]^][^\[\]]{0,200})\]"
    r"(?:\{(?!\.?(?:deletion|insertion|comment))[^{}]{1,200}\}|\([^()\s]{1,500}\))"
)
NO_WORDS = re.compile(r"[-=*_ \t]{3,}|:{3,}[^:]{0,80}|(?:!\[[^\[\]]*\]\([^()\s]*\)(?:\{[^{}]*\})?|<img\s[^<>]*>)+")
LINE_LIMIT = 20_000


def inline(text: str) -> str:
    """Gives a text without marks inside of lines; `<br>` ends a line."""
    if len(text) > LINE_LIMIT:
        return text
    held = ESCAPED.sub(lambda match: chr(PRIVATE + ord(match[1])), HARD_END.sub("", BREAK.sub("\n", text)))
    held = NAMED.sub(r"\g<text>", TAG.sub("", held))
    if match := WHOLE.fullmatch(held.strip()):
        held = match["text"]
    held = STRONG.sub(lambda match: match["text"] or match["other"], held)
    plain = unescape(held) if "&" in held else held
    return HELD.sub(lambda match: chr(ord(match[0]) - PRIVATE), plain)


def line(text: str) -> str:
    """Gives a line of prose without its marks, those at its beginning as well."""
    if NO_WORDS.fullmatch(text.strip()):
        return ""
    match = HEADING.match(text)
    return inline(match["text"] if match else QUOTE.sub("", text))
