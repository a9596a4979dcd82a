"""Opening SQLite and PostgreSQL so that both keep the same promises."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from errno import EDQUOT, ENOSPC, EROFS
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Table, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import BotError, ConflictError, StorageError, UnwritableError
from storage.sqlite_driver import Driver

SQLITE = "sqlite"
DISK_FULL, READ_ONLY = "53100", "25006"  #: SQLSTATE, of PostgreSQL
_STAYS = "Nothing was done, and what only looks goes on."
FULL = (
    f"I can write nothing down: the disk of my database is full. {_STAYS} Whoever runs me has to "
    "make room there."
)
UNCHANGEABLE = (
    f"I can write nothing down: my database is read-only. {_STAYS} Whoever runs me has to make it "
    "writable again."
)
LEAVING = 2.0  #: seconds that whoever still reads is given when the database is closed

# FULL: with WAL, NORMAL may lose the last commits when the power fails.
# https://www.sqlite.org/pragma.html#pragma_synchronous
# recursive_triggers: without it INSERT OR REPLACE deletes rows past the append-only triggers.
# https://www.sqlite.org/lang_conflict.html
_PRAGMAS = (
    "busy_timeout=5000",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "recursive_triggers=ON",
    "trusted_schema=OFF",
)
# Whoever waits behind a lock, or leaves a transaction open, must not keep Slack's three seconds of
# all others: PostgreSQL itself waits for ever.
_TIMEOUTS = {
    "statement_timeout": "5s",
    "lock_timeout": "3s",
    "idle_in_transaction_session_timeout": "10s",
}
# Whoever decides locks the row first (Transaction._hold) and then reads what is committed by then;
# at a stricter level the later one would fail instead and have to begin anew.
# https://www.postgresql.org/docs/current/transaction-iso.html
_WRITER = {**_TIMEOUTS, "default_transaction_isolation": "read committed"}
# A request, its steps and its votes are read by three statements that must see one state.
_READER = {
    **_TIMEOUTS,
    "default_transaction_isolation": "repeatable read",
    "default_transaction_read_only": "on",
}
#: Classes of SQLSTATE whose first line names tables, columns and rules, but never a value.
#: https://www.postgresql.org/docs/current/errcodes-appendix.html
_VALUELESS = frozenset(
    "08 0A 0B 21 23 25 28 2D 3B 3D 3F 40 42 44 53 54 55 57 58 F0 XX".split()  # noqa: SIM905
)
_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}


def parse_url(url: str) -> URL:
    """The URL with its async driver. Raises StorageError for what is not supported."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StorageError(
            "DATABASE_URL is not a URL: write sqlite:///data/rds-bot.db or postgresql://user@host/name."
        ) from error
    driver = _DRIVERS.get(parsed.drivername)
    if driver is None:
        raise StorageError(
            f"DATABASE_URL names {parsed.drivername}, which is not supported: "
            "use sqlite or postgresql."
        )
    parsed = parsed.set(drivername=driver)
    if is_sqlite(parsed) and parsed.database in (None, "", ":memory:"):
        raise StorageError(
            "SQLite in memory forgets everything at the end: write sqlite:///data/rds-bot.db."
        )
    return parsed if is_sqlite(parsed) else _with_asyncpg_words(parsed)


def _with_asyncpg_words(url: URL) -> URL:
    """libpq's ``sslmode`` is called ``ssl`` by asyncpg."""
    query = {("ssl" if name == "sslmode" else name): value for name, value in url.query.items()}
    return url.set(query=query)


def is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == SQLITE


def sqlite_path(url: URL) -> Path:
    return Path(url.database or "").expanduser().resolve()


