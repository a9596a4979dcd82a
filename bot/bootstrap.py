"""The bot, put together: every room made once, in order, and taken down in the opposite one."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from secrets import token_hex

import aiohttp
import structlog

from bot.aftermath import Aftermaths
from bot.aws.accounts import Accounts, accounts_of
from bot.desk import Health, Services
from bot.digests import Digests, Rounds, Survey
from bot.file_permissions import exposures
from bot.fleet.connection_limits import Ceilings
from bot.fleet.inventory import Fleet
from bot.health.audit import Verifying
from bot.health.cloudwatch import Publisher
from bot.health.metrics import Pulse, Telemetry
from bot.health.pages import Vitals, served
from bot.incidents import Care, Watch
from bot.monitoring import Monitoring
from bot.monitoring._markers import Markers
from bot.policy.absences import Absences
from bot.policy.admins import Admins
from bot.policy.judge import Judge
from bot.policy.viewers import Sights
from bot.requests.approvals import Approvals
from bot.requests.drafts import Drafting
from bot.requests.executor import Executor
from bot.requests.follower import Following
from bot.requests.mode import enter
from bot.requests.notifications import Telling
from bot.requests.reminders import Reminders
from bot.settings import OBSERVES, Settings, idle
from bot.values import Line, Moment, micros, wall_clock
from bot.values._vocabulary import Status
from charts import Studio
from handlers import app as slack
from handlers.delivery.homes import Homes
from handlers.delivery.notifier import Notifier
from handlers.delivery.pictures import Pictures
from handlers.delivery.replies import Replies
from handlers.directory import SlackDirectory
from handlers.intake.inbox import Intake
from handlers.jobs import Jobs, scheduler
from handlers.listeners.live import Live
from handlers.live import Renewing
from handlers.runner import Errands
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
    following: Following
    intake: Intake
    notifier: Notifier
    jobs: Jobs
    pictures: Pictures
    socket: slack.Socket


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
    telemetry = Telemetry()
    async with AsyncExitStack() as stack:
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
            )
        )
        session = await stack.enter_async_context(slack.pooled_session(telemetry.slack_answered))
        studio = await stack.enter_async_context(Studio())
        bot = await _built(settings, clock, steady, store, accounts, session, studio, vitals, pause)

        vitals.is_connected = lambda: bot.socket.is_connected
        await enter(store, observes=settings.observe)
        # Before anything judges: what the rules say of a request rests on the fleet as last seen.
        await bot.services.fleet.refresh()
        await bot.services.approvals.compare_settings()
        await bot.jobs.claim()
        stack.push_async_callback(_drain, bot)
        await stack.enter_async_context(_background(bot.notifier.run()))
        await stack.enter_async_context(_background(studio.warm(after=SETTLED)))
        if ticking:
            ticks = scheduler(telemetry.tick_missed)
            bot.jobs.schedule(ticks, settings.polling.interval)
            ticks.start()
            stack.callback(ticks.shutdown, wait=False)
        # Before the socket opens: what a process that is gone had acknowledged goes first.
        await bot.intake.take_over()
        await bot.socket.open()
        # Last in and so first out: nothing more comes in while what is under way ends.
        stack.push_async_callback(bot.socket.close)
        for sentence in idle(settings):
            log.warning("settings.idle", why=sentence)
        if settings.observe:
            log.warning("bot.observes", why=OBSERVES)
        databases = len(bot.services.fleet.last_seen.databases)
        log.info("bot.running", databases=databases, observes=settings.observe)
        yield bot


async def _built(
    settings: Settings,
    clock: Clock,
    steady: Steady,
    store: Store,
    accounts: Accounts,
    session: aiohttp.ClientSession,
    studio: Studio,
    vitals: Vitals,
    pause: float,
) -> Bot:
    """Every room, made once and given what it needs; nothing runs yet."""
    telemetry = vitals.telemetry
    tokens, url = settings.require_slack(), settings.slack_api_url
    token = tokens.bot.get_secret_value()
    client = slack.reading_client(token, url, session)
    posting = slack.posting_client(token, url, session)
    own = await slack.identity(client)
    fleet = Fleet(accounts, clock)
    judge = Judge(settings, fleet)  # raises: before there is a socket that had to be closed
    bolt = slack.bolt_app(url, session, own, token)
    socket = slack.Socket(bolt, tokens.app.get_secret_value(), client, telemetry.acknowledged)

    directory = SlackDirectory(client, own, settings.channels.approvals, clock)
    ceilings = Ceilings(accounts, fleet, clock)
    monitoring = Monitoring(accounts, ceilings, clock, settings.thresholds)
    markers = Markers(store, accounts, fleet)
    telling = _telling(settings)
    owner = token_hex(8)
    executor = Executor(store, accounts, judge, directory, telling, clock, owner, steady)
    following = Following(store, accounts, executor, telling, settings.polling, clock)
    sights = Sights(directory, fleet, judge.classify, settings.access.viewers)
    drafting = Drafting(store, accounts, sights, judge, directory, directory, settings)
    approvals = Approvals(store, drafting, directory, telling, settings, judge, executor.nudge)
    health = _health(settings, store, fleet, monitoring, socket, clock)
    verifying = Verifying(store.audit.walk, telemetry.audit_verified, clock)
    survey = Survey(
        store, accounts, fleet, monitoring, ceilings, judge, verifying.checked, clock,
        settings.thresholds,
    )  # fmt: skip
    digests = Digests(store, survey, directory, settings, clock)
    care = Care(store, directory, settings.channels.incidents)
    services = Services(
        store, accounts, fleet, monitoring, markers, ceilings, judge, directory, approvals, digests,
        care, sights, settings, clock, health,
    )  # fmt: skip

    intake = Intake(store.inbox, clock)
    replies, pictures = Replies(store, posting, session), Pictures(store, posting, studio)
    errands = Errands(services)
    renewing = Renewing(services, errands, pictures)
    live = Live(services, directory, errands, renewing, replies)
    slack.listen(bolt, intake, services, posting, replies, live)
    homes = Homes(services, posting, clock, pause=3 * pause)
    admins = Admins(directory, settings)
    notifier = Notifier(
        store, posting, directory, judge.now, accounts.publish, homes.deliver, pictures.deliver,
        clock, pause, admins=admins, observes=settings.observe,
    )  # fmt: skip
    escalation = settings.notifications.escalation
    reminders = Reminders(store, directory, judge.now, escalation, clock, observes=settings.observe)
    absences = Absences(store, directory, settings, admins)
    aftermaths = Aftermaths(store, fleet, monitoring, markers, directory, settings.aftermath, clock)
    publisher = _publisher(settings, store, accounts, clock, vitals)
    watch = Watch(store, accounts, fleet, judge, monitoring, settings.channels.incidents, clock)
    jobs = Jobs(
        store, executor, following, approvals, reminders, absences,
        Rounds(store, digests, clock, admins),
        aftermaths, watch, fleet, homes, renewing, intake, publisher, verifying, telemetry.leads,
        telemetry.ticks, clock, owner,
    )  # fmt: skip
    return Bot(services, executor, following, intake, notifier, jobs, pictures, socket)


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


def _telling(settings: Settings) -> Telling:
    """A bot that only observes announces nothing at the topic either."""
    return Telling(None if settings.observe else settings.notifications.sns_topic_arn)


def _publisher(
    settings: Settings, store: Store, accounts: Accounts, clock: Clock, vitals: Vitals
) -> Publisher:
    """Raises SettingsError where the figures have no region to go to."""
    namespace = None if settings.observe else settings.telemetry.namespace
    if namespace:
        log.info("telemetry.published", namespace=namespace, region=accounts.own_region)
    timeout = settings.polling.timeout
    return Publisher(store, accounts.put_figures, namespace, timeout, clock, vitals.lacking)


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
