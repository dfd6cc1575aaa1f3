"""The read-only role `researcher` of an operator's own server."""

from importlib import resources

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from archive.errors import DatabaseUnavailableError


def researcher_sql(engine: Engine) -> str:
    """Gives the statements that make the role for this database, whose own user keeps its rights."""
    quote = engine.dialect.identifier_preparer.quote_identifier
    script = resources.files("archive.records").joinpath("researcher.sql").read_text(encoding="utf-8")
    with engine.connect() as connection:
        database, owner = connection.exec_driver_sql("SELECT current_database(), current_user").one()
    return script.replace(":database", quote(database)).replace(":owner", quote(owner))


def make_researcher(engine: Engine) -> None:
    """Makes the role, or nothing. Raises DatabaseUnavailableError where our user is not a superuser."""
    statements = researcher_sql(engine)
    try:
        with engine.begin() as connection:
            connection.execution_options(no_parameters=True).exec_driver_sql(statements)
    except DBAPIError as error:
        raise DatabaseUnavailableError(
            f"the role was not made: {str(error.orig).strip()}; run what `nianbao db roles` prints as a superuser"
        ) from error
