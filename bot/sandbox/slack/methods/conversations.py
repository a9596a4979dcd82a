"""conversations.*"""

from collections.abc import Sequence

from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.methods.channels import bot_in, readable_channel
from bot.sandbox.slack.methods.registry import Answer, Arguments, method, page, require
from bot.sandbox.slack.methods.shapes import channel_json, message_json
from bot.sandbox.slack.workspace import Channel
from bot.sandbox.slack.world import World

TYPES = {
    "public_channel": "channels",
    "private_channel": "groups",
    "im": "im",
    "mpim": "mpim",
}


@method("conversations.info")
def info(world: World, ask: Arguments) -> Answer:
    return {"channel": channel_json(world, readable_channel(world, ask.word("channel"), "read"))}


@method("conversations.list")
def list_(world: World, ask: Arguments) -> Answer:
    kinds = [_kind(it) for it in ask.words("types") or ("public_channel",)]
    require(world, *(f"{kind}:read" for kind in kinds))
    listed = [it for it in world.workspace.channels.values() if _listed(world, it, kinds, ask)]
    channels, more = page(listed, ask, default=100)
    return {"channels": [channel_json(world, it) for it in channels], **more}


@method("conversations.members")
def members(world: World, ask: Arguments) -> Answer:
    channel = readable_channel(world, ask.word("channel"), "read")
    listed, more = page(sorted(channel.members), ask, default=100)
    return {"members": list(listed), **more}


@method("conversations.open", "im:write")
def open_(world: World, ask: Arguments) -> Answer:
    users = ask.words("users")
    if not users:
        raise SlackError("users_list_not_supplied")
    if len(users) > 1:
        raise SlackError("method_not_supported_for_channel_type")
    person = world.workspace.people.get(users[0])
    if person is None:
        raise SlackError("user_not_found")
    if person.deleted:
        raise SlackError("user_disabled")
    channel = world.workspace.direct(person.id)
    short = {"channel": {"id": channel.id}}
    return {"channel": channel_json(world, channel)} if ask.flag("return_im") else short


@method("conversations.history")
def history(world: World, ask: Arguments) -> Answer:
    channel = _readable_from_inside(world, ask)
    newest_first = world.messages.within(channel.id)[::-1]
    shown = [it for it in newest_first if not it.is_reply or it.broadcast]
    return _page_of_messages(world, [it for it in shown if _in_window(it, ask)], ask)


@method("conversations.replies")
def replies(world: World, ask: Arguments) -> Answer:
    channel = _readable_from_inside(world, ask)
    wanted = world.messages.find(channel.id, ask.word("ts"))
    if wanted is None or wanted.only_for:
        raise SlackError("thread_not_found")
    parent = world.messages.lasting(channel.id, wanted.thread_ts or wanted.ts)
    answers = [it for it in world.messages.replies(parent) if _in_window(it, ask)]
    return _page_of_messages(world, [parent, *answers], ask)


def _page_of_messages(world: World, listed: Sequence[Message], ask: Arguments) -> Answer:
    messages, more = page(listed, ask, default=100)
    with_metadata = ask.flag("include_all_metadata")
    shown = [message_json(world, it, with_metadata) for it in messages]
    has_more = bool(more["response_metadata"]["next_cursor"])
    return {"messages": shown, "has_more": has_more, **(more if has_more else {})}


def _readable_from_inside(world: World, ask: Arguments) -> Channel:
    channel = readable_channel(world, ask.word("channel"), "history")
    if not bot_in(world, channel):
        raise SlackError("not_in_channel")
    return channel


def _in_window(message: Message, ask: Arguments) -> bool:
    at = float(message.ts)
    oldest = float(ask.get("oldest") or 0)
    latest = float(ask.get("latest") or "inf")
    return oldest <= at <= latest if ask.flag("inclusive") else oldest < at < latest


def _kind(given: str) -> str:
    if given not in TYPES:
        raise SlackError("invalid_types")
    return TYPES[given]


def _listed(world: World, channel: Channel, kinds: Sequence[str], ask: Arguments) -> bool:
    if channel.kind not in kinds or (channel.is_archived and ask.flag("exclude_archived")):
        return False
    return channel.kind == "channels" or bot_in(world, channel)
