"""``python -m benchmarks.reading``: how long each kind of answer is, at a desk and on a phone.

A line is 22 pixels of the imitated Slack. What is not there is said so.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial

from playwright.async_api import Error, Locator

from benchmarks.page import (
    NotFoundError,
    Room,
    answer,
    closed,
    named,
    room,
    settled,
    there,
)
from tests.browser import chromium
from tests.browser.visitor import PHONE, WIDE, Visitor

LINE = 22.0
FAILOVER = "/rds reboot orders-staging --failover --reason 'Failover drill before the sale'"
#: Height of what is read, controls in it, characters: without the byline and the page's own tools.
MEASURE = """it => {
    const own = it.querySelector(".body") ?? it;
    const counts = one => !one.closest(".replies, .tools") && !one.querySelector("img");
    const every = [...own.querySelectorAll("button, [role=combobox], input, textarea")];
    const byline = own.querySelector(".byline")?.innerText.length ?? 0;
    return {
        height: Math.max(own.scrollHeight, own.getBoundingClientRect().height),
        controls: every.filter(counts).length,
        characters: own.innerText.length - byline,
    };
}"""


@dataclass(frozen=True)
class Length:
    lines: float
    phone: float
    controls: int
    characters: int

    def __str__(self) -> str:
        return f"{self.lines:7.1f} {self.phone:7.1f} {self.controls:9} {self.characters:11}"


class Reading:
    """Dora reads; Ana and Ben have asked."""

    def __init__(self, stage: Room, reader: Visitor) -> None:
        self._room = stage
        self._reader = reader

    async def all(self) -> None:
        for name, line in COMMANDS.items():
            await self._tell(name, partial(answer, self._reader, line))
        for name, look in self._places().items():
            await self._tell(name, look)

    def _places(self) -> Mapping[str, Callable[[], Awaitable[Locator]]]:
        return {
            "request card": self._card,
            "running card": self._running,
            "ended card": self._ended,
            "incident card": self._incident,
            "metrics, picture": lambda: self._direct("/rds metrics warehouse --range 7d"),
            "connections, picture": lambda: self._direct("/rds connections billing-staging"),
            "digest": self._digest,
            "report": lambda: self._asked("/rds report"),
            "audit": lambda: self._asked("/rds audit"),
            "home": self._home,
            "launcher": self._launcher,
        }

    async def _tell(self, name: str, look: Callable[[], Awaitable[Locator]]) -> None:
        try:
            found: Length | str = await self._length(await look())
        except (NotFoundError, Error) as error:
            found = f"  not found: {str(error).splitlines()[0]}"
        say(f"{name:22}{found}")
        await closed(self._reader)

    async def _length(self, shown: Locator) -> Length:
        at_desk = await shown.evaluate(MEASURE)
        await self._sized(PHONE)
        on_phone = await shown.evaluate(MEASURE)
        await self._sized(WIDE)
        return Length(
            at_desk["height"] / LINE,
            on_phone["height"] / LINE,
            at_desk["controls"],
            at_desk["characters"],
        )

    async def _sized(self, size: tuple[int, int]) -> None:
        await self._reader.page.set_viewport_size({"width": size[0], "height": size[1]})
        await asyncio.sleep(0.3)  # the page lays itself out in frames of its own

    async def _asked(self, line: str, who: str = "dora") -> Locator:
        await self._reader.opens(who)
        return await answer(self._reader, line)

    async def _direct(self, line: str) -> Locator:
        await self._asked(line)
        await self._reader.opens("dora", "rds-bot")
        drawn = self._reader.page.get_by_role("article").filter(
            has=self._reader.page.get_by_role("img"), has_text=line.split()[2]
        )
        return await settled((await there(drawn, "a picture in the direct messages")).last)

    async def _card(self) -> Locator:
        await self._room.stage.slack.member("ben").types(FAILOVER, "databases")
        await self._reader.opens("dora")
        card = self._cards("orders-staging").filter(
            has=self._reader.page.get_by_role("button", name=named("approve"))
        )
        return await settled((await there(card, "a card with Approve")).last)

    async def _running(self) -> Locator:
        line = "/rds snapshot orders-test before-the-upgrade"
        await self._room.stage.slack.member("ana").types(line, "databases")
        card = self._cards("before-the-upgrade").filter(has_text=named("%", "running", "creating"))
        await there(card, "a card that runs")
        return card.last

    async def _ended(self) -> Locator:
        card = self._cards("before-the-upgrade").filter(has_text=named("succeeded"))
        await there(card, "a card that ended", within=60)
        return await settled(card.last)

    async def _incident(self) -> Locator:
        await self._reader.opens("dora", "database-incidents")
        card = self._cards("warehouse")
        await there(card, "an incident of warehouse", within=60)
        return await settled(card.last)

    async def _digest(self) -> Locator:
        await self._asked("/rds digest now")
        wanted = self._reader.page.locator("article:not(.ephemeral)").filter(
            has_text=named("digest", "need action", "nothing to act on")
        )
        await there(wanted, "a digest", within=60)
        return await settled(wanted.last)

    async def _home(self) -> Locator:
        await self._reader.opens("dora", "home")
        return await settled(await there(self._reader.page.locator(".home[data-view]"), "the Home"))

    async def _launcher(self) -> Locator:
        await self._reader.opens("dora")
        return await answer(self._reader, "/rds")

    def _cards(self, word: str) -> Locator:
        return self._reader.page.locator("article:not(.ephemeral)").filter(has_text=word)


COMMANDS: Mapping[str, str] = {
    "typo": "/rds snapshto orders-dev",
    "denied": "/rds reboot orders-prod",
    "dry run": "/rds reboot orders-staging --failover --dry-run",
    "metrics, words": "/rds metrics warehouse --range 7d",
    "show": "/rds show orders-staging",
    "top": "/rds top warehouse",
    "connections, words": "/rds connections billing-staging",
    "list": "/rds list",
    "help": "/rds help",
    "help of a verb": "/rds help reboot",
    "logs, list": "/rds logs orders-staging",
    "logs, lines": "/rds logs orders-staging postgresql --lines 50",
    "events": "/rds events orders-staging",
    "whoami": "/rds whoami",
    "status": "/rds status bot",
    "approve, bare": "/rds approve",
    "metrics, bare": "/rds metrics",
}


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


async def main() -> None:
    say(f"{'answer':22}{'lines':>7} {'phone':>7} {'controls':>9} {'characters':>11}")
    async with room() as stage, stage.visitor() as reader:
        await reader.opens("dora")
        await Reading(stage, reader).all()


if __name__ == "__main__":
    if chromium.installed() is None:
        sys.exit(chromium.MISSING)
    asyncio.run(main())
