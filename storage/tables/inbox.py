"""What Slack sent, kept before it is acknowledged; it absorbs redelivery and survives a crash."""

import asyncio
import json
import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from typing import Any, ClassVar

from sqlalchemy import RowMapping, delete, or_, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.expression import Executable

from bot.values import micros
from storage.engine import Connections, insert_into
from storage.tables import models
from storage.tables.rows import readable
from storage.tables.waits import passed

_inbox = models.inbox
_row = _inbox.c
#: Times seven columns: far below the parameters that SQLite takes in one statement.
#: https://www.sqlite.org/limits.html
_BATCH = 500
UNREADABLE = "unreadable"  #: the reference of a row that nobody can make anything of
LEASE = 60_000_000  #: microseconds that a process has a row to itself
_INSERT = (
    "INSERT INTO inbox (key, kind, payload, received_at, attempts, lease_owner, lease_until) "
    "VALUES {} ON CONFLICT (key) DO NOTHING RETURNING key"
)

_Columns = tuple[str, str, str, int, int, str, int]
_Waiting = tuple[_Columns, asyncio.Future[bool]]


@dataclass(frozen=True)
class Incoming:
    """One thing that Slack sent. ``key`` is equal for two deliveries of the same thing."""

    key: str
    kind: str
    payload: dict[str, Any]
    received_at: int
    attempts: int = 0


class Inbox:
    KEPT: ClassVar[int] = micros(timedelta(days=2))

    def __init__(self, connections: Connections, clock: Callable[[], int]) -> None:
        self._connections = connections
        self._clock = clock
        self._owner = secrets.token_hex(8)
        self._waiting: list[_Waiting] = []
        self._writing: asyncio.Task[None] | None = None

    async def take_in(self, incoming: Incoming) -> bool:
        """Durable when it returns; False where the same key is already known: do nothing then.

        All that arrive while one commit is under way are committed together by the next.
        """
        payload = json.dumps(incoming.payload, separators=(",", ":"))
        taken = (incoming.key, incoming.kind, payload, incoming.received_at, incoming.attempts)
        row = (*taken, self._owner, self._clock() + LEASE)
        is_new: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((row, is_new))
        if self._writing is None:
            # A commit waits for the disk: a burst of clicks shares one instead of one for each.
            self._writing = asyncio.create_task(self._write_all())
        return await is_new

    async def take_over(self, working: Collection[str]) -> tuple[Incoming, ...]:
        """What was taken in by a process that is gone, one attempt more; oldest first.

        ``working`` are the keys that this process works on: its leases on them are renewed. Called
        more often than a lease is long.
        """
        now = self._clock()
        until = {"lease_owner": self._owner, "lease_until": now + LEASE}
        ours = update(_inbox).where(_row.key.in_(working), _row.lease_owner == self._owner)
        gone = or_(_row.lease_until.is_(None), passed(_row.lease_until, now, LEASE))
        if self._connections.is_sqlite:  # nobody else can have this file
            gone = or_(gone, _row.lease_owner != self._owner)
        free = update(_inbox).where(_row.processed_at.is_(None), gone)
        taken = free.values(attempts=_row.attempts + 1, **until).returning(_inbox)
        async with self._connections.begin() as connection:
            await connection.execute(ours.values(**until))
            rows = (await connection.execute(taken)).mappings().all()
        found = tuple(readable("inbox", rows, _incoming))
        for key in {row["key"] for row in rows} - {one.key for one in found}:
            await self.done(key, UNREADABLE)
        return tuple(sorted(found, key=lambda one: one.received_at))

    async def done(self, key: str, error_ref: str | None = None) -> None:
        """Processed, or given up with the reference under which the error was logged."""
        ended = _ended(self._clock())
        await self._change(
            update(_inbox).where(_row.key == key).values(error_ref=error_ref, **ended)
        )

    async def prune(self, before: int) -> None:
        """Forgets what is done and was received before that; redelivered, it counts as new."""
        await self._change(
            delete(_inbox).where(_row.received_at < before, _row.processed_at.is_not(None))
        )

    async def _change(self, statement: Executable) -> None:
        async with self._connections.begin() as connection:
            await connection.execute(statement)

    async def _write_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:_BATCH], self._waiting[_BATCH:]
            try:
                new = await self._write([row for row, _ in batch])
            except Exception as error:
                _fail(batch, error)
            else:
                _tell(batch, new)
        self._writing = None

    async def _write(self, rows: Sequence[_Columns]) -> set[str]:
        """Inserts in one statement, so in one transaction, and returns the keys that were new."""
        if self._connections.is_sqlite:
            sql = _INSERT.format(", ".join(["(?, ?, ?, ?, ?, ?, ?)"] * len(rows)))
            found = await self._connections.insert(sql, list(chain.from_iterable(rows)))
        else:
            async with self._connections.begin() as connection:
                insert = insert_into(_inbox, connection).values(rows).on_conflict_do_nothing()
                found = (await connection.execute(insert.returning(_row.key))).all()
        return {row[0] for row in found}


async def finish(connection: AsyncConnection, key: str, now: int) -> None:
    """Processed, as part of the transaction on ``connection``."""
    await connection.execute(update(_inbox).where(_row.key == key).values(**_ended(now)))


def _ended(now: int) -> dict[str, Any]:
    """The key is enough to know a redelivery; what was typed need not stay."""
    return {"processed_at": now, "payload": "{}"}


def _tell(batch: Sequence[_Waiting], new: set[str]) -> None:
    """Of two that arrived together under one key, the first is the new one."""
    for (key, *_), is_new in batch:
        if not is_new.done():
            is_new.set_result(key in new)
        new.discard(key)


def _fail(batch: Sequence[_Waiting], error: Exception) -> None:
    for _, is_new in batch:
        # Whoever acknowledges has a time limit, and may have left.
        if not is_new.done():
            is_new.set_exception(error)


def _incoming(row: RowMapping) -> Incoming:
    return Incoming(
        key=row["key"],
        kind=row["kind"],
        payload=json.loads(row["payload"]),
        received_at=row["received_at"],
        attempts=row["attempts"],
    )
