"""Uploads: three calls, and a file that can be shown only after Slack has processed it."""

import asyncio
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import SlackSandbox
from bot.sandbox.slack.methods import files

CHANNEL = "C0DATABASE"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


def image(file_id: str) -> list[dict[str, Any]]:
    return [{"type": "image", "alt_text": "CPU", "slack_file": {"id": file_id}}]


async def upload(web: AsyncWebClient, **where: Any) -> str:
    answer = await web.files_upload_v2(content=PNG, filename="cpu.png", title="CPU", **where)
    return str(answer["file"]["id"])


async def test_slacks_own_upload_appears_in_the_thread(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    parent = await web.chat_postMessage(channel=CHANNEL, text="RDS-1")

    file = await upload(web, channel=CHANNEL, thread_ts=parent["ts"], initial_comment="here")
    message = await slack.member("ana").sees("CPU")

    assert (message.text, message.thread_ts, message.files[0].id) == ("here", parent["ts"], file)
    about = (await web.files_info(file=file))["file"]
    assert (about["mimetype"], about["size"]) == ("image/png", len(PNG))
    assert about["shares"]["public"][CHANNEL][0]["ts"] == message.ts


async def test_a_file_is_not_ready_when_slack_says_ok(
    web: AsyncWebClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "PROCESSING_SECONDS", 60.0)
    file = await upload(web, channel=CHANNEL)

    about = (await web.files_info(file=file))["file"]

    assert (about["mimetype"], about["shares"]) == ("", {})
    with pytest.raises(SlackApiError, match="invalid slack file"):
        await web.chat_postMessage(channel=CHANNEL, text="t", blocks=image(file))


async def test_a_file_that_is_shared_nowhere_can_stand_in_any_message_of_who_has_it(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    file = await upload(web)
    await asyncio.sleep(2 * files.PROCESSING_SECONDS)

    await web.chat_postMessage(channel=CHANNEL, text="t", blocks=image(file))
    await web.chat_postMessage(channel="C0CLOUDOPS", text="t", blocks=image(file))

    assert [it.files for it in slack.member("ana").messages()] == [(), ()]


async def test_a_file_can_be_added_to_a_message_by_an_update(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    posted = await web.chat_postMessage(channel=CHANNEL, text="RDS-1")
    file = await upload(web)

    await web.api_call(
        "chat.update", json={"channel": CHANNEL, "ts": posted["ts"], "file_ids": [file]}
    )

    message = slack.member("ana").messages()[0]
    assert (message.text, message.files[0].title) == ("RDS-1", "CPU")


async def test_bytes_must_be_as_many_as_announced(slack: SlackSandbox, web: AsyncWebClient) -> None:
    asked = await web.files_getUploadURLExternal(filename="cpu.png", length=5)

    async with aiohttp.ClientSession() as session:
        sent = await session.post(asked["upload_url"], data=PNG)

    assert sent.status == 404
    with pytest.raises(SlackApiError, match="file_not_found"):
        await web.files_completeUploadExternal(files=[{"id": asked["file_id"], "title": None}])


async def test_the_content_of_a_file_can_be_looked_at(
    slack: SlackSandbox, web: AsyncWebClient
) -> None:
    file = await upload(web, channel=CHANNEL)

    async with aiohttp.ClientSession() as session:
        got = await session.get(f"{slack.world.base_url}files/{file}")

        assert (got.content_type, await got.read()) == ("image/png", PNG)
