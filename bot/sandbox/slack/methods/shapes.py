"""Messages, channels, views and files as Slack writes them in JSON."""

from itertools import groupby
from typing import Any

from bot.sandbox.slack.files import File
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.views import View
from bot.sandbox.slack.workspace import Channel
from bot.sandbox.slack.world import World

VIEW_DEFAULTS: dict[str, Any] = {
    "private_metadata": "",
    "callback_id": "",
    "external_id": "",
    "title": None,
    "submit": None,
    "close": None,
    "clear_on_close": False,
    "notify_on_close": False,
    "submit_disabled": False,
}


def message_json(world: World, message: Message, with_metadata: bool = True) -> dict[str, Any]:
    app = world.workspace.app
    shown: dict[str, Any] = {
        "type": "message",
        "user": message.author,
        "ts": message.ts,
        "team": world.workspace.people[message.author].team_id,
        "text": message.text,
    }
    if message.author == app.user_id:
        shown |= {"bot_id": app.bot_id, "app_id": app.app_id}
    if message.blocks:
        shown["blocks"] = list(message.blocks)
    if message.edited_at:
        shown["edited"] = {"user": message.author, "ts": message.edited_at}
    if message.files:
        shown["files"] = [file_json(world, it) for it in world.files.among(message.files)]
    if message.reactions:
        shown["reactions"] = _reactions(message)
    if message.metadata and with_metadata:
        shown["metadata"] = dict(message.metadata)
    return {**shown, **_thread(world, message)}


def _thread(world: World, message: Message) -> dict[str, Any]:
    if message.is_reply:
        return {"thread_ts": message.thread_ts}
    replies = world.messages.replies(message)
    if not replies:
        return {}
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "latest_reply": replies[-1].ts,
        "reply_users": sorted({it.author for it in replies}),
    }


def _reactions(message: Message) -> list[dict[str, Any]]:
    by_name = groupby(sorted(message.reactions), key=lambda it: it[0])
    users = {name: [user for _, user in given] for name, given in by_name}
    return [{"name": name, "users": who, "count": len(who)} for name, who in users.items()]


def channel_json(world: World, channel: Channel) -> dict[str, Any]:
    about: dict[str, Any] = {
        "id": channel.id,
        "created": 1_700_000_000,
        "is_archived": channel.is_archived,
        "is_im": channel.is_im,
        "is_mpim": channel.is_mpim,
        "is_private": channel.is_private or channel.is_im,
        "is_shared": channel.is_shared or channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_org_shared": channel.is_org_shared,
        "is_pending_ext_shared": channel.is_pending_ext_shared,
        "context_team_id": world.workspace.team_id,
    }
    if channel.is_im:
        return {**about, "user": world.workspace.partner(channel).id, "is_open": True}
    return {
        **about,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        "is_general": False,
        "is_member": world.workspace.app.user_id in channel.members,
        "num_members": len(channel.members),
    }


def view_json(world: World, view: View, values: dict[str, Any] | None = None) -> dict[str, Any]:
    app, given = world.workspace.app, dict(view.body)
    return {
        **VIEW_DEFAULTS,
        **given,
        "id": view.id,
        "team_id": world.workspace.team_id,
        "app_id": app.app_id,
        "bot_id": app.bot_id,
        "app_installed_team_id": world.workspace.team_id,
        "hash": view.hash,
        "root_view_id": view.root,
        "previous_view_id": view.previous,
        "state": {"values": values or {}},
    }


def file_json(world: World, file: File) -> dict[str, Any]:
    """Before Slack has processed a file it has neither mimetype nor shares."""
    about: dict[str, Any] = {
        "id": file.id,
        "created": file.created,
        "name": file.name,
        "title": file.title or file.name,
        "size": file.size,
        "user": world.workspace.app.user_id,
        "mimetype": file.mimetype if file.processed else "",
        "filetype": file.name.rpartition(".")[2] if file.processed else "",
        "permalink": f"https://{world.workspace.domain}.slack.com/files/{file.id}/{file.name}",
        "shares": _shares(world, file),
        "channels": [channel for channel, _ in file.shares],
    }
    return {**about, "alt_txt": file.alt_txt} if file.alt_txt else about


def _shares(world: World, file: File) -> dict[str, Any]:
    shares: dict[str, dict[str, Any]] = {}
    for channel, ts in file.shares:
        kind = "public" if world.workspace.channels[channel].kind == "channels" else "private"
        shares.setdefault(kind, {}).setdefault(channel, []).append({"ts": ts})
    return shares
