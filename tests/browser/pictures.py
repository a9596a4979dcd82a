"""`make screenshots`: the README's pictures of the real bot at a held hour, light and dark."""

import asyncio
import io
import os
import re
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml
from PIL import Image
from playwright.async_api import Locator, Page, expect

from bot.sandbox.aws import DEMO_FLEET, AlarmSpec, AWSSandbox
from bot.sandbox.page import WorkspacePage
from bot.sandbox.slack import SlackSandbox, demo_workspace, installed_app
from bot.sandbox.stage import CONFIG, is_outside
from tests.browser import chromium
from tests.browser.layout import faults
from tests.browser.visitor import PHONE, Visitor, visiting
from tests.conftest import MANIFEST, Home
from tests.stories.stage import CreepingClock, Play, Stage

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
DESK, TALL, SHARP = (1180, 860), 1000, 1.5
COLORS = 192
#: The demo's settings, with the patience that AWS in real time needs.
SETTINGS = CONFIG.replace("timeout: 1m", "timeout: 5m").replace("[4m, 10m]", "[15m]")
ALARM = AlarmSpec("orders-staging-cpu", "orders-staging", "CPUUtilization", 60.0)
FAILOVER = ("Reboot orders-staging with failover", "asked by")
MINUTE, STEP = 60.0, 10.0


async def take_pictures() -> None:
    async with (
        _stage() as stage,
        stage.bot(SETTINGS) as play,
        WorkspacePage(stage.slack) as page,
        chromium.browser() as browser,
        visiting(browser, page.url, DESK, device_scale_factor=SHARP) as desk,
        visiting(browser, page.url, PHONE, device_scale_factor=2) as phone,
    ):
        await Shooting(play, desk, phone).all()


