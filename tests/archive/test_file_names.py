"""Names of files in Content-Disposition, as sites write them and as headers are kept: latin-1."""

from urllib.parse import quote

import pytest

from archive.file_names import named
from archive.records.waiting import hints_of

NAME = "清河镇2023年政府信息公开工作年度报告.doc"


@pytest.mark.parametrize(
    "said",
    [
        f"attachment; filename={NAME}".encode("gbk"),
        f'attachment; filename="{NAME}"'.encode("gbk"),
        f'attachment; filename="{NAME}"; size=12'.encode(),
        f'attachment;FileName="{quote(NAME)}"'.encode(),
        f"attachment; filename={quote(NAME.encode('gbk'))}".encode(),
        f"attachment; filename=x.doc; filename*=UTF-8''{quote(NAME)}".encode(),
        f"attachment; filename*=GBK''{quote(NAME.encode('gbk'))}".encode(),
        b'inline; filename="C:/upload/' + NAME.encode("gbk") + b'"',
    ],
)
def test_a_name_is_decoded_however_it_is_written(said: bytes) -> None:
    assert named(said.decode("latin-1")) == NAME


@pytest.mark.parametrize("said", [None, "", "attachment", "attachment; filename=", 'attachment; filename=""'])
def test_where_no_name_is_given_there_is_none(said: str | None) -> None:
    assert named(said) is None


def test_a_reading_is_told_the_name_that_the_server_gave() -> None:
    headers = [["content-disposition", f"attachment; filename={NAME}".encode("gbk").decode("latin-1")]]
    assert hints_of("http://h/down.jsp?id=7", headers, {}).file_name == NAME
    assert hints_of("http://h/files/a.doc", [], {}).file_name == "a.doc"
