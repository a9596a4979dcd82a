"""The ticks. The tables are the truth; a tick that is late or lost loses nothing."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, timedelta

import structlog
from apscheduler.events import EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.health.metrics import Ticks
from bot.values import SECOND
from storage.store import Store

LEADER = "ticks"
#: After a replica died nobody ticks for so long; one that lives renews it with each tick.
LEADS_FOR = 30 * SECOND
LEFT_OUT = EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES

Work = Callable[[], Awaitable[object]]

log = structlog.get_logger()


@dataclass(frozen=True)
class Tick:
    """What is done every so often. Its name is watched from outside: in metrics, pages and logs.

    With ``leader`` only one of several replicas does it; without, the rows share the work, or each
    replica has its own to do.
    """

    name: str
    every: timedelta
    work: Work
    leader: bool = True


class Leader:
    """Whether this replica is the one that does what only one should; ``told`` hears of it."""

    def __init__(self, store: Store, owner: str, told: Callable[[bool], None]) -> None:
        self._store = store
        self._owner = owner
        self._told = told

    async def leads(self) -> bool:
        leads = self._store.is_exclusive or await self._takes_the_lead()
        self._told(leads)
        return leads

    async def _takes_the_lead(self) -> bool:
        return await self._store.leases.acquire(LEADER, self._owner, LEADS_FOR) is not None


class Jobs:
    """``counted`` is told which ticks there are, and when one has ended well."""

    def __init__(
        self, ticks: Iterable[Tick], leads: Callable[[], Awaitable[bool]], counted: Ticks
    ) -> None:
        self.ticks = {tick.name: tick for tick in ticks}
        self._leads = leads
        self._counted = counted

    def schedule(self, scheduler: AsyncIOScheduler) -> None:
        for name, tick in self.ticks.items():
            seconds = tick.every.total_seconds()
            self._counted.begun(name, seconds)
            scheduler.add_job(self.attempt, "interval", [name], seconds=seconds, id=name)

    async def attempt(self, name: str) -> None:
        """As ``run``, but one that fails is logged and does not stop the next."""
        try:
            await self.run(name)
        except Exception:
            log.exception("jobs.failed", job=name)
        else:
            self._counted.ended(name)

    async def run(self, name: str) -> None:
        """Once, now, unless another replica has to. Raises what the work raises."""
        tick = self.ticks[name]
        if not tick.leader or await self._leads():
            await tick.work()


def scheduler(missed: Callable[[str], None]) -> AsyncIOScheduler:
    """Stateless ticks in memory; one that is late runs late, once.

    ``missed`` is told the name of one that is left out because the one before it still runs.
    """
    ticks = AsyncIOScheduler(
        timezone=UTC,
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    ticks.add_listener(lambda event: missed(event.job_id), LEFT_OUT)
    return ticks
