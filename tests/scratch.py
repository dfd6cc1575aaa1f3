"""Scratch databases on the server of the tests."""

import uuid

from sqlalchemy import URL, create_engine, text
from sqlalchemy.pool import NullPool


def scratch_name(purpose: str) -> str:
    return f"nianbao_{purpose}_{uuid.uuid4().hex[:12]}"


def administer(url: URL, statement: str) -> None:
    """Runs a statement that must stand outside a transaction."""
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
