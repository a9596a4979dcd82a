"""An app has what its manifest asks for."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import (
    ImpossibleError,
    Shortcut,
    SlackSandbox,
    demo_workspace,
    installed_app,
)

MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Small"},
    "features": {
        "bot_user": {"display_name": "small"},
        "app_home": {"home_tab_enabled": False, "messages_tab_enabled": False},
        "slash_commands": [{"command": "/small", "description": "d"}],
    },
    "oauth_config": {"scopes": {"bot": ["chat:write"]}},
    "settings": {"event_subscriptions": {"bot_events": ["app_mention"]}},
}


def small() -> SlackSandbox:
    return SlackSandbox(demo_workspace(installed_app(MANIFEST)))


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("users.info", {"user": "U0ANA00001"}, "missing_scope"),
        ("views.publish", {"user_id": "U0ANA00001", "view": {}}, "not_enabled"),
        ("chat.postMessage", {"channel": "U0ANA00001", "text": "t"}, "messages_tab_disabled"),
    ],
)
async def test_what_a_manifest_does_not_ask_for_is_refused(
    method: str, arguments: dict[str, Any], error: str
) -> None:
    async with small() as slack:
        web = AsyncWebClient(slack.bot_token, base_url=slack.url)

        with pytest.raises(SlackApiError, match=error):
            await web.api_call(method, json=arguments)


async def test_a_person_is_written_to_with_the_scope_for_posting_alone() -> None:
    features = {**MANIFEST["features"], "app_home": {"messages_tab_enabled": True}}
    app = installed_app({**MANIFEST, "features": features})
    async with SlackSandbox(demo_workspace(app)) as slack:
        web = AsyncWebClient(slack.bot_token, base_url=slack.url)

        posted = await web.chat_postMessage(channel="U0ANA00001", text="hello")

        assert str(posted["channel"]).startswith("D")
        with pytest.raises(SlackApiError, match="missing_scope"):
            await web.conversations_open(users="U0ANA00001")


async def test_only_the_commands_and_events_of_a_manifest_exist() -> None:
    async with small() as slack:
        typed = await slack.member("ana").types("/small @ben")

        assert typed.payload["text"] == "@ben"
        assert await slack.member("ana").opens_home() is None
        with pytest.raises(ImpossibleError, match="/small"):
            await slack.member("ana").types("/rds")


def test_hints_shortcuts_and_a_read_only_messages_tab_come_from_the_manifest() -> None:
    features = {
        "app_home": {"messages_tab_enabled": True, "messages_tab_read_only_enabled": True},
        "slash_commands": [{"command": "/small", "description": "d", "usage_hint": "help"}],
        "shortcuts": [{"name": "Ask", "type": "message", "callback_id": "ask", "description": "a"}],
    }

    app = installed_app({**MANIFEST, "features": features})

    assert (app.commands[0].description, app.commands[0].usage_hint) == ("d", "help")
    assert app.shortcuts == (Shortcut("Ask", "message", "ask", "a"),)
    assert app.messages_tab_read_only


async def test_nobody_writes_in_an_archived_channel() -> None:
    async with small() as slack:
        slack.workspace.archive("databases")

        with pytest.raises(ImpossibleError, match="#databases is archived"):
            await slack.member("ana").says("hello", "databases")
