"""What people read in Slack holds no secret, whoever wrote it."""

import json
from typing import Any

import pytest

from bot.sandbox.slack import SlackSandbox
from bot.values import Posted
from handlers.app import pooled_session, posting_client
from handlers.delivery.files import Files
from handlers.delivery.masked import discreet

SECRET = "log in with password=hunter2"
BLOCKS: list[dict[str, Any]] = [
    {"type": "section", "text": {"type": "plain_text", "text": SECRET}},
    {"type": "context", "elements": [{"type": "mrkdwn", "text": SECRET}]},
    {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": SECRET}]},
        ],
    },
]


async def test_a_message_is_masked_on_its_way(slack: SlackSandbox) -> None:
    async with pooled_session() as session:
        client = posting_client(slack.bot_token, slack.url, session)
        await client.chat_postMessage(channel="C0DATABASE", text=SECRET, blocks=BLOCKS)

    [seen] = slack.member("ana").messages("databases")
    assert "hunter2" not in f"{seen.text} {seen.words} {seen.blocks}"
    assert seen.words.count("[masked]") == len(BLOCKS)


@pytest.mark.parametrize("name", ["value", "action_id", "block_id", "trigger_id", "url", "channel"])
def test_what_nobody_reads_stays_as_it_is(name: str) -> None:
    assert discreet({name: SECRET}) == {name: SECRET}


@pytest.mark.parametrize("name", ["files", "blocks", "attachments", "view"])
@pytest.mark.parametrize("quoted", ['log in with "password=hunter2"', "log in: password='hunter2'"])
def test_what_is_sent_as_json_in_a_string_is_masked_and_stays_json(name: str, quoted: str) -> None:
    told = discreet({name: json.dumps([{"id": "F1", "title": quoted}])})

    [held] = json.loads(told[name])
    assert held["id"] == "F1"
    assert "[masked]" in held["title"]
    assert "hunter2" not in held["title"]


async def test_a_file_is_named_and_described_without_a_secret(slack: SlackSandbox) -> None:
    async with pooled_session() as session:
        client = posting_client(slack.bot_token, slack.url, session)
        files = Files(client)
        file = await files.put("report.csv", b"x", alt=SECRET)
        told = await client.chat_postMessage(channel="C0DATABASE", text="a report")
        await files.share(file, SECRET, Posted(channel="C0DATABASE", ts=told["ts"]))
        info = await client.files_info(file=file)

    assert "hunter2" not in json.dumps(info.data)
    assert "[masked]" in info["file"]["title"]


@pytest.mark.parametrize(
    "name", ["text", "fallback", "alt_text", "alt_txt", "title", "initial_comment"]
)
def test_what_is_read_is_masked_at_any_depth(name: str) -> None:
    told = discreet({"view": {"blocks": [{"elements": ({name: SECRET},)}]}})

    assert told == {"view": {"blocks": [{"elements": [{name: "log in with password=[masked]"}]}]}}
