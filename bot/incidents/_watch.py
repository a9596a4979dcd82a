"""The tick that looks at alarms and events, and wakes what was put off.

How often it comes is ``polling.interval``, as for all ticks in ``bot.bootstrap``.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from bot.aws.accounts import Accounts
from bot.aws.region import Region
from bot.errors import AWSError, ConflictError
from bot.fleet.inventory import Fleet
from bot.incidents._alarms import AlarmWatch
from bot.incidents._before import Before
from bot.incidents._chart import Illustrator
from bot.incidents._databases import IncidentDatabases
from bot.incidents._events import EventWatch
from bot.incidents._reach import WATCHED, Reach
from bot.incidents._records import Records
from bot.monitoring import Monitoring
from bot.monitoring._markers import Markers
from bot.policy.judge import Judge
from bot.policy.team_zone import Zone
from bot.values import SECOND, Incident, micros, passed
from storage.store import Store

SHORTEST, LONGEST = 30 * SECOND, micros(timedelta(minutes=10))
AT_ONCE = 4  #: charts that are read together

Look = Callable[[Region, int], Awaitable[None]]

log = structlog.get_logger()


class Watch:
    """Does nothing at all without a ``channel``."""

    def __init__(
        self,
        store: Store,
        accounts: Accounts,
        fleet: Fleet,
        judge: Judge,
        monitoring: Monitoring,
        markers: Markers,
        channel: str | None,
        zone: Zone,
        clock: Callable[[], int],
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._channel = channel
        self._clock = clock
        places, self._records = IncidentDatabases(fleet, judge), Records(channel or "")
        self._alarms = AlarmWatch(store, places, self._records)
        self._events = EventWatch(store, places, self._records)
        self._illustrator = Illustrator(store, places, monitoring, zone)
        self._before = Before(store, places, markers, channel or "")
        self._patience = Patience()
        self._reach = Reach(store)

    async def tick(self) -> None:
        """What a region does not tell now is asked again; it hides nothing of the others."""
        if self._channel is None:
            return
        looks: dict[str, Look] = dict(
            zip(WATCHED, (self._alarms.look, self._events.look), strict=True)
        )
        await asyncio.gather(
            *(
                self._ask(f"{what}/{region.account.name}/{region.name}", look, region)
                for region in self._accounts
                for what, look in looks.items()
            )
        )
        await self._events.settle(self._clock())
        turns = asyncio.Semaphore(AT_ONCE)
        incidents = await self._store.incidents.open()
        await asyncio.gather(*(self._care_for(one, turns) for one in incidents))

    async def _ask(self, name: str, look: Look, region: Region) -> None:
        now = self._clock()
        if self._patience.waits(name, now):
            return
        try:
            await look(region, now)
        except AWSError as error:
            if self._patience.failed(name, now):
                log.warning("incidents.unanswered", what=name, why=str(error))
            await self._reach.failed(name)
        except ConflictError as error:
            log.info("incidents.read_elsewhere", what=name, why=str(error))
        except Exception:
            log.exception("incidents.failed", what=name)
            await self._reach.failed(name)
        else:
            self._patience.answered(name)
            await self._reach.answered(name, now)

    async def _care_for(self, incident: Incident, turns: asyncio.Semaphore) -> None:
        """What cannot be done for one stops no other."""
        async with turns:
            try:
                await self._tend(incident)
            except Exception:
                log.exception("incidents.not_tended", incident=incident.label)

    async def _tend(self, incident: Incident) -> None:
        if incident.snoozed_until is not None and incident.snoozed_until <= self._clock():
            async with self._store.write() as tx:
                await self._records.wake(tx, incident.id)
        if incident.before is None:
            await self._before.look(incident)
        if incident.card is not None and not incident.is_pictured:
            await self._illustrator.draw(incident)


class Patience:
    """Asks ever more seldom where there is no answer: whoever throttles is not pressed."""

    def __init__(self) -> None:
        self._pauses: dict[str, tuple[int, int]] = {}

    def waits(self, name: str, now: int) -> bool:
        return not passed(self._pauses.get(name, (0, 0))[1], now, LONGEST)

    def failed(self, name: str, now: int) -> bool:
        """Whether it is the first time in a row."""
        pause = min(2 * self._pauses.get(name, (SHORTEST // 2, 0))[0], LONGEST)
        is_first = name not in self._pauses
        self._pauses[name] = pause, now + pause
        return is_first

    def answered(self, name: str) -> None:
        self._pauses.pop(name, None)
