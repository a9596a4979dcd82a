"""What every listener does: keep what came, acknowledge it, and only then begin with it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog

from bot.values import PersonId
from handlers.blocks.modal import notice_form
from handlers.intake import Intake, new_reference

#: Seconds for keeping what came; Slack waits three for the acknowledgement.
KEEPING = 2.0
NOT_KEPT = "I could not write that down, so nothing will come of it. Please try again in a minute."
#: What is written down after all is taken over later, as from a process that is gone.
MAYBE_KEPT = (
    "I may not have kept that: writing it down takes too long, and it may still be carried out in "
    "a few minutes. Look at /rds requests before you try again."
)

UNREADABLE = "I cannot read this form any more. Nothing was done; please open it anew."

#: Bolt's own, or that with arguments which a view's acknowledgement carries.
Ack = Callable[..., Awaitable[object]]

log = structlog.get_logger()


async def take(intake: Intake, ack: Ack, kind: str, key: str, payload: Mapping[str, Any]) -> str:
    """No exception loses the acknowledgement; what could not be kept is said to the person.

    Returns the sentence where it was not kept: the acknowledgement of a click cannot carry it.
    """
    try:
        async with asyncio.timeout(KEEPING):
            incoming = await intake.keep(kind, key, payload)
    except Exception as error:
        reference = new_reference()
        log.exception("listening.not_kept", kind=kind, reference=reference)
        why = MAYBE_KEPT if isinstance(error, TimeoutError) else NOT_KEPT
        excuse = f"{why} Reference: {reference}"
        await _excused(ack, kind, excuse)
        return excuse
    await ack()
    if incoming is not None:
        intake.begin(incoming)
    return ""


async def unreadable(ack: Ack, body: Mapping[str, Any]) -> None:
    """Answers a form that cannot be read, as one of an older version; call where it is caught."""
    reference = new_reference()
    log.exception("listening.unreadable", view=body["view"].get("id"), reference=reference)
    told = notice_form("Too old", f"{UNREADABLE} Reference: {reference}")
    await ack(response_action="update", view=told)


def sender(body: Mapping[str, Any]) -> PersonId:
    """Who sent an interaction: their own team, which need not be ours."""
    user = body["user"]
    team = user.get("team_id") or (body.get("team") or {}).get("id") or ""
    return PersonId(team=team, user=user["id"])


async def _excused(ack: Ack, kind: str, excuse: str) -> None:
    match kind:
        case "command":
            await ack(text=excuse)
        case "view":
            await ack(response_action="update", view=notice_form("Not kept", excuse))
        case _:
            await ack()
