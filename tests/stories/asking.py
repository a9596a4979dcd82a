"""Somebody types, clicks or sends a form, and reads what the bot says to nobody else."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import yaml

from bot.bootstrap import Bot
from bot.sandbox.aws import AWSSandbox, Call
from bot.sandbox.slack import Member, SeenMessage, SeenView
from bot.values import AuditEntry, Request
from handlers.blocks.modal import KEPT
from tests.conftest import CONFIG

#: How a change goes at AWS that a test waits for: statuses and their seconds.
SOON = [("creating", 6.0)]


def configured(**sections: Any) -> str:
    """The tests' settings with whole sections replaced; None leaves a section out."""
    settings = yaml.safe_load(CONFIG) | sections
    return yaml.safe_dump({name: value for name, value in settings.items() if value is not None})


async def told(member: Member, line: str, channel: str | None = "databases") -> SeenMessage:
    """What the bot answers privately to a command."""
    return await _answer_to(member, lambda: member.types(line, channel))


async def told_on_click(member: Member, seen: SeenMessage, action: str) -> SeenMessage:
    """What the bot answers privately to a click."""
    return await _answer_to(member, lambda: presses(member, seen, action))


async def told_on_choice(member: Member, seen: SeenMessage, action: str, value: str) -> SeenMessage:
    """What the bot answers privately to a choice in a menu."""
    return await _answer_to(member, lambda: member.chooses(seen, action, value))


async def told_on_submit(member: Member, view: SeenView, values: Mapping[str, Any]) -> SeenView:
    """What stands in a form's place in the end."""
    sent = await member.submits(view, values)
    assert sent.accepted, sent
    return await member.sees_modal(lambda it: it.id == view.id and KEPT not in it.words)


async def asks(member: Member, line: str, channel: str | None = "databases") -> None:
    """A command that is answered; its answer does not matter here."""
    await told(member, line, channel)


async def card_of(member: Member, label: str) -> SeenMessage:
    """A request's card, as it stands now."""
    return await member.sees(lambda it: not it.ephemeral and f"· {label}," in it.text)


def changes(aws: AWSSandbox) -> list[Call]:
    """Every call that would alter a database, whatever came of it."""
    return [call for call in aws.calls("rds:*") if not call.reads]


async def filed(bot: Bot) -> tuple[Request, ...]:
    """Every request there is, newest first."""
    return await bot.services.store.requests.find(limit=100)


async def audited(bot: Bot, **filters: Any) -> tuple[AuditEntry, ...]:
    """Audit rows, newest first."""
    return await bot.services.store.audit.rows(**filters)


async def everything_is_told(bot: Bot, within: float = 30.0) -> None:
    """Until no message waits. Raises TimeoutError when that is not in time."""
    async with asyncio.timeout(within):
        while True:
            if not await bot.services.store.outbox.depth():
                return
            await asyncio.sleep(0.01)


async def presses(member: Member, seen: SeenMessage, action: str) -> None:
    """A button, wherever it stands: by itself, or as a choice of a menu. ``picture.`` is any of
    those that begin so."""

    def is_wanted(name: str) -> bool:
        return name == action or (action.endswith(".") and name.startswith(action))

    for one in seen.actions:
        if is_wanted(one.action_id):
            await member.clicks(seen, one.action_id, one.element.get("value"))
            return
        for option in one.element.get("options", ()):
            if is_wanted(option["value"].partition(" ")[0]):
                await member.chooses(seen, one.action_id, option["value"])
                return
    raise AssertionError(f"{action} is not among {[one.action_id for one in seen.actions]}")


def pictures(seen: SeenMessage) -> list[str]:
    """The files of the pictures that a message shows."""
    return [it["slack_file"]["id"] for it in seen.blocks if it["type"] == "image"]


def flat(seen: SeenMessage | SeenView) -> str:
    """What is on the screen on one line; a link to a message is its words."""
    return re.sub(
        r"\s+", " ", re.sub(r" \(https://\S+/archives/[A-Z0-9]+/p[0-9]+\)", "", seen.words)
    )


async def _answer_to(member: Member, act: Callable[[], Awaitable[object]]) -> SeenMessage:
    before = {it.ts for it in member.messages()}
    await act()
    return await member.sees(lambda it: it.ephemeral and it.ts not in before)
