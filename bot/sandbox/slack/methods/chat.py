"""chat.*: post, update, delete, and reactions."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.messages import Blocks, Message
from bot.sandbox.slack.methods.channels import joined_channel, unprocessed_files, visible_channel
from bot.sandbox.slack.methods.registry import Answer, Arguments, method
from bot.sandbox.slack.methods.shapes import message_json
from bot.sandbox.slack.rules import message_problems
from bot.sandbox.slack.workspace import Channel
from bot.sandbox.slack.world import World

POST_TEXT = 40_000
UPDATE_TEXT = 4_000
METADATA_BYTES = 16_000


@method("chat.postMessage", "chat:write")
def post_message(world: World, ask: Arguments) -> Answer:
    channel = joined_channel(world, ask.word("channel"))
    content = checked_content(world, ask, POST_TEXT)
    message = world.post(
        channel,
        world.workspace.app.user_id,
        thread_ts=_thread(world, channel, ask),
        broadcast=ask.flag("reply_broadcast"),
        metadata=_metadata(ask),
        **content,
    )
    shown = message_json(world, message)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


@method("chat.postEphemeral", "chat:write")
def post_ephemeral(world: World, ask: Arguments) -> Answer:
    channel = joined_channel(world, ask.word("channel"))
    user = ask.word("user")
    if user not in channel.members or world.workspace.people[user].deleted:
        raise SlackError("user_not_in_channel")
    content = checked_content(world, ask, POST_TEXT)
    thread = ask.get("thread_ts")
    author = world.workspace.app.user_id
    message = world.post(channel, author, only_for=user, thread_ts=thread, **content)
    return {"message_ts": message.ts}


@method("chat.update", "chat:write")
def update(world: World, ask: Arguments) -> Answer:
    channel = visible_channel(world, ask.word("channel"))
    message = _own(world, channel, ask.word("ts"), "cant_update_message")
    if channel.is_archived:
        raise SlackError("is_inactive")
    facts = {
        **_new_content(world, ask, message),
        **_new_metadata(ask, message),
        **_new_files(world, ask),
    }
    if not ask.get("blocks"):
        facts["edited_at"] = world.stamp()
    changed = world.revise(message, **facts)
    shown = message_json(world, changed)
    return {"channel": channel.id, "ts": changed.ts, "text": changed.text, "message": shown}


@method("chat.delete", "chat:write")
def delete(world: World, ask: Arguments) -> Answer:
    channel = visible_channel(world, ask.word("channel"))
    message = _own(world, channel, ask.word("ts"), "cant_delete_message")
    world.erase(message)
    return {"channel": channel.id, "ts": message.ts}


@method("chat.getPermalink")
def get_permalink(world: World, ask: Arguments) -> Answer:
    channel = visible_channel(world, ask.word("channel"))
    message = world.messages.lasting(channel.id, ask.word("message_ts"))
    link = f"https://{world.workspace.domain}.slack.com/archives/{channel.id}"
    permalink = f"{link}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        permalink += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": permalink}


@method("reactions.add", "reactions:write")
def add_reaction(world: World, ask: Arguments) -> Answer:
    channel = visible_channel(world, ask.word("channel"))
    message = world.messages.lasting(channel.id, ask.word("timestamp"))
    reaction = (ask.word("name").strip(":"), world.workspace.app.user_id)
    if reaction in message.reactions:
        raise SlackError("already_reacted")
    world.messages.keep(replace(message, reactions=(*message.reactions, reaction)))
    world.pulse.beat()
    return {}


def checked_content(world: World, ask: Arguments, longest: int) -> dict[str, Any]:
    """Text and blocks that Slack would accept. Raises `no_text`, `msg_too_long`,
    `invalid_blocks_format`, `invalid_blocks` and `too_many_attachments`."""
    text = str(ask.get("text", ""))
    blocks = _checked_blocks(world, ask.json("blocks", "invalid_blocks_format"))
    attachments = ask.json("attachments", "invalid_attachments") or ()
    if not text and not blocks and not attachments:
        raise SlackError("no_text")
    if len(text) > longest:
        raise SlackError("msg_too_long")
    if len(attachments) > 100:
        raise SlackError("too_many_attachments")
    return {"text": text, "blocks": blocks}


def _checked_blocks(world: World, blocks: Any) -> Blocks:
    if blocks is None:
        return ()
    if not isinstance(blocks, list) or not all(isinstance(it, dict) for it in blocks):
        raise SlackError("invalid_blocks_format")
    if problems := message_problems(blocks) or unprocessed_files(world, blocks):
        raise SlackError("invalid_blocks", problems)
    return tuple(blocks)


def _new_content(world: World, ask: Arguments, message: Message) -> dict[str, Any]:
    """Text without blocks removes the blocks; blocks without text keep the text; with neither,
    metadata or files alone may change."""
    if not ask.keys() & {"text", "blocks"} and ask.keys() & {"metadata", "file_ids"}:
        return {}
    content = checked_content(world, ask, UPDATE_TEXT)
    return content if "text" in ask else {**content, "text": message.text}


def _new_files(world: World, ask: Arguments) -> dict[str, Any]:
    files = tuple(world.files.find(it).id for it in ask.words("file_ids"))
    return {"files": files} if files else {}


def _own(world: World, channel: Channel, ts: str, otherwise: str) -> Message:
    message = world.messages.lasting(channel.id, ts)
    if message.author != world.workspace.app.user_id:
        raise SlackError(otherwise)
    return message


def _thread(world: World, channel: Channel, ask: Arguments) -> str | None:
    if not ask.get("thread_ts"):
        return None
    parent = world.messages.find(channel.id, ask.word("thread_ts"))
    if parent is None or parent.only_for:
        raise SlackError("thread_not_found")
    return parent.thread_ts or parent.ts


def _metadata(ask: Arguments) -> Mapping[str, Any] | None:
    metadata = ask.json("metadata", "invalid_metadata_format")
    if not metadata:
        return None
    if set(metadata) != {"event_type", "event_payload"}:
        raise SlackError("invalid_metadata_schema")
    if len(str(metadata)) > METADATA_BYTES:
        raise SlackError("metadata_too_large")
    return dict(metadata)


def _new_metadata(ask: Arguments, message: Message) -> dict[str, Any]:
    return {"metadata": _metadata(ask) if "metadata" in ask else message.metadata}
