"""Trouble with the database in the middle of work, told as what it is."""

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from archive.errors import DatabaseUnavailableError


def as_told(error: Exception) -> Exception:
    """Gives DatabaseUnavailableError where the server went away or refuses to write; other errors as they are."""
    if not isinstance(error, DBAPIError):
        return error
    if not isinstance(error, (OperationalError, InterfaceError)) and not error.connection_invalidated:
        return error
    said = str(error.orig).strip().partition("\n")[0]
    return DatabaseUnavailableError(f"the database failed in the middle of the work: {said}")
