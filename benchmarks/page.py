"""The demo's workspace before a browser, for what is measured on it: found by role and name."""

import asyncio
import re
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser, Error, Locator

from bot.sandbox.aws import DEMO_ALARMS, DEMO_FLEET, AWSSandbox
from bot.sandbox.page import WorkspacePage
from bot.sandbox.stage import Stage, staged
from tests.browser import chromium
from tests.browser.visitor import WIDE, Visitor, visiting

#: Slow enough that a change can be looked at while it runs.
PACE = 10.0
#: Seconds: for what must come, and without a change for it to count as whole.
COMES_WITHIN, QUIET = 15.0, 1.2


class NotFoundError(Exception):
    """The text says what was looked for."""


@dataclass(frozen=True)
class Room:
    """The stage with a browser before it; ``targets`` are for requests that wait, one for each."""

    stage: Stage
    browser: Browser
    url: str
    targets: Iterator[str] = field(
        default_factory=lambda: iter(
            ("billing-staging", "orders-test", "ledger-test", "search-test-1")
        )
    )

    @asynccontextmanager
    async def visitor(self, size: tuple[int, int] = WIDE) -> AsyncIterator[Visitor]:
        async with visiting(self.browser, self.url, size) as one:
            yield one


@asynccontextmanager
async def room() -> AsyncIterator[Room]:
    with tempfile.TemporaryDirectory() as folder, AWSSandbox(pace=PACE) as aws:
        aws.seed(DEMO_FLEET)
        async with (
            staged(aws, PACE, Path(folder)) as stage,
            WorkspacePage(stage.slack) as page,
            chromium.browser() as browser,
        ):
            aws.seed_alarms(DEMO_ALARMS)
            yield Room(stage, browser, page.url)


def named(*names: str) -> re.Pattern[str]:
    """Any of these, wherever it stands and however it is written."""
    return re.compile("|".join(names), re.IGNORECASE)


async def there(wanted: Locator, what: str, within: float = COMES_WITHIN) -> Locator:
    """The first of them, once it is seen. Raises NotFoundError."""
    try:
        await wanted.first.wait_for(timeout=within * 1000)
    except Error as error:
        raise NotFoundError(what) from error
    return wanted.first


async def settled(wanted: Locator) -> Locator:
    """Once its words have not changed for a while: pictures and findings come later."""
    said, since, until = "", time.monotonic(), time.monotonic() + COMES_WITHIN
    while time.monotonic() < until and time.monotonic() - since < QUIET:
        now = await wanted.inner_text()
        if now != said:
            said, since = now, time.monotonic()
        await asyncio.sleep(0.1)
    return wanted


async def answer(visitor: Visitor, line: str) -> Locator:
    """What the line brings for whoever types it: the newest message that only they see, or a form.

    Raises NotFoundError."""
    await closed(visitor)
    private, form = visitor.page.locator("article.ephemeral"), visitor.page.locator(".modal-body")
    before = await private.count()
    await visitor.types(line)
    await there(private.nth(before).or_(form), f"an answer to {line}")
    return await settled(form.last if await form.count() else private.last)


async def closed(visitor: Visitor) -> None:
    """Every form, so that the page behind it can be used."""
    forms = visitor.page.locator(".modal-body")
    while await forms.count():
        await visitor.page.get_by_role("button", name="Close the form").click()
        await forms.first.wait_for(state="detached")
