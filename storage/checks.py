"""Whether the database can be used, looked at without getting in the way of a bot that uses it."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import URL, Connection, text

from bot.checks import CheckOutcome, Finding, Findings, looked, ok, skipped, trouble
from bot.errors import StorageError
from bot.file_permissions import Kept
from storage import migrations
from storage.engine import is_sqlite, parse_url, sqlite_path, translated, writing_engine

BESIDE = ("", "-wal", "-shm", "-journal", ".lock")
ROOM = 500 * 2**20  #: bytes that a database should be able to grow by
REACH = "Correct DATABASE_URL, or start the database and let this machine reach it."
UPGRADE = "Run: rds-bot db upgrade"


async def look(url: str) -> Findings:
    """Takes no lock that a running bot holds, and leaves nothing behind."""
    try:
        parsed = parse_url(url)
    except StorageError as error:
        return (trouble("database", str(error), "Correct DATABASE_URL."),)
    return await (_sqlite(parsed) if is_sqlite(parsed) else _postgresql(parsed))


def files(url: str) -> tuple[Kept, ...]:
    """Of a database in a file, with what SQLite keeps beside it; none of PostgreSQL."""
    try:
        parsed = parse_url(url)
    except StorageError:
        return ()
    if not is_sqlite(parsed):
        return ()
    path = sqlite_path(parsed)
    return tuple(Kept(path.with_name(f"{path.name}{end}"), is_secret=True) for end in BESIDE)


async def _sqlite(url: URL) -> Findings:
    path = sqlite_path(url)
    folder = _existing(path.parent)
    about_folder = (
        await looked("database.folder", _folder(folder), _let_write(folder)),
        await looked("database.disk", _disk(folder), f"Make room on the disk of {folder}."),
    )
    if not path.exists():
        told = f"{path} does not exist yet: the bot makes it at its first start"
        return (*about_folder, skipped("database.file", told))
    return (
        *about_folder,
        await looked("database.file", _ask(url, _journal), _let_write(path)),
        await looked("database.tables", _ask(url, _sqlite_tables), UPGRADE),
    )


async def _postgresql(url: URL) -> Findings:
    reached = await looked("database.reached", _ask(url, _writable), REACH)
    if reached.outcome is not CheckOutcome.OK:
        return (reached,)
    return (reached, await looked("database.tables", _ask(url, _tables), UPGRADE))


async def _ask(url: URL, question: Callable[[Connection], Finding]) -> Finding:
    """In a writing transaction that is rolled back. Raises StorageError."""
    engine = writing_engine(url)
    try:
        with translated():
            async with engine.connect() as connection, connection.begin() as transaction:
                found = await connection.run_sync(question)
                await transaction.rollback()
                return found
    finally:
        await engine.dispose()


async def _folder(folder: Path) -> Finding:
    """Written and synced for real: permissions alone say little about network file systems."""
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"rds-bot check")
        file.flush()
        os.fsync(file.fileno())
    return ok("database.folder", f"{folder} can be written and synced")


async def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    told = f"{free // 2**20:,} MiB free at {folder}"
    if free < ROOM:
        return trouble("database.disk", told, f"Make room: {ROOM // 2**20} MiB at least.")
    return ok("database.disk", told)


def _journal(connection: Connection) -> Finding:
    """The transaction began as a writing one, so the file can be written."""
    mode = connection.execute(text("PRAGMA journal_mode")).scalar_one()
    # SQLite falls back where memory cannot be shared: https://www.sqlite.org/wal.html
    if mode != "wal":
        return trouble(
            "database.file",
            f"its journal is {mode} instead of WAL, as on a network file system",
            "Put the file on a local disk, or use PostgreSQL.",
        )
    return ok("database.file", "it can be written; WAL, and synced at every commit")


def _sqlite_tables(connection: Connection) -> Finding:
    """The bot itself brings a SQLite file up to date, when it starts."""
    if migrations.is_current(connection):
        return ok("database.tables", "they are those of this version")
    return ok("database.tables", "they are of an older version: brought up to date at the start")


def _writable(connection: Connection) -> Finding:
    if connection.execute(text("SHOW transaction_read_only")).scalar_one() == "on":
        return trouble(
            "database.reached",
            "this PostgreSQL is read-only",
            "Point DATABASE_URL at the primary, and at a user who may write.",
        )
    return ok("database.reached", "PostgreSQL answers and can be written")


def _tables(connection: Connection) -> Finding:
    if not migrations.is_current(connection):
        return trouble("database.tables", "they are of an older version, or missing", UPGRADE)
    may = "SELECT has_table_privilege(CAST(:name AS text), 'INSERT')"
    closed = [
        name
        for name in ("requests", "audit", "inbox", "outbox")
        if not connection.execute(text(may), {"name": name}).scalar_one()
    ]
    if closed:
        told = f"this user may not write into {', '.join(closed)}"
        return trouble("database.tables", told, "Grant it INSERT and UPDATE on the bot's tables.")
    return ok("database.tables", "they are those of this version and can be written")


def _existing(folder: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    return next(one for one in (folder, *folder.parents) if one.exists())


def _let_write(path: Path) -> str:
    return f"Let the user who runs the bot write {path}, or set DATABASE_URL to another place."
