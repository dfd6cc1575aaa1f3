"""What in a text is not the report's own words: residue of Word, furniture of portals; and its section headings."""

import re
import unicodedata
from functools import cache

from opencc import OpenCC

RESIDUE = re.compile(r"\[(?:bookmark:|if)[^\]]*+\]|\[endif\]|<!--.*?-->|(\[(?:bookmark:|if)[^\]]*+|<!--.*)", re.I)
"""What Word left behind. What has no end is kept, to the end of the text at once: its time grows with the length."""

TRADITIONAL = re.compile(
    "[並佈佔併來係個傳內兩別則劃動務匯區協厤參員問單國圍圖執報場實審寫將專對導屬廢廳強彙後徑從復應戶掃採擊據數於時暫曆"
    "書東條業構標樹機檔檢檯欄權歷決沒況減準滿濟瀏為無熱爭爲牽獲現環產産畢當發眾確祕種稱穩範糾約納級組結絡統經綜維網線"
    "編緻縣總織繫繳繼續罰聞聯職聽臺與舉茲萬處號衆補製複覈規覽計訓訟訪設許訴註詢話該誌認談請諮議護讀負責費購較載輯輿轄"
    "轉辦這過達遞郵鄉針錄錯鎮鏈長門閉開間閱關陞陽際隱隻電頁頂項預頭題額類餘駁體點黨齣]"
)
"""Traditional forms of the signs that labels, titles and sentences of a report are known by."""

BESIDE_CHINESE = re.compile(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])")
SPACE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]+")

FURNITURE = re.compile(
    r"(?:浏览|访问|点击|阅读|查看)(?:次数|量|数|人数)?[:：]?\s*\[?\s*(?:\d+|加载中.*)?\s*\]?\s*次?"
    r"|(?:本文)?(?:已)?(?:被)?(?:浏览|访问|阅读|点击)\s*\d+\s*次"
    r"|您是第\s*\d+\s*位访(?:客|问者).*"
    r"|(?:今天是|现在是|当前时间|北京时间|打印时间|打印日期).*"
    r"|(?:信息来源|文章来源|来源|作者|编辑|责任编辑|责编|审核|发布人|录入|撰稿)\s*[:：].{0,40}"
    r"|(?:发布|更新|公开|成文|生成|发文|时间|日期)(?:日期|时间)?\s*[:：]\s*\d{4}.{0,60}"
    r"|(?:字体|字号|文字大小|【?字体)[:：]?.{0,20}(?:大|小).{0,20}"
    r"|[\[【(（\s]*(?:打印(?:本页|此页|本文)?|关闭(?:窗口|本页)?|收藏(?:本页)?|分享(?:到|至)?|返回(?:顶部|首页|列表)?|纠错|朗读|下载)"
    r"(?:[\s\]】)）|/、]*[\[【(（]?(?:打印(?:本页|此页|本文)?|关闭(?:窗口|本页)?|收藏(?:本页)?|分享(?:到|至)?|返回(?:顶部|首页|列表)?))*[:：\s\]】)）]*"
    r"|(?:上一篇|下一篇|上一条|下一条)\s*[:：].*"
    r"|扫一扫.*|(?:当前位置|您的位置|您现在的位置|所在位置)\s*[:：].*"
    r"|[-—－–\s]+\d{1,3}[-—－–\s]+|第\s*\d{1,3}\s*页(?:\s*[,，/]?\s*共\s*\d{1,3}\s*页)?"
)
"""A whole line of one of these is no part of a report: counters, dates of the portal, buttons, page numbers."""

SECTIONS = (
    "总体情况|工作基本情况",
    "主动公开政府信息",
    "收到和处理",
    "行政?法?复议",
    "问题",
    "其他需要报告",
)
"""Sections 一 to 六 of a report under either notice."""

SECTION = tuple(re.compile(rf"(?:[一二三四五六][、.．,，\s])?.{{0,14}}?(?:{words}).{{0,24}}") for words in SECTIONS)
NUMBERED = re.compile(r"[一二三四五六]\s*[、.．,，]")


def tidy(line: str) -> str:
    """Gives a line without Word residue, outer blanks and runs of spaces; spaces beside Chinese signs mean nothing."""
    if line.isalnum():
        return line
    line = SPACE.sub(" ", without_residue(line)).strip()
    return BESIDE_CHINESE.sub("", line) if " " in line else line


def squash(text: str) -> str:
    """Gives text in NFKC without any white space, for comparing."""
    return SPACE.sub("", unicodedata.normalize("NFKC", without_residue(text)))


def simple(text: str) -> str:
    """Gives text in simplified characters, sign for sign, for comparing."""
    if not TRADITIONAL.search(text):
        return text
    made = converter("t2s").convert(text)
    return made if len(made) == len(text) else text


def comparable(text: str) -> str:
    """Gives text in NFKC and simplified characters without any white space: what labels and titles are known by."""
    return simple(squash(text))


@cache
def converter(conversion: str) -> OpenCC:
    """Gives one of OpenCC's ways to turn traditional characters into simplified ones; its dictionaries load once."""
    return OpenCC(conversion)


def without_residue(text: str) -> str:
    """Gives text without what Word left behind."""
    return RESIDUE.sub(r"\1", text) if "[" in text or "<!--" in text else text


def is_furniture(line: str) -> bool:
    """Tells whether a whole line belongs to the portal or the page, not to the report."""
    return bool(FURNITURE.fullmatch(line.strip()))


def section(line: str) -> int | None:
    """Gives which section (0 to 5) a line opens: 一、总体情况 … 六、其他需要报告的事项."""
    if line[:1].isascii() and line[:1].isalnum():
        return None
    flat = comparable(line)
    if len(flat) > 44 or not NUMBERED.match(flat) or flat.endswith(("。", ";", "；")):
        return None
    number = "一二三四五六".index(flat[0])
    if SECTION[number].fullmatch(flat):
        return number
    return next((index for index, pattern in enumerate(SECTION) if pattern.fullmatch(flat)), None)
