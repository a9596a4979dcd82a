"""From the vote that decides to AWS: how many turns of the event loop, and how long."""

import asyncio
import time
from collections.abc import Awaitable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks import inside, records
from benchmarks.figures import Figure
from bot.bootstrap import Bot
from bot.desk import Services
from bot.operations.reboot_instance import RebootInstance
from bot.requests.approvals import Approvals
from bot.requests.drafts import Ask, Drafts
from bot.requests.notifications import Notifications
from bot.sandbox.aws import DEMO_FLEET, AWSSandbox
from bot.values import Order, Request, wall_clock

#: Seconds between two ticks that look for something to send; see ``handlers.jobs``.
TICK = 2.0
TARGETS = ("orders-dev", "orders-test", "orders-staging", "billing-staging", "ledger-test")
CLAIMING = "Executor.claim_all"


class Turns:
    """The bot's clock, which counts turns from a commit until the executor looks at it."""

    def __init__(self) -> None:
        self.committed_at = 0.0
        self.counted = 0
        self._next: asyncio.Handle | None = None

    def __call__(self) -> int:
        if self._next is not None and _working() == CLAIMING:
            self._next.cancel()
            self._next = None
        return wall_clock()

    def commit(self) -> None:
        self.committed_at, self.counted = time.time(), -1
        self._turn()

    def _turn(self) -> None:
        self.counted += 1
        self._next = asyncio.get_running_loop().call_soon(self._turn)


@dataclass(frozen=True)
class Sending:
    """One approved request: turns and seconds from the commit of the vote, and what it read."""

    turns: int
    seconds: float
    reading: float


async def measure() -> list[Figure]:
    with TemporaryDirectory() as folder, AWSSandbox(pace=60) as aws:
        aws.seed(DEMO_FLEET)
        sent = await sendings(Path(folder), aws)
    turns, seconds = max(one.turns for one in sent), median(one.seconds for one in sent)
    reading = median(one.reading for one in sent)
    name = "approving vote to RebootDBInstance"
    return [
        Figure("approving vote to the executor at work", turns, "turn", 1, "one turn", 1.0),
        Figure(name, seconds * 1000, "ms", TICK * 1000, "a tick", 0.25),
        Figure(name, seconds * 1000, "ms", reading * 1000, "what it must read, one by one"),
    ]


async def sendings(folder: Path, aws: AWSSandbox) -> list[Sending]:
    turns = Turns()
    async with inside.connected_bot(folder, aws, clock=turns) as (bot, _):
        approvals = _approvals(bot, turns)
        return [await _send(bot, approvals, aws, turns, target) for target in TARGETS]


def _approvals(bot: Bot, turns: Turns) -> Approvals:
    """As the bot's own, but for a nudge that is seen; it comes when the vote is committed."""
    its = bot.services

    def nudge() -> None:
        turns.commit()
        bot.executor.nudge()

    drafting = Drafts(
        its.store, its.accounts, its.sights, its.judge, its.directory, _Anywhere(), its.settings
    )
    return Approvals(
        its.store, drafting, its.directory, Notifications(None), its.settings, its.judge, nudge
    )


class _Anywhere:
    async def card_channel(self, asked_in: str) -> str | None:
        return asked_in


async def _send(
    bot: Bot, approvals: Approvals, aws: AWSSandbox, turns: Turns, target: str
) -> Sending:
    request = await approvals.submit(_ask(target))
    turns.counted = -1
    await approvals.approve(request.id, records.DORA, wall_clock())
    if turns.counted != 0:
        raise RuntimeError("the nudge did not come in the turn in which the vote was committed")
    await bot.executor.idle()
    call = aws.calls("rds:RebootDBInstance")[-1]
    reading = await _reading(bot.services, request)
    return Sending(turns.counted, call.at - turns.committed_at, reading)


def _ask(target: str) -> Ask:
    return Ask(
        change=RebootInstance(target=target),
        asker=records.ANA,
        channel=records.CHANNEL,
        reason="to be measured",
        received_at=wall_clock(),
        key=target,
    )


async def _reading(its: Services, request: Request) -> float:
    """Seconds for the reads between vote and call, each by itself: the target, the two people,
    the approvers' group, and a call under the step's own role session."""
    order = Order(
        request_id=request.id, target=request.step.target, requester=records.ANA, asked_at=0
    )
    door = its.accounts.door(order.target, RebootInstance.permissions)
    now = its.clock()
    return sum(
        [
            await _timed(door.database(order.target)),
            await _timed(its.directory.person(records.ANA, now)),
            await _timed(its.directory.person(records.DORA, now)),
            await _timed(its.directory.groups(frozenset({"S0DBAS0001"}), now)),
            await _timed(door.mark()),
        ]
    )


async def _timed(work: Awaitable[object]) -> float:
    begun = time.perf_counter()
    await work
    return time.perf_counter() - begun


def _working() -> str:
    """The name of what the current task began with; empty outside of any."""
    try:
        task = asyncio.current_task()
    except RuntimeError:
        return ""
    return getattr(task.get_coro(), "__qualname__", "") if task else ""
