"""Names of agencies and divisions brought to what can be compared.

An agency writes its place before its name or does not, in full or without 市, 县, 区, and calls itself by its office:
江西省樟树市人民政府鹿江街道办事处, 樟树鹿江街办. Every way to read a name is tried; the table decides.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

PEOPLE = (
    "维吾尔|哈萨克|柯尔克孜|蒙古|塔吉克|锡伯|乌孜别克|俄罗斯|塔塔尔|达斡尔|鄂温克|鄂伦春|赫哲|朝鲜|满|回|藏|苗|彝|壮|"
    "布依|侗|瑶|白|土家|哈尼|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇|土|仫佬|羌|布朗|撒拉|毛南|仡佬|阿昌|普米|"
    "怒|德昂|保安|裕固|京|独龙|门巴|珞巴|基诺"
)
AUTONOMOUS = re.compile(rf"(?:(?:{PEOPLE})族?|各族)+(?=自治)")
ETHNIC = re.compile(rf"(?:(?:{PEOPLE})族)+(?=乡|镇|苏木)|民族(?=乡|镇)")
AREA = re.compile(r"(?:特别行政区|自治[区州县旗]|地区|新区|林区|矿区|[省市县区旗盟州])$")
TOWNSHIP = re.compile(r"(?:街道|苏木|镇|乡)$")
OFFICE = re.compile(
    r"(?:党工委|工委|党委)?(?:(?:人民)?政府)?(?:党政(?:综合)?|综合)?(?:办公室|办公厅|办)$|(?:人民)?政府$|党政(?:综合)?办公?室?$"
    r"|管理委员会$|管委会$|行政委员会$"
)
"""What an agency calls itself beside its division: 人民政府, 党政办公室, 政府办, 管理委员会."""
STREET = re.compile(r"(?:街道办事处|街道办|街办处|街办)$")
DEPARTMENT = re.compile(r"[局委办院厅署]|中心|大队|支队|总队|调查队|管理处|联合会|联社")
ZONE = re.compile(r"[区园城岛港湾](?:管理委员会|管委会)$")
"""Who runs a zone is no department: where the list lacks the zone a person must say whose it is."""
ABOVE = re.compile(r"^中共(?=..)|^国家.{2,4}?局(?=.{4})")
"""What stands before the place: 中共樟树市委办公室, 国家税务总局樟树市税务局."""


def plain(name: str) -> str:
    """Gives a name in NFKC without white space and without what stands in brackets at its end."""
    flat = re.sub(r"\s+", "", unicodedata.normalize("NFKC", name))
    return re.sub(r"(?<=..)\([^()]*\)$", "", flat)


def cut(name: str) -> str:
    """Gives a plain name without the office at its end; 街办 and 街道办事处 become 街道."""
    while True:
        short = STREET.sub("街道", name)
        short = OFFICE.sub("", short) if len(OFFICE.sub("", short)) >= 2 else short
        if short == name:
            return name
        name = short


def stem(name: str) -> str:
    """Gives a township's name without what kind of township it is, for names kept when 镇 became 街道."""
    return TOWNSHIP.sub("", ETHNIC.sub("", name)).removesuffix("办事处")


def bare(name: str) -> str:
    """Gives a county's or higher division's name without what kind of division it is: 玉屏侗族自治县 is 玉屏."""
    return AREA.sub("", AUTONOMOUS.sub("", name))


def short_names(name: str) -> tuple[str, ...]:
    """Gives a county's or higher division's name, then as people shorten it: 玉屏侗族自治县, 玉屏县, 玉屏."""
    kind = name[-1] if AREA.search(name) else ""
    short = (bare(name) + kind, bare(name)) if len(bare(name)) >= 2 else ()
    return tuple(dict.fromkeys((name, *short)))


def comparable(name: str) -> bool:
    """Tells whether a name says enough: three characters, or two that are a township's whole name (张镇, not 街道)."""
    return len(name) >= 3 or (len(name) == 2 and name[1] in "镇乡")


def without_places(name: str, places: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str | None]]:
    """Gives a name, then what is left of it without the places at its beginning, each with the last place's code.

    `places` are (name, code), short names among them; 朝阳街道 in 朝阳区 stays beside 街道.
    """
    known = tuple(places)
    seen: dict[tuple[str, str | None], None] = {(name, None): None}
    waiting: list[tuple[str, str | None]] = [(name, None)]
    while waiting:
        text, _ = waiting.pop(0)
        for place, code in known:
            rest = text[len(place) :]
            if text.startswith(place) and len(rest) >= 2 and (rest, code) not in seen:
                seen[(rest, code)] = None
                waiting.append((rest, code))
    yield from seen
