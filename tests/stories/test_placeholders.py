"""What stands for something that is to come has an end, whatever Slack says meanwhile."""

from typing import Any

import pytest

from bot.sandbox.slack import (
    Garbled,
    Lost,
    RateLimited,
    Refused,
    Reset,
    SeenMessage,
    ServerError,
)
from tests.conftest import CONFIG
from tests.crossed import sampled
from tests.stories.asking import flat
from tests.stories.stage import Play, Stage

LINE = "/rds metrics orders-test cpu --range 1h"
DRAWING, UNTAKEN = "Drawing the chart", "Slack did not take the chart"
TROUBLE = [
    RateLimited(2), Refused("internal_error"), Refused("fatal_error"), ServerError(503), Garbled(),
    Garbled(429, "slow down", "text/plain"), Garbled(200, "", "application/json"), Reset(), Lost(),
]  # fmt: skip
CALLS = ["files.getUploadURLExternal", "upload", "files.completeUploadExternal", "files.info",
         "chat.update", "chat.postMessage"]  # fmt: skip


def pictures(stage: Stage, who: str = "ana") -> list[SeenMessage]:
    """The words of charts in somebody's direct messages."""
    seen = stage.slack.member(who).direct_messages()
    return [it for it in seen if "orders-test" in it.words and not it.thread_ts]


def has_image(seen: SeenMessage) -> bool:
    return any(block["type"] == "image" for block in seen.blocks)


async def drawn(play: Play, line: str = LINE) -> SeenMessage:
    await play.types(line)
    await play.told()
    return pictures(play.stage)[-1]


#: Each call with some of the trouble, and each trouble with some call.
MET = [(CALLS[n % len(CALLS)], TROUBLE[n % len(TROUBLE)]) for n in range(2 * len(TROUBLE))]


@pytest.mark.parametrize(("method", "fault"), sampled(MET, quick=len(TROUBLE)), ids=str)
async def test_a_picture_comes_though_slack_is_in_trouble(
    stage: Stage, method: str, fault: Any
) -> None:
    stage.slack.faults.add(method, fault, times=2)
    async with stage.bot(CONFIG) as play:
        await drawn(play)

    assert [(has_image(it), DRAWING in it.words) for it in pictures(stage)] == [(True, False)]


async def test_a_file_that_slack_still_processes_is_waited_for(stage: Stage) -> None:
    stage.slack.faults.add("chat.update", Refused("invalid_blocks"), times=3)
    async with stage.bot(CONFIG) as play:
        seen = await drawn(play)

    assert has_image(seen)
    assert len(stage.slack.called("files.completeUploadExternal")) == 1
    assert not stage.slack.called("chat.delete")


@pytest.mark.parametrize(
    ("method", "word"),
    sampled([
        ("upload", "internal_error"), ("files.getUploadURLExternal", "missing_scope"),
        ("files.completeUploadExternal", "other"), ("files.info", "missing_scope"),
        ("files.getUploadURLExternal", "internal_error"),
        ("files.completeUploadExternal", "fatal_error"),
        ("files.completeUploadExternal", "file_uploads_disabled"),
    ], quick=4),
)  # fmt: skip
async def test_a_picture_that_never_comes_says_why_and_what_to_do(
    stage: Stage, method: str, word: str
) -> None:
    stage.slack.faults.add(method, Refused(word), times=None)
    async with stage.bot(CONFIG) as play:
        seen = await drawn(play)

    assert DRAWING not in seen.words
    assert UNTAKEN in seen.words
    assert "/rds metrics" in seen.words


@pytest.mark.parametrize("word", ["invalid_blocks", "internal_error"])
async def test_an_image_that_is_never_taken_says_so(stage: Stage, word: str) -> None:
    stage.slack.faults.add(
        "chat.update", Refused(word), times=None, where=lambda it: "slack_file" in str(dict(it))
    )
    async with stage.bot(CONFIG) as play:
        seen = await drawn(play)

    assert DRAWING not in seen.words
    assert UNTAKEN in seen.words


@pytest.mark.parametrize(
    "word",
    sampled(["edit_window_of_tomorrow", "is_inactive", "update_failed", "restricted_action",
             "edit_window_closed", "cant_update_message"], quick=3),
)  # fmt: skip
async def test_where_the_words_cannot_be_changed_others_take_their_place(
    stage: Stage, word: str
) -> None:
    stage.slack.faults.add("chat.update", Refused(word), times=None)
    async with stage.bot(CONFIG) as play:
        seen = await drawn(play)

    assert [DRAWING in it.words for it in pictures(stage)] == [False]
    assert UNTAKEN in seen.words


