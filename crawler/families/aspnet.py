"""ASP.NET: a pager of `javascript:__doPostBack('AspNetPager1','2')`, which posts the page's own form back.

The form goes back as a browser would send it: `__VIEWSTATE` and the other hidden fields, the pager in `__EVENTTARGET`
and the page in `__EVENTARGUMENT`. Quirks: portals.md §3.8.
"""

import re
from urllib.parse import urlencode

from selectolax.lexbor import LexborHTMLParser, LexborNode

from archive.errors import PortalError
from crawler.families import listing
from crawler.families.listed import Ask, Asked, ListPage
from crawler.families.rows import find_rows, fold
from crawler.families.signal import shown
from crawler.urls import join

LARGEST_FORM = 1 << 20  # characters; __VIEWSTATE of a list has some thousands

_POSTBACK = re.compile(
    r"(?:__doPostBack|WebForm_PostBackOptions)\(\s*([\"'])(.*?)\1\s*,\s*([\"'])(.*?)\3", re.IGNORECASE
)
_PAGER = re.compile(
    r"(?:javascript:|\bonclick\s*=\s*[\"'])[^\"<>]{0,120}?(?:__doPostBack|WebForm_DoPostBack\w*)\(", re.IGNORECASE
)
_NEXT = re.compile(r"[\[【<]?(下一?[页頁])[\]】>»]*|[>»]|next(page)?", re.IGNORECASE)
_LAST = re.compile(r"[\[【]?(尾页|末页|最后一?页)[\]】>»]*", re.IGNORECASE)
_CURRENT = re.compile(
    r"页次\s*[:：]?\s*(\d{1,6})\s*/|第\s*(\d{1,6})\s*/\s*\d+\s*页|第\s*(\d{1,6})\s*页[\s/，,]*共\s*\d+\s*页"
    r"|共\s*\d+\s*页[\s/，,]*第\s*(\d{1,6})\s*页|当前页\s*[:：]?\s*(\d{1,6})"
)
_ROWS = re.compile(r"共\s*(\d{1,6})\s*条|(?:记录总数|总记录数?|记录数)\s*[:：]?\s*(\d{1,6})")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*(gb\w+)", re.IGNORECASE)
_PRESSED = ("submit", "button", "image", "reset", "file")  # inputs that are sent only when they are pressed


def read(asked: Asked) -> ListPage:
    """Gives what a list page holds. Raises PortalError where the form of the pager is too large to be sent."""
    tree = LexborHTMLParser(asked.text)
    shown = fold(tree.body.text(separator=" ")) if tree.body else ""
    rows = _ROWS.search(shown)
    return ListPage(
        tuple(find_rows(asked.text, asked.url, asked.override)),
        _next(tree, asked),
        total_rows=int(rows[1] or rows[2]) if rows else None,
        total_pages=listing.total_pages(asked.text) or _last(tree),
        trouble=_trouble(shown, asked.number),
    )


def detect(html: str) -> str | None:
    """Gives where the page turns by posting itself back."""
    return shown(_PAGER.search(html))


def _next(tree: LexborHTMLParser, asked: Asked) -> Ask | None:
    """Gives the page after the one in hand: by 下一页, else by its bare number; a pager of plain links is followed."""
    if asked.override.next:
        return listing.following(asked)
    links = [(_label(node), node, event) for node in tree.css("a") if (event := _event(node))]
    following = str(asked.number + 1)
    onward = [(node, event) for text, node, event in links if _NEXT.fullmatch(text)]
    onward += [(node, event) for _, node, event in links if event[1] in (following, f"Page${following}")]
    onward += [(node, event) for text, node, event in links if text.strip("[]【】") == following]
    if onward:
        node, (target, argument) = onward[0]
        return _posted(node, asked, {"__EVENTTARGET": target, "__EVENTARGUMENT": argument})
    for button in tree.css("input[type=submit], input[type=button]"):
        name, label = button.attributes.get("name"), button.attributes.get("value") or ""
        if name and _NEXT.fullmatch(label.replace(" ", "")) and "disabled" not in button.attributes:
            return _posted(button, asked, {"__EVENTTARGET": "", "__EVENTARGUMENT": "", name: label})
    return listing.following(asked)


def _label(node: LexborNode) -> str:
    return "".join((node.text() or "").split()) or "".join((node.attributes.get("title") or "").split())


def _event(node: LexborNode) -> tuple[str, str] | None:
    """Gives target and argument of the postback that a link makes, None where it makes none."""
    if "disabled" in node.attributes:
        return None
    script = f"{node.attributes.get('href') or ''} {node.attributes.get('onclick') or ''}"
    found = _POSTBACK.search(script)
    return (found[2], found[4]) if found else None


def _posted(button: LexborNode, asked: Asked, event: dict[str, str]) -> Ask | None:
    form: LexborNode | None = button
    while form is not None and form.tag != "form":
        form = form.parent
    form = form or LexborHTMLParser(asked.text).css_first("form")
    target = join(asked.url, form.attributes.get("action") or asked.url) if form else None
    if form is None or target is None:
        return None
    gb = _CHARSET.search(asked.text)
    body = urlencode({**_fields(form), **event}, encoding="gb18030" if gb else "utf-8", errors="replace")
    if len(body) > LARGEST_FORM:
        raise PortalError(f"the form of the pager has {len(body)} characters, more than {LARGEST_FORM}")
    return Ask(target, body)


def _fields(form: LexborNode) -> dict[str, str]:
    """Gives the fields of a form as they stand, in its order."""
    fields: dict[str, str] = {}
    for node in form.css("input[name], select[name], textarea[name]"):
        name, kind = node.attributes.get("name") or "", (node.attributes.get("type") or "text").lower()
        unset = kind in ("checkbox", "radio") and "checked" not in node.attributes
        if not name or unset or "disabled" in node.attributes or (node.tag == "input" and kind in _PRESSED):
            continue
        fields.setdefault(name, _value(node, kind))
    return fields


def _value(node: LexborNode, kind: str) -> str:
    if node.tag == "textarea":
        return node.text()
    if node.tag == "select":
        option = node.css_first("option[selected]") or node.css_first("option")
        if option is None:
            return ""
        value = option.attributes.get("value")
        return fold(option.text()) if value is None else value
    return node.attributes.get("value") or ("on" if kind in ("checkbox", "radio") else "")


def _last(tree: LexborHTMLParser) -> int | None:
    """Gives the page that 尾页 asks for."""
    for node in tree.css("a"):
        event = _event(node) if _LAST.fullmatch(_label(node)) else None
        number = re.fullmatch(r"(?:Page\$)?(\d{1,6})", event[1]) if event else None
        if number:
            return int(number[1])
    return None


def _trouble(shown: str, number: int) -> str | None:
    """Tells where the page says that it is another than was asked for: a form that is no longer known gives page 1."""
    found = _CURRENT.search(shown)
    here = int(next(filter(None, found.groups()))) if found else number
    return f"page {number} was asked for, page {here} answered" if here != number else None
