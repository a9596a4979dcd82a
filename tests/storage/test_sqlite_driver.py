"""Our driver of SQLite leans on three private names of aiosqlite: are they still what they were?"""

import asyncio
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Generator
from pathlib import Path
from typing import Any

import aiosqlite
import pytest

GONE = object()


async def is_thread(connection: Any) -> bool:
    """Before it begins the driver can make a daemon of it, and then wait for its end."""
    thread = connection._thread
    is_early = thread.is_alive()
    await connection
    return isinstance(thread, threading.Thread) and thread.is_alive() and not is_early


async def is_execute(connection: Any) -> bool:
    """What keeps the event loop free while SQLite works."""
    thread: threading.Thread = await (await connection)._execute(threading.current_thread)
    return thread not in (None, threading.current_thread())


async def is_conn(connection: Any) -> bool:
    """On which a statement is executed, read to its end and closed in one trip."""
    return isinstance((await connection)._conn, sqlite3.Connection)


LEANS_ON: dict[str, tuple[str, Callable[[Any], Awaitable[bool]]]] = {
    "_thread": ("a thread that begins when the connection is awaited", is_thread),
    "_execute": ("what runs a function in that thread and returns its result", is_execute),
    "_conn": ("the connection of sqlite3", is_conn),
}


async def trouble(connection: Any, name: str) -> str:
    """Empty where the name still is what the driver takes it for."""
    what, is_still = LEANS_ON[name]
    try:
        if await is_still(connection):
            return ""
    except (AttributeError, TypeError):
        pass
    return (
        f"In aiosqlite {aiosqlite.__version__} Connection.{name} is no longer {what}. "
        "storage/sqlite_driver.py leans on that: read aiosqlite's core.py, mend the driver, and "
        "only then raise the ceiling in pyproject.toml."
    )


class Changed:
    """A connection of an aiosqlite to come, in which one name is gone or something else."""

    def __init__(self, connection: aiosqlite.Connection, name: str, now: object) -> None:
        self._known, self._name, self._now = connection, name, now

    def __await__(self) -> Generator[Any, None, "Changed"]:
        yield from self._known.__await__()
        return self

    def __getattr__(self, name: str) -> Any:
        if name != self._name:
            return getattr(self._known, name)
        if self._now is GONE:
            raise AttributeError(name)
        return self._now


@pytest.mark.parametrize("name", LEANS_ON)
async def test_aiosqlite_is_still_what_the_driver_takes_it_for(tmp_path: Path, name: str) -> None:
    connection = aiosqlite.connect(tmp_path / "a.db")

    said = await trouble(connection, name)
    await connection.close()

    assert not said, said


@pytest.mark.parametrize(
    ("name", "now"),
    [
        ("_thread", GONE),
        ("_thread", threading.main_thread()),
        ("_thread", None),
        ("_execute", GONE),
        ("_execute", lambda work: asyncio.sleep(0, work())),
        ("_execute", lambda work: asyncio.sleep(0)),
        ("_conn", GONE),
        ("_conn", None),
    ],
)
async def test_a_change_inside_aiosqlite_is_a_sentence_that_says_what_to_do(
    tmp_path: Path, name: str, now: object
) -> None:
    connection = aiosqlite.connect(tmp_path / "a.db")

    said = await trouble(Changed(connection, name, now), name)
    await connection.close()

    assert said.startswith(f"In aiosqlite {aiosqlite.__version__} Connection.{name} is no longer")
    assert "mend the driver" in said
