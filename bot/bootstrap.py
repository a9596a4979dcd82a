"""The bot, put together: every room made once, in order, and taken down in the opposite one."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from secrets import token_hex

import aiohttp
import structlog

from bot.aftermath import AftermathTick
from bot.aws.accounts import Accounts, accounts_of
from bot.desk import Health, Services
from bot.digests import Digests, DigestTick, Survey
from bot.file_permissions import exposures
from bot.fleet.connection_limits import Ceilings
from bot.fleet.inventory import Fleet
from bot.health.audit import AuditCheck
from bot.health.cloudwatch import Publisher
from bot.health.metrics import Pulse, Telemetry
from bot.health.pages import Vitals, served
from bot.incidents import IncidentActions, Watch
from bot.monitoring import Monitoring
from bot.monitoring._markers import Markers
from bot.policy.absences import AbsenceTick
from bot.policy.admins import Admins
from bot.policy.judge import Judge
from bot.policy.team_zone import TeamZone
from bot.policy.viewers import Sights
from bot.requests.approvals import Approvals
from bot.requests.cloudops import CloudOps
from bot.requests.drafts import Drafts
from bot.requests.executor import Executor
from bot.requests.follower import Follower
from bot.requests.notifications import Notifications
from bot.requests.observe_mode import enter
from bot.requests.rechecks import RecheckTick
from bot.requests.reminders import ReminderTick
from bot.requests.trouble import open_around
from bot.settings import OBSERVES, Settings, idle
from bot.values import Line, Moment, Request, Status, Target, micros, wall_clock
from charts import Studio
from handlers import app as slack
from handlers.delivery.charts import ChartAnswers
from handlers.delivery.homes import Homes
from handlers.delivery.links import Links
from handlers.delivery.notifier import Notifier
from handlers.delivery.pictures import Pictures
from handlers.delivery.replies import Replies
from handlers.directory import SlackDirectory
from handlers.intake.inbox import Intake
from handlers.jobs import Jobs, Leader, Tick, scheduler
from handlers.listeners.live import Live
from handlers.live import LiveTick
from handlers.runner import Runner
from storage.checks import files as database_files
from storage.store import Store
from storage.tables.chain import AuditKey

Clock = Callable[[], int]
Steady = Callable[[], float]

#: Seconds after SIGTERM in which calls in flight and replies end, and then the last messages go.
DRAIN, LAST_WORDS = 6.0, 2.0
#: Seconds after the start until what draws charts is warmed up: it must not slow the start down.
SETTLED = 5.0

log = structlog.get_logger()


@dataclass(frozen=True)
class Bot:
    """A bot that runs; for whoever holds it, above all the tests."""

    services: Services
    executor: Executor
    follower: Follower
    intake: Intake
    notifier: Notifier
    jobs: Jobs
    pictures: Pictures
    socket: slack.Socket


@dataclass(frozen=True)
class Ground:
    """What every room stands on: open before the first of them is made, until the bot ends."""

    settings: Settings
    clock: Clock
    steady: Steady
    pause: float
    store: Store
    accounts: Accounts
    session: aiohttp.ClientSession
    studio: Studio
    vitals: Vitals


@asynccontextmanager
async def running(
    settings: Settings,
    clock: Clock = wall_clock,
    *,
    steady: Steady = time.monotonic,
    pause: float = 1.0,
    ticking: bool = True,
) -> AsyncIterator[Bot]:
    """The whole bot, connected to Slack, until the block ends.

    Raises SettingsError, StorageError or AWSError where it cannot start, with what to do about it.
    ``steady``: seconds, on a clock that nobody sets. ``pause``: seconds between two messages in one
    channel. Without ``ticking`` whoever holds the bot calls its jobs.
    """
    settings.require_slack()
    for one in exposures((*settings.kept, *database_files(settings.database_url))):
        log.warning("files.exposed", path=str(one.path), why=one.why, mend=one.mend)
    async with AsyncExitStack() as stack:
        ground = await _ground(stack, settings, clock, steady, pause)
        bot = await _built(ground)
        ground.vitals.is_connected = lambda: bot.socket.is_connected
        await _catch_up(bot)
        await _begin(stack, bot, ground, ticking)
        _announce(bot)
        yield bot


async def _ground(
    stack: AsyncExitStack, settings: Settings, clock: Clock, steady: Steady, pause: float
) -> Ground:
    """What is opened here, ``stack`` closes in the opposite order."""
    telemetry = Telemetry()
    store = await Store.open(settings.database_url, clock, audit_key=_audit_key(settings))
    stack.push_async_callback(store.close)
    vitals = Vitals(store, telemetry, Pulse())
    await stack.enter_async_context(_background(vitals.pulse.run()))
    if settings.health.listen:
        await stack.enter_async_context(served(vitals, settings.health.listen))
    accounts = await stack.enter_async_context(
        Accounts(
            accounts_of(settings),
            clock,
            settings.aws_region,
            telemetry.aws_answered,
            observes=settings.observe,
            together=micros(settings.polling.interval) // 2,
            snapshots=settings.snapshots,
            monitoring=settings.roles.monitoring,
        )
    )
    session = await stack.enter_async_context(slack.pooled_session(telemetry.slack_answered))
    studio = await stack.enter_async_context(Studio())
    return Ground(settings, clock, steady, pause, store, accounts, session, studio, vitals)


async def _catch_up(bot: Bot) -> None:
    """What the settings, AWS and the requests have come to since the bot ran last."""
    its = bot.services
    await enter(its.store, observes=its.settings.observe)
    # Before anything judges: what the rules say of a request rests on the fleet as last seen.
    await its.fleet.refresh()
    await its.approvals.compare_settings()
    await bot.jobs.run("claim")


async def _begin(stack: AsyncExitStack, bot: Bot, ground: Ground, ticking: bool) -> None:
    """From here on it works by itself; Slack's socket opens last, and is closed first."""
    stack.push_async_callback(_drain, bot)
    await stack.enter_async_context(_background(bot.notifier.run()))
    await stack.enter_async_context(_background(ground.studio.warm(after=SETTLED)))
    if ticking:
        ticks = scheduler(ground.vitals.telemetry.tick_missed)
        bot.jobs.schedule(ticks)
        ticks.start()
        stack.callback(ticks.shutdown, wait=False)
    # Before the socket opens: what a process that is gone had acknowledged goes first.
    await bot.intake.take_over()
    await bot.socket.open()
    stack.push_async_callback(bot.socket.close)


