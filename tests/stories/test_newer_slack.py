"""What Slack has added, or may add: nothing of it is needed, and nothing breaks on it."""

import itertools
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.sandbox.slack import Delivery
from bot.sandbox.slack.methods import METHODS
from tests.conftest import CONFIG
from tests.crossed import sampled
from tests.stories.asking import flat
from tests.stories.stage import Play, Stage

ANA, DIRECT = "U0ANA00001", "D0ANA"
THREAD = {"user_id": ANA, "channel_id": DIRECT, "thread_ts": "1.0", "context": {}}
NEWER_BLOCKS: list[dict[str, Any]] = [
    {"type": "markdown", "text": "**bold**"},
    {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]},
    {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]},
    {"type": "video", "title": {"type": "plain_text", "text": "v"}, "video_url": "https://v"},
    {"type": "context_actions", "elements": [{"type": "feedback_buttons"}]},
    {"type": "plan", "title": "p", "tasks": [{"type": "task_card", "status": "in_progress"}]},
    {"type": "data_table"}, {"type": "data_visualization"}, {"type": "of_tomorrow"},
]  # fmt: skip
EVENTS: dict[str, dict[str, Any]] = {
    "assistant_thread_started": {"assistant_thread": THREAD},
    "assistant_thread_context_changed": {"assistant_thread": THREAD},
    "app_context_changed": {},
    "function_executed": {"function": {"callback_id": "x"}, "inputs": {}},
    "user_change": {"user": {"id": ANA, "profile": {}}},
    "reaction_added": {"reaction": "+1", "item": {"type": "message"}},
    "tokens_revoked": {"tokens": {"bot": ["x"]}},
    "subteam_updated": {"subteam": {"id": "S1"}},
    "of_tomorrow": {"anything": [None, {}]},
    "app_home_opened": {"tab": "messages", "user": ANA},
    "app_mention": {"user": ANA},
}
MORE: list[dict[str, Any]] = [
    {}, {"user": ANA}, {"message": {"blocks": NEWER_BLOCKS}}, {"user": {}},
]  # fmt: skip
SUBTYPES = [
    "bot_message", "message_changed", "message_deleted", "channel_join", "me_message",
    "assistant_app_thread", "huddle_thread", "document_mention", "reminder_add", "of_tomorrow",
]  # fmt: skip


async def calmly(stage: Stage, about: Mapping[str, Any]) -> Delivery:
    """An event that is acknowledged, and of which the log has no error to tell."""
    with capture_logs() as logged:
        delivery = await stage.slack.tells_of(about)
    assert delivery.acknowledged, about
    assert not [one for one in logged if one["log_level"] in ("error", "critical")], about
    return delivery


async def test_events_of_other_kinds_are_acknowledged_calmly(stage: Stage) -> None:
    async with stage.bot(CONFIG):
        for kind, about in EVENTS.items():
            await calmly(stage, {"type": kind, **about})


async def test_messages_that_nobody_wrote_are_acknowledged_calmly(stage: Stage) -> None:
    about = {"type": "message", "channel": DIRECT, "channel_type": "im"}
    async with stage.bot(CONFIG):
        for subtype, more in itertools.product(SUBTYPES, MORE):
            await calmly(stage, {**about, "subtype": subtype, **more})


@pytest.mark.parametrize("text", [None, "", "help", 7, ["x"]])
async def test_a_message_of_newer_blocks_is_answered(stage: Stage, text: Any) -> None:
    ana = stage.slack.member("ana")
    about = {
        "type": "message", "user": ANA, "channel": DIRECT, "channel_type": "im", "ts": "1.0",
        "text": text, "blocks": NEWER_BLOCKS, "assistant_thread": {"action_token": "x"},
    }  # fmt: skip
    async with stage.bot(CONFIG) as play:
        await calmly(stage, about)
        await play.told()

        assert "/rds" in flat(ana.direct_messages()[-1])


@pytest.mark.parametrize(
    "payload",
    sampled(
        [
            {"type": "of_tomorrow"},
            {"type": "block_actions"},
            {"type": "block_actions", "actions": [{"type": "workflow_button"}]},
            {"type": "view_closed", "view": {"callback_id": "of_an_older_version"}},
            {"type": "view_submission", "view": {"callback_id": "of_an_older_version"}},
            {"type": "block_suggestion", "action_id": "of_tomorrow", "block_id": "x", "value": ""},
            {"type": "shortcut", "callback_id": "of_tomorrow"},
            {},
            {"type": "workflow_step_edit", "callback_id": "x"},
            {"type": "block_actions", "actions": []},
            {"type": "block_actions", "actions": [{"type": "feedback_buttons", "action_id": "f"}]},
            {"type": "block_actions", "actions": [{"type": "icon_button", "action_id": "req.x"}]},
        ],
        quick=8,
    ),
)
async def test_an_interaction_of_another_kind_is_acknowledged(
    stage: Stage, payload: dict[str, Any]
) -> None:
    who = {"user": {"id": ANA, "team_id": "T0HOME0001"}, "team": {"id": "T0HOME0001"}}
    async with stage.bot(CONFIG) as play:
        for more in (who, {"user": {"id": ANA}}, {}):
            delivery = await stage.slack._sockets.deliver("interactive", {**more, **payload})
            assert delivery.acknowledged
        await still_answers(play)


async def test_envelopes_that_hold_nothing_are_acknowledged(stage: Stage) -> None:
    kinds = ("of_tomorrow", "events_api", "slash_commands", "interactive")
    payloads: tuple[dict[str, Any], ...] = ({}, {"type": None}, {"event": None}, {"event": {}})
    async with stage.bot(CONFIG) as play:
        for kind, payload in itertools.product(kinds, payloads):
            delivery = await stage.slack._sockets.deliver(kind, payload)
            assert delivery.acknowledged, (kind, payload)
        await still_answers(play)


@pytest.mark.parametrize(
    "lacks", ["profile", "tz", "real_name", "name", "is_bot", "team_id", "deleted", "id"]
)
async def test_a_profile_that_lacks_something_breaks_nothing(stage: Stage, lacks: str) -> None:
    """Whoever lacks a team is of no team, so a stranger; without an id nobody is known."""
    whole = METHODS["users.info"]
    async with stage.bot(CONFIG) as play:
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(METHODS, "users.info", _without(whole, lacks))
            await play.types("/rds whoami")
            said = flat(await stage.slack.member("ana").sees(lambda it: it.ephemeral))

    assert "Something went wrong" not in said


def _without(method: Any, name: str) -> Any:
    def answer(world: Any, ask: Any) -> dict[str, Any]:
        user = dict(method.answer(world, ask)["user"])
        user.pop(name, None)
        return {"user": user}

    return replace(method, answer=answer)


async def still_answers(play: Play) -> None:
    await play.types("/rds help")
    await play.stage.slack.member("ana").sees(lambda it: it.ephemeral and "/rds" in it.words)
