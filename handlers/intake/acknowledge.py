"""What every listener does: keep what came, acknowledge it, and only then begin with it."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse

from bot.errors import StorageError, UnwritableError
from bot.values import PersonId
from handlers.blocks.modal import notice_form
from handlers.intake.inbox import Intake, new_reference

#: Seconds for judging a form and for keeping what came. Slack waits three for the acknowledgement,
#: and the third belongs to the way there and back and to whatever else goes on.
JUDGING, KEEPING = 0.8, 1.3
NOT_KEPT = "I could not write that down, so nothing will come of it. Please try again in a minute."
#: What is written down after all is taken over later, as from a process that is gone.
MAYBE_KEPT = (
    "I may not have kept that: writing it down takes too long. It may still be carried out in a "
    "few minutes. Look at /rds requests before you try again."
)

MISSED = "Something went wrong before I could begin. Nothing was done; please try again."
UNREADABLE = "I cannot read this form any more. Nothing was done; please open it anew."

#: Bolt's own, or that with arguments which a view's acknowledgement carries.
Ack = Callable[..., Awaitable[object]]

log = structlog.get_logger()


async def take(
    intake: Intake,
    ack: Ack,
    kind: str,
    key: str,
    payload: Mapping[str, Any],
    *,
    looks: bool = False,
) -> str:
    """No exception loses the acknowledgement; what could not be kept is said to the person.

    Returns the sentence where it was not kept: the acknowledgement of a click cannot carry it.
    What only ``looks`` goes on without being kept where the database takes nothing.
    """
    try:
        async with asyncio.timeout(KEEPING):
            # A click or a command comes once: what is not kept by now is lost with this process.
            # Only events are delivered again.
            # https://docs.slack.dev/apis/events-api/using-socket-mode
            incoming = await intake.keep(kind, key, payload)
    except Exception as error:
        if looks and isinstance(error, StorageError):
            log.warning("listening.unkept", kind=kind, why=str(error))
            await ack()
            intake.begin_unkept(kind, key, payload)
            return ""
        reference = new_reference()
        log.exception("listening.not_kept", kind=kind, reference=reference)
        excuse = f"{_excuse(error)} Reference: {reference}"
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


async def missed(error: Exception, body: Mapping[str, Any]) -> BoltResponse:
    """The acknowledgement where a listener failed, or none listens for such a thing: Bolt's last
    resort. It says so where Slack lets an acknowledgement say something."""
    reference, kind = new_reference(), body.get("type", "command")
    log.error("listening.missed", kind=kind, reference=reference, exc_info=error)
    told = f"{MISSED} Reference: {reference}"
    said: dict[str, object] = {}
    if kind == "view_submission":
        said = {"response_action": "update", "view": notice_form("Not done", told)}
    elif kind == "command":
        said = {"text": told}
    return BoltResponse(status=200, body=said or "")


def ignore_the_rest(app: AsyncApp) -> None:
    """What needs nothing done is acknowledged too: a menu in a form that is only chosen from, a
    form that is closed, events that Slack sends to every app of a kind. To be registered last."""
    everything = re.compile(".*", re.DOTALL)

    @app.action(everything)
    @app.event(everything)
    @app.view_closed(everything)
    async def other(ack: AsyncAck) -> None:
        await ack()

    @app.options(everything)
    async def nothing(ack: AsyncAck) -> None:
        await ack(options=[])


def sender(body: Mapping[str, Any]) -> PersonId:
    """Who sent an interaction: their own team, which need not be ours."""
    user = body["user"]
    team = user.get("team_id") or (body.get("team") or {}).get("id") or ""
    return PersonId(team=team, user=user["id"])


def _excuse(error: Exception) -> str:
    if isinstance(error, UnwritableError):
        return str(error)
    return MAYBE_KEPT if isinstance(error, TimeoutError) else NOT_KEPT


async def _excused(ack: Ack, kind: str, excuse: str) -> None:
    match kind:
        case "command":
            await ack(text=excuse)
        case "view":
            await ack(response_action="update", view=notice_form("Not kept", excuse))
        case _:
            await ack()