async def test_words_that_somebody_deleted_hold_nothing_up(stage: Stage) -> None:
    stage.slack.faults.add("chat.update", Refused("message_not_found"), times=None)
    async with stage.bot(CONFIG) as play:
        await drawn(play)

        assert await play.bot.services.store.outbox.depth() == 0


@pytest.mark.parametrize(
    "method", ["files.completeUploadExternal", "chat.update", "chat.postMessage"]
)
async def test_a_restart_in_the_middle_draws_it_once(stage: Stage, method: str) -> None:
    stage.slack.faults.add(method, ServerError(500), times=1)
    async with stage.bot(CONFIG) as play:
        await play.types(LINE)
    stage.clock.advance(61)

    async with stage.bot(CONFIG) as play:
        await play.told()

    assert [has_image(it) for it in pictures(stage)] == [True]
    assert len(stage.slack.member("ana").direct_messages()) == 1


@pytest.mark.parametrize(
    "fault", sampled([Refused("internal_error"), Garbled(), RateLimited(2)], 2)
)
async def test_another_picture_comes_in_its_place_though_slack_is_in_trouble(
    stage: Stage, fault: Any
) -> None:
    async with stage.bot(CONFIG) as play:
        seen = await drawn(play)
        stage.slack.faults.add("chat.update", fault, times=2)
        await play.clicks("ana", seen, "picture.again")
        await play.told()
        [after] = pictures(stage)

    assert has_image(after)
    assert after.blocks != seen.blocks
    assert not stage.slack.called("chat.delete")


@pytest.mark.parametrize("word", ["message_not_found", "edit_window_closed"])
async def test_who_wants_another_picture_in_words_that_are_gone_is_told(
    stage: Stage, word: str
) -> None:
    async with stage.bot(CONFIG) as play:
        seen = await drawn(play)
        stage.slack.faults.add("chat.update", Refused(word), times=None)
        await play.clicks("ana", seen, "picture.again")
        await play.told()

    said = stage.slack.member("ana").direct_messages()[-1]
    assert "lets me change it no more. Ask again: /rds metrics orders-test" in flat(said)


@pytest.mark.parametrize("fault", [RateLimited(1), Refused("internal_error"), Garbled()])
async def test_a_form_is_filled_though_slack_is_in_trouble(stage: Stage, fault: Any) -> None:
    stage.slack.faults.add("views.update", fault, times=2)
    async with stage.bot(CONFIG) as play:
        await play.types("/rds backup-window orders-test")

        assert await stage.slack.member("ana").sees_modal("Backup window")


async def test_who_asked_hears_that_the_message_was_deleted_before_its_chart_was_there(
    stage: Stage,
) -> None:
    stage.slack.faults.add("chat.update", Refused("message_not_found"), times=None)
    async with stage.bot(CONFIG) as play:
        await drawn(play)

    said = flat(stage.slack.member("ana").direct_messages()[-1])
    assert "The message with your chart was deleted" in said
    assert "Ask again: /rds metrics orders-test" in said


GONE = ["thread_not_found", "is_archived", "not_in_channel", "channel_not_found",
        "restricted_action_read_only_channel", "a_word_of_tomorrow"]  # fmt: skip


@pytest.mark.parametrize("word", sampled(GONE, quick=3))
async def test_where_the_thread_or_channel_takes_no_answer_it_comes_directly_with_the_reason(
    stage: Stage, word: str
) -> None:
    ana = stage.slack.member("ana")
    stage.slack.faults.add(
        "chat.postMessage", Refused(word), times=None, where=lambda it: "thread_ts" in it
    )
    async with stage.bot(CONFIG) as play:
        await ana.mentions(LINE.removeprefix("/rds "), "databases")
        await play.told()

    told = ana.direct_messages()
    assert [has_image(it) for it in told] == [False, True]
    assert word in flat(told[0])
    assert not [it for it in ana.messages("databases") if it.author.is_bot]


async def test_what_is_said_anew_is_said_once_though_its_answer_is_lost(stage: Stage) -> None:
    stage.slack.faults.add("chat.update", Refused("restricted_action"), times=None)
    async with stage.bot(CONFIG) as play:
        stage.slack.faults.add(
            "chat.postMessage", Lost(), times=1, where=lambda it: UNTAKEN in str(dict(it))
        )
        await drawn(play)

    assert len([it for it in pictures(stage) if UNTAKEN in it.words]) == 1


async def test_where_the_direct_message_takes_long_the_words_come_without_a_link(
    stage: Stage,
) -> None:
    stage.slack.faults.add("chat.postMessage", RateLimited(5), times=None)
    async with stage.bot(CONFIG) as play:
        await play.types(LINE)
        words = [it for it in stage.slack.member("ana").messages() if it.ephemeral]

    assert "the chart comes as a direct message" in flat(words[0])
    assert "Open chart" not in words[0].words
