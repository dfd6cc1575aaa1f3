"""Runs migrations: one at a time over all machines, each in a transaction, none waiting long for a lock.

The connection is handed in by archive.records.migrate; the `alembic` command opens the configured database.
With `--sql` nothing is connected to: the statements are printed.
"""

from alembic import context
from sqlalchemy import Connection, text

from archive import config
from archive.records import session
from archive.records.tables import metadata

LOCK_NAME = "migrations"
TIMEOUTS = ("SET lock_timeout = '4s'", "SET statement_timeout = '5s'")  # a step that needs more says so itself


def migrate(connection: Connection) -> None:
    """Runs the asked-for steps on the connection."""
    with session.advisory_lock(connection, LOCK_NAME):
        for timeout in TIMEOUTS:
            connection.execute(text(timeout))
        connection.commit()
        try:
            context.configure(
                connection=connection,
                target_metadata=metadata,
                transaction_per_migration=True,
                compare_server_default=True,
            )
            with context.begin_transaction():
                context.run_migrations()
        finally:
            connection.rollback()
            connection.execute(text("RESET lock_timeout"))
            connection.execute(text("RESET statement_timeout"))
            connection.commit()


def run() -> None:
    """Runs with what there is: no connection, the one handed in, or the configured database."""
    handed = context.config.attributes.get("connection")
    if context.is_offline_mode():
        context.configure(dialect_name="postgresql", target_metadata=metadata, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
    elif handed is not None:
        migrate(handed)
    else:
        settings = config.load()
        with (
            session.open_unmigrated(settings.home, settings.database_url) as engine,
            engine.connect() as connection,
        ):
            migrate(connection)


run()
