import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.engine import is_sqlite, parse_url, sqlite_path
from storage.store import Store
from storage.tables.chain import AuditKey
from tests.postgres import empty_postgres_url, postgres, postgres_template, postgres_url
from tests.storage.records import Clock

__all__ = ["empty_postgres_url", "postgres", "postgres_template", "postgres_url"]

KEY = AuditKey("k1", b"a secret that only the tests know")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind; every test that asks for it runs on both."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/data/rds-bot.db"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
async def database(url: str, clock: Clock, first_database: Path) -> AsyncIterator[Store]:
    if is_sqlite(where := parse_url(url)):
        file = sqlite_path(where)
        file.parent.mkdir(mode=0o700, exist_ok=True)
        shutil.copy(first_database, file)
    database = await Store.open(url, clock, audit_key=KEY)
    yield database
    await database.close()
