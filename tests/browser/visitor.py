"""Somebody at the page: finds things by what they are called, and waits for what should come."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal

from playwright.async_api import Browser, ConsoleMessage, Locator, Page, Route

Theme = Literal["light", "dark"]
WIDE, PHONE = (1280, 900), (390, 844)
#: Milliseconds.
PATIENCE = 20_000
MOST_TABS = 200


class Visitor:
    """One tab of a browser."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self._address = address

    async def opens(self, who: str, place: str = "databases") -> None:
        """As one of the workspace's people: a channel, `home`, or the bot's name for messages."""
        await self.page.goto(f"{self._address}#{who}/{place}")
        await self.page.locator(f".workspace[data-person^='U0{who}' i]").wait_for()
        await self.page.evaluate("window.stays = true")

    async def has_reloaded(self) -> bool:
        """Since it was opened last."""
        return not await self.page.evaluate("window.stays")

    async def becomes(self, full_name: str) -> None:
        await self.page.get_by_role("radio", name=full_name).check()

    async def types(self, line: str) -> None:
        await self.composer.fill(line)
        await self.composer.press("Enter")

    async def tabs_to(self, wanted: Locator) -> None:
        """By the Tab key alone. Fails where that does not lead there."""
        for _ in range(MOST_TABS):
            if await wanted.evaluate("it => it === document.activeElement"):
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"{MOST_TABS} times Tab did not lead to {wanted}")

    async def width_of(self, shown: Locator) -> float:
        """Pixels, once it has been drawn."""
        await shown.evaluate("it => it.decode?.()")
        box = await shown.bounding_box()
        return box["width"] if box else 0.0

    async def brightness(self) -> int:
        """Of the background, 0 to 255."""
        color = await self.page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(map(int, re.findall(r"\d+", color)[:3])) // 3

    @property
    def composer(self) -> Locator:
        return self.page.get_by_role("textbox", name="Message ")

    def article(self, *words: str) -> Locator:
        """The newest message with all these words."""
        found = self.page.get_by_role("article")
        for word in words:
            found = found.filter(has_text=word)
        return found.last

    def private(self, *words: str) -> Locator:
        """The newest message that nobody else sees."""
        return self.article("Only visible to you", *words)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def form(self, title: str) -> Locator:
        return self.page.get_by_role("dialog", name=title, exact=True)


@asynccontextmanager
async def visiting(
    browser: Browser,
    address: str,
    size: tuple[int, int] = WIDE,
    theme: Theme = "light",
    **options: Any,
) -> AsyncIterator[Visitor]:
    """A tab with nothing kept from before. Fails where the page raised or logged an error, or asked
    for anything outside of this machine."""
    width, height = size
    context = await browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=theme, **options
    )
    context.set_default_timeout(PATIENCE)
    troubles: list[str] = []

    async def refuse(route: Route) -> None:
        troubles.append(f"asked for {route.request.url}")
        await route.abort()

    def noted(said: ConsoleMessage) -> None:
        if said.type == "error":
            troubles.append(said.text)

    await context.route(lambda url: not url.startswith(address), refuse)
    page = await context.new_page()
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", noted)
    try:
        yield Visitor(page, address)
    finally:
        await context.close()
    assert not troubles
