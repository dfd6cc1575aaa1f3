"""How a Chinese name is typed by who has no Chinese keyboard at hand: pinyin without tones, and its initials.

The readings are pypinyin's, which knows the names of places as phrases (六安 luan, 铅山 yanshan); where it does not, a
letter of several readings has its usual one (单县 danxian). Names are found by their Chinese letters all the same.
"""

import unicodedata
from functools import lru_cache


def comparable_key(name: str) -> str:
    """Gives a name as it is compared: NFKC, lower case, without white space; ü as v, as keyboards have it."""
    return "".join(unicodedata.normalize("NFKC", name).lower().split()).replace("ü", "v")


@lru_cache(maxsize=10_000)
def spellings(name: str) -> tuple[str, ...]:
    """Gives the keys by which a name is found: itself, its pinyin, the initials of it; lü as lv and as lu."""
    from pypinyin import lazy_pinyin  # its dictionaries take a while to load, and few commands need them

    plain = comparable_key(name)
    syllables = lazy_pinyin(plain)
    pinyin = "".join(syllables)
    initials = "".join(letters if letters in plain else letters[:1] for letters in syllables)
    return tuple(dict.fromkeys(key for key in (plain, pinyin, pinyin.replace("lv", "lu"), initials) if key))
