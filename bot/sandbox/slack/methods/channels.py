"""Which channel a call means, and whether the bot may see it."""

from typing import Any

from bot.sandbox.slack.controls import walk
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.methods.registry import require
from bot.sandbox.slack.workspace import Channel
from bot.sandbox.slack.world import World


def visible_channel(world: World, given: str) -> Channel:
    """By id. Raises `channel_not_found`, also for private ones without the bot."""
    channel = world.workspace.channels.get(given)
    if channel is None or (channel.kind != "channels" and not bot_in(world, channel)):
        raise SlackError("channel_not_found")
    return channel


def readable_channel(world: World, given: str, right: str) -> Channel:
    """`right` is `read` or `history`; the scope depends on the kind of channel."""
    channel = visible_channel(world, given)
    require(world, f"{channel.kind}:{right}")
    return channel


def joined_channel(world: World, given: str) -> Channel:
    """Where the bot may post: by id, by name, or a person's id for the direct message.

    Raises `channel_not_found`, `not_in_channel`, `is_archived` and `messages_tab_disabled`."""
    channel = _direct(world, given) or _named(world, given) or visible_channel(world, given)
    if not bot_in(world, channel) and "chat:write.public" not in world.workspace.app.scopes:
        raise SlackError("not_in_channel")
    if channel.is_archived:
        raise SlackError("is_archived")
    if channel.is_im and not world.workspace.app.messages_tab:
        raise SlackError("messages_tab_disabled")
    return channel


def bot_in(world: World, channel: Channel) -> bool:
    return world.workspace.app.user_id in channel.members


def unprocessed_files(world: World, blocks: Any) -> list[str]:
    """Images that point to a file which Slack cannot show yet."""
    ids = [str(it["slack_file"].get("id")) for it in walk(blocks) if "slack_file" in it]
    bad = [it for it in ids if not world.files.showable(it)]
    return [f"invalid slack file: {it} is not processed" for it in bad]


def _direct(world: World, given: str) -> Channel | None:
    person = world.workspace.people.get(given)
    if person is None or person.deleted or person.is_bot:
        return None
    return world.workspace.direct(given)


def _named(world: World, given: str) -> Channel | None:
    name = given.removeprefix("#")
    found = (it for it in world.workspace.channels.values() if name and it.name == name)
    return next(found, None)
