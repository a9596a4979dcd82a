"""What Slack sends: the payload of each kind of envelope."""

from collections.abc import Mapping
from typing import Any

from bot.sandbox.slack.controls import Control
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.methods.shapes import message_json, view_json
from bot.sandbox.slack.tickets import RESPONSE_SECONDS, ResponseUrl
from bot.sandbox.slack.views import View
from bot.sandbox.slack.workspace import Channel, Person
from bot.sandbox.slack.world import World

Payload = dict[str, Any]


def slash_command(
    world: World, person: Person, channel: Channel, command: str, text: str
) -> Payload:
    return {
        "token": world.workspace.app.verification_token,
        "team_id": person.team_id,
        "team_domain": world.workspace.domain,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": person.id,
        "user_name": person.name,
        "command": command,
        "text": text,
        "api_app_id": world.workspace.app.app_id,
        "is_enterprise_install": "false",
        "response_url": response_url(world, person, channel),
        "trigger_id": trigger(world, person),
        **_enterprise(world),
    }


def message_action(
    world: World, person: Person, message: Message, action: Payload, state: Payload
) -> Payload:
    channel = world.workspace.channels[message.channel]
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.only_for is not None,
        **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
    }
    payload = {
        **_interaction(world, person, "block_actions"),
        "container": container,
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "state": {"values": state},
        "response_url": response_url(world, person, channel, message),
        "actions": [action],
    }
    return payload if message.only_for else {**payload, "message": message_json(world, message)}


def view_action(
    world: World, person: Person, view: View, action: Payload, state: Payload
) -> Payload:
    return {
        **_interaction(world, person, "block_actions"),
        "container": {"type": "view", "view_id": view.id},
        "view": view_json(world, view, state),
        "actions": [action],
    }


def view_submission(world: World, person: Person, view: View, state: Payload) -> Payload:
    return {
        **_interaction(world, person, "view_submission"),
        "view": view_json(world, view, state),
        "response_urls": [],
    }


def view_closed(world: World, person: Person, view: View, is_cleared: bool) -> Payload:
    payload = _interaction(world, person, "view_closed")
    del payload["trigger_id"]
    return {**payload, "view": view_json(world, view), "is_cleared": is_cleared}


def suggestion(
    world: World, person: Person, source: Message | View, control: Control, text: str
) -> Payload:
    about: Payload = {
        **_interaction(world, person, "block_suggestion"),
        "action_id": control.action_id,
        "block_id": control.block_id,
        "value": text,
    }
    del about["trigger_id"]
    if isinstance(source, View):
        container = {"type": "view", "view_id": source.id}
        return {**about, "container": container, "view": view_json(world, source)}
    channel = world.workspace.channels[source.channel]
    container = {"type": "message", "message_ts": source.ts, "channel_id": channel.id}
    shown = {"channel": {"id": channel.id, "name": channel_name(channel)}}
    return {**about, **shown, "container": container, "message": message_json(world, source)}


def shortcut(
    world: World, person: Person, callback_id: str, message: Message | None = None
) -> Payload:
    about: Payload = {"callback_id": callback_id, "action_ts": world.stamp()}
    if message is None:
        return {**_interaction(world, person, "shortcut"), **about}
    channel = world.workspace.channels[message.channel]
    return {
        **_interaction(world, person, "message_action"),
        **about,
        "message_ts": message.ts,
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "message": message_json(world, message),
        "response_url": response_url(world, person, channel),
    }


def event(world: World, person: Person, about: Mapping[str, Any]) -> Payload:
    app = world.workspace.app
    return {
        "token": app.verification_token,
        "team_id": world.workspace.team_id,
        "context_team_id": world.workspace.team_id,
        "api_app_id": app.app_id,
        "event": {"user": person.id, "event_ts": world.stamp(), **about},
        "type": "event_callback",
        "event_id": world.key("Ev"),
        "event_time": int(world.now()),
        "authorizations": [
            {
                "enterprise_id": world.workspace.enterprise_id,
                "team_id": world.workspace.team_id,
                "user_id": app.user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }


def channel_name(channel: Channel) -> str:
    if channel.is_im:
        return "directmessage"
    return "privategroup" if channel.is_private else channel.name


def response_url(
    world: World, person: Person, channel: Channel, message: Message | None = None
) -> str:
    url = ResponseUrl(
        key=world.key("R"),
        user=person.id,
        channel=channel.id,
        expires_at=world.now() + RESPONSE_SECONDS,
        ts=message.ts if message else None,
        thread_ts=message.thread_ts if message else None,
    )
    return f"{world.base_url}respond/{world.tickets.issue_url(url).key}"


def trigger(world: World, person: Person) -> str:
    key = f"{world.key('1')}.{world.key('2')}.{world.key('tr')}"
    return world.tickets.issue_trigger(key, person.id, world.now()).id


def _interaction(world: World, person: Person, kind: str) -> Payload:
    workspace = world.workspace
    return {
        "type": kind,
        "token": workspace.app.verification_token,
        "user": {
            "id": person.id,
            "username": person.name,
            "name": person.name,
            "team_id": person.team_id,
        },
        "team": {"id": workspace.team_id, "domain": workspace.domain},
        "enterprise": {"id": workspace.enterprise_id} if workspace.enterprise_id else None,
        "is_enterprise_install": False,
        "api_app_id": workspace.app.app_id,
        "trigger_id": trigger(world, person),
    }


def _enterprise(world: World) -> Payload:
    grid = world.workspace.enterprise_id
    return {"enterprise_id": grid, "enterprise_name": world.workspace.name} if grid else {}
