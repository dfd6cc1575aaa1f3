"""What we know: tables, sessions and queries by noun; the only place that knows SQLAlchemy."""

from sqlalchemy import Connection, Engine

__all__ = ["Connection", "Engine"]
