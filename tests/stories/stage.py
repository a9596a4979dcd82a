"""The real stack with its time held: nothing ticks, and a clock moves only when a test moves it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.bootstrap import Bot, running
from bot.sandbox.aws import AWSSandbox, HeldClock
from bot.sandbox.aws.clock import SOME_MORNING
from bot.sandbox.slack import SeenMessage, SlackSandbox, Slow
from bot.values import SECOND, Request
from tests.conftest import CONFIG, Home

#: Seconds: for what a test holds until it lets go.
LONG = 60.0
#: Nothing needs approval: for what happens after it.
FREE = f"""{CONFIG}
policy:
  rules:
    - {{environment: [production], deny: "Not on production."}}
    - {{approvals: {{low: 0, medium: 0, high: 0}}}}
"""
FIRST = 1001


class CreepingClock(HeldClock):
    """Held, but no two looks see the same instant, as it is with a real clock."""

    def __init__(self, now: float = SOME_MORNING) -> None:
        super().__init__(now)

    def __call__(self) -> float:
        self.advance(2e-6)
        return super().__call__()


async def until(claim: Callable[[], object], within: float = 20.0) -> None:
    """Waits for what happens outside this loop. Raises TimeoutError when it is not in time."""
    deadline = time.monotonic() + within
    while not claim():
        if time.monotonic() > deadline:
            raise TimeoutError(f"this did not come true in {within:g} s")
        await asyncio.sleep(0.01)


def meanwhile(slack: SlackSandbox, method: str, happens: Callable[[], object]) -> None:
    """It happens while the bot waits for Slack's answer to the next such call."""

    def strikes(_: object) -> bool:
        happens()
        return True

    slack.faults.add(method, Slow(0), where=strikes)


@dataclass(frozen=True)
class SharedHome(Home):
    """A home whose database several bots may use at once."""

    url: str = ""

    @property
    def database_url(self) -> str:
        return self.url


@dataclass
class Stage:
    clock: HeldClock
    aws: AWSSandbox
    slack: SlackSandbox
    home: Home
    steady: Callable[[], float] = time.monotonic

    def now(self) -> int:
        return int(self.clock() * SECOND)

    @asynccontextmanager
    async def bot(self, config: str = FREE) -> AsyncIterator["Play"]:
        settings = self.home.settings(config)
        async with running(
            settings, self.now, steady=self.steady, pause=0.01, ticking=False
        ) as bot:
            await self.slack.connected()
            yield Play(self, bot)


@dataclass
class Play:
    """A bot on the stage, and the people who use it."""

    stage: Stage
    bot: Bot

    async def types(self, line: str, who: str = "ana") -> None:
        """A command, and whatever comes of it at once."""
        delivery = await self.stage.slack.member(who).types(line, channel="databases")
        assert delivery.acknowledged
        await self.quiet()

    async def clicks(self, who: str, seen: SeenMessage, action: str) -> None:
        assert (await self.stage.slack.member(who).clicks(seen, action)).acknowledged
        await self.quiet()

    async def quiet(self) -> None:
        """Until nothing is being worked on, claimed, checked or sent."""
        await self.bot.intake.idle()
        await self.bot.executor.idle()

    async def told(self) -> None:
        """Until nothing is worked on and nothing waits to be told. Time passes, except while
        something is being told: its lease would end, and it would be told twice."""
        outbox, notifier = self.bot.services.store.outbox, self.bot.notifier
        async with asyncio.timeout(30):
            while True:
                await self.quiet()
                if not await outbox.depth():
                    return
                if notifier._under_way:
                    await asyncio.sleep(0.01)
                    continue
                self.stage.clock.advance(2)
                await notifier.deliver_due()

    async def later(self, seconds: float, steps: int = 1) -> None:
        """Time passes, in so many equal steps; after each of them the bot's jobs run once."""
        for _ in range(steps):
            self.stage.clock.advance(seconds / steps)
            await self.bot.jobs.run("expire")
            await self.bot.jobs.run("claim")
            await self.quiet()
            await self.bot.jobs.run("follow")
            await self.quiet()

    async def request(self, number: int = FIRST) -> Request:
        return await self.bot.services.store.requests.get(number)

    async def actions(self, number: int = FIRST) -> list[str]:
        """What the audit trail says of a request, oldest first."""
        rows = await self.bot.services.store.audit.rows(request_id=number)
        return [row.event.action for row in rows][::-1]