def prepare_file(path: Path) -> None:
    """Makes the file and its directory where they are missing, for the bot's user alone."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.chmod(0o600)
    except OSError as error:
        raise StorageError(f"{path} cannot be opened: {error.strerror}.") from error


class Connections:
    """One writing and several reading connections, with one error language."""

    def __init__(self, url: URL) -> None:
        self.is_sqlite = is_sqlite(url)
        self._sqlite = Driver()
        self._writer = writing_engine(url, self._sqlite)
        self._reader = _reading_engine(url, self._sqlite)
        self._readers = 0
        self._is_unread = asyncio.Event()
        self._is_unread.set()
        self._turn = asyncio.Lock() if self.is_sqlite else nullcontext()
        self._is_closed = False
        self.unwritten = 0  #: writes since the start that failed
        self._driver: Any = None
        # A task that is cancelled has its connection closed: the next insert must not use that one.
        event.listen(self._writer.sync_engine, "invalidate", self._forget_driver)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """A writing transaction: committed at the end, rolled back on any exception."""
        async with self._turn:
            with self._counted(), self._usable():
                async with self._writer.begin() as connection:
                    yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One consistent state of the database, for reading only."""
        with self._usable(), self._reading():
            async with self._reader.connect() as connection:
                yield connection

    async def insert(self, sql: str, parameters: Sequence[Any]) -> Iterable[Any]:
        """One statement on SQLite, committed by itself, past SQLAlchemy for its speed."""
        async with self._turn:
            with self._counted(), self._usable():
                if self._driver is None:
                    async with self._writer.connect() as connection:
                        self._driver = (await connection.get_raw_connection()).driver_connection
                rows: Iterable[Any] = await self._driver.execute_fetchall(sql, parameters)
                return rows

    async def close(self) -> None:
        """Waits for who is writing on SQLite, and a little for who reads; whoever comes later is
        refused."""
        async with self._turn:
            self._is_closed = True
        with suppress(TimeoutError):
            await asyncio.wait_for(self._is_unread.wait(), LEAVING)
        await self._reader.dispose()
        await self._writer.dispose()
        await self._sqlite.ended(LEAVING)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        self._readers += 1
        self._is_unread.clear()
        try:
            yield
        finally:
            self._readers -= 1
            if not self._readers:
                self._is_unread.set()

    @contextmanager
    def _counted(self) -> Iterator[None]:
        try:
            yield
        except StorageError:
            self.unwritten += 1
            raise

    @contextmanager
    def _usable(self) -> Iterator[None]:
        if self._is_closed:
            raise StorageError("The database is closed, because the bot is stopping.")
        with translated():
            yield

    def _forget_driver(self, *_: Any) -> None:
        self._driver = None


@contextmanager
def translated() -> Iterator[None]:
    """Turns the errors of SQLAlchemy and the drivers into the bot's own.

    A driver's own words and those of its causes may hold what was to be written: the row that was
    refused, the parameter that is of no use. So its exceptions end here, and of their words only
    those go on that can hold no value.
    """
    try:
        yield
    except IntegrityError as error:
        refused = ConflictError(f"The database refused this change: {_cause(error)}.")
        raise _about(refused, error) from None
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        if why := _takes_no_changes(error):
            raise _about(UnwritableError(why), error) from None
        unusable = StorageError(f"The database cannot be used right now: {_cause(error)}.")
        raise _about(unusable, error) from None


def _about(failure: BotError, error: Exception) -> BotError:
    """With the statement, whose values stand apart from it."""
    if statement := getattr(error, "statement", None):
        failure.add_note(f"SQL: {statement}")
    return failure


def _takes_no_changes(error: BaseException) -> str:
    """The sentence that says why it can be read and not written; empty where it is another error.

    Known by SQLite's names, PostgreSQL's SQLSTATE and the system's numbers, not by words.
    """
    for one in _chain(error):
        name = str(getattr(one, "sqlite_errorname", ""))
        state, number = getattr(one, "sqlstate", None), getattr(one, "errno", None)
        if name == "SQLITE_FULL" or state == DISK_FULL or number in (ENOSPC, EDQUOT):
            return FULL
        if name.startswith("SQLITE_READONLY") or state == READ_ONLY or number == EROFS:
            return UNCHANGEABLE
    return ""


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """SQLAlchemy wraps what a driver said once or twice."""
    while error is not None:
        yield error
        error = getattr(error, "orig", None) or error.__cause__


