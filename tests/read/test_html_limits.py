"""Pages made to harm a parser are refused by name; pages with as much of what sound pages have are read."""

import pytest

from archive.errors import UnreadableDocumentError
from archive.model import Hints, Payload
from archive.read import read

SECTIONS = "<p>一、总体情况</p><p>二、主动公开政府信息情况</p><p>三、收到和处理政府信息公开申请情况</p>"
WIDE_ROW = "<tr>" + "<td colspan=999999999 rowspan=999999999>1" * 100
REFUSED = {
    "divs": ("<div>" * 20_000, "too-deep"),
    "divs whose end tags stand in cells": ("<div><table><tr><td></div>" * 5_000, "too-deep"),
    "tables": ("<table><tr><td>" * 20_000, "too-deep"),
    "formatting": ("".join(f"<font size={n}>" for n in range(5_000)), "too-large-html"),
    "formatting opened again": ("".join(f"<font size={n}><p>x" for n in range(990)), "too-large-html"),
    "formatting in boxes": ("".join(f"<div><font size={n}>x</div>" for n in range(900)), "too-large-html"),
    "attributes": (f"<p {' '.join(f'a{n}=1' for n in range(50_000))}>", "too-large-html"),
    "tags": ("<td>1" * 200_000, "too-large-html"),
    "opening brackets": ("<" * 1_000_000, "too-large-html"),
    "one attribute": (f'<p a="{"x" * 30_000_000}">', "too-large-html"),
    "one line": (f"<p>{'本年收到申请12件，' * 10_000}", "too-large-html"),
    "one cell": (f"<table><tr><td>总计<td>{'1' * 100_000}</table>", "too-large-html"),
    "comments that do not end": (f"<p>{'&lt;!--[if ' * 50_000}", "too-large-html"),
}
READ = {
    "unclosed paragraphs": "<p>本年收到申请12件。" * 5_000,
    "unclosed cells": f"<table>{'<tr><td><font color=red>1<td>2' * 2_000}</table>",
    "unclosed boxes in cells": f"<table>{'<tr><td><div><div>1<td>2' * 2_000}</table>",
    "unclosed spans": "<p><span>x" * 2_000,
    "unclosed formatting": "<div><b><font size=2>x</div>" * 2_000,
    "empty elements of other names": "<div><o:p/><st1:date/>x</div>" * 2_000,
    "a picture in an attribute": f'<img src="data:image/png;base64,{"iVBORw0KGgo" * 100_000}">',
    "spans without end": f"<table>{WIDE_ROW * 50}</table>",
    "comments": f"<p>{'&lt;!--[bookmark:' * 2_000}",
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    source, code = REFUSED[name]
    with pytest.raises(UnreadableDocumentError) as refused:
        read(Payload(f"<html><body>{SECTIONS}{source}".encode()), Hints())
    assert refused.value.code == code


@pytest.mark.parametrize("name", READ)
def test_read(name: str) -> None:
    reading = read(Payload(f"<html><body>{SECTIONS}{READ[name]}".encode()), Hints())
    assert "一、总体情况" in reading.text


def test_cells_left_out_are_told() -> None:
    wide = read(Payload(f"<html><body>{SECTIONS}<table><tr>{'<td>1' * 300}</table>".encode()), Hints())
    narrow = read(Payload(f"<html><body>{SECTIONS}<table><tr>{'<td>1' * 20}</table>".encode()), Hints())
    assert [issue.code for issue in wide.issues].count("truncated") == 1
    assert "truncated" not in [issue.code for issue in narrow.issues]
