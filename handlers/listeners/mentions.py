"""What people write to the bot: ``@rds-bot show orders-test``, and direct messages.

Slash commands do not work in threads, and few type them in a direct message. The answer to a
mention is as private as that to a command: only whoever wrote sees it. What an inventory or an
audit trail holds is not for everybody in a channel, and one rule for all answers cannot be got
wrong by an operation to come. News for others, cards and endings, goes where it always goes. In a
direct message nobody else reads, so there the answer stays.

A picture is the exception: it stands in the thread where it was asked for, for all who read there,
unless not everybody may look at every database (access.viewers).
"""

import re
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from bot.errors import BotError
from bot.operations import CATALOGUE
from bot.values import Message, PersonId, Place
from handlers.blocks.error import problem
from handlers.blocks.incomplete import ACTION, LATE, unfinished
from handlers.delivery.invocation import Invocation
from handlers.delivery.replies import Replies, ReplyPlace
from handlers.errors import explained, unexplained
from handlers.intake.acknowledge import sender, take
from handlers.intake.inbox import Intake
from handlers.modals.forms import Blank, Forms
from handlers.modals.modals import Trigger
from handlers.parser import Command, Incomplete, Launch, parse
from handlers.runner import Runner
from storage.store import Store
from storage.tables.inbox import Incoming

KIND = "mention"
FINISH = "unfinished"
WHOLE = "That button is from an older version of me: nothing is missing there. Write it once more."
#: What Slack calls a message that somebody has written: with a file, or shown in the channel too.
WRITTEN = (None, "file_share", "thread_broadcast")

Payload = Mapping[str, Any]


