"""``python -m benchmarks.tasks [4 8]``: clicks and keys of the eight commonest tasks.

They are counted in the browser. Controls are found by their role and by any of the names that they
have had; a task whose way is not there is told as not found. A key is a character or Enter; a
scroll is told apart.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from playwright.async_api import Error, Locator
from playwright.async_api import TimeoutError as LateError

from benchmarks.page import NotFoundError, Room, answer, closed, named, room, settled, there
from benchmarks.reading import say
from tests.browser import chromium
from tests.browser.visitor import PHONE, Visitor

SOON = 4.0
REASON = "Failover drill before the sale"


class Hand:
    """Somebody's hand at a tab: whatever it does is counted."""

    def __init__(self, visitor: Visitor, stage: Room) -> None:
        self.visitor, self.room = visitor, stage
        self.clicks = self.keys = self.scrolls = 0
        self.noted: list[str] = []

    def __str__(self) -> str:
        counts = ((self.clicks, "clicks"), (self.keys, "keys"), (self.scrolls, "scrolls"))
        told = [f"{count} {name}" for count, name in counts if count]
        return ", ".join([*told, *self.noted])

    async def opens(self, who: str, place: str = "databases") -> None:
        """For nothing: where one is already."""
        await self.visitor.opens(who, place)
        await closed(self.visitor)

    async def types(self, line: str) -> Locator:
        self.keys += len(line) + 1
        return await answer(self.visitor, line)

    async def clicks_on(self, wanted: Locator, what: str) -> None:
        await (await there(wanted, what, SOON)).click()
        self.clicks += 1

    async def presses(self, within: Locator, *names: str) -> None:
        """A button, or that choice of a select or of a menu of three dots, whichever has it."""
        buttons = within.get_by_role("button", name=named(*names))
        if await buttons.count():
            return await self.clicks_on(buttons, names[0])
        for menu in await within.get_by_role("combobox").all() + await self._dots(within):
            await menu.click()
            wanted = named(*names)
            page = self.visitor.page
            choices = page.get_by_role("option", name=wanted).or_(
                page.get_by_role("menuitem", name=wanted)
            )
            if await choices.count():
                self.clicks += 1
                return await self.clicks_on(choices, names[0])
            await page.keyboard.press("Escape")
        raise NotFoundError(f"{names[0]} among the controls")

    async def _dots(self, within: Locator) -> list[Locator]:
        return await within.get_by_role("button", name=named("more", "⋯", "actions")).all()

    async def chooses(self, form: Locator, text: str) -> None:
        """A database by a part of its name, in the form's first search."""
        await self.clicks_on(form.get_by_role("combobox"), "the field for a database")
        await self.visitor.page.keyboard.type(text)
        await there(self.visitor.page.get_by_role("option").filter(has_text=text), text, SOON)
        await self.visitor.page.keyboard.press("Enter")
        self.keys += len(text) + 1

    async def fills(self, form: Locator, label: str, text: str) -> None:
        field = await there(form.get_by_label(named(label)), label, SOON)
        if not await field.evaluate("it => it === document.activeElement"):
            await self.clicks_on(field, label)
        await field.fill(text)
        self.keys += len(text)

    async def submits(self, form: Locator) -> None:
        submit = form.locator("footer button[type=submit]")
        await self.clicks_on(submit, "the button that submits")
        try:  # most forms close as they are sent
            await form.wait_for(state="detached", timeout=SOON * 1000)
        except LateError:
            close = form.get_by_role("button", name=named("^close$", "^done$"))
            await self.clicks_on(close, "close")

    @property
    def form(self) -> Locator:
        return self.visitor.page.get_by_role("dialog").last

    def card(self, *words: str) -> Locator:
        """The newest public message with all the words."""
        found = self.visitor.page.locator("article:not(.ephemeral)")
        for word in words:
            found = found.filter(has_text=named(word))
        return found.last


async def _comes(wanted: Locator) -> bool:
    try:
        await there(wanted, "", SOON)
    except NotFoundError:
        return False
    return True


async def snapshot_typed(hand: Hand) -> None:
    await hand.opens("ana")
    await hand.types("/rds snapshot orders-dev")


async def snapshot_from_home(hand: Hand) -> None:
    await hand.opens("ana", "home")
    home = await settled(hand.visitor.page.locator(".home"))
    await hand.presses(home, r"^snapshot…", "^take snapshot")
    await hand.chooses(hand.form, "orders-dev")
    await hand.submits(hand.form)


async def snapshot_by_launcher(hand: Hand) -> None:
    await hand.opens("ana")
    launcher = await hand.types("/rds")
    await hand.presses(launcher, "snapshot")
    await hand.chooses(hand.form, "orders-dev")
    await hand.submits(hand.form)


async def failover_typed(hand: Hand) -> None:
    await hand.opens("ben")
    await hand.types(f'/rds reboot orders-staging --failover --reason "{REASON}"')


async def failover_from_show(hand: Hand) -> None:
    await hand.opens("ana")
    shown = await hand.types("/rds show orders-test")
    await hand.presses(shown, "^reboot…", "^reboot")
    await hand.fills(hand.form, "reason", REASON)
    await hand.submits(hand.form)


async def approve_in_channel(hand: Hand) -> None:
    await hand.opens("dora")
    await hand.presses(await _asked(hand, "ben"), "^approve")


async def approve_on_phone(hand: Hand) -> None:
    card = await _asked(hand, "ben")
    await hand.opens("dora")
    log = hand.visitor.page.get_by_role("log").first
    approve = await there(card.get_by_role("button", name=named("^approve")), "Approve")
    await hand.visitor.page.wait_for_timeout(500)  # the list follows its end in frames of its own
    head = card.locator(".byline").first
    seen = [await _is_within(it, log) for it in (head, approve)]
    hand.scrolls += seen.count(False)
    hand.noted.append(f"head and button at once: {'yes' if all(seen) else 'no'}")
    await hand.presses(card, "^approve")


