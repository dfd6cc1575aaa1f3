"""Reports to be put one after the other into a page or a DOCX, each with other figures."""

import io
from dataclasses import dataclass
from random import Random

import openpyxl

from tests.compose import page, word
from tests.compose.changes import placed
from tests.compose.printed import Print
from tests.compose.sheets import PARTS, Sheet

AFTER = (
    "五、存在的主要问题及改进情况",
    "公开的深度还不够，下一步加强培训。",
    "六、其他需要报告的事项",
    "没有需要报告的事项。",
)


@dataclass(frozen=True)
class Report:
    """One agency's report of one year: its title, the lines above its tables, its tables."""

    agency: str
    year: int
    sheets: tuple[Sheet, ...]

    @property
    def title(self) -> str:
        return f"{self.agency}{self.year}年政府信息公开工作年度报告"

    @property
    def opening(self) -> tuple[str, ...]:
        return ("一、总体情况", f"本年度{self.agency}主动公开信息{len(self.agency)}百余条，解读{self.year % 100}件。")

    @property
    def printed(self) -> dict[str, Print]:
        return {code: meant for sheet in self.sheets for code, meant in sheet.printed.items()}


def report(agency: str, year: int, rng: Random) -> Report:
    """Gives a report with the three tables of its year's form."""
    form = "2021" if year >= 2021 else "2019"
    return Report(agency, year, tuple(make(form, rng) for make in PARTS.values()))


def html(one: Report, rng: Random, title: str | None = None) -> str:
    """Gives a report in markup, its title in a heading, a paragraph or over two lines."""
    how = page.hand(rng)
    name = one.title if title is None else title
    heads: tuple[str, ...] = (f"<h2>{name}</h2>", f"<p align=center><b>{name}</b></p>")
    if title is None:
        heads += (f"<p>{one.agency}</p><p>{name.removeprefix(one.agency)}</p>",)
    lines = "".join(f"<p>{line}</p>" for line in one.opening)
    tables = "".join(f"<p>{page.HEADINGS[s.part]}</p>{page.table(s.rows, how, s.heads)}" for s in one.sheets)
    return rng.choice(heads if name else ("",)) + lines + tables + "".join(f"<p>{line}</p>" for line in AFTER)


def paged(body: str, title: str = "政府信息公开年报") -> bytes:
    """Gives a page with a menu above and a footer below."""
    return (
        f"<html><head><meta charset=utf-8><title>{title}-云岫县人民政府</title></head><body>"
        "<ul><li>首页</li><li>政务公开</li></ul><div>当前位置：首页 &gt; 政府信息公开年报</div>"
        f"<div class=main>{body}</div><div>主办：云岫县人民政府办公室</div><div>网站标识码：9903020001</div>"
        "</body></html>"
    ).encode()


def docx(reports: list[Report], rng: Random, before: tuple[str, ...] = ()) -> bytes:
    """Gives a DOCX with the reports one after the other."""
    writer = word.Writer(rng)
    parts = [word.paragraph(line) for line in before]
    for one in reports:
        parts.append(word.paragraph(one.title, "Title"))
        parts += [word.paragraph(line) for line in one.opening]
        for sheet in one.sheets:
            parts += [word.paragraph(page.HEADINGS[sheet.part]), writer.around(writer.table(sheet.rows))]
        parts += [word.paragraph(line) for line in AFTER]
    space = f'xmlns:w="{word.TRANSITIONAL}"'
    return word.packed(
        {"word/document.xml": f"<w:document {space}><w:body>{''.join(parts)}</w:body></w:document>"}, rng
    )


def xlsx(reports: list[Report]) -> bytes:
    """Gives a workbook with a sheet for each report: its title, then headings and tables."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for one in reports:
        leaf = book.create_sheet(one.agency)
        leaf.append([one.title])
        for sheet in one.sheets:
            leaf.append([page.HEADINGS[sheet.part]])
            top = leaf.max_row + 1
            for row, boxes in enumerate(placed(sheet.rows)):
                for column, box in enumerate(boxes):
                    if box is not None:
                        leaf.cell(top + row, column + 1, box.text)
                        leaf.merge_cells(
                            start_row=top + row,
                            end_row=top + row + box.down - 1,
                            start_column=column + 1,
                            end_column=column + box.across,
                        )
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
