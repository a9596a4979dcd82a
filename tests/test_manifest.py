"""The Slack app's manifest: Slack accepts it, and it asks for what the code uses and no more."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.manifest import text
from bot.operations import CATALOGUE

ROOT = Path(__file__).parent.parent
SCHEMA = ROOT.parent / "shared" / "data" / "slack-manifest.schema.json"

#: https://docs.slack.dev/reference/methods: what each method wants, as far as the bot uses it.
SCOPES_OF_METHOD: dict[str, set[str]] = {
    "apps_connections_open": set(),  # by the app-level token
    "auth_test": set(),
    "chat_delete": {"chat:write"},
    "chat_getPermalink": set(),
    "chat_postEphemeral": {"chat:write"},
    "chat_postMessage": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_history": set(),  # where the optional scopes are granted
    "conversations_info": {"channels:read", "groups:read"},
    "conversations_list": {"channels:read", "groups:read"},
    "conversations_members": {"channels:read", "groups:read"},
    "conversations_replies": set(),  # the same
    "files_completeUploadExternal": {"files:write"},
    "files_delete": {"files:write"},
    "files_getUploadURLExternal": {"files:write"},
    "files_info": {"files:read"},
    "files_upload_v2": {"files:write"},
    "usergroups_list": {"usergroups:read"},
    "usergroups_users_list": {"usergroups:read"},
    "users_list": {"users:read", "users:read.email"},
    "users_info": {"users:read", "users:read.email"},
    "views_open": set(),
    "views_publish": set(),
    "views_push": set(),
    "views_update": set(),
}
#: Which scope each event that the bot listens to needs; None: Slack asks for none.
ANY = "*"
SCOPE_OF_EVENT = {
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "message.im": "im:history",
}
#: What Bolt is told to listen to, as the manifest calls it.
EVENT_OF_LISTENER = {"message": "message.im"}
OPTIONAL = {"channels:history", "groups:history"}


@pytest.fixture(scope="module")
def manifest() -> Any:
    return yaml.safe_load((ROOT / "manifest.yml").read_text())


@pytest.fixture(scope="module")
def scopes(manifest: Any) -> list[str]:
    return list(manifest["oauth_config"]["scopes"]["bot"])


def handlers() -> Iterator[ast.AST]:
    """Every node of the only room that talks to Slack."""
    for path in sorted((ROOT / "handlers").rglob("*.py")):
        yield from ast.walk(ast.parse(path.read_text()))


def methods() -> set[str]:
    """Web API methods by their Python names: called, or named in a string that is called."""
    names = {
        *(node.attr for node in handlers() if isinstance(node, ast.Attribute)),
        *(str(node.value) for node in handlers() if isinstance(node, ast.Constant)),
    }
    return {name for name in names if "_" in name and name in vars(AsyncWebClient)}


def listened_to(kind: str) -> set[str]:
    """What ``@app.event("…")`` and its like name; constants of the module are looked up.

    Whatever else there may be has a listener too, which is named nowhere.
    """
    found: set[str] = set()
    for path in sorted((ROOT / "handlers").rglob("*.py")):
        tree = ast.parse(path.read_text())
        constants = {
            ast.unparse(target): node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == f"app.{kind}":
                [what] = node.args
                named = what.value if isinstance(what, ast.Constant) else None
                found.add(str(named or constants.get(ast.unparse(what), ANY)))
    found.discard(ANY)
    return found


# -- Slack accepts it ------------------------------------------------------------------------------


def test_it_is_what_slack_publishes_as_a_manifest(manifest: Any) -> None:
    if not SCHEMA.exists():
        pytest.skip("Slack's schema of manifests is not on this machine; the rules below hold")

    problems = list(Draft7Validator(json.loads(SCHEMA.read_text())).iter_errors(manifest))

    assert problems == []


def test_the_bot_finds_the_same_manifest() -> None:
    assert text() == (ROOT / "manifest.yml").read_text()


def test_names_and_descriptions_are_within_slacks_limits(manifest: Any) -> None:
    display = manifest["display_information"]

    assert 1 <= len(display["name"]) <= 35
    assert 1 <= len(display["description"]) <= 140
    assert re.fullmatch("#[0-9a-f]{6}", display["background_color"])
    assert len(manifest["features"]["bot_user"]["display_name"]) <= 80


def test_the_command_is_rds_and_receives_people_and_channels_as_ids(manifest: Any) -> None:
    [command] = manifest["features"]["slash_commands"]

    assert {command["command"]} == listened_to("command")
    assert command["should_escape"] is True
    assert len(command["command"]) <= 32
    assert 1 <= len(command["description"]) <= 2000
    assert 1 <= len(command["usage_hint"]) <= 1000


def test_the_hint_names_verbs_that_there_are(manifest: Any) -> None:
    [command] = manifest["features"]["slash_commands"]
    hinted = {one.split()[0] for one in command["usage_hint"].split(" | ")}

    assert hinted <= {one.verb.split()[0] for one in CATALOGUE.values()}


def test_each_shortcut_is_listened_to_and_within_slacks_limits(manifest: Any) -> None:
    shortcuts = manifest["features"]["shortcuts"]

    assert {one["callback_id"] for one in shortcuts} == listened_to("shortcut")
    assert len(shortcuts) <= 5
    for one in shortcuts:
        assert one["type"] in ("message", "global")
        assert 1 <= len(one["name"]) <= 24
        assert 1 <= len(one["description"]) <= 150
        assert 1 <= len(one["callback_id"]) <= 255


def test_it_connects_by_socket_mode_and_has_buttons_and_forms(manifest: Any) -> None:
    settings = manifest["settings"]

    assert settings["socket_mode_enabled"] is True
    assert settings["interactivity"] == {"is_enabled": True}
    assert "request_url" not in settings["event_subscriptions"]


def test_it_has_a_home_and_direct_messages_in_which_people_can_write(manifest: Any) -> None:
    home = manifest["features"]["app_home"]

    assert home["home_tab_enabled"] is True
    assert home["messages_tab_enabled"] is True
    assert home["messages_tab_read_only_enabled"] is False


# -- it asks for what the code uses, and no more ---------------------------------------------------


def test_each_event_is_listened_to_and_each_listener_has_its_event(manifest: Any) -> None:
    events = manifest["settings"]["event_subscriptions"]["bot_events"]
    listened = {EVENT_OF_LISTENER.get(one, one) for one in listened_to("event")}

    assert len(events) == len(set(events)) <= 100
    assert set(events) == listened


def test_each_event_has_the_scope_it_needs(manifest: Any, scopes: list[str]) -> None:
    for event in manifest["settings"]["event_subscriptions"]["bot_events"]:
        assert SCOPE_OF_EVENT[event] in {None, *scopes}


def test_of_each_method_that_is_called_it_is_known_what_it_needs() -> None:
    assert methods() <= set(SCOPES_OF_METHOD)


def test_each_method_has_the_scopes_it_needs(scopes: list[str]) -> None:
    wanted = {scope for method in methods() for scope in SCOPES_OF_METHOD[method]}

    assert wanted <= set(scopes)


def test_no_scope_is_asked_for_that_nothing_uses(manifest: Any, scopes: list[str]) -> None:
    used = {scope for method in methods() for scope in SCOPES_OF_METHOD[method]}
    events = manifest["settings"]["event_subscriptions"]["bot_events"]
    used |= {scope for event in events if (scope := SCOPE_OF_EVENT[event])}
    used |= {"commands"} if listened_to("command") | listened_to("shortcut") else set()

    assert set(scopes) == used


def test_each_scope_and_event_stands_once_and_says_why_it_is_wanted(
    manifest: Any, scopes: list[str]
) -> None:
    events = manifest["settings"]["event_subscriptions"]["bot_events"]
    written = (ROOT / "manifest.yml").read_text()

    assert len(scopes) == len(set(scopes)) <= 255
    for word in [*scopes, *events]:
        assert re.search(rf"^ *- {re.escape(word)} # \S", written, re.MULTILINE), word


def test_the_optional_scopes_are_there_to_be_uncommented() -> None:
    written = (ROOT / "manifest.yml").read_text()

    assert set(re.findall(r"^ *# - (\S+) # \S", written, re.MULTILINE)) == OPTIONAL


def test_direct_messages_need_no_scope_beside_that_for_posting(scopes: list[str]) -> None:
    assert "im:write" not in scopes


def test_it_reads_no_conversation_but_its_own_and_acts_as_nobody(manifest: Any) -> None:
    asked = manifest["oauth_config"]["scopes"]
    histories = [scope for scope in asked["bot"] if scope.endswith(":history")]

    assert set(asked) == {"bot"}
    assert histories == ["im:history"]
    assert not [scope for scope in asked["bot"] if scope.startswith("admin")]


def test_what_is_listened_to_is_found_in_the_code() -> None:
    """Were the listeners written otherwise, the tests above would compare nothing."""
    assert {"command", "event", "view", "action"} <= vars(AsyncApp).keys()
    assert listened_to("command") == {"/rds"}
    assert {"chat_postMessage", "users_info", "conversations_members"} <= methods()
