"""Pages of a firewall in place of what was asked for: recognised, never solved (portals.md §10.3)."""

import re

ALWAYS = {202, 405, 412, 418, 468, 491, 521}  # statuses that no GET of a page gets from a site that answers
WITH_MARKS = {200, 400, 403, 429, 503}
LARGEST = 20_000  # bytes; a page of a firewall is small

MARKS = re.compile(
    rb"\$_ts=|__jsl_clearance|;go\(\{|acw_sc__v2|\barg1=|wzws"
    + "|".join(["", "网站防火墙", "安全验证", "滑动验证", "访问异常", "云防护"]).encode("utf-8")
    + b"|".join([b"", *(word.encode("gb18030") for word in ("网站防火墙", "安全验证", "访问异常", "云防护"))])
)
ARTICLE = re.compile("信息公开|ArticleTitle|PubDate".encode() + b"|" + "信息公开".encode("gb18030"))


def challenge(status: int, body: bytes) -> str | None:
    """Gives what kind of challenge an answer is, or None for what the site itself says."""
    if status in ALWAYS:
        return f"status {status}"
    if status not in WITH_MARKS or len(body) >= LARGEST or ARTICLE.search(body):
        return None
    found = MARKS.search(body)
    return f"status {status}, {found[0].decode('utf-8', 'replace')}" if found else None