def _announce(bot: Bot) -> None:
    settings = bot.services.settings
    for sentence in idle(settings):
        log.warning("settings.idle", why=sentence)
    if settings.observe:
        log.warning("bot.observes", why=OBSERVES)
    databases = len(bot.services.fleet.last_seen.databases)
    log.info("bot.running", databases=databases, observes=settings.observe)


async def _built(ground: Ground) -> Bot:
    """Every room, made once and given what it needs; nothing runs yet."""
    settings, clock = ground.settings, ground.clock
    store, accounts = ground.store, ground.accounts
    telemetry, pause = ground.vitals.telemetry, ground.pause
    tokens, url = settings.require_slack(), settings.slack_api_url
    token = tokens.bot.get_secret_value()
    client = slack.reading_client(token, url, ground.session)
    posting = slack.posting_client(token, url, ground.session)
    own = await slack.identity(client)
    fleet = Fleet(accounts, clock)
    judge = Judge(settings, fleet)  # raises: before there is a socket that had to be closed
    bolt = slack.bolt_app(url, ground.session, own, token)
    socket = slack.Socket(bolt, tokens.app.get_secret_value(), client, telemetry.acknowledged)

    directory = SlackDirectory(client, own, settings.channels.approvals, clock)
    notifications, owner = _notifications(settings), token_hex(8)
    executor = Executor(
        store, accounts, judge, directory, notifications, clock, owner, ground.steady
    )
    follower = Follower(store, accounts, executor, notifications, settings.polling, clock)
    audit_check = AuditCheck(store.audit.walk, telemetry.audit_verified, clock)
    services = _services(
        ground, fleet, judge, directory, notifications, executor, audit_check, socket
    )

    intake = Intake(store.inbox, clock)
    replies = Replies(store, posting, ground.session)
    pictures = Pictures(store, posting, ground.studio)
    charts = ChartAnswers(store, posting, directory)
    links = Links(store, posting)
    runner = Runner(services, charts, links)
    live_tick = LiveTick(services, runner, pictures)
    live = Live(services, directory, runner, live_tick, replies)
    slack.listen(bolt, intake, services, posting, replies, runner, charts, live)
    homes = Homes(services, posting, links, clock, pause=3 * pause)
    admins = Admins(directory, settings)

    async def around(target: Target) -> tuple[Request, ...]:
        return await open_around(store, target, fleet.last_seen)

    notifier = Notifier(
        store, posting, links, directory, judge.now, accounts.publish, homes.deliver,
        pictures.deliver, clock, pause, admins=admins, observes=settings.observe,
        denied=judge.denied, trouble=services.trouble, around=around,
        siblings=services.siblings, cloudops=settings.access.cloudops,
    )  # fmt: skip
    leads = Leader(store, owner, telemetry.leads).leads
    ticks = (
        *_of_requests(services, directory, executor, follower),
        *_of_databases(services, admins, homes, live_tick),
        *_of_itself(ground, services, admins, intake, audit_check, leads),
    )
    jobs = Jobs(ticks, leads, telemetry.ticks)
    return Bot(services, executor, follower, intake, notifier, jobs, pictures, socket)


