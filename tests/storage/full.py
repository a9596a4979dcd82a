"""A SQLite file that can grow no more: SQLite itself says that the disk is full."""

from bot.errors import StorageError
from storage.store import Store
from storage.tables.inbox import Incoming

#: What still fits gets ever smaller, until not even an empty row does.
SIZES = (100_000, 1000, 100, 10, 0)


async def fill(database: Store) -> None:
    """Nothing that grows the file is written from now on, however small it is."""
    async with database._connections.begin() as connection:
        pages = (await connection.exec_driver_sql("PRAGMA page_count")).scalar()
        await connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    for size in SIZES:
        number = 0
        while await _fits(database, f"filler-{size}-{number}", size):
            number += 1


async def _fits(database: Store, key: str, size: int) -> bool:
    try:
        return await database.inbox.take_in(Incoming(key, "filler", {"x": "x" * size}, 0))
    except StorageError:
        return False


async def make_room(database: Store) -> None:
    async with database._connections.begin() as connection:
        await connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