class Mentions:
    def __init__(self, runner: Runner, forms: Forms, replies: Replies, store: Store) -> None:
        self._runner = runner
        self._forms = forms
        self._replies = replies
        self._store = store

    def register(self, app: AsyncApp, intake: Intake) -> None:
        intake.on(KIND, self.process, self.failed)
        intake.on(FINISH, self.finish, self.failed)

        @app.event("app_mention")
        async def mentioned(ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
            await self._take_message(intake, ack, body, context.bot_user_id)

        @app.event("message")
        async def written(ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
            await self._take_message(intake, ack, body, context.bot_user_id)

        @app.action(ACTION)
        async def pressed(ack: AsyncAck, body: dict[str, Any]) -> None:
            action = body["actions"][0]
            key = f"action:{body['user']['id']}:{action['action_id']}:{action['action_ts']}"
            await self._take(intake, ack, FINISH, key, _pressed(body))

    async def process(self, incoming: Incoming) -> None:
        text = incoming.payload["text"]
        try:
            drawn = await self._answer(text, incoming)
        except BotError as error:
            drawn = await self._runner.misread(error, _errand(incoming))
        if drawn:
            await self._reply(incoming, drawn)

    async def finish(self, incoming: Incoming) -> None:
        """The form for what a message left out: a click brings the trigger that a message lacks."""
        body = incoming.payload
        try:
            parsed = parse(body["text"], CATALOGUE)
        except BotError as error:
            await self._reply(incoming, explained(error))
            return
        if not isinstance(parsed, Incomplete):
            await self._reply(incoming, problem(WHOLE))
            return
        blank = Blank(
            parsed.operation,
            parsed.given,
            PersonId.parse(body["person"]),
            {"channel": body["channel"]},
        )
        if not await self._forms.open(Trigger(body["trigger_id"]), blank):
            await self._reply(incoming, unfinished(parsed, body["text"], LATE))

    async def failed(self, incoming: Incoming, reference: str) -> None:
        await self._reply(incoming, unexplained(reference))

    async def _take_message(
        self, intake: Intake, ack: AsyncAck, body: Payload, own: str | None
    ) -> None:
        if _is_for_the_bot(body["event"], own):
            key = f"event:{body['event_id']}"
            await self._take(intake, ack, KIND, key, _written(body, own))
        else:
            await ack()

    async def _take(
        self, intake: Intake, ack: AsyncAck, kind: str, key: str, payload: Payload
    ) -> None:
        if excuse := await take(intake, ack, kind, key, payload):
            self._replies.soon(_origin(payload), problem(excuse))

    async def _answer(self, text: str, incoming: Incoming) -> dict[str, Any]:
        match parse(text, CATALOGUE):
            case Incomplete() as incomplete:
                return await self._incomplete(incomplete, text, incoming)
            case Launch():
                return await self._run(Command(CATALOGUE["help"]()), incoming)
            case Command() as command:
                return await self._run(command, incoming)

    async def _incomplete(
        self, incomplete: Incomplete, text: str, incoming: Incoming
    ) -> dict[str, Any]:
        """A menu of what is likely, or a button that opens the form: a message has no trigger."""
        found = await self._runner.completed(incomplete, _errand(incoming))
        match found:
            case Command() as command:
                return await self._run(command, incoming)
            case Incomplete() as asked:
                return unfinished(asked, _with_target(asked, text))
        return found

    async def _run(self, command: Command, incoming: Incoming) -> dict[str, Any]:
        return await self._runner.run(command, _errand(incoming))

    async def _reply(self, incoming: Incoming, drawn: Payload) -> None:
        if not incoming.payload["is_direct"]:
            await self._replies.privately(_origin(incoming.payload), drawn)
            return
        async with self._store.write() as tx:
            await tx.post(_direct(incoming, drawn))


def _is_for_the_bot(event: Payload, own: str | None) -> bool:
    """A person wrote it, just now: no bot, not this one above all, no edit, no notice of Slack's.

    An edited message has been answered; a message event of a channel comes as a mention too.
    """
    user, channel = event.get("user"), event.get("channel")
    is_whole = isinstance(user, str) and user and isinstance(channel, str) and channel
    by_person = user != own and not event.get("bot_id")
    is_new = "edited" not in event and event.get("subtype") in WRITTEN
    is_addressed = event["type"] == "app_mention" or event.get("channel_type") == "im"
    return bool(is_whole and by_person and is_new and is_addressed)


def _written(body: Payload, own: str | None) -> dict[str, Any]:
    event = body["event"]
    team = event.get("user_team") or event.get("team") or body.get("team_id") or ""
    text = event.get("text")
    words = text if isinstance(text, str) else ""  # newer blocks come without
    return {
        # The first one alone: whoever mentions the bot once more means it as a word of the command.
        "text": re.sub(rf"<@{own}(\|[^<>]*)?>[,:]?", " ", words, count=1),
        "person": str(PersonId(team=team, user=event["user"])),
        "channel": event["channel"],
        "is_direct": event.get("channel_type") == "im",
        # Slack shows a private message in a thread only where the thread has begun
        "thread_ts": event.get("thread_ts"),
        "ts": event.get("ts"),
        "response_url": None,
    }


def _direct(incoming: Incoming, drawn: Payload) -> Message:
    origin = _origin(incoming.payload)
    thread = {"thread_ts": origin.thread_ts} if origin.thread_ts else {}
    return Message(
        place=Place.PERSON,
        address=origin.user,
        kind="reply",
        body={**drawn, **thread},
        key=f"reply:{incoming.key}",
    )


def _errand(incoming: Incoming) -> Invocation:
    """What is written in a channel all in it see; a message that has no thread yet begins one."""
    body = incoming.payload
    thread = body["thread_ts"]
    return Invocation(
        asker=PersonId.parse(body["person"]),
        channel=body["channel"],
        received_at=incoming.received_at,
        key=incoming.key,
        surface="open",
        thread=thread if body["is_direct"] else thread or body.get("ts"),
    )


def _with_target(asked: Incomplete, text: str) -> str:
    """What was typed, with the database that the thread is about: the button has only this."""
    target = asked.values.get("target")
    has_it = target is None or str(target) in text
    return text if has_it else f"{text} --target {target}"


def _origin(payload: Payload) -> ReplyPlace:
    user = PersonId.parse(payload["person"]).user
    return ReplyPlace(user, payload["channel"], payload["response_url"], payload["thread_ts"])


def _pressed(body: Payload) -> dict[str, Any]:
    container = body.get("container") or {}
    return {
        "text": body["actions"][0].get("value") or "",
        "person": str(sender(body)),
        "channel": (body.get("channel") or {}).get("id") or "",
        "is_direct": False,
        "thread_ts": container.get("thread_ts"),
        "response_url": body.get("response_url"),
        "trigger_id": body.get("trigger_id"),
    }
