"""aiosqlite with one trip to its thread for each statement instead of four.

SQLAlchemy asks a driver for a cursor, has it execute, fetch and close; aiosqlite makes a trip of
each, and the trips, not SQLite, are what a small transaction waits for. Nothing is left open on the
way: a statement that is cancelled leaves no cursor behind that would keep SQLite's locks.

It leans on three names inside aiosqlite: ``_thread``, ``_execute`` and ``_conn``. A test of this
module says so where they change, and ``python -m benchmarks transactions`` what it is worth.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from threading import Thread
from typing import Any, Self

import aiosqlite


class Driver:
    """Opens connections, each with a thread of its own."""

    def __init__(self) -> None:
        self._threads: list[Thread] = []

    async def connect(self, path: str, **settings: Any) -> "Connection":
        """What SQLAlchemy calls as ``async_creator_fn``."""
        connection = Connection(partial(sqlite3.connect, path, **settings), iter_chunk_size=64)
        # Private, as _execute and _conn below: pyproject.toml keeps aiosqlite at 0.22 for them.
        thread = connection._thread
        thread.daemon = True  # as SQLAlchemy does it: an open connection stops no exit
        self._threads = [one for one in self._threads if one.is_alive()] + [thread]
        await connection
        return connection

    async def ended(self, within: float) -> None:
        """Waits for the threads, so many seconds for each.

        SQLAlchemy closes what was cancelled behind the back of whoever cancelled it, and until then
        its thread has something to tell the event loop.
        """
        for thread in self._threads:
            await asyncio.to_thread(thread.join, within)


class Connection(aiosqlite.Connection):
    def cursor(self) -> "Cursor":  # type: ignore[override]
        return Cursor(self._run)

    async def _run(self, work: Callable[[sqlite3.Connection], "Result"]) -> "Result":
        result: Result = await self._execute(lambda: work(self._conn))  # type: ignore[no-untyped-call]
        return result


class Result:
    """All that a statement gave, read to the end."""

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self.description = cursor.description
        self.rows: Sequence[Any] = cursor.fetchall() if cursor.description else ()
        self.rowcount = cursor.rowcount
        self.lastrowid = cursor.lastrowid
        # Read to the end and closed, it keeps no lock of SQLite's, whoever is cancelled.
        cursor.close()


class Cursor:
    """As much of a cursor as SQLAlchemy uses."""

    def __init__(self, run: Callable[[Callable[[sqlite3.Connection], Result]], Any]) -> None:
        self._run = run
        self._rows: Sequence[Any] = ()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, sql: str, parameters: Any = ()) -> Self:
        return await self._keep(lambda connection: Result(connection.execute(sql, parameters)))

    async def executemany(self, sql: str, parameters: Any) -> Self:
        return await self._keep(lambda connection: Result(connection.executemany(sql, parameters)))

    async def fetchall(self) -> Sequence[Any]:
        return self._rows

    async def close(self) -> None:
        """There is nothing left to close."""

    async def _keep(self, work: Callable[[sqlite3.Connection], Result]) -> Self:
        result = await self._run(work)
        self._rows, self.description = result.rows, result.description
        self.rowcount, self.lastrowid = result.rowcount, result.lastrowid
        return self
