"""Where storage is opened: one object that reads, and the one way to write."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import ClassVar, Protocol, Self

from storage import migrations
from storage.engine import Connections, is_sqlite, parse_url, prepare_file, sqlite_path
from storage.lockfile import LockFile
from storage.tables.aftermaths import Aftermaths
from storage.tables.audit import Audit
from storage.tables.chain import AuditKey
from storage.tables.cloudops import CloudOpsRequests
from storage.tables.concerns import Concerns
from storage.tables.figures import Figures
from storage.tables.homes import HomeViews
from storage.tables.inbox import Inbox
from storage.tables.incidents import Incidents
from storage.tables.leases import Cursors, Leases
from storage.tables.live_charts import LiveCharts
from storage.tables.outbox import Outbox
from storage.tables.reminders import Reminders
from storage.tables.requests import Requests
from storage.tables.schedules import Schedules
from storage.transaction import Transaction


class Pruned(Protocol):
    """A table that forgets: what is over for longer than ``KEPT`` microseconds."""

    KEPT: ClassVar[int]

    async def prune(self, before: int) -> object: ...


class Store:
    """Made by ``open``. Several tasks may use it at once."""

    def __init__(
        self,
        connections: Connections,
        clock: Callable[[], int],
        audit_key: AuditKey | None,
        lock: LockFile | None,
    ) -> None:
        self._connections = connections
        self._clock = clock
        self._key = audit_key
        self._lock = lock
        self.requests = Requests(connections)
        self.audit = Audit(connections, audit_key)
        self.inbox = Inbox(connections, clock)
        self.outbox = Outbox(connections, clock)
        self.leases = Leases(connections, clock)
        self.cursors = Cursors(connections)
        self.schedules = Schedules(connections, clock)
        self.homes = HomeViews(connections, clock)
        self.reminders = Reminders(connections)
        self.figures = Figures(connections)
        self.aftermaths = Aftermaths(connections)
        self.cloudops = CloudOpsRequests(connections)
        self.concerns = Concerns(connections, clock)
        self.incidents = Incidents(connections)
        self.live_charts = LiveCharts(connections, clock)
        self._pruned: tuple[Pruned, ...] = (
            self.inbox, self.outbox, self.live_charts, self.concerns, self.schedules,
            self.aftermaths, self.incidents, self.cloudops,
        )  # fmt: skip

    @classmethod
    async def open(
        cls, url: str, clock: Callable[[], int], *, audit_key: AuditKey | None = None
    ) -> Self:
        """Opens a SQLite file (made, locked and migrated as needed) or a PostgreSQL database.

        ``clock`` gives microseconds since 1970, UTC. Raises StorageError where another process has
        the file, the database cannot be reached, or its tables are not those of this version.
        """
        parsed = parse_url(url)
        lock = None
        if is_sqlite(parsed):
            prepare_file(sqlite_path(parsed))
            lock = LockFile(sqlite_path(parsed))
        try:
            if lock:
                await migrations.migrate(parsed)
            else:
                await migrations.require_current(parsed)
            return cls(Connections(parsed), clock, audit_key, lock)
        except BaseException:
            if lock:
                lock.release()
            raise

    @property
    def is_exclusive(self) -> bool:
        """Whether no other process can have this database: what it claimed, it claimed before."""
        return self._lock is not None

    @property
    def unwritten(self) -> int:
        """Writes since the start that failed, of whatever: what was asked was not done."""
        return self._connections.unwritten

    async def tidy(self) -> None:
        """Forgets what nobody will ask for any more, as long as each table says."""
        now = self._clock()
        for table in self._pruned:
            await table.prune(now - table.KEPT)

    async def close(self) -> None:
        await self._connections.close()
        if self._lock:
            self._lock.release()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        """The only way to write: committed at the end, rolled back on any exception.

        No network call belongs inside: on SQLite everybody else who writes is waiting.
        """
        async with self._connections.begin() as connection:
            now, posted = self._clock(), self.outbox.filled.set
            transaction = Transaction(connection, now, self._key, posted)
            yield transaction
            await transaction.seal()
        for callback in transaction.callbacks:
            callback()
