from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.errors import StorageError
from storage import migrations, models
from storage.database import Database
from storage.engines import parse_url
from tests.storage import raw
from tests.storage.records import Clock, filed


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/rds-bot.db"
    url: str = request.getfixturevalue("empty_postgres_url")
    return url


def _differences(connection: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection), models.metadata))


async def test_migrating_an_empty_database_gives_the_tables_of_the_models(empty_url: str) -> None:
    await migrations.upgrade(empty_url)

    engine = create_async_engine(parse_url(empty_url), poolclass=NullPool)
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
    await engine.dispose()


async def test_upgrading_again_does_nothing(empty_url: str) -> None:
    await migrations.upgrade(empty_url)
    await raw.execute(empty_url, "UPDATE counters SET value = 5000")

    await migrations.upgrade(empty_url)

    assert await raw.execute(empty_url, "SELECT value FROM counters") == [(5000,)]


async def test_a_newer_schema_is_refused(empty_url: str) -> None:
    await migrations.upgrade(empty_url)
    await raw.execute(empty_url, "UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(StorageError, match="schema 9999, which a newer version"):
        await migrations.upgrade(empty_url)
    with pytest.raises(StorageError, match="schema 9999, which a newer version"):
        await Database.open(empty_url, lambda: 0)


async def test_an_old_schema_on_postgresql_names_the_command(empty_postgres_url: str) -> None:
    with pytest.raises(StorageError, match="run rds-bot db upgrade"):
        await Database.open(empty_postgres_url, lambda: 0)

    await migrations.upgrade(empty_postgres_url)
    await (await Database.open(empty_postgres_url, lambda: 0)).close()


async def test_a_migration_that_fails_leaves_nothing_behind(empty_url: str) -> None:
    path = parse_url(empty_url)
    await raw.execute(empty_url, "CREATE TABLE votes (x INTEGER)")

    with pytest.raises(StorageError, match="votes"):
        await migrations.migrate(path)
    await raw.execute(empty_url, "DROP TABLE votes")

    await migrations.migrate(path)


async def test_a_running_bot_is_not_migrated_under_its_feet(tmp_path: Path, clock: Clock) -> None:
    url = f"sqlite:///{tmp_path}/rds-bot.db"
    database = await Database.open(url, clock)
    await filed(database)

    with pytest.raises(StorageError, match="Another process"):
        await migrations.upgrade(url)

    await database.close()
    await migrations.upgrade(url)


def test_there_is_one_line_of_migrations() -> None:
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))

    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1
