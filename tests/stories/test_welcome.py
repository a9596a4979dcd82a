"""Somebody looks into their direct messages with the bot for the first time, and later again."""

import asyncio

import pytest

from bot.sandbox.slack import Refused
from tests.conftest import CONFIG
from tests.stories.stage import Play, Stage


async def looks(play: Play, who: str, times: int = 1) -> list[str]:
    """What stands in their messages afterwards."""
    member = play.stage.slack.member(who)
    await asyncio.gather(*(member.opens_messages() for _ in range(times)))
    await play.told()
    return [it.words for it in member.direct_messages()]


async def test_whoever_finds_nothing_there_is_greeted_exactly_once(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        first = await looks(play, "ana", times=3)
        again = await looks(play, "ana")
    stage.clock.advance(90 * 86_400)
    async with stage.bot(CONFIG) as play:
        await play.bot.jobs.run("tidy")
        later = await looks(play, "ana")

    assert len(first) == 1
    assert "I look after your team's RDS and Aurora databases" in first[0]
    assert first == again == later


async def test_its_buttons_look(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await looks(play, "ana")
        ana = stage.slack.member("ana")
        [greeting] = ana.direct_messages()

        await play.clicks("ana", greeting, "query.run.listdatabases")

        await ana.sees("15 databases")


async def test_nobody_is_greeted_in_a_conversation(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        ana = stage.slack.member("ana")
        await ana.says("list staging", None)
        await play.told()

        assert not any("Hello!" in words for words in await looks(play, "ana"))


@pytest.mark.parametrize("who", ["gil", "eve"])
async def test_a_guest_is_greeted_with_what_they_may_do(stage: Stage, who: str) -> None:
    async with stage.bot(CONFIG) as play:
        [said] = await looks(play, who)

    assert "Only full members of this workspace" in said
    assert "list staging" not in said


@pytest.mark.parametrize("silent", ["conversations.history", "users.info"])
async def test_where_slack_says_nothing_they_are_greeted_the_next_time(
    stage: Stage, silent: str
) -> None:
    async with stage.bot(CONFIG) as play:
        stage.slack.faults.add(silent, Refused("internal_error"), times=None)
        assert await looks(play, "ana") == []

        stage.slack.faults.clear()

        assert len(await looks(play, "ana")) == 1