def _cause(error: Exception) -> str:
    """The first line of what the driver said, or its kind; SQLAlchemy wraps it once or twice."""
    said = getattr(error, "orig", None) or error
    said = said.__cause__ or said
    state = getattr(said, "sqlstate", None)
    lines = str(said).splitlines()
    if lines and _holds_no_value(said, state):
        return lines[0].rstrip(".")
    return f"{type(said).__name__} {state or ''}".rstrip()


def _holds_no_value(said: BaseException, state: str | None) -> bool:
    """asyncpg raises what it cannot encode as a ValueError, without a state."""
    if state is not None:
        return state[:2] in _VALUELESS
    return isinstance(said, (sqlite3.Error, OSError, SQLAlchemyError, RuntimeError)) or (
        type(said).__module__.startswith("asyncpg.") and not isinstance(said, ValueError)
    )


def writing_engine(url: URL, driver: Driver | None = None, **settings: str) -> AsyncEngine:
    if not is_sqlite(url):
        return _postgresql_engine(url, {**_WRITER, **settings})
    # One connection: SQLite has one writer, and waiting in our own queue is fair and cheap.
    engine = _sqlite_engine(
        url, driver or Driver(), pool_size=1, max_overflow=0, pool_reset_on_return=None
    )
    event.listen(engine.sync_engine, "begin", _begin_immediate)
    return engine


def _reading_engine(url: URL, driver: Driver) -> AsyncEngine:
    if not is_sqlite(url):
        return _postgresql_engine(url, _READER)
    engine = _sqlite_engine(url, driver, pool_size=4, max_overflow=4)
    event.listen(engine.sync_engine, "connect", _forbid_writing)
    event.listen(engine.sync_engine, "begin", _begin_deferred)
    return engine


def _postgresql_engine(url: URL, settings: dict[str, str]) -> AsyncEngine:
    try:
        return create_async_engine(
            url,
            connect_args={"server_settings": settings},
            # What is written may hold a secret, and SQLAlchemy repeats parameters in its errors.
            hide_parameters=True,
            pool_size=10,
            pool_pre_ping=True,  # a restart of the server costs nobody their click
        )
    except ModuleNotFoundError as error:
        raise StorageError(
            f"{error.name} is missing: pip install 'rds-ops-bot[postgres]'."
        ) from error


def _sqlite_engine(url: URL, driver: Driver, **pool: Any) -> AsyncEngine:
    # Else sqlite3 begins transactions by itself, and deferred ones.
    # https://docs.python.org/3/library/sqlite3.html#transaction-control-via-the-isolation-level-attribute
    arguments = {"isolation_level": None, "async_creator_fn": driver.connect}
    path = url.set(database=str(sqlite_path(url)))
    engine = create_async_engine(path, connect_args=arguments, hide_parameters=True, **pool)
    event.listen(engine.sync_engine, "connect", _set_pragmas)
    event.listen(engine.sync_engine, "invalidate", _roll_back)
    return engine


def _set_pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _forbid_writing(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA query_only=ON")
    cursor.close()


def _roll_back(connection: Any, _record: Any, _reason: BaseException | None) -> None:
    # A task was cancelled during a statement: its lock is let go before the file is closed.
    connection.rollback()


def _begin_immediate(connection: Connection) -> None:
    # A deferred one locks at its first write: two clicks would both have read "pending" by then.
    # https://www.sqlite.org/lang_transaction.html
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_deferred(connection: Connection) -> None:
    # Several statements see one state only within a transaction; without it each begins its own.
    connection.exec_driver_sql("BEGIN")


def insert_into(table: Table, connection: AsyncConnection) -> "sqlite.Insert | postgresql.Insert":
    """An INSERT that knows ON CONFLICT, in the words of the connection's database."""
    if connection.dialect.name == SQLITE:
        return sqlite.insert(table)
    return postgresql.insert(table)
