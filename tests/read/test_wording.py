"""Labels and names of indicators: each has both labels, short enough, and a name that never changes."""

import hashlib
import re

from archive.read.forms import FORMS
from archive.read.forms.wording import label_en, labels_zh, short_name

CODES = list(dict.fromkeys(i.code for form in FORMS.values() for i in form.indicators))


def test_each_indicator_has_a_chinese_and_an_english_label_of_its_own() -> None:
    assert len(CODES) == 402
    for labels in ([labels_zh()[code] for code in CODES], [label_en(code) for code in CODES]):
        assert len(set(labels)) == len(CODES)
        assert all(0 < len(label) <= 80 for label in labels)
    assert label_en("requests.refused_state_secret.total") == "Requests refused, state secret: total"
    assert labels_zh()["statistics.litigation.other"] == "五、行政诉讼数量：（三）其他情形数·统计数"


def test_short_names_are_unique_and_stata_takes_them() -> None:
    names = [short_name(code) for code in CODES]
    assert len({name.lower() for name in names}) == len(CODES)
    assert [name for name in names if not re.fullmatch(r"[a-z][a-z0-9_]{0,31}", name)] == []


def test_published_names_stay() -> None:
    assert short_name("requests.received.natural_person") == "req_rec_np"
    listed = "\n".join(f"{code} {short_name(code)}" for code in CODES)
    assert (
        hashlib.sha256(listed.encode()).hexdigest()
        == "c6425c56b1c3ff4d71db5a3ba6908168aa13f6f7d62400648964f09b489df0ea"
    ), "a published name changed; new codes: note the hash"
