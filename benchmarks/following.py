"""A thousand running requests in one region: what one tick asks AWS, and how long it takes."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from benchmarks import inside, records
from benchmarks.figures import Figure
from bot.bootstrap import Bot
from bot.operation import Change
from bot.operations.create_snapshot import CreateSnapshot
from bot.operations.modify_backup_window import ModifyBackupWindow
from bot.operations.reboot_instance import RebootInstance
from bot.sandbox.aws import AWSSandbox, HeldClock, InstanceSpec
from bot.values import SECOND, Call, Request, Target

MANY, CALLS, PAGE = 1000, 12, 100
ROUNDS = 3
#: So long that nothing is told meanwhile: a notifier at work would be measured too.
SILENCE = 3600.0
#: Seconds of the bot's clock between two ticks, so that everything is due again.
LATER = 60
#: Seconds of AWS's clock between two snapshots; 240 later the first would be complete.
APART = 0.3
#: What may be asked for; AWS would have to be asked once for each otherwise.
READS = ("DescribeDBInstances", "DescribeDBSnapshots", "DescribeDBClusters",
         "DescribeDBClusterSnapshots", "DescribeEvents")  # fmt: skip

Transactions = Counter[str]
_counted: ContextVar[Transactions | None] = ContextVar("counted", default=None)


@dataclass(frozen=True)
class Tick:
    """One look at everything. ``new_events``: how many AWS had that were not read before."""

    looked_at: int
    calls: Counter[str]
    new_events: int
    transactions: Transactions
    seconds: float

    @property
    def allowed_events(self) -> int:
        """A page for each hundred new ones, and one to see whether there are any."""
        return 1 + ceil(self.new_events / PAGE)


async def measure() -> list[Figure]:
    with TemporaryDirectory() as folder, AWSSandbox(HeldClock(time.time()), pace=1) as aws:
        async with following(Path(folder), aws, MANY) as tick:
            first = await tick()
            quiet, listed = [], []
            for _ in range(ROUNDS):
                listed.append(await _listing(aws))
                quiet.append(await tick())
    return [*_calls("first tick", first), *_calls("tick", quiet[-1]), *_speed(quiet, listed)]


def _calls(what: str, tick: Tick) -> list[Figure]:
    name = f"{what} on {tick.looked_at} requests"
    figures = [
        Figure(f"{name}: {read}", tick.calls[read], "calls", CALLS, "12 a kind and tick", 1.0)
        for read in READS
        if read != "DescribeEvents" and tick.calls[read]
    ]
    events = tick.allowed_events
    pages = f"1 and a page per {PAGE} of {tick.new_events} new"
    figures += [
        Figure(f"{name}: DescribeEvents", tick.calls["DescribeEvents"], "calls", events, pages, 1.0)
    ]
    other = sum(tick.calls.values()) - sum(tick.calls[read] for read in READS)
    return [*figures, Figure(f"{name}: all other calls", other, "calls", CALLS, "12", 1.0)]


def _speed(quiet: Sequence[Tick], listed: Sequence[float]) -> list[Figure]:
    done = quiet[-1].transactions
    tick, listing = median(one.seconds for one in quiet), median(listed)
    name, each = "tick with nothing new", "one a request"
    return [
        Figure(f"{name}: transactions", done.total(), "", MANY, each, 0.01),
        Figure(f"{name}: of these writing", done["commit"], "", MANY, each, 0.005),
        Figure(name, tick * 1000, "ms", listing * 1000, "listing the same resources", 3.0),
    ]  # fmt: skip


@asynccontextmanager
async def following(
    folder: Path, aws: AWSSandbox, many: int
) -> AsyncIterator[Callable[[], Awaitable[Tick]]]:
    """A bot with so many running requests, and a way to let it look at them all once."""
    moved = 0

    def clock() -> int:
        return int((aws.clock() + moved) * SECOND)

    names = [f"db-{number:04}" for number in range(many)]
    aws.seed(InstanceSpec(name, tags={"Environment": "test"}) for name in names)
    async with inside.connected_bot(folder, aws, clock=clock, pause=SILENCE) as (bot, _):
        await _run(bot, aws, names)
        seen = 0

        async def tick() -> Tick:
            nonlocal seen, moved
            moved += LATER
            fresh, seen = _events(aws) - seen, _events(aws)
            return await _tick(bot, aws, fresh)

        yield tick


async def _tick(bot: Bot, aws: AWSSandbox, fresh: int) -> Tick:
    before = len(aws.calls())
    with transactions() as counted:
        begun = time.perf_counter()
        looked_at = await asyncio.create_task(bot.follower.tick())
        seconds = time.perf_counter() - begun
    calls = Counter(call.action for call in aws.calls()[before:])
    return Tick(looked_at, calls, fresh, counted, seconds)


def _events(aws: AWSSandbox) -> int:
    """How many events AWS has by now."""
    pages = aws.client("rds").get_paginator("describe_events").paginate(Duration=1440)
    return sum(len(page["Events"]) for page in pages)


async def _run(bot: Bot, aws: AWSSandbox, names: Sequence[str]) -> None:
    """A third are snapshots, a third reboots, a third window changes; all sent and accepted."""
    databases = {one.name: one.target for one in bot.services.fleet.last_seen.databases}
    kinds = (CreateSnapshot, RebootInstance, _window)
    changes = [kinds[i % 3](target=name) for i, name in enumerate(names)]
    requests = await asyncio.gather(
        *(_planned(bot, change, databases[change.target]) for change in changes)
    )
    await records.file(bot.services.store, requests)
    await records.accept(bot.services.store, requests)
    snapshots = [one.step.plan.call for one in requests if one.operation == CreateSnapshot.name]
    _take(aws, snapshots)


def _window(target: str) -> Change:
    return ModifyBackupWindow(target=target, window="07:00-08:00")


async def _planned(bot: Bot, change: Change, target: Target) -> Request:
    store, accounts = bot.services.store, bot.services.accounts
    order = records.order(await store.requests.next_id(), target, bot.services.clock())
    plan = await change.plan(accounts.door(target, change.permissions), order)
    return records.request(order, records.step(change, order, plan))


def _take(aws: AWSSandbox, calls: Sequence[Call]) -> None:
    """The snapshots begin, without the bot; they take minutes."""
    for call in calls:
        aws.client("rds").create_db_snapshot(**call.arguments)
        aws.advance(APART)


async def _listing(aws: AWSSandbox) -> float:
    """Seconds to list every instance and snapshot, page by page, with a plain client."""
    client = aws.client("rds")

    def read() -> None:
        for method in ("describe_db_instances", "describe_db_snapshots"):
            for _ in client.get_paginator(method).paginate():
                pass

    begun = time.perf_counter()
    await asyncio.to_thread(read)
    return time.perf_counter() - begun


@contextmanager
def transactions() -> Iterator[Transactions]:
    """Counts what this task, and those it starts, do with the database."""
    counted: Transactions = Counter()
    token = _counted.set(counted)
    listeners = {name: _counting(name) for name in ("commit", "rollback")}
    for name, listener in listeners.items():
        event.listen(Engine, name, listener)
    try:
        yield counted
    finally:
        for name, listener in listeners.items():
            event.remove(Engine, name, listener)
        _counted.reset(token)


def _counting(name: str) -> Callable[[Connection], None]:
    def listener(_connection: Any) -> None:
        counted = _counted.get()
        if counted is not None:
            counted[name] += 1

    return listener
