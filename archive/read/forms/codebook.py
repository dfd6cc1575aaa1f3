"""Words of indicators and the crosswalk between forms, as rows: what the database shows researchers of them."""

from archive.read.forms import part_forms
from archive.read.forms.crosswalk import Crossing, Relation, crosswalk
from archive.read.forms.wording import label_en, short_name


def words() -> list[dict[str, str]]:
    """Gives what each indicator is called in English and in statistics programs."""
    codes = dict.fromkeys(indicator.code for part in part_forms() for indicator in part.indicators)
    return [{"code": code, "label_en": label_en(code), "short_name": short_name(code)} for code in codes]


def crossings() -> list[dict[str, object]]:
    """Gives the crosswalk between forms, a row a pair: all of one crossing have its number."""
    return [
        {
            "crossing": number,
            "position": position,
            "relation": each.relation.value,
            "from_form": each.from_form,
            "from_code": before,
            "to_form": each.to_form,
            "to_code": after,
            "note_zh": each.note_zh,
            "note_en": each.note_en,
        }
        for number, each in enumerate(crosswalk(), 1)
        for position, (before, after) in enumerate(pairs(each), 1)
    ]


def pairs(crossing: Crossing) -> list[tuple[str | None, str | None]]:
    """Gives each indicator of a crossing beside the one that it may be set against, None where there is none."""
    if crossing.relation is Relation.NOT_COMPARABLE:
        return [(code, None) for code in crossing.from_codes] + [(None, code) for code in crossing.to_codes]
    return [(before, after) for before in crossing.from_codes for after in crossing.to_codes]
