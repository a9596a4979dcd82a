"""What somebody does who has the database itself in hand."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from storage.engine import parse_url


async def execute(url: str, sql: str, **parameters: Any) -> Sequence[Any]:
    """One statement past all code of the bot, with the guards in force."""
    return await _execute(url, sql, parameters)


async def unprocessed(url: str) -> list[str]:
    """Keys of the inbox that were taken in and never done, oldest first."""
    sql = "SELECT key FROM inbox WHERE processed_at IS NULL ORDER BY received_at, key"
    return [key for (key,) in await execute(url, sql)]


async def tamper(url: str, sql: str, **parameters: Any) -> None:
    """One statement with the guards switched off first."""
    await _execute(url, sql, parameters, switch_off=True)


async def _execute(
    url: str, sql: str, parameters: dict[str, Any], switch_off: bool = False
) -> Sequence[Any]:
    engine = create_async_engine(parse_url(url), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            if connection.dialect.name == "sqlite":
                await connection.execute(text("PRAGMA recursive_triggers=ON"))
            if switch_off:
                await _switch_guards_off(connection)
            result = await connection.execute(text(sql), parameters)
            return result.all() if result.returns_rows else ()
    finally:
        await engine.dispose()


async def _switch_guards_off(connection: AsyncConnection) -> None:
    if connection.dialect.name != "sqlite":
        await connection.execute(text("SET session_replication_role = replica"))
        return
    triggers = await connection.execute(
        text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    )
    for name in triggers.scalars().all():
        await connection.execute(text(f"DROP TRIGGER {name}"))
