"""What ended and goes on by itself is looked at again, once, whoever restarts meanwhile."""

import pytest

from bot.sandbox.aws.clock import SOME_MORNING
from bot.sandbox.slack import SeenMessage
from bot.values import Status
from tests.stories.asking import everything_is_told, flat
from tests.stories.stage import FREE, Play, Stage

DAY = 86_400.0
STOP = "/rds stop orders-test --reason 'nobody tests at the weekend'"


@pytest.fixture(autouse=True)
def morning(stage: Stage) -> None:
    """Each story begins at nine, UTC: the clock goes on from one to the next."""
    stage.clock.advance((SOME_MORNING - stage.clock()) % DAY)


async def ended(play: Play, line: str) -> None:
    await play.types(line)
    await play.later(900, steps=6)
    assert (await play.request()).status is Status.SUCCEEDED
    await everything_is_told(play.bot)


async def days(play: Play, count: float) -> None:
    """Time passes; then the bot looks again, and tells what it found."""
    play.stage.clock.advance(count * DAY)
    await play.bot.jobs.run("recheck")
    await everything_is_told(play.bot)


def reminders(stage: Stage) -> list[SeenMessage]:
    ana = stage.slack.member("ana")
    said = {it.ts: it for it in (*ana.messages(), *ana.direct_messages())}
    return [it for it in said.values() if "starts it again within a day" in it.words]


async def test_the_day_before_aws_starts_it_again_who_stopped_it_is_reminded_once(
    any_stage: Stage,
) -> None:
    stage = any_stage
    async with stage.bot(FREE) as play:
        await ended(play, STOP)
        await days(play, 5.5)
        assert reminders(stage) == []
    async with stage.bot(FREE) as play:  # what is due survives a restart
        await days(play, 0.6)
        in_thread, direct = sorted(reminders(stage), key=lambda it: it.thread_ts is None)
        card = (await play.request()).card
        await days(play, 0.1)
        actions = await play.actions()

    assert card is not None
    assert (in_thread.thread_ts, direct.thread_ts) == (card.ts, None)
    assert len(reminders(stage)) == 2
    assert "[Stop again…] [Start it…]" in flat(direct)
    assert [one for one in actions if one == "request.rechecked"] == ["request.rechecked"]


async def test_what_runs_again_or_was_stopped_anew_reminds_nobody(stage: Stage) -> None:
    rds = stage.aws.client("rds")
    async with stage.bot(FREE) as play:
        await ended(play, STOP)
        rds.start_db_instance(DBInstanceIdentifier="orders-test")
        await play.later(900)
        rds.stop_db_instance(DBInstanceIdentifier="orders-test")
        await days(play, 6.1)

        assert reminders(stage) == []
        assert "request.rechecked" in await play.actions()


async def test_nobody_is_reminded_in_their_night(stage: Stage) -> None:
    async with stage.bot(FREE) as play:
        await ended(play, STOP)
        await days(play, 6.5)
        assert reminders(stage) == []

        await days(play, 0.45)

        assert len(reminders(stage)) == 2
