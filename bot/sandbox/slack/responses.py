"""Answers that an app sends to a response_url."""

from typing import Any

from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.methods.chat import POST_TEXT, checked_content
from bot.sandbox.slack.methods.registry import Arguments
from bot.sandbox.slack.tickets import ResponseUrl
from bot.sandbox.slack.world import World


def respond(world: World, key: str, body: Arguments) -> dict[str, Any]:
    """Posts, replaces or deletes, whether or not the bot is in the channel.

    Raises `expired_url`, `used_url`, and what Slack says about the content."""
    carry_out(world, world.tickets.use_url(key, world.now()), body)
    return {"ok": True}


def carry_out(world: World, url: ResponseUrl, body: Arguments) -> None:
    """Also how Slack shows what the acknowledgement of a slash command carries."""
    source = world.messages.find(url.channel, url.ts) if url.ts else None
    if body.flag("delete_original"):
        return world.erase(_required(source))
    channel = world.workspace.channels[url.channel]
    content = checked_content(world, body, POST_TEXT)
    if body.flag("replace_original"):
        world.revise(_required(source), **content)
        return None
    only_for = None if body.get("response_type") == "in_channel" else url.user
    thread = body.get("thread_ts") or url.thread_ts
    author = world.workspace.app.user_id
    world.post(channel, author, only_for=only_for, thread_ts=thread, **content)
    return None


def _required(source: Message | None) -> Message:
    if source is None:
        raise SlackError("message_not_found")
    return source
