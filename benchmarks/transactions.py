"""A small transaction through our driver of SQLite, against the same through aiosqlite as it is."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiosqlite
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.figures import Figure, middle_round
from storage.engine import parse_url, writing_engine
from storage.sqlite_driver import Driver

TOGETHER, ROUNDS = 50, 9
WORTH_IT = 0.9  #: with less to gain, a driver that knows the inside of another is no bargain
STATEMENTS = tuple(
    text(sql)
    for sql in (
        "SELECT max(seq) FROM audited",
        "INSERT INTO requests (status) VALUES ('pending')",
        "UPDATE requests SET status = 'approved' WHERE id = (SELECT max(id) FROM requests)",
        "INSERT INTO audited (body) VALUES ('vote.approved')",
    )
)
TABLES = (
    "CREATE TABLE requests (id INTEGER PRIMARY KEY, status TEXT NOT NULL)",
    "CREATE TABLE audited (seq INTEGER PRIMARY KEY, body TEXT NOT NULL)",
)


class Plain(Driver):
    """What SQLAlchemy would have used."""

    async def connect(self, path: str, **settings: Any) -> Any:
        return await aiosqlite.connect(path, **settings)


async def measure() -> list[Figure]:
    ours: list[float] = []
    plain: list[float] = []
    with TemporaryDirectory() as folder:
        async with (
            _opened(Path(folder) / "ours.db", Driver()) as by_us,
            _opened(Path(folder) / "plain.db", Plain()) as as_it_is,
        ):
            for _ in range(ROUNDS):
                ours += await _transactions(by_us)
                plain += await _transactions(as_it_is)
    value, baseline = middle_round(ours, plain, TOGETHER)
    name = f"a transaction of {len(STATEMENTS)} statements"
    return [Figure(name, value, "ms", baseline, "aiosqlite as it is", WORTH_IT)]


@asynccontextmanager
async def _opened(file: Path, driver: Driver) -> AsyncIterator[AsyncEngine]:
    engine = writing_engine(parse_url(f"sqlite:///{file}"), driver)
    try:
        async with engine.begin() as connection:
            for table in TABLES:
                await connection.execute(text(table))
        yield engine
    finally:
        await engine.dispose()


async def _transactions(engine: AsyncEngine) -> Sequence[float]:
    """Seconds that each took, with its commit."""
    return [await _transaction(engine) for _ in range(TOGETHER)]


async def _transaction(engine: AsyncEngine) -> float:
    begun = time.perf_counter()
    async with engine.begin() as connection:
        for statement in STATEMENTS:
            await connection.execute(statement)
    return time.perf_counter() - begun
