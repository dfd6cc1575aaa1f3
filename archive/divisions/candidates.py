"""What an agency that did not resolve may be: suggestions for a person, never stored."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

from archive.divisions.names import comparable, cut, plain, stem
from archive.divisions.resolve import Resolved, pool_of, readings_of
from archive.divisions.table import Division, Table, areas, everywhere, lineage, named

MOST = 6
FEW = 3
SIMILAR = 0.6  # of difflib's ratio
SPEAKS = re.compile(r"([县市区旗])(?:委|人民政府|政府|政协|人大)")


def candidates(agency: str, portal: str, table: Table) -> list[Division]:
    """Gives the divisions an agency may be or belong to, the likeliest first.

    Those of its portal that have its name or one like it, those of the country that have it, the place its name begins
    with, and last the portal's own division. Without a portal ("") those of the country that have its name.
    """
    if not portal:
        return list(everywhere(table, cut(plain(agency))))[:MOST]
    pool = pool_of(table, portal)
    texts = [text for text, _ in readings_of(plain(agency), pool)]
    shorts = list(dict.fromkeys(cut(text) for text in texts))
    here = [row for text in shorts for row in (*pool.exact.get(text, ()), *pool.stems.get(stem(text), ()))]
    alike = [name for text in shorts if comparable(text) for name in get_close_matches(text, pool.exact, 3, SIMILAR)]
    near = [row for name in alike for row in pool.exact[name] if row.code != portal]
    far = {row for text in shorts if comparable(text) for row in everywhere(table, text)}
    elsewhere = sorted(far, key=lambda row: row.code) if len(far) <= FEW else ()  # a name of many says nothing
    before = [row for row in areas(table) if len(row.name) >= 3 and any(text.startswith(row.name) for text in texts)]
    own = [found for found in (named(table, portal),) if found]
    return list({row.code: row for row in (*here, *near, *elsewhere, *before, *own)}.values())[:MOST]


def hinted(found: Iterable[Division], text: str, table: Table) -> Resolved | None:
    """Gives the one candidate whose county is what the text speaks of: a report with 县委, 县政协 is a county's.

    A hint of low confidence; None where the text speaks of none or several candidates fit.
    """
    said = [match[1] for match in SPEAKS.finditer(text)]
    if not said:
        return None
    kind = max(sorted(set(said)), key=said.count)
    fitting = [row for row in found if (area := lineage(table, row.code[:6])) and area[-1].name.endswith(kind)]
    return Resolved(fitting[0].code, fitting[0].level, "low", "hint") if len(fitting) == 1 else None


def path_of(table: Table, code: str) -> str:
    """Gives the names from the province to a division, for people: 江西省宜春市樟树市昌傅镇."""
    rows = lineage(table, code[:6])
    below = [named(table, code)] if len(code) == 12 else []
    return "".join(row.name for row in (*rows, *below) if row)
