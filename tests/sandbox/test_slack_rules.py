"""A table of payloads: what Slack refuses, with its error code, and what it accepts."""

import json
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import SlackSandbox, card
from bot.sandbox.slack.columns import width
from bot.sandbox.slack.payloads import trigger


def expanded(value: Any) -> Any:
    """`{"$text": 3}` is "xxx"; `{"$list": 2, "of": "a{n}"}` is ["a0", "a1"]."""
    match value:
        case {"$text": length}:
            return "x" * length
        case {"$list": length, "of": item}:
            return [numbered(expanded(item), n) for n in range(length)]
        case dict():
            return {name: expanded(it) for name, it in value.items()}
        case list():
            return [expanded(it) for it in value]
    return value


def numbered(value: Any, number: int) -> Any:
    return json.loads(json.dumps(value).replace("{n}", str(number)))


ROWS = json.loads((Path(__file__).parent / "data" / "slack_payloads.json").read_text())
REFUSED = [pytest.param(it, id=it["name"]) for it in ROWS if it["error"]]
ACCEPTED = [pytest.param(it, id=it["name"]) for it in ROWS if not it["error"]]


async def send(slack: SlackSandbox, web: AsyncWebClient, row: dict[str, Any]) -> None:
    payload, ana = expanded(row["payload"]), slack.workspace.person("ana")
    match row["surface"]:
        case "message":
            await web.api_call("chat.postMessage", json={"channel": "databases", **payload})
        case "modal":
            key = trigger(slack.world, ana)
            await web.api_call("views.open", json={"trigger_id": key, "view": payload})
        case "home":
            await web.api_call("views.publish", json={"user_id": ana.id, "view": payload})


def test_there_are_enough_violations() -> None:
    assert len(REFUSED) >= 50
    assert len(ACCEPTED) >= 5


@pytest.mark.parametrize("row", REFUSED)
async def test_a_violation_is_refused_with_slacks_code(
    slack: SlackSandbox, web: AsyncWebClient, row: dict[str, Any]
) -> None:
    with pytest.raises(SlackApiError) as refusal:
        await send(slack, web, row)

    assert refusal.value.response["error"] == row["error"]
    if row["error"] in ("invalid_blocks", "invalid_arguments"):
        assert refusal.value.response["response_metadata"]["messages"]
    assert not slack.member("ana").feed


@pytest.mark.parametrize("row", ACCEPTED)
async def test_a_valid_payload_is_accepted_and_readable(
    slack: SlackSandbox, web: AsyncWebClient, row: dict[str, Any]
) -> None:
    await send(slack, web, row)

    seen = slack.member("ana").feed[-1].seen
    assert seen is not None
    assert seen.words.strip()
    assert {width(line) for line in card(seen).split("\n")} == {96}