async def approve_in_home(hand: Hand) -> None:
    await _asked(hand, "ben")
    await hand.opens("dora")
    await hand.clicks_on(hand.visitor.page.get_by_role("button", name=named("Home$")), "the Home")
    await hand.presses(await settled(hand.visitor.page.locator(".home")), "^approve")


async def reject(hand: Hand) -> None:
    card = await _asked(hand, "ben")
    await hand.opens("dora")
    await hand.presses(card, "^reject")
    await hand.fills(hand.form, "reason", "Not during the sale")
    await hand.submits(hand.form)


async def other_range(hand: Hand) -> None:
    await hand.opens("ana")
    shown = await hand.types("/rds metrics warehouse")
    try:
        await hand.presses(shown, "^7d$", "7 days", "last 7")
        return
    except NotFoundError:
        hand.noted.append("not where one asked")
    entry = hand.visitor.page.get_by_role("navigation", name="Workspace")
    await hand.clicks_on(entry.get_by_role("button", name=named("rds-bot")), "the bot's messages")
    chart = hand.card("warehouse").filter(has=hand.visitor.page.get_by_role("img"))
    await hand.presses(await there(chart, "the chart"), "^7d$", "7 days", "last 7")


async def acknowledge(hand: Hand) -> None:
    await hand.opens("dora", "database-incidents")
    card = await there(hand.card("warehouse", "firing"), "an incident of warehouse", 60)
    await hand.presses(card, "acknowledge")


async def see_why(hand: Hand) -> None:
    await hand.opens("emil", "database-incidents")
    card = await there(hand.card("warehouse"), "an incident of warehouse", 60)
    await hand.presses(card, "^top load", "^top")


async def hand_over(hand: Hand) -> None:
    await hand.opens("ana")
    denied = await hand.types('/rds reboot orders-prod --reason "it feels slow"')
    await hand.presses(denied, "cloudops")
    follow = denied.get_by_role("link").or_(
        denied.get_by_role("button", name=named("view", "open"))
    )
    hand.noted.append(f"a way to follow it: {'yes' if await _comes(follow) else 'no'}")


async def digest_each_weekday(hand: Hand) -> None:
    await hand.opens("dora")
    try:
        shown = await answer(hand.visitor, "/rds digest preview")
        await hand.presses(shown, "weekdays 8:30", "every weekday", "send this")
        await hand.submits(hand.form)
        return
    except NotFoundError:
        hand.noted.append("by cron, not on the digest")
    await hand.types('/rds digest schedule "30 8 * * mon-fri"')


async def _asked(hand: Hand, who: str) -> Locator:
    """A request of somebody's that waits, and its card. Raises NotFoundError."""
    target = next(hand.room.targets)
    member = hand.room.stage.slack.member(who)
    await member.types(f"/rds reboot {target} --reason '{REASON}'", "databases")
    card = hand.card(target).filter(
        has=hand.visitor.page.get_by_role("button", name=named("^approve"))
    )
    await hand.opens("dora")
    await there(card, "a card with Approve")
    return card.last


async def _is_within(one: Locator, around: Locator) -> bool:
    inner, outer = await one.bounding_box(), await around.bounding_box()
    if not (inner and outer):
        return False
    return inner["y"] >= outer["y"] and inner["y"] + inner["height"] <= outer["y"] + outer["height"]


@dataclass(frozen=True)
class Task:
    name: str
    wanted: str
    do: Callable[[Hand], Awaitable[None]]
    on_phone: bool = False


TASKS = (
    Task("1 snapshot of dev, typed", "25 keys", snapshot_typed),
    Task("1 snapshot of dev, from Home", "1 click + form", snapshot_from_home),
    Task("1 snapshot of dev, by launcher", "-", snapshot_by_launcher),
    Task("2 ask with reason, typed", "-", failover_typed),
    Task("2 ask with reason, from show", "2 clicks + reason", failover_from_show),
    Task("3 approve in the channel", "1 click", approve_in_channel),
    Task("3 approve on a phone", "1 tap, no scroll", approve_on_phone, on_phone=True),
    Task("3 approve in the Home", "2 clicks", approve_in_home),
    Task("4 reject with reason", "2 clicks + text", reject),
    Task("5 chart, other range", "25 keys + 1 click", other_range),
    Task("6 incident: acknowledge", "1 click", acknowledge),
    Task("6 incident: see why", "1 click", see_why),
    Task("7 production to CloudOps", "50 keys + 1 click", hand_over),
    Task("8 digest each weekday", "1 click on the digest", digest_each_weekday),
)
ASKED = sys.argv[1:]  #: beginnings of names of tasks; none: all of them


async def main() -> None:
    async with room() as stage:
        for task in TASKS:
            if ASKED and not task.name.startswith(tuple(ASKED)):
                continue
            async with stage.visitor(*([PHONE] if task.on_phone else [])) as visitor:
                hand = Hand(visitor, stage)
                say(f"{task.name:33} should be {task.wanted:24} {await _done(task, hand)}")


async def _done(task: Task, hand: Hand) -> str:
    try:
        await task.do(hand)
    except (NotFoundError, Error) as error:
        so_far = f" (after {hand})" if str(hand) else ""
        return f"not found: {str(error).splitlines()[0]}{so_far}"
    return str(hand)


if __name__ == "__main__":
    if chromium.installed() is None:
        sys.exit(chromium.MISSING)
    asyncio.run(main())
