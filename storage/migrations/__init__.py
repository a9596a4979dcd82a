"""The shape of the tables through time, and how a database is brought up to it."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, text

from bot.errors import StorageError
from storage.engine import (
    SQLITE,
    is_sqlite,
    parse_url,
    prepare_file,
    sqlite_path,
    translated,
    writing_engine,
)
from storage.lockfile import LockFile

_ADVISORY_LOCK = 0x7264732D  # "rds-": two replicas must not migrate at once
_PLACE = Path(__file__).parent


async def upgrade(url: str) -> None:
    """Brings the database up to date; does nothing where it is.

    Raises StorageError where a newer version has written it, or a bot is using the SQLite file.
    """
    parsed = parse_url(url)
    if not is_sqlite(parsed):
        return await migrate(parsed)
    prepare_file(sqlite_path(parsed))
    lock = LockFile(sqlite_path(parsed))
    try:
        await migrate(parsed)
    finally:
        lock.release()


async def migrate(url: URL) -> None:
    """The same without taking the lock of a SQLite file."""
    await _run(url, _upgrade)


async def require_current(url: URL) -> None:
    """Raises StorageError unless the tables are those of this version."""
    await _run(url, _require_current)


async def _run(url: URL, work: Callable[[Connection], None]) -> None:
    # A large table may take longer than any click, and the other replicas wait for it anyway.
    engine = writing_engine(url, statement_timeout="0", lock_timeout="60s")
    try:
        with translated():
            async with engine.begin() as connection:
                await connection.run_sync(work)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name != SQLITE:
        # Before the revision is read: who has waited here finds the tables brought up to date.
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
    scripts, revision = _scripts(), _revision(connection)
    _refuse_newer(revision, scripts)
    if revision == scripts.get_current_head():
        return
    config = Config()
    config.set_main_option("script_location", str(_PLACE))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def is_current(connection: Connection) -> bool:
    """False for older tables and for none. Raises StorageError for those of a newer version."""
    scripts = _scripts()
    revision = _revision(connection)
    _refuse_newer(revision, scripts)
    return revision == scripts.get_current_head()


def _require_current(connection: Connection) -> None:
    if not is_current(connection):
        raise StorageError(
            "The tables of the database are not those of this version: run rds-bot db upgrade."
        )


def _refuse_newer(revision: str | None, scripts: ScriptDirectory) -> None:
    known = {script.revision for script in scripts.walk_revisions()}
    if revision is not None and revision not in known:
        raise StorageError(
            f"The database has schema {revision}, which a newer version of the bot has written: "
            "run that version, or restore the backup made before the upgrade."
        )


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


@cache
def _scripts() -> ScriptDirectory:
    """Those of this version, read once: a process does not change its version."""
    return ScriptDirectory(str(_PLACE))
