"""A look at the database: what it finds, and that it leaves everything as it was."""

import os
from pathlib import Path

from sqlalchemy import make_url

from bot.checks import CheckOutcome
from storage import checks, migrations
from storage.store import Store
from tests.storage.raw import execute
from tests.storage.records import Clock


async def outcomes(url: str) -> dict[str, CheckOutcome]:
    return {one.name: one.outcome for one in await checks.look(url)}


async def test_a_database_in_use_is_well(database: Store, url: str) -> None:
    found = await outcomes(url)

    assert set(found.values()) == {CheckOutcome.OK}
    assert "database.tables" in found


async def test_an_empty_postgresql_wants_its_tables(empty_postgres_url: str) -> None:
    [_, tables] = await checks.look(empty_postgres_url)

    assert tables.outcome is CheckOutcome.PROBLEM
    assert "rds-bot db upgrade" in tables.mend


async def test_a_postgresql_that_only_reads_is_told(postgres_url: str) -> None:
    name = make_url(postgres_url).database
    await execute(postgres_url, f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')

    [found] = await checks.look(postgres_url)

    assert (found.name, found.outcome) == ("database.reached", CheckOutcome.PROBLEM)
    assert "read-only" in found.told


async def test_a_file_that_is_still_to_come_is_not_made(tmp_path: Path) -> None:
    found = await outcomes(f"sqlite:///{tmp_path}/data/rds-bot.db")

    assert found["database.file"] is CheckOutcome.SKIPPED
    assert os.listdir(tmp_path) == []


async def test_a_bot_that_starts_is_not_kept_out(tmp_path: Path, clock: Clock) -> None:
    url = f"sqlite:///{tmp_path}/rds-bot.db"
    await migrations.upgrade(url)
    await checks.look(url)

    await (await Store.open(url, clock)).close()