@dataclass(frozen=True)
class Shooting:
    play: Play
    desk: Visitor
    phone: Visitor

    async def all(self) -> None:
        await self._a_request_that_waits()
        await self._earlier_endings()
        await self._a_form_with_an_error()
        await self._a_change_that_runs_and_ends()
        await self._a_chart()
        await self._an_incident()
        await self._a_look_back()
        await self._a_digest()

    async def _a_request_that_waits(self) -> None:
        await self._types(
            "/rds reboot orders-staging --failover --reason 'Failover drill before the sale'", "ben"
        )
        await self.desk.opens("dora")
        await self.phone.opens("dora")
        asked = (*FAILOVER, "needs 2 approvals")
        await expect(self.desk.article(*asked)).to_be_visible()
        await _taken("request", self.desk.page)
        await self.phone.article(*asked).scroll_into_view_if_needed()
        await _taken("phone", self.phone.page)

    async def _earlier_endings(self) -> None:
        """So that it is known how long it usually takes."""
        for name in ("monday", "tuesday", "wednesday"):
            await self._types(f"/rds snapshot orders-test before-{name}")
            await self._later(5)

    async def _a_form_with_an_error(self) -> None:
        await self.desk.opens("ana", "rds-bot")
        await self.desk.types("/rds backup-window orders-test")
        form = self.desk.form("Backup window")
        await form.get_by_label("Window").first.fill("3 o'clock")
        await form.get_by_label("Reason").fill("After the nightly load")
        await form.get_by_role("button", name="Request").click()
        await expect(form.locator("[aria-invalid=true]")).to_be_visible()
        await _taken("form", form)
        await self.desk.page.keyboard.press("Escape")

    async def _a_change_that_runs_and_ends(self) -> None:
        await self.desk.opens("ana")
        await self._types("/rds snapshot orders-test before-the-upgrade")
        await self._later(2)
        card = self.desk.article("before-the-upgrade", "asked by")
        await expect(card).to_contain_text("%")
        await _taken("running", card)
        await self._ticks("watch")
        await self.desk.opens("dora", "home")
        home = self.desk.page.get_by_role("main")
        await expect(home).to_contain_text("%")
        await expect(home).not_to_contain_text("Not read lately")
        await _taken("home", self.desk.page)
        await self._later(3)
        await self.desk.opens("ana")
        await expect(card).to_contain_text("succeeded")
        await _taken("finished", card)

    async def _a_chart(self) -> None:
        await self._types("/rds metrics warehouse --range 7d")
        await self.desk.opens("ana", "rds-bot")
        chart = self.desk.article("warehouse: storage full in about")
        await self.desk.width_of(chart.get_by_role("img"))
        await _taken("chart", chart)

    async def _an_incident(self) -> None:
        """What waited is approved, and does the database no good."""
        for name, becomes in (("dora", "1 of 2"), ("emil", "running")):
            await self.desk.opens(name)
            card = self.desk.article(*FAILOVER)
            await card.get_by_role("button", name="Approve").click()
            await expect(card).to_contain_text(becomes)
        await self._later(5)
        await self._ticks("watch")  # tells it
        await self._ticks("watch")  # draws it
        await self.desk.opens("ben", "database-incidents")
        await self._thread_of(self.desk.article("CPU utilization above"))
        await _taken("incident", self.desk.page)

    async def _a_look_back(self) -> None:
        self.play.stage.clock.advance(15 * MINUTE)
        await self._ticks("look_back")
        await self.desk.opens("ben")
        await _taken("look-back", await self._thread_of(self.desk.article(*FAILOVER)))

    async def _a_digest(self) -> None:
        await self._types("/rds digest now --environment staging", "dora")
        await self.play.bot.pictures.idle()
        await self.desk.page.set_viewport_size({"width": DESK[0], "height": TALL})
        await self.desk.opens("dora")
        await self._thread_of(self.desk.article("Database digest"))
        await _taken("digest", self.desk.page)

    async def _ticks(self, name: str) -> None:
        await self.play.bot.jobs.run(name)
        await self.play.told()
        await self.play.bot.pictures.idle()

    async def _thread_of(self, card: Locator) -> Locator:
        """Opened, with its pictures."""
        await card.get_by_role("button", name=re.compile("repl(y|ies)$")).click()
        thread = self.desk.page.get_by_role("complementary", name="Thread")
        await self.desk.width_of(thread.get_by_role("img").last)
        return thread

    async def _types(self, line: str, who: str = "ana") -> None:
        await self.play.types(line, who)
        await self.play.told()

    async def _later(self, minutes: float) -> None:
        await self.play.later(minutes * MINUTE, steps=round(minutes * MINUTE / STEP))
        await self.play.told()


@asynccontextmanager
async def _stage() -> AsyncIterator[Stage]:
    """Changes this process's environment, as for a bot that lives there."""
    clock = CreepingClock()
    app = installed_app(yaml.safe_load(MANIFEST.read_text("utf-8")))
    with tempfile.TemporaryDirectory() as folder, AWSSandbox(clock=clock, pace=1) as aws:
        aws.seed(DEMO_FLEET)
        aws.seed_alarms([ALARM])
        for name in filter(is_outside, list(os.environ)):
            del os.environ[name]
        os.environ.update(aws.environment)
        async with SlackSandbox(demo_workspace(app), now=clock) as slack:
            yield Stage(clock, aws, slack, Home(Path(folder), slack))


async def _taken(name: str, shown: Page | Locator) -> None:
    """Raises AssertionError where something is cut or covered."""
    page = shown if isinstance(shown, Page) else shown.page
    await page.mouse.move(0, 0)
    await expect(page.locator(".changed")).to_have_count(0)
    assert not (wrong := await faults(page)), wrong
    for theme in ("light", "dark"):
        await page.emulate_media(color_scheme=theme)
        await expect(page.locator(f"html[data-theme={theme}]")).to_be_attached()
        _keep(await shown.screenshot(animations="disabled"), PICTURES / f"{name}-{theme}.png")


def _keep(taken: bytes, file: Path) -> None:
    file.parent.mkdir(exist_ok=True)
    with Image.open(io.BytesIO(taken)) as image:
        image.convert("RGB").quantize(COLORS).save(file, optimize=True)


if __name__ == "__main__":
    if chromium.installed() is None:
        sys.exit(chromium.MISSING)
    asyncio.run(take_pictures())
