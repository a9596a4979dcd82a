"""Which charts are kept fresh, and when each is due. ``Transaction`` adds them and ends them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

from sqlalchemy import RowMapping, Select, and_, delete, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.values import SECOND, LiveChart, PersonId, Posted, Shown, micros
from storage.engine import SQLITE, Connections
from storage.tables import models
from storage.tables.rows import decoded, encoded_value, readable
from storage.tables.waits import passed

_row = models.live_charts.c
_outbox = models.outbox.c
_LONGEST_PAUSE = 120 * SECOND  #: none is renewed more seldom
_ALIVE = _row.next_at.is_not(None)


class LiveCharts:
    KEPT: ClassVar[int] = micros(timedelta(days=2))

    def __init__(self, connections: Connections, clock: Callable[[], int]) -> None:
        self._connections = connections
        self._clock = clock

    async def alive(self) -> tuple[LiveChart, ...]:
        """Those that are kept fresh now, the oldest first."""
        async with self._connections.read() as connection:
            return await load_alive(connection, self._clock())

    async def claim(self, again_at: int) -> tuple[tuple[LiveChart, Posted], ...]:
        """Each that is due, with where its message stands; it is nobody else's until ``again_at``.

        One whose message is not posted yet waits for that.
        """
        async with self._connections.begin() as connection:
            due = (await connection.execute(_due(self._clock()))).mappings().all()
            if due:
                claimed = _row.id.in_([row["id"] for row in due])
                await connection.execute(
                    update(models.live_charts).where(claimed).values(next_at=again_at)
                )
        return tuple(readable("live_charts", due, _placed))

    async def show(self, chart: LiveChart, shown: Shown) -> bool:
        """What its message shows by now; False where somebody has stopped it meanwhile."""
        same = and_(_row.id == chart.id, _ALIVE, _row.until == chart.until)
        statement = update(models.live_charts).where(same).values(shown=encoded_value(shown))
        async with self._connections.begin() as connection:
            return (await connection.execute(statement)).rowcount == 1

    async def prune(self, before: int) -> int:
        """Forgets those that ended before that instant, and says how many."""
        ended = delete(models.live_charts).where(_row.until < before)
        async with self._connections.begin() as connection:
            return (await connection.execute(ended)).rowcount


async def load_alive(
    connection: AsyncConnection, now: int, *, lock: bool = False
) -> tuple[LiveChart, ...]:
    """The oldest first. With ``lock`` nobody else begins one until commit."""
    if lock and connection.dialect.name != SQLITE:
        # Rows that are not there yet cannot be locked, and two may begin one at the same moment.
        await connection.execute(text("LOCK TABLE live_charts IN SHARE ROW EXCLUSIVE MODE"))
    lasting = and_(_ALIVE, _row.until > now)
    query = select(models.live_charts).where(lasting).order_by(_row.began_at, _row.id)
    rows = (await connection.execute(query)).mappings()
    return tuple(readable("live_charts", rows, _value))


async def add(connection: AsyncConnection, chart: LiveChart) -> None:
    """Due as soon as its message is posted."""
    await connection.execute(
        insert(models.live_charts).values(
            id=chart.id,
            person=str(chart.person),
            address=chart.address,
            command=chart.command,
            began_at=chart.began_at,
            until=chart.until,
            next_at=chart.began_at,
            shown=encoded_value(chart.shown),
        )
    )


async def shorten(connection: AsyncConnection, chart_id: str, until: int) -> bool:
    """It ends then instead, and is due at once; False where it has ended."""
    statement = (
        update(models.live_charts)
        .where(_row.id == chart_id, _ALIVE, _row.until > until)
        .values(until=until, next_at=until)
    )
    return (await connection.execute(statement)).rowcount == 1


async def end(connection: AsyncConnection, chart_id: str) -> bool:
    """False where it had ended."""
    statement = update(models.live_charts).where(_row.id == chart_id, _ALIVE).values(next_at=None)
    return (await connection.execute(statement)).rowcount == 1


def _due(now: int) -> Select[Any]:
    return (
        select(models.live_charts, _outbox.posted.label("posted"))
        .join(models.outbox, _outbox.key == "live:" + _row.id)
        .where(
            passed(_row.next_at, now, _LONGEST_PAUSE),
            _outbox.delivered_at.is_not(None),
            _outbox.posted.is_not(None),
        )
        .order_by(_row.next_at)
        # ``of``: PostgreSQL would lock the message as well, which a delivery may be writing.
        .with_for_update(skip_locked=True, of=models.live_charts)
    )


def _placed(row: RowMapping) -> tuple[LiveChart, Posted]:
    return _value(row), Posted.model_validate(decoded(row["posted"]))


def _value(row: RowMapping) -> LiveChart:
    return LiveChart(
        id=row["id"],
        person=PersonId.parse(row["person"]),
        address=row["address"],
        command=row["command"],
        began_at=row["began_at"],
        until=row["until"],
        shown=Shown.model_validate(decoded(row["shown"])),
    )