def _services(
    ground: Ground,
    fleet: Fleet,
    judge: Judge,
    directory: SlackDirectory,
    notifications: Notifications,
    executor: Executor,
    audit_check: AuditCheck,
    socket: slack.Socket,
) -> Services:
    """What people ask, and what answers them."""
    settings, clock = ground.settings, ground.clock
    store, accounts = ground.store, ground.accounts
    ceilings = Ceilings(accounts, fleet, clock)
    monitoring = Monitoring(accounts, ceilings, clock, settings.thresholds)
    markers = Markers(store, accounts, fleet)
    sights = Sights(directory, fleet, judge.classify, settings.access.viewers)
    drafts = Drafts(store, accounts, sights, judge, directory, directory, settings)
    approvals = Approvals(store, drafts, directory, notifications, settings, judge, executor.nudge)
    survey = Survey(
        store, accounts, fleet, monitoring, ceilings, judge, audit_check.checked, clock,
        settings.thresholds,
    )  # fmt: skip
    digests = Digests(store, survey, directory, settings, clock)
    incident_actions = IncidentActions(store, directory, settings.channels.incidents)
    health = _health(settings, store, fleet, monitoring, socket, clock)
    return Services(
        store, accounts, fleet, monitoring, markers, ceilings, judge, directory, approvals, digests,
        incident_actions, sights, settings, clock, health, TeamZone(settings, store, directory),
        CloudOps(store, directory, directory, settings),
    )  # fmt: skip


def _of_requests(
    its: Services, directory: SlackDirectory, executor: Executor, follower: Follower
) -> Iterator[Tick]:
    settings, clock = its.settings, its.clock
    reminders = ReminderTick(
        its.store, directory, its.judge.now, settings.notifications.escalation, clock,
        observes=settings.observe,
    )  # fmt: skip
    rechecks = RecheckTick(its.store, its.accounts, directory, clock)
    # Mostly nudged sooner; this finds what another replica approved, and what had to wait.
    yield Tick("claim", timedelta(seconds=2), executor.tick, leader=False)
    yield Tick("follow", settings.polling.interval, follower.tick)
    yield Tick("expire", timedelta(seconds=15), lambda: its.approvals.expire(clock()))
    yield Tick("remind", timedelta(minutes=1), reminders.tick)
    yield Tick("recheck", timedelta(minutes=1), rechecks.tick)


