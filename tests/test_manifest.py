"""The Slack app's manifest: Slack accepts it, and it asks for no more than the bot uses."""

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

ROOT = Path(__file__).parent.parent
SCHEMA = ROOT.parent / "shared" / "data" / "slack-manifest.schema.json"

#: Which scope each event that the bot listens to needs; None: Slack asks for none.
SCOPE_OF_EVENT = {"app_home_opened": None}


@pytest.fixture(scope="module")
def manifest() -> Any:
    return yaml.safe_load((ROOT / "manifest.yml").read_text())


def test_it_is_what_slack_publishes_as_a_manifest(manifest: Any) -> None:
    if not SCHEMA.exists():
        pytest.skip("Slack's schema of manifests is not on this machine; the rules below hold")

    problems = list(Draft7Validator(json.loads(SCHEMA.read_text())).iter_errors(manifest))

    assert problems == []


def test_the_installed_bot_finds_the_same_manifest() -> None:
    installed = files("bot").joinpath("manifest.yml").read_text()

    assert installed == (ROOT / "manifest.yml").read_text()


def test_names_and_descriptions_are_within_slacks_limits(manifest: Any) -> None:
    display = manifest["display_information"]

    assert 1 <= len(display["name"]) <= 35
    assert 1 <= len(display["description"]) <= 140
    assert len(manifest["features"]["bot_user"]["display_name"]) <= 80


def test_the_command_is_rds_and_receives_people_and_channels_as_ids(manifest: Any) -> None:
    [command] = manifest["features"]["slash_commands"]

    assert command["command"] == "/rds"
    assert command["should_escape"] is True
    assert 1 <= len(command["description"]) <= 2000
    assert 1 <= len(command["usage_hint"]) <= 1000


def test_it_connects_by_socket_mode_and_has_buttons_and_forms(manifest: Any) -> None:
    settings = manifest["settings"]

    assert settings["socket_mode_enabled"] is True
    assert settings["interactivity"] == {"is_enabled": True}
    assert "request_url" not in settings["event_subscriptions"]


def test_it_has_a_home_and_direct_messages(manifest: Any) -> None:
    home = manifest["features"]["app_home"]

    assert home["home_tab_enabled"] is True
    assert home["messages_tab_enabled"] is True


def test_each_event_has_the_scope_it_needs(manifest: Any) -> None:
    scopes = {None, *manifest["oauth_config"]["scopes"]["bot"]}

    for event in manifest["settings"]["event_subscriptions"]["bot_events"]:
        assert SCOPE_OF_EVENT[event] in scopes


def test_each_scope_stands_once_and_says_why_it_is_wanted(manifest: Any) -> None:
    scopes = manifest["oauth_config"]["scopes"]["bot"]
    text = (ROOT / "manifest.yml").read_text()

    assert len(scopes) == len(set(scopes)) <= 255
    for scope in scopes:
        assert re.search(rf"^ *- {scope} # \S", text, re.MULTILINE), scope


def test_two_accounts_of_one_mailbox_can_be_told(manifest: Any) -> None:
    assert {"users:read", "users:read.email"} <= set(manifest["oauth_config"]["scopes"]["bot"])


def test_direct_messages_need_no_scope_beside_that_for_posting(manifest: Any) -> None:
    assert "chat:write" in manifest["oauth_config"]["scopes"]["bot"]
    assert "im:write" not in manifest["oauth_config"]["scopes"]["bot"]


def test_it_can_neither_read_conversations_nor_act_as_a_person(manifest: Any) -> None:
    scopes = manifest["oauth_config"]["scopes"]

    assert set(scopes) == {"bot"}
    assert not [scope for scope in scopes["bot"] if scope.endswith((":history", "admin"))]
