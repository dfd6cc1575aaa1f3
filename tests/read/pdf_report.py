"""A report drawn as a PDF, and what must be read from it however it is drawn."""

from typing import Any

from archive.model import Hints, Payload, Reading, Status
from archive.read import read
from tests.read.pdf_drawing import Sheet
from tests.read.printed import Figures, tables

WEIGHTS = ([1.0] * 12, [0.7, 1.1, 2.6, *[1.0] * 7], [1.0] * 15)
AGENCY = "云溪县水利局"
PROSE = (
    "本报告由云溪县水利局编制，所列数据的统计期限自2022年1月1日起至2022年12月31日止。全文包括六个部分，"
    "如有疑问，请与本局办公室联系，电话0730-1234567。",
    "全年主动公开各类信息六百余条，其中政策解读二十一个，召开新闻发布会十二场，及时回应群众关切，进一步提升了工作的"
    "透明度和公信力。群众满意度为98.5%。",
)


def drawn(figures: Figures, forms: tuple[str, str] = ("2021", "2021"), filler: int = 1, **style: Any) -> bytes:
    """Gives a report of three tables; `filler` paragraphs move the page breaks."""
    sheet = Sheet(**style)
    sheet.title(AGENCY)
    sheet.title("2022年政府信息公开工作年度报告")
    sheet.paragraph(PROSE[0])
    sheet.paragraph("一、总体情况")
    for _ in range(filler):
        sheet.paragraph(PROSE[1])
    titles = (
        "二、主动公开政府信息情况",
        "三、收到和处理政府信息公开申请情况",
        "四、政府信息公开行政复议、行政诉讼情况",
    )
    for title, rows, weights in zip(titles, tables(*forms, figures), WEIGHTS, strict=True):
        sheet.paragraph(title)
        sheet.table(rows, weights)
    sheet.paragraph("五、存在的主要问题及改进情况")
    sheet.paragraph(PROSE[1])
    return sheet.done()


def all_right(data: bytes, figures: Figures) -> Reading:
    """Gives the reading of such a report, which has every figure as printed and the prose in its lines."""
    reading = read(Payload(data), Hints())
    assert (reading.agency, reading.year) == (AGENCY, 2022)
    assert {f.indicator: (f.raw or "").strip() or None for f in reading.figures} == figures
    wanted = [Status.BLANK if printed is None else Status.NUMBER for printed in figures.values()]
    assert [figure.status for figure in reading.figures] == wanted
    assert PROSE[0] in reading.text.splitlines()
    assert reading.text.splitlines().count(PROSE[1]) >= 2
    return reading
