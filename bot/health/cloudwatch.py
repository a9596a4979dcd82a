"""The bot's own figures in CloudWatch: that it works, and what has ended since the last time.

Both are told once a minute, endings in one batch. They are read from the audit trail behind a
stored cursor, so that nothing waits for CloudWatch, and what it does not take now it gets later.
Who publishes twice after a crash counts a batch twice.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import timedelta

import structlog

from bot.errors import AWSError, StorageError
from bot.values import Datum, Status, micros
from storage.store import Store
from storage.tables.figures import Ending

Put = Callable[[str, Sequence[Datum]], Awaitable[None]]
Lacking = Callable[[], Awaitable[tuple[str, ...]]]

CURSOR = "own-figures"
BEAT = "heartbeat"
#: Endings, of up to ten data each: CloudWatch takes a thousand at once, and none of them older than
#: two weeks.
#: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
BATCH = 100
KEPT = micros(timedelta(days=13))

log = structlog.get_logger()


class Publisher:
    """Without a namespace it publishes nothing."""

    def __init__(
        self,
        store: Store,
        put: Put,
        namespace: str | None,
        timeout: timedelta,
        clock: Callable[[], int],
        lacking: Lacking,
    ) -> None:
        """``timeout``: what takes longer from send to ending counts as timed out. ``lacking`` says
        what the bot cannot work without and has not now."""
        self._store = store
        self._put = put
        self._namespace = namespace
        self._timeout = timeout
        self._clock = clock
        self._lacking = lacking
        self._told = 0

    async def tick(self, leads: Callable[[], Awaitable[bool]]) -> None:
        """``leads``: whether it is for this replica to tell what has ended on any of them."""
        await self.heartbeat()
        await self.unwritten()
        if await leads():
            await self.endings()

    async def heartbeat(self) -> None:
        """One beat where the bot can do its work; it is the silence that rings an alarm."""
        if self._namespace is None:
            return
        if lacks := await self._lacks():
            log.warning("publishing.no_heartbeat", lacking=lacks)
            return
        await self._published([Datum("Heartbeat", 1, "Count", self._clock())])

    async def unwritten(self) -> None:
        """How many writes failed here since the last time: each replica tells its own."""
        total = self._store.unwritten
        failures = Datum("AuditWriteFailures", total - self._told, "Count", self._clock())
        if await self._published([failures]):
            self._told = total

    async def endings(self) -> None:
        """What has ended since the last time, on any replica: for one of them to tell."""
        if self._namespace is None:
            return
        head = await self._store.figures.audit_head()
        cursor = await self._store.cursors.get(CURSOR)
        # A first start counts nothing of the years before it.
        if cursor is None:
            await self._store.cursors.set(CURSOR, str(head))
        elif int(cursor) < head:
            await self._tell(int(cursor), head)

    async def _lacks(self) -> tuple[str, ...]:
        """A database that can be read may still be full: it has to take the beat as well."""
        lacks = await self._lacking()
        try:
            await self._store.cursors.set(BEAT, str(self._clock()))
        except StorageError as error:
            return (*lacks, f"database: {error}")
        return lacks

    async def _tell(self, cursor: int, head: int) -> None:
        found = await self._store.figures.endings(cursor, head, BATCH)
        oldest = self._clock() - KEPT
        data = [
            datum for one in found if one.at > oldest for datum in figures_of(one, self._timeout)
        ]
        # Moved only when CloudWatch has taken them: what it does not take now it is told again.
        if await self._published(data):
            reached = found[-1].seq if len(found) == BATCH else head
            await self._store.cursors.set(CURSOR, str(reached))

    async def _published(self, data: Sequence[Datum]) -> bool:
        if self._namespace is None:
            return False
        try:
            if data:
                await self._put(self._namespace, data)
        except AWSError as error:
            log.warning("publishing.not_taken", figures=len(data), why=str(error))
            return False
        return True


def figures_of(ending: Ending, timeout: timedelta) -> Iterator[Datum]:
    """Once with dimensions and once without: CloudWatch adds nothing up over dimensions."""
    where = {
        "Operation": ending.operation,
        "Environment": ending.environment.value,
        "Region": ending.region,
    }
    for dimensions in (where, {}):
        for metric, value, unit in _values(ending, timeout):
            yield Datum(metric, value, unit, ending.at, dimensions)


def _values(ending: Ending, timeout: timedelta) -> Iterator[tuple[str, float, str]]:
    succeeded = ending.status is Status.SUCCEEDED
    is_late = ending.seconds is not None and ending.seconds > timeout.total_seconds()
    yield "OperationsExecuted", 1, "Count"
    yield "OperationSuccessRate", 100 * succeeded, "Percent"
    yield "OperationErrors", int(not succeeded), "Count"
    yield "OperationTimeouts", int(is_late), "Count"
    if ending.seconds is not None and ending.status is not Status.UNKNOWN:
        yield "OperationDuration", ending.seconds, "Seconds"
