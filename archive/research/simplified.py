"""Traditional characters (繁体字) as reports write them: a researcher may type 資訊公開 where they print 信息公开."""

from archive.read.words import converter

CONVERSIONS = ("t2s", "tw2sp")
"""OpenCC's: sign by sign (資訊 → 资讯), and in the words of the mainland (資訊 → 信息)."""


def simplified(typed: str) -> tuple[str, ...]:
    """Gives a text in simplified characters, sign by sign and in the words of the mainland; itself where it is so."""
    return tuple(dict.fromkeys(converter(each).convert(typed) for each in CONVERSIONS))
