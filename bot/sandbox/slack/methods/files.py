"""files.*: upload v2. Slack says ok before the file is processed and shared."""

import asyncio
from collections.abc import Sequence

from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.files import File
from bot.sandbox.slack.methods.channels import joined_channel
from bot.sandbox.slack.methods.registry import Answer, Arguments, method
from bot.sandbox.slack.methods.shapes import file_json
from bot.sandbox.slack.workspace import Channel
from bot.sandbox.slack.world import World

PROCESSING_SECONDS = 0.02
ALT_TEXT = 1000


@method("files.getUploadURLExternal", "files:write")
def get_upload_url(world: World, ask: Arguments) -> Answer:
    size = ask.number("length", 0, 10**9)
    alt = ask.get("alt_txt")
    if size < 1 or (alt and len(alt) > ALT_TEXT):
        raise SlackError("invalid_arguments", ["length must be > 0, alt_txt at most 1000 long"])
    name = ask.word("filename")
    file = world.files.keep(File(world.key("F"), name, size, int(world.now()), alt))
    return {"upload_url": f"{world.base_url}upload/{file.id}", "file_id": file.id}


@method("files.completeUploadExternal", "files:write")
def complete_upload(world: World, ask: Arguments) -> Answer:
    asked = ask.json("files", "invalid_arguments") or []
    files = [_uploaded(world, str(it.get("id")), it.get("title")) for it in asked]
    if not files:
        raise SlackError("invalid_arguments", ["missing required field: files"])
    channels = [joined_channel(world, it) for it in _channel_ids(ask)]
    text, thread = str(ask.get("initial_comment") or ""), ask.get("thread_ts")
    asyncio.get_running_loop().call_later(
        PROCESSING_SECONDS, _process, world, files, channels, text, thread
    )
    return {"files": [file_json(world, it) for it in files]}


@method("files.info", "files:read")
def info(world: World, ask: Arguments) -> Answer:
    file = world.files.find(ask.word("file"))
    if not file.completed:
        raise SlackError("file_not_found")
    return {"file": file_json(world, file)}


@method("files.delete", "files:write")
def delete(world: World, ask: Arguments) -> Answer:
    world.files.forget(ask.word("file"))
    world.pulse.beat()
    return {}


def _channel_ids(ask: Arguments) -> tuple[str, ...]:
    channels = (*ask.words("channels"), *ask.words("channel_id"))
    if len(channels) > 100:
        raise SlackError("channels_limit_exceeded")
    return channels


def _uploaded(world: World, file_id: str, title: str | None) -> File:
    file = world.files.find(file_id)
    if file.content is None or file.completed:
        raise SlackError("file_not_found")
    return world.files.change(file_id, title=title or file.name, completed=True)


def _process(
    world: World, files: Sequence[File], channels: Sequence[Channel], text: str, thread: str | None
) -> None:
    ids = tuple(it.id for it in files)
    for file in ids:
        world.files.change(file, processed=True)
    for channel in channels:
        message = world.post(
            channel, world.workspace.app.user_id, text=text, thread_ts=thread, files=ids
        )
        for file in ids:
            shares = (*world.files.find(file).shares, (channel.id, message.ts))
            world.files.change(file, shares=shares)
    world.pulse.beat()
