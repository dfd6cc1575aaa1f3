"""What the tables share: the metadata with its naming of constraints, keys and CHECKs."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    MetaData,
)

from archive.model import Status, Verdict

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

STATUS_CODES = {status: number for number, status in enumerate(Status)}
VERDICT_CODES = {verdict: number for number, verdict in enumerate(Verdict)}

TIME = DateTime(timezone=True)


def key() -> Column[int]:
    """Gives a bigint surrogate key."""
    return Column("id", BigInteger, Identity(always=True), primary_key=True)


def sha256_check(column: str) -> CheckConstraint:
    """Gives the CHECK that a column holds a SHA-256 in lower-case hexadecimal."""
    return CheckConstraint(f"{column} ~ '^[0-9a-f]{{64}}$'", name=f"{column}_is_sha256")


def one_of(column: str, values: list[str]) -> CheckConstraint:
    """Gives the CHECK that a column holds one of the values."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_is_known")
