"""Approvers hear of what waits: once by the card, then in their day, each time once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from bot.sandbox.aws.clock import SOME_MORNING
from bot.sandbox.slack import Lost, Refused, SeenMessage
from bot.values import Status
from tests.stories.asking import configured, everything_is_told, flat
from tests.stories.stage import Play, Stage

HOUR = timedelta(hours=1).total_seconds()
REBOOT = "/rds reboot orders-staging --reason 'new parameter group'"


def expiring(after: str, **sections: Any) -> str:
    rules = [{"approvals": {"low": 1, "medium": 1, "high": 2}}]
    return configured(policy={"rules": rules, "expires_after": after}, **sections)


@pytest.fixture(autouse=True)
def morning(stage: Stage) -> None:
    """Each story begins at nine, UTC: the clock goes on from one to the next."""
    stage.clock.advance((SOME_MORNING - stage.clock()) % (24 * HOUR))


async def hours(play: Play, count: float, steps: int = 1) -> None:
    """Time passes in so many steps, and after each the bot looks whom to remind."""
    await everything_is_told(play.bot)
    for _ in range(steps):
        play.stage.clock.advance(count * HOUR / steps)
        await play.bot.jobs.run("expire")
        await play.bot.jobs.run("remind")
        await play.quiet()
        await everything_is_told(play.bot)


def reminded(play: Play, who: str) -> list[SeenMessage]:
    """What the bot wrote to somebody, but for how something ended."""
    messages = play.stage.slack.member(who).direct_messages()
    return [it for it in messages if it.author.is_bot and "wait" in it.text + it.words]


async def test_approvers_are_reminded_at_half_of_the_time_once(any_stage: Stage) -> None:
    async with any_stage.bot(expiring("10h")) as play:
        await play.types(REBOOT)
        await hours(play, 4.9, steps=3)
        assert reminded(play, "dora") == []

        await hours(play, 0.2)

        [seen] = reminded(play, "dora")
        assert "RDS-1001 waits for your approval: Reboot orders-staging" in flat(seen)
        assert "new parameter group" in flat(seen)
        assert "/rds approve RDS-1001" in flat(seen)
        await hours(play, 4, steps=8)
        assert len(reminded(play, "dora")) == 1
        assert reminded(play, "ana") == reminded(play, "pat") == []


async def test_it_leads_to_the_card(stage: Stage) -> None:
    async with stage.bot(expiring("10h")) as play:
        await play.types(REBOOT)
        await hours(play, 5.1)
        card = (await play.request()).card

    assert card is not None
    [seen] = reminded(play, "dora")
    [text] = [str(seen.blocks)]
    assert f"/archives/C0DATABASE/p{card.ts.replace('.', '')}" in text


async def test_whoever_voted_is_left_in_peace(stage: Stage) -> None:
    async with stage.bot(expiring("4h")) as play:
        await play.types(f"{REBOOT} --failover")
        await play.types("/rds approve RDS-1001", "dora")

        await hours(play, 2.1)

        assert (await play.request()).status is Status.PENDING
        assert reminded(play, "dora") == []
        assert len(reminded(play, "emil")) == 1


async def test_whoever_asked_is_not_reminded_of_it(stage: Stage) -> None:
    async with stage.bot(expiring("10h")) as play:
        await play.types(REBOOT, "emil")

        await hours(play, 6)

        assert reminded(play, "emil") == []
        assert len(reminded(play, "dora")) == 1


async def test_what_is_decided_is_not_told_of(stage: Stage) -> None:
    async with stage.bot(expiring("10h")) as play:
        await play.types(REBOOT)
        await play.types("/rds reject RDS-1001 --reason no", "dora")

        await hours(play, 6)

        assert reminded(play, "emil") == []


async def test_what_is_decided_before_the_reminder_goes_out_is_left_out(stage: Stage) -> None:
    async with stage.bot(expiring("10h")) as play:
        await play.types(REBOOT)
        await everything_is_told(play.bot)
        stage.clock.advance(6 * HOUR)
        stage.slack.faults.add("chat.getPermalink", Lost(), times=None)

        await play.bot.jobs.run("remind")
        await play.types("/rds reject RDS-1001 --reason no", "dora")
        stage.slack.faults.clear()
        stage.clock.advance(120)
        await everything_is_told(play.bot)

        assert reminded(play, "emil") == []


async def test_nobody_is_woken(stage: Stage) -> None:
    """Asked at 09:00 UTC; half is at 21:00: 23:00 in Berlin and 06:00 in Tokyo."""
    async with stage.bot(expiring("24h")) as play:
        await play.types(REBOOT)
        await hours(play, 12.5)
        assert reminded(play, "dora") == reminded(play, "emil") == []

        await hours(play, 2)  # 23:30: morning in Tokyo
        assert len(reminded(play, "emil")) == 1
        assert reminded(play, "dora") == []

        await hours(play, 7)  # 06:30: morning in Berlin
        assert len(reminded(play, "dora")) == 1
        assert len(reminded(play, "emil")) == 1


async def test_what_is_urgent_does_not_wait_for_the_morning(stage: Stage) -> None:
    async with stage.bot(expiring("4h")) as play:
        stage.clock.advance(13 * HOUR)  # 22:00
        await play.types(REBOOT)

        await hours(play, 2.1)

        assert len(reminded(play, "dora")) == len(reminded(play, "emil")) == 1


async def test_whose_zone_is_unknown_has_the_night_of_utc(stage: Stage) -> None:
    stage.slack.workspace.change("dora", tz="")
    async with stage.bot(expiring("24h")) as play:
        await play.types(REBOOT)
        await hours(play, 22.9)
        assert reminded(play, "dora") == []

        await hours(play, 0.2)

        assert len(reminded(play, "dora")) == 1


async def test_the_wider_group_hears_of_it_at_three_quarters(stage: Stage) -> None:
    wider = {"groups": ["S0PLAT0001"]}
    async with stage.bot(expiring("10h", notifications={"escalation": wider})) as play:
        await play.types(REBOOT)
        await hours(play, 7.4)
        assert reminded(play, "pat") == []
        direct = stage.slack.member("pat").direct_messages

        await hours(play, 0.2)

        [seen] = direct()
        assert "RDS-1001 is still undecided: Reboot orders-staging" in flat(seen)
        await hours(play, 2, steps=4)
        assert len(direct()) == 1
        assert len(reminded(play, "dora")) == 1


async def test_many_at_once_make_one_message(stage: Stage) -> None:
    async with stage.bot(expiring("10h")) as play:
        for name in ("orders-staging", "orders-test", "orders-dev", "ledger-test"):
            await play.types(f"/rds reboot {name} --reason 'kernel update'")
            stage.clock.advance(60)

        waiting = len(await play.bot.services.store.requests.find(status=(Status.PENDING,)))
        assert waiting >= 3
        await hours(play, 5)

        [seen] = reminded(play, "dora")
        assert f"{waiting} requests wait for you" in flat(seen)
        assert "RDS-1001" in flat(seen)
        await hours(play, 1, steps=3)
        assert len(reminded(play, "dora")) == 1


async def test_an_approver_outside_the_channel_is_told_at_once(stage: Stage) -> None:
    stage.slack.workspace.leave_channel("databases", "dora")
    async with stage.bot(expiring("10h")) as play:
        await play.types(REBOOT)

        await hours(play, 0.1)

        [seen] = reminded(play, "dora")
        assert "RDS-1001 waits for your approval" in flat(seen)
        assert reminded(play, "emil") == []
        await hours(play, 5)
        assert len(reminded(play, "dora")) == 2


async def test_where_the_card_cannot_be_posted_approvers_hear_of_it(stage: Stage) -> None:
    async with stage.bot(expiring("10h")) as play:
        stage.slack.faults.add(
            "chat.postMessage",
            Refused("not_in_channel"),
            where=lambda it: it["channel"] == "C0DATABASE",
            times=None,
        )

        await play.types(REBOOT)
        await hours(play, 0.1)

        assert len(reminded(play, "dora")) == len(reminded(play, "emil")) == 1
        assert "RDS-1001" in stage.slack.member("ana").direct_messages()[0].text


async def test_after_a_restart_nobody_is_reminded_again(any_stage: Stage) -> None:
    async with any_stage.bot(expiring("10h")) as play:
        await play.types(REBOOT)
        await hours(play, 5.1)

    async with any_stage.bot(expiring("10h")) as play:
        await hours(play, 0.5, steps=3)

        assert len(reminded(play, "dora")) == 1


async def test_what_was_missed_while_the_bot_was_down_is_made_up_for(stage: Stage) -> None:
    async with stage.bot(expiring("10h")) as play:
        await play.types(REBOOT)
        await everything_is_told(play.bot)
    stage.clock.advance(6 * HOUR)

    async with stage.bot(expiring("10h")) as play:
        await hours(play, 0.01)

        assert len(reminded(play, "dora")) == 1


@asynccontextmanager
async def replicas(stage: Stage, count: int) -> AsyncIterator[list[Play]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(stage.bot(expiring("10h"))) for _ in range(count)]


async def test_replicas_that_tick_together_remind_once(shared_stage: Stage) -> None:
    async with replicas(shared_stage, 2) as plays:
        await plays[0].types(REBOOT)
        await asyncio.gather(*(play.quiet() for play in plays))
        await everything_is_told(plays[0].bot)
        shared_stage.clock.advance(5.1 * HOUR)

        # past the lease, which would let only one of them tick
        await asyncio.gather(*(play.bot.jobs.ticks["remind"].work() for play in plays))
        await everything_is_told(plays[0].bot)

        assert len(reminded(plays[0], "dora")) == 1


async def test_where_slack_does_not_say_who_is_meant_the_next_tick_asks_again(
    stage: Stage,
) -> None:
    async with stage.bot(expiring("10h")) as play:
        await play.types(REBOOT)
        stage.slack.faults.add("usergroups.users.list", Refused("internal_error"), times=None)
        await hours(play, 5.1)
        assert reminded(play, "dora") == []

        stage.slack.faults.clear()
        await hours(play, 0.1)

        assert len(reminded(play, "dora")) == 1


async def test_whoever_of_the_voters_slack_does_not_tell_keeps_no_reminder_back(
    stage: Stage,
) -> None:
    async with stage.bot(expiring("4h")) as play:
        await play.types(f"{REBOOT} --failover")
        await play.types("/rds approve RDS-1001", "dora")
        dora = stage.slack.member("dora").person.id
        fault = Refused("internal_error")
        stage.slack.faults.add("users.info", fault, times=None, where=lambda it: it["user"] == dora)

        await hours(play, 2.1)

        assert reminded(play, "dora") == []
        assert len(reminded(play, "emil")) == 1
