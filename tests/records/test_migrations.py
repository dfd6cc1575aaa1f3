"""The migrations against archive.records.tables and against wrong rows."""

from sqlalchemy import Engine, text


def test_engine_is_migrated(engine: Engine) -> None:
    with engine.connect() as c:
        assert c.execute(text("select zh_grams('政府 信息')")).scalar_one() == ["信息", "府信", "政府"]
        assert c.execute(text("select count(*) from figure_cells")).scalar_one() == 0