def _of_databases(
    its: Services, admins: Admins, homes: Homes, live_tick: LiveTick
) -> Iterator[Tick]:
    settings, store, fleet, monitoring = its.settings, its.store, its.fleet, its.monitoring
    digest_tick = DigestTick(store, its.digests, its.clock, admins)
    aftermaths = AftermathTick(
        store, fleet, monitoring, its.markers, its.zone, settings.aftermath, its.clock
    )
    watch = Watch(
        store, its.accounts, fleet, its.judge, monitoring, its.markers,
        settings.channels.incidents, its.zone, its.clock,
    )  # fmt: skip

    async def refresh() -> None:
        await fleet.refresh()
        await homes.look_at_fleet()

    yield Tick("digest", timedelta(seconds=20), digest_tick.tick)
    yield Tick("look_back", timedelta(minutes=1), aftermaths.tick)
    yield Tick("watch", settings.polling.interval, watch.tick)
    yield Tick("freshen", timedelta(seconds=5), live_tick.tick)
    yield Tick("refresh", timedelta(minutes=1), refresh, leader=False)


def _of_itself(
    ground: Ground,
    its: Services,
    admins: Admins,
    intake: Intake,
    audit_check: AuditCheck,
    leads: Callable[[], Awaitable[bool]],
) -> Iterator[Tick]:
    """Its people, its figures and its tables. Every replica checks the trail for itself: whoever
    reads its figures need not know which one leads."""
    absences = AbsenceTick(its.store, its.directory, its.settings, admins)
    publisher = _publisher(ground)
    yield Tick("look_at_people", timedelta(seconds=20), absences.tick)
    yield Tick("take_over", timedelta(seconds=20), intake.take_over, leader=False)
    yield Tick("publish", timedelta(minutes=1), lambda: publisher.tick(leads), leader=False)
    yield Tick("verify", timedelta(minutes=10), audit_check.tick, leader=False)
    yield Tick("tidy", timedelta(hours=1), its.store.tidy, leader=False)


async def _drain(bot: Bot) -> None:
    """Whatever does not end in time is left as it stands: sent, or in the outbox."""
    await asyncio.gather(bot.executor.stop(DRAIN), bot.intake.stop(DRAIN), bot.pictures.stop(DRAIN))
    with suppress(TimeoutError):
        async with asyncio.timeout(LAST_WORDS):
            await bot.notifier.deliver_due()


@asynccontextmanager
async def _background(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _notifications(settings: Settings) -> Notifications:
    """A bot that only observes announces nothing at the topic either."""
    return Notifications(None if settings.observe else settings.notifications.sns_topic_arn)


def _publisher(ground: Ground) -> Publisher:
    """Raises SettingsError where the figures have no region to go to."""
    settings, accounts = ground.settings, ground.accounts
    namespace = None if settings.observe else settings.telemetry.namespace
    if namespace:
        log.info("telemetry.published", namespace=namespace, region=accounts.own_region)
    timeout = settings.polling.timeout
    return Publisher(
        ground.store, accounts.put_figures, namespace, timeout, ground.clock, ground.vitals.lacking
    )


def _audit_key(settings: Settings) -> AuditKey | None:
    if settings.audit_key is None or settings.audit_key_id is None:
        return None
    return AuditKey(settings.audit_key_id, settings.audit_key.get_secret_value().encode())


def _health(
    settings: Settings,
    store: Store,
    fleet: Fleet,
    monitoring: Monitoring,
    socket: slack.Socket,
    clock: Clock,
) -> Health:
    started_at = clock()

    async def health() -> tuple[tuple[str, Line], ...]:
        counts = await store.requests.counts()
        inventory = fleet.last_seen
        unreachable = ", ".join(one.place for one in inventory.unreachable)
        return (
            ("Version", (version("rds-ops-bot"),)),
            ("Mode", (OBSERVES if settings.observe else "Changes are carried out.",)),
            ("Running since", (Moment(at=started_at),)),
            ("Slack", ("connected" if socket.is_connected else "reconnecting",)),
            ("Databases seen", (f"{len(inventory.databases)}", " ", Moment(at=inventory.seen_at))),
            ("Not reachable", (unreachable or "none",)),
            ("Requests running", (str(counts.get(Status.RUNNING, 0)),)),
            ("Requests unknown", (str(counts.get(Status.UNKNOWN, 0)),)),
            ("Messages waiting", (str(await store.outbox.depth()),)),
            ("Metrics read", (monitoring.spent,)),
        )

    return health
