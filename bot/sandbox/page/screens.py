"""A person's screen, and the workspace around it, as the page reads them: plain JSON."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any
from urllib.parse import quote

from bot.sandbox.slack import Channel, Kind, Member, Person, SeenMessage, SeenView, Workspace
from bot.sandbox.slack.controls import walk
from bot.sandbox.slack.files import File
from bot.sandbox.slack.messages import Blocks

Json = dict[str, Any]
KINDS: Mapping[str, str] = {"im": "im", "mpim": "private", "groups": "private"}
FILE_IN_URL = re.compile(r"/files/(\w+)/")


def workspace_json(workspace: Workspace) -> Json:
    """What stays the same whoever looks; `me` is the first who can do everything people can."""
    app = workspace.app
    people = [it for it in workspace.people.values() if not it.is_bot]
    return {
        "team": {"id": workspace.team_id, "name": workspace.name},
        "app": {"id": app.app_id, "userId": app.user_id, "botId": app.bot_id, "name": app.name},
        "people": [_person(it, workspace) for it in people],
        "groups": [
            {"id": it.id, "handle": it.handle, "name": it.name} for it in workspace.groups.values()
        ],
        "channels": [_place(it) for it in workspace.channels.values() if not it.is_im],
        "commands": [
            {"name": it.name, "description": it.description, "usageHint": it.usage_hint}
            for it in app.commands
        ],
        "shortcuts": [
            {
                "name": it.name,
                "type": it.kind,
                "callbackId": it.callback_id,
                "description": it.description,
            }
            for it in app.shortcuts
        ],
        "me": next((it.id for it in people if _kind(it, workspace) == "member"), None),
    }


def screen_json(member: Member, workspace: Workspace, now: float) -> Json:
    """Everything in view for this person; `now` in seconds."""
    home = member.home()
    return {
        "type": "screen",
        "now": now,
        "channels": [_channel(member, it, workspace) for it in _places(member, workspace)],
        "views": [_modal(member, it) for it in member.views()],
        "home": _surface(member, home) if home else None,
        "notices": [
            {"id": number, "at": it.at, "text": it.said}
            for number, it in enumerate(member.feed)
            if it.kind is Kind.SLACK_ERROR
        ],
    }


def visible_files(member: Member) -> frozenset[str]:
    """Ids of the files in what this person sees: attached, or shown by an image."""
    messages, home = member.messages(), member.home()
    views = [*member.views(), *([home] if home else [])]
    blocks = [*(it.blocks for it in messages), *(it.blocks for it in views)]
    attached = {file.id for message in messages for file in message.files}
    return frozenset(attached.union(*map(_pictured, blocks)))


# -- people and places


def _person(person: Person, workspace: Workspace) -> Json:
    return {
        "id": person.id,
        "name": person.name,
        "realName": person.real_name,
        "kind": _kind(person, workspace),
        "tz": person.tz,
        "title": person.title,
    }


def _kind(person: Person, workspace: Workspace) -> str:
    if person.deleted:
        return "deactivated"
    if person.team_id != workspace.team_id:
        return "external"
    return "guest" if person.is_restricted or person.is_ultra_restricted else "member"


def _place(channel: Channel) -> Json:
    return {
        "id": channel.id,
        "name": channel.name,
        "isPrivate": channel.is_private,
        "isShared": channel.is_shared or channel.is_ext_shared,
    }


def _places(member: Member, workspace: Workspace) -> Sequence[Channel]:
    """The direct message with the app comes last."""
    known = [it for it in workspace.channels.values() if not it.is_im]
    return [*(it for it in known if member.id in it.members), workspace.direct(member.id)]


def _channel(member: Member, channel: Channel, workspace: Workspace) -> Json:
    messages = member.messages(channel.id)
    replies = Counter(it.thread_ts for it in messages if it.message.is_reply and not it.ephemeral)
    return {
        "id": channel.id,
        "name": channel.name or workspace.app.name,
        "kind": KINDS.get(channel.kind, "channel"),
        "canPost": not member.person.deleted and workspace.is_open(channel),
        "unread": 0,
        "messages": [_message(it, replies[it.ts]) for it in messages],
    }


# -- messages, forms and the Home tab


def _message(seen: SeenMessage, replies: int) -> Json:
    return {
        "ts": seen.ts,
        "author": seen.author.id,
        "text": seen.text,
        "blocks": _with_addresses(seen.blocks, seen.reader.id),
        "files": [_file(it, seen.reader.id) for it in seen.files],
        "ephemeral": seen.ephemeral,
        "edited": seen.edited,
        "threadTs": seen.thread_ts,
        "isReply": seen.message.is_reply,
        "replyCount": replies,
        "broadcast": seen.message.broadcast,
    }


def _modal(member: Member, seen: SeenView) -> Json:
    body = seen.view.body
    return {
        **_surface(member, seen),
        "type": "modal",
        "callbackId": seen.callback_id,
        "title": seen.title,
        "submit": (body.get("submit") or {}).get("text"),
        "close": (body.get("close") or {}).get("text", "Cancel"),
        "errors": seen.errors,
    }


def _surface(member: Member, seen: SeenView) -> Json:
    return {
        "id": seen.id,
        "hash": seen.view.hash,
        "blocks": _with_addresses(seen.blocks, member.id),
        "values": member.values(seen),
    }


# -- files


def _file(file: File, reader: str) -> Json:
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": file.mimetype,
        "size": file.size,
        "url": _address(file.id, file.name, reader),
        "altText": file.alt_txt or "",
    }


def _with_addresses(blocks: Blocks, reader: str) -> list[Json]:
    """Images of uploaded files come with an address of this server."""
    copies = deepcopy([dict(it) for it in blocks])
    for part in walk(copies):
        if "slack_file" in part:
            part["image_url"] = _address(_file_id(part.pop("slack_file")), "image", reader)
    return copies


def _pictured(blocks: Blocks) -> Iterator[str]:
    return (_file_id(it["slack_file"]) for it in walk(blocks) if "slack_file" in it)


def _file_id(named: Mapping[str, Any]) -> str:
    """By its id, or in its permalink."""
    found = FILE_IN_URL.search(named.get("url", ""))
    return str(named.get("id") or (found[1] if found else ""))


def _address(file_id: str, name: str, reader: str) -> str:
    return f"/files/{file_id}/{quote(name)}?as={reader}"
