"""The name of a file as a server gives it: Content-Disposition in all the ways in which old sites write it."""

import re
from urllib.parse import unquote_to_bytes

_EXTENDED = re.compile(r"filename\*\s*=\s*([\w-]*)'[^']*'([^;\s]+)", re.IGNORECASE)  # RFC 8187: UTF-8''%E5…
_PLAIN = re.compile(r"filename\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"?|([^;]*))", re.IGNORECASE)


def named(disposition: str | None) -> str | None:
    """Gives the file name in a Content-Disposition (decoded as latin-1, as headers are kept), None where there is none.

    The name may be RFC 8187, percent-encoded, or raw bytes in UTF-8 or GB 18030 (portals.md §10): what decodes as
    UTF-8 is that. Folders before the name are left out.
    """
    if found := _EXTENDED.search(disposition or ""):
        said, charset = unquote_to_bytes(found[2]), found[1]
    elif found := _PLAIN.search(disposition or ""):
        raw = re.sub(r"\\(.)", r"\1", found[1]) if found[1] is not None else found[2]
        said, charset = unquote_to_bytes(raw.strip().encode("latin-1", "replace")), "utf-8"
    else:
        return None
    name = re.split(r"[/\\]", _decoded(said, charset))[-1]
    return "".join(sign for sign in name if sign.isprintable()).strip() or None


def _decoded(said: bytes, charset: str) -> str:
    for one in (charset or "utf-8", "utf-8", "gb18030"):
        try:
            return said.decode(one)
        except (UnicodeDecodeError, LookupError):
            continue
    return said.decode("utf-8", "replace")
