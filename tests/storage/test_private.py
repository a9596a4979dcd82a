"""Whatever a database refuses, nothing that was to be written stands in the error."""

import traceback
from typing import Any

import pytest
from sqlalchemy import make_url, text

from bot.errors import ConflictError, StorageError
from storage.engine import Connections, parse_url

VALUE = "canary-value"
#: What fails with the value among its parameters, and a word that the error should keep.
REFUSED = {
    "a rule": ("ALTER TABLE inbox ADD CHECK (false) NOT VALID", "check constraint"),
    "a table that is gone": ("ALTER TABLE inbox RENAME TO gone", "inbox"),
    "a column that is narrow": ("ALTER TABLE inbox ALTER key TYPE varchar(3)", "22001"),
    "a trigger that tells": (
        "CREATE FUNCTION tell() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'no %', NEW.key; END $$"
        " LANGUAGE plpgsql|CREATE TRIGGER tell BEFORE INSERT ON inbox EXECUTE FUNCTION tell()",
        "P0001",
    ),
    "a row that is there": ("", "inbox_pkey"),
}
INSERT = text(
    "INSERT INTO inbox (key, kind, payload, received_at, attempts) VALUES (:key, :kind, '{}', 1, 1)"
)


@pytest.fixture
def connections(postgres_url: str) -> Connections:
    return Connections(parse_url(postgres_url))


@pytest.mark.parametrize("what", REFUSED)
async def test_an_error_of_postgresql_tells_no_value(connections: Connections, what: str) -> None:
    broken, kept = REFUSED[what]
    async with connections.begin() as connection:
        for sql in filter(None, broken.split("|")):
            await connection.execute(text(sql))
    with pytest.raises((ConflictError, StorageError)) as caught:
        await _write_twice(connections)
    await connections.close()

    told = _told(caught.value)
    assert VALUE not in told
    assert kept in told


async def test_an_error_of_the_driver_itself_tells_no_value(connections: Connections) -> None:
    with pytest.raises(StorageError) as caught:
        async with connections.begin() as connection:
            await connection.execute(text("SELECT CAST(:number AS integer)"), {"number": VALUE})
    await connections.close()

    assert VALUE not in _told(caught.value)


async def test_a_password_is_in_no_error(postgres_url: str) -> None:
    url = make_url(postgres_url).set(password=VALUE, database="gone", drivername="postgresql")
    connections = Connections(parse_url(url.render_as_string(hide_password=False)))
    with pytest.raises(StorageError) as caught:
        await _write(connections, key="k", kind="k")
    await connections.close()

    assert VALUE not in _told(caught.value)
    assert 'database "gone" does not exist' in str(caught.value)


async def test_an_error_of_sqlite_tells_no_value(tmp_path: Any) -> None:
    connections = Connections(parse_url(f"sqlite:///{tmp_path}/bot.db"))
    for sql in ("CREATE TABLE inbox (key TEXT PRIMARY KEY, kind, payload, received_at, attempts)",):
        async with connections.begin() as connection:
            await connection.execute(text(sql))
    with pytest.raises(ConflictError) as caught:
        await _write_twice(connections)
    await connections.close()

    assert VALUE not in _told(caught.value)
    assert "UNIQUE constraint failed: inbox.key" in str(caught.value)


async def _write(connections: Connections, **values: str) -> None:
    async with connections.begin() as connection:
        await connection.execute(INSERT, values)


async def _write_twice(connections: Connections) -> None:
    for _ in range(2):
        await _write(connections, key=VALUE, kind=VALUE)


def _told(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))
