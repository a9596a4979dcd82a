"""What the tables are made of. Instants are integer microseconds."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, MetaData, text
from sqlmodel import Field, SQLModel

# SQLite hands out row ids only to columns that are exactly INTEGER PRIMARY KEY.
ID = BigInteger().with_variant(Integer(), "sqlite")


def one_of(column: str, words: Any) -> CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    condition = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def row_id() -> Any:
    return Field(sa_type=ID, primary_key=True)


def instant() -> Any:
    return Field(sa_type=BigInteger)


def maybe_instant() -> Any:
    return Field(default=None, sa_type=BigInteger)


class Row(SQLModel):
    metadata = MetaData(
        naming_convention={
            "pk": "%(table_name)s_pkey",
            "fk": "%(table_name)s_%(column_0_name)s_fkey",
            "ck": "%(table_name)s_%(constraint_name)s",
        }
    )
