"""The ticks. The tables are the truth; a tick that is late or lost loses nothing."""

from collections.abc import Awaitable, Callable
from datetime import UTC, timedelta

import structlog
from apscheduler.events import EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.aftermath import Aftermaths
from bot.digests import Rounds
from bot.fleet.inventory import Fleet
from bot.health.audit import Verifying
from bot.health.cloudwatch import Publisher
from bot.health.metrics import Ticks
from bot.incidents import Watch
from bot.policy.absences import Absences
from bot.requests.approvals import Approvals
from bot.requests.executor import Executor
from bot.requests.follower import Following
from bot.requests.reminders import Reminders
from bot.values import SECOND, micros
from handlers.delivery.homes import Homes
from handlers.intake.inbox import Intake
from handlers.live import Renewing
from storage.store import Store

#: Who ticks what only one replica should: everything but claims, which the rows themselves share.
LEADER = "ticks"
#: After a replica died nobody ticks for so long; one that lives renews it with each tick.
LEADS_FOR = 30 * SECOND
#: Forgotten, a delivery would count as new; the last of Slack's retries comes after five minutes.
#: https://docs.slack.dev/apis/events-api
INBOX_KEPT = micros(timedelta(days=2))
OUTBOX_KEPT = micros(timedelta(days=14))
#: Longer than Rounds and Aftermaths look back for what was missed.
RUNS_KEPT = micros(timedelta(days=30))
#: As long as the audit trail, as reports count them.
INCIDENTS_KEPT = micros(timedelta(days=400))
#: Longer than a concern that lasts is left untold by the rarest digest that people schedule.
TOLD_KEPT = micros(timedelta(days=100))
LEFT_OUT = EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES

log = structlog.get_logger()


class Jobs:
    def __init__(
        self,
        store: Store,
        executor: Executor,
        following: Following,
        approvals: Approvals,
        reminders: Reminders,
        absences: Absences,
        rounds: Rounds,
        aftermaths: Aftermaths,
        watch: Watch,
        fleet: Fleet,
        homes: Homes,
        renewing: Renewing,
        intake: Intake,
        publisher: Publisher,
        verifying: Verifying,
        told_leading: Callable[[bool], None],
        ticks: Ticks,
        clock: Callable[[], int],
        owner: str,
    ) -> None:
        self._store = store
        self._executor = executor
        self._following = following
        self._approvals = approvals
        self._reminders = reminders
        self._absences = absences
        self._rounds = rounds
        self._aftermaths = aftermaths
        self._watch = watch
        self._fleet = fleet
        self._homes = homes
        self._renewing = renewing
        self._intake = intake
        self._publisher = publisher
        self._verifying = verifying
        self._told_leading = told_leading
        self._ticks = ticks
        self._clock = clock
        self._owner = owner

    def schedule(self, scheduler: AsyncIOScheduler, polling: timedelta) -> None:
        for work, every in (
            # Mostly nudged sooner; this finds what another replica approved, and what had to wait.
            (self.claim, timedelta(seconds=2)),
            (self.follow, polling),
            (self.expire, timedelta(seconds=15)),
            (self.remind, timedelta(minutes=1)),
            (self.look_at_people, timedelta(seconds=20)),
            (self.digest, timedelta(seconds=20)),
            (self.look_back, timedelta(minutes=1)),
            (self.watch, polling),
            (self.freshen, timedelta(seconds=5)),
            (self.take_over, timedelta(seconds=20)),
            (self.refresh, timedelta(minutes=1)),
            (self.publish, timedelta(minutes=1)),
            (self.verify, timedelta(minutes=10)),
            (self.tidy, timedelta(hours=1)),
        ):
            seconds = every.total_seconds()
            self._ticks.begun(work.__name__, seconds)
            tick = _reported(work, self._ticks.ended)
            scheduler.add_job(tick, "interval", seconds=seconds, id=work.__name__)

    async def claim(self) -> None:
        await self._executor.give_back_lost_claims()
        await self._executor.claim_all()

    async def follow(self) -> None:
        if await self._leads():
            await self._following.tick()

    async def expire(self) -> None:
        if await self._leads():
            await self._approvals.expire(self._clock())

    async def remind(self) -> None:
        if await self._leads():
            await self._reminders.tick()

    async def look_at_people(self) -> None:
        if await self._leads():
            await self._absences.tick()

    async def digest(self) -> None:
        if await self._leads():
            await self._rounds.tick()

    async def look_back(self) -> None:
        if await self._leads():
            await self._aftermaths.tick()

    async def watch(self) -> None:
        if await self._leads():
            await self._watch.tick()

    async def freshen(self) -> None:
        if await self._leads():
            await self._renewing.tick()

    async def take_over(self) -> None:
        """What a replica that is gone has acknowledged and never ended."""
        await self._intake.take_over()

    async def refresh(self) -> None:
        await self._fleet.refresh()
        await self._homes.look_at_fleet()

    async def publish(self) -> None:
        await self._publisher.heartbeat()
        await self._publisher.unwritten()
        if await self._leads():
            await self._publisher.endings()

    async def verify(self) -> None:
        """Every replica for itself: whoever reads its figures need not know which one leads."""
        await self._verifying.tick()

    async def tidy(self) -> None:
        now = self._clock()
        await self._store.inbox.prune(now - INBOX_KEPT)
        await self._store.outbox.prune(now - OUTBOX_KEPT)
        await self._store.live_charts.prune(now - INBOX_KEPT)
        await self._store.concerns.prune(now, now - TOLD_KEPT)
        await self._store.schedules.prune(now - RUNS_KEPT)
        await self._store.aftermaths.prune(now - RUNS_KEPT)
        await self._store.incidents.prune(now - INCIDENTS_KEPT)

    async def _leads(self) -> bool:
        leads = self._store.is_exclusive or await self._takes_the_lead()
        self._told_leading(leads)
        return leads

    async def _takes_the_lead(self) -> bool:
        return await self._store.leases.acquire(LEADER, self._owner, LEADS_FOR) is not None


def scheduler(missed: Callable[[str], None]) -> AsyncIOScheduler:
    """Stateless ticks in memory; one that is late runs late, once.

    ``missed`` is told the name of one that is left out because the one before it still runs.
    """
    ticks = AsyncIOScheduler(
        timezone=UTC,
        # By default a tick that is more than a second late is dropped.
        # https://apscheduler.readthedocs.io/en/3.x/userguide.html#missed-job-executions-and-coalescing
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    ticks.add_listener(lambda event: missed(event.job_id), LEFT_OUT)
    return ticks


def _reported(
    work: Callable[[], Awaitable[None]], ended: Callable[[str], None]
) -> Callable[[], Awaitable[None]]:
    """One failed tick is logged and does not stop the next; ``ended`` is told of the others."""

    async def tick() -> None:
        try:
            await work()
        except Exception:
            log.exception("jobs.failed", job=work.__name__)
        else:
            ended(work.__name__)

    return tick
