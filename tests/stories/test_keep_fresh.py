"""A picture that is kept fresh: a real message, renewed for an hour, through restarts."""

import asyncio

import pytest

from bot.sandbox.slack import Refused, SeenMessage, Slow
from tests.conftest import CONFIG
from tests.crossed import sampled
from tests.stories.asking import everything_is_told, flat, presses, told, told_on_click
from tests.stories.stage import Play, Stage, until

MINUTE = 60.0
SPANS = ("1h", "3h", "6h", "12h")
LINE = "/rds metrics orders-test cpu --range 1h"


async def passes(play: Play, seconds: float) -> None:
    """Time passes, and whatever is due then is renewed to the end."""
    play.stage.clock.advance(seconds)
    await everything_is_told(play.bot)
    await play.bot.jobs.run("freshen")
    await play.bot.pictures.idle()


async def keeps_fresh(play: Play, who: str = "ana", line: str = LINE) -> str:
    """By the button below the words that stand in the channel; what is said to it."""
    member = play.stage.slack.member(who)
    return flat(await told_on_click(member, await told(member, line), "live.keep"))


def kept(stage: Stage, who: str = "ana") -> list[SeenMessage]:
    """Messages in which a picture is kept fresh, or was."""
    seen = stage.slack.member(who).messages()
    return [it for it in seen if not it.ephemeral and "efreshed until" in flat(it)]


def picture(seen: SeenMessage) -> str | None:
    images = (it for it in seen.blocks if it["type"] == "image")
    return next((it["slack_file"]["id"] for it in images), None)


async def test_it_stands_in_the_channel_is_renewed_through_a_restart_and_says_when_it_stopped(
    stage: Stage,
) -> None:
    async with stage.bot(CONFIG) as play:
        assert "Live in #databases" in await keeps_fresh(play)
        await passes(play, 1)
        [first] = kept(stage, "dora")
        assert not first.channel.is_im
        assert first.files == ()
    async with stage.bot(CONFIG) as play:
        await passes(play, MINUTE)
        [second] = kept(stage, "dora")
        assert picture(second) != picture(first)
        assert not stage.slack.world.files.among([picture(first) or ""])

        await passes(play, 60 * MINUTE)
        await passes(play, 5 * MINUTE)
        [last] = kept(stage, "dora")

    assert "it is not renewed any more" in flat(last)
    assert picture(last) == picture(second)
    assert "live.stop" not in {it.action_id for it in last.actions}


async def test_anybody_may_stop_it(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await keeps_fresh(play)
        await passes(play, 1)
        [seen] = kept(stage, "dora")
        await told_on_click(stage.slack.member("dora"), seen, "live.stop")
        await play.bot.pictures.idle()
        [stopped] = kept(stage, "dora")
        events = [it.event for it in await play.bot.services.store.audit.rows()]

    assert "it is not renewed any more" in flat(stopped)
    assert picture(stopped) == picture(seen)
    assert [it.action for it in events] == ["live.stopped", "live.begun"]


async def test_stopped_while_it_is_renewed_it_says_so_with_the_newest_picture(
    stage: Stage,
) -> None:
    async with stage.bot(CONFIG) as play:
        await keeps_fresh(play)
        await passes(play, 1)
        [seen] = kept(stage, "dora")
        stage.slack.faults.add("chat.update", Slow(1.0))
        stage.clock.advance(MINUTE)
        await play.bot.jobs.run("freshen")
        await until(lambda: picture(kept(stage, "dora")[0]) not in (None, picture(seen)))
        await told_on_click(stage.slack.member("dora"), seen, "live.stop")
        await play.bot.pictures.idle()
        [stopped] = kept(stage, "dora")

    assert "it is not renewed any more" in flat(stopped)
    assert stage.slack.world.files.among([picture(stopped) or ""])
    assert "live.stop" not in {it.action_id for it in stopped.actions}


async def test_in_the_direct_messages_the_very_message_becomes_live(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        ana = stage.slack.member("ana")
        await ana.says(LINE.removeprefix("/rds "))
        below = await ana.sees(lambda it: picture(it) is not None, within=30)
        said = flat(await told_on_click(ana, below, "live.keep"))
        await passes(play, 1)
        [seen] = kept(stage)
        await passes(play, 61 * MINUTE)
        [last] = kept(stage)

    assert (seen.ts, last.ts) == (below.ts, below.ts)
    assert "This chart is live until" in said
    assert picture(seen) not in (None, picture(below))
    assert "live.keep" in str(last.blocks)


async def test_there_is_an_end_to_how_many(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        said = [await keeps_fresh(play, line=f"{LINE[:-2]}{span}") for span in SPANS]

        assert "that is the most for one person" in said[-1]
        assert "is live there already" in await keeps_fresh(play, "dora")


async def test_who_click_at_once_begin_one(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        people = [stage.slack.member(who) for who in ("ana", "ben", "dora")]
        words = [await told(one, LINE) for one in people]
        clicks = (presses(one, it, "live.keep") for one, it in zip(people, words, strict=True))
        await asyncio.gather(*clicks)
        await play.quiet()

        assert len(await play.bot.services.store.live_charts.alive()) == 1


async def test_where_there_is_nothing_left_to_look_at_its_message_says_that_it_ended(
    stage: Stage,
) -> None:
    async with stage.bot(CONFIG) as play:
        await keeps_fresh(play)
        await passes(play, 1)
        stage.slack.workspace.change("ana", is_restricted=True)
        await passes(play, 10 * MINUTE)
        await passes(play, MINUTE)
        [seen] = kept(stage, "dora")

        assert "it is not renewed any more" in flat(seen)
        assert await play.bot.services.store.live_charts.alive() == ()


@pytest.mark.parametrize(
    "word", sampled(["message_not_found", "of_tomorrow", "is_inactive"], quick=2)
)
async def test_a_message_that_slack_lets_change_no_more_is_not_renewed_again(
    stage: Stage, word: str
) -> None:
    async with stage.bot(CONFIG) as play:
        await keeps_fresh(play)
        await passes(play, 1)
        [seen] = kept(stage)
        stage.slack.faults.add("chat.update", Refused(word), times=None)
        await passes(play, MINUTE)

        assert stage.slack.world.files.among([picture(seen) or ""])
        assert await play.bot.services.store.live_charts.alive() == ()
