"""What we know: tables, sessions and queries by noun; the only place that knows SQLAlchemy."""
