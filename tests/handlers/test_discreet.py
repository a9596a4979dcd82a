"""What people read in Slack holds no secret, whoever wrote it."""

from typing import Any

import pytest

from bot.sandbox.slack import SlackSandbox
from handlers.app import pooled_session, posting_client
from handlers.discreet import discreet

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


@pytest.mark.parametrize("name", ["text", "fallback", "alt_text", "title", "initial_comment"])
def test_what_is_read_is_masked_at_any_depth(name: str) -> None:
    told = discreet({"view": {"blocks": [{"elements": ({name: SECRET},)}]}})

    assert told == {"view": {"blocks": [{"elements": [{name: "log in with password=[masked]"}]}]}}
