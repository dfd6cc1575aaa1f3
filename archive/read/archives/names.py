"""Names of members: bytes in UTF-8 or GBK, separators of either system, nothing that leads out of the archive."""

import re

JUNK = re.compile(r"(?:^|/)(?:__MACOSX/|\._|~\$|(?:Thumbs\.db|desktop\.ini|\.DS_Store)$)", re.I)
CONTROLS = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
MAX_NAME = 300


def decoded(raw: bytes) -> str:
    """Gives a name that says nothing of its charset: UTF-8 where it is that, else GBK, else code page 437."""
    for charset in ("utf-8", "gb18030"):
        try:
            return raw.decode(charset)
        except UnicodeDecodeError:
            continue
    return raw.decode("cp437")


def clean(name: str) -> str:
    """Gives a relative path with `/` between its parts, without `.` and `..`, drives and control characters."""
    name = CONTROLS.sub("_", name.replace("\\", "/"))
    parts = [part for part in re.sub(r"^[A-Za-z]:", "", name).split("/") if part not in ("", ".", "..")]
    return "/".join(parts)[-MAX_NAME:]


def is_junk(name: str) -> bool:
    """Tells whether a member is what an operating system or Word leaves beside files."""
    return bool(JUNK.search(name))
