"""Alarms and RDS events as incidents: told once, folded, taken care of, over."""

import asyncio
import re
from datetime import datetime
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.aws import AlarmSpec
from bot.sandbox.slack import Refused, SeenMessage
from bot.values import SECOND, Incident, Origin, PersonId, Phase
from tests.stories.asking import audited, everything_is_told, flat
from tests.stories.stage import FREE, Play, Stage, until
from tests.stories.test_cards import links_in, permalink_of

INCIDENTS = "{approvals: C0DATABASE, cloudops: C0CLOUDOPS, incidents: C0INCIDENT}"
QUIET = "{approvals: C0DATABASE, cloudops: C0CLOUDOPS}"
WATCHED = FREE.replace(QUIET, INCIDENTS)
MINUTE, HOUR = 60.0, 3600.0
CPU = AlarmSpec("orders-cpu", "orders-staging", "CPUUtilization", 80.0)
PLACE = "database-incidents"
DOWN = Refused("internal_error")  #: what Slack shows stays as it is


@pytest.fixture
def watched(stage: Stage) -> Stage:
    stage.aws.seed_alarms([CPU])
    return stage


def fires(stage: Stage, name: str = CPU.name, state: str = "ALARM") -> None:
    stage.aws.client("cloudwatch").set_alarm_state(
        AlarmName=name, StateValue=state, StateReason=f"Threshold Crossed: {state}"
    )


async def passes(play: Play, seconds: float = MINUTE) -> None:
    """Time passes, then the bot looks once."""
    play.stage.clock.advance(seconds)
    await play.bot.services.fleet.refresh()
    await play.bot.jobs.run("watch")
    await everything_is_told(play.bot)


def posts(stage: Stage) -> list[SeenMessage]:
    """What stands in the channel and in its threads."""
    return [it for it in stage.slack.member("ben").messages(PLACE) if not it.ephemeral]


def cards(stage: Stage) -> list[SeenMessage]:
    return [it for it in posts(stage) if it.thread_ts in (None, it.ts)]


def notes(stage: Stage) -> list[str]:
    return [flat(it) for it in posts(stage) if it.thread_ts not in (None, it.ts)]


def answer(play: Play, who: str) -> str:
    return flat([it for it in play.stage.slack.member(who).messages(PLACE) if it.ephemeral][-1])


async def incidents(play: Play) -> list[Incident]:
    return list(await play.bot.services.store.incidents.since(0))


async def actions(play: Play) -> list[str]:
    rows = await audited(play.bot, action="incident.")
    return [row.event.action.removeprefix("incident.") for row in rows][::-1]


async def test_an_alarm_from_its_start_to_its_end(watched: Stage) -> None:
    async with watched.bot(WATCHED) as play:
        await passes(play)
        assert posts(watched) == []

        fires(watched)
        await passes(play)
        [card] = cards(watched)
        assert "orders-staging (staging): CPU utilization above 80 % · firing" in flat(card)
        assert "Threshold Crossed: ALARM" in flat(card)

        await play.clicks("ben", card, "incident.acknowledge")
        await everything_is_told(play.bot)
        [card] = cards(watched)
        assert "above 80 % · acknowledged" in flat(card)
        assert "Acknowledged by @ben" in flat(card)

        fires(watched, state="OK")
        watched.clock.advance(1)
        fires(watched)
        await passes(play)
        fires(watched, state="OK")
        await passes(play)
        await passes(play)

        [card] = cards(watched)
        assert "above 80 % · recovered" in flat(card)
        assert "once more, last" in flat(card)
        said = " ".join(notes(watched))
        assert said.count("Again ") == said.count("Recovered ") == 1
        assert said.count("orders-staging: CPU utilization above 80 %") >= 1  # its chart
        assert await actions(play) == ["started", "acknowledged", "ended"]


async def test_what_fires_again_soon_after_it_ended_is_the_same_one(watched: Stage) -> None:
    async with watched.bot(WATCHED) as play:
        for state in ("ALARM", "OK", "ALARM"):
            fires(watched, state=state)
            await passes(play)
        assert "above 80 % · firing" in flat(cards(watched)[0])
        fires(watched, state="OK")
        await passes(play)
        await passes(play, HOUR)
        fires(watched)
        await passes(play)

        first, second = cards(watched)
        assert "recovered" in flat(first)
        assert "once more, last" in flat(first)
        assert "above 80 % · firing" in flat(second)
        begun = ["started", "ended", "reopened", "ended", "started"]
        assert await actions(play) == begun


async def test_what_fires_after_it_was_resolved_is_a_new_one(watched: Stage) -> None:
    async with watched.bot(WATCHED) as play:
        fires(watched)
        await passes(play)
        [card] = cards(watched)
        watched.slack.faults.add("chat.update", DOWN, times=None)
        await play.clicks("dora", card, "incident.resolve")
        await play.clicks("ben", card, "incident.acknowledge")
        assert "I-1 was already resolved by @dora" in answer(play, "ben")
        watched.slack.faults.clear()
        await passes(play)
        assert len(await incidents(play)) == 1  # it still fires, and nobody is told again

        fires(watched, state="OK")
        await passes(play)
        fires(watched)
        await passes(play)

    first, second = cards(watched)
    assert "above 80 % · resolved" in flat(first)
    assert "above 80 % · firing" in flat(second)


async def test_what_is_snoozed_is_counted_and_told_again_in_an_hour(watched: Stage) -> None:
    async with watched.bot(WATCHED) as play:
        fires(watched)
        await passes(play)
        [card] = cards(watched)
        await play.clicks("ben", card, "incident.snooze")
        fires(watched, state="OK")
        watched.clock.advance(1)
        fires(watched)
        await passes(play)
        assert "above 80 % · snoozed" in flat(cards(watched)[0])
        assert not [it for it in notes(watched) if "Again" in it]

        await passes(play, HOUR)
        assert "above 80 % · acknowledged" in flat(cards(watched)[0])
        assert [it for it in notes(watched) if "@ben: the snooze is over" in it]
        assert await actions(play) == ["started", "snoozed"]


async def test_a_second_acknowledgement_and_a_guest_are_told_why_not(watched: Stage) -> None:
    watched.slack.workspace.join_channel(PLACE, "gil")
    async with watched.bot(WATCHED) as play:
        fires(watched)
        await passes(play)
        [card] = cards(watched)

        watched.slack.faults.add("chat.update", DOWN, times=None)
        await play.clicks("gil", card, "incident.acknowledge")
        await play.clicks("ben", card, "incident.acknowledge")
        await play.clicks("dora", card, "incident.acknowledge")

        assert "Only full members of this workspace" in answer(play, "gil")
        assert "I-1 was already acknowledged by @ben" in answer(play, "dora")
        assert await actions(play) == ["started", "refused", "acknowledged"]


async def test_what_rds_says_is_an_incident_unless_a_request_did_it(stage: Stage) -> None:
    rds = stage.aws.client("rds")
    async with stage.bot(WATCHED) as play:
        await passes(play)
        await play.types("/rds reboot orders-test --reason drill")
        await play.later(5 * MINUTE, steps=10)
        await passes(play)
        assert await incidents(play) == []

        rds.reboot_db_instance(DBInstanceIdentifier="orders-staging", ForceFailover=True)
        await passes(play, 30.0)
        await passes(play, 2 * MINUTE)
        await passes(play, MINUTE)

        [one] = await incidents(play)
        assert (one.address, one.phase) == (f"{one.target}", Phase.ENDED)
        assert "orders-staging (staging): failover · recovered" in flat(cards(stage)[0])
        assert await actions(play) == ["started", "ended"]


async def test_what_tells_of_no_end_is_over_when_the_database_is_well_for_a_while(
    stage: Stage,
) -> None:
    async with stage.bot(WATCHED) as play:
        stage.aws.client("rds").reboot_db_instance(DBInstanceIdentifier="orders-test")
        await passes(play, 20.0)  # its shutdown is no news to whoever begins to look now
        await passes(play, MINUTE)
        assert "orders-test (test): shutdown or restart · going on" in flat(cards(stage)[0])

        await passes(play, 11 * MINUTE)
        assert "shutdown or restart · recovered" in flat(cards(stage)[0])


async def test_a_restart_in_the_middle_tells_nothing_twice(any_stage: Stage) -> None:
    any_stage.aws.seed_alarms([CPU])
    async with any_stage.bot(WATCHED) as play:
        await passes(play)
        any_stage.slack.faults.add("chat.postMessage", DOWN, times=None)
        fires(any_stage)
        any_stage.clock.advance(MINUTE)
        await play.bot.jobs.run("watch")
    any_stage.slack.faults.clear()
    for state in ("OK", "ALARM", "OK"):
        any_stage.clock.advance(MINUTE)
        fires(any_stage, state=state)
    any_stage.clock.advance(10 * MINUTE)
    async with any_stage.bot(WATCHED) as play:
        await everything_is_told(play.bot)
        await passes(play)
        await passes(play)

        assert len(cards(any_stage)) == 1
        [one] = await incidents(play)
        assert (one.phase, one.repeats) == (Phase.ENDED, 1)


async def test_what_fired_while_nobody_looked_is_told_afterwards(watched: Stage) -> None:
    async with watched.bot(WATCHED) as play:
        await passes(play)
        fires(watched)
        watched.clock.advance(MINUTE)
        fires(watched, state="OK")
        await passes(play, HOUR)
        await passes(play)

        [one] = await incidents(play)
        assert one.phase is Phase.ENDED
        assert len(cards(watched)) == 1


async def test_an_account_that_does_not_answer_hides_nothing(watched: Stage) -> None:
    watched.aws.fault("*", "denied", times=None, region="eu-west-1")
    async with watched.bot(WATCHED) as play:
        fires(watched)
        await passes(play)
        asked = len(watched.aws.calls("cloudwatch:DescribeAlarms"))
        await passes(play, 1.0)

        assert len(cards(watched)) == 1
        assert len(watched.aws.calls("cloudwatch:DescribeAlarms")) == asked + 1


async def test_what_happens_while_somebody_resolves_the_incident_before_is_a_new_one(
    stage: Stage,
) -> None:
    async with stage.bot(WATCHED) as play:
        await passes(play)
        store, now = play.bot.services.store, stage.now()
        before = Incident(
            key="event/123456789012/us-east-1/orders-test", source=Origin.EVENT, title="failover",
            place="main/us-east-1", started_at=now, fired_at=now,
        )  # fmt: skip
        async with store.write() as tx:
            opened = await tx.open_incident(before)
        assert opened is not None
        stage.aws.client("rds").reboot_db_instance(DBInstanceIdentifier="orders-test")
        stage.clock.advance(20)

        async with store.write() as tx:  # whoever looks has read that it is open, and waits
            looking = asyncio.create_task(play.bot.jobs.run("watch"))
            waiting = store._connections._turn
            assert isinstance(waiting, asyncio.Lock)
            await until(lambda: len(waiting._waiters or ()) >= 3)
            resolved = {"resolved_at": stage.now(), "resolved_by": PersonId.parse("T1:dora")}
            await tx.save_incident(opened.model_copy(update=resolved))
        await looking

        assert [one.is_open for one in await incidents(play)] == [False, True]


async def test_one_that_cannot_be_drawn_stops_no_other_and_a_stranger_is_named(
    watched: Stage,
) -> None:
    watched.aws.seed_alarms([AlarmSpec("ghost-cpu", "ghost", "CPUUtilization", 80.0)])
    async with watched.bot(WATCHED) as play:
        fires(watched)
        await passes(play)
        [one] = await incidents(play)
        async with play.bot.services.store.write() as tx:
            undrawable = {"shows": "no-such-metric", "is_pictured": False}
            await tx.save_incident(one.model_copy(update=undrawable))
        fires(watched, "ghost-cpu")
        await passes(play)
        await passes(play)

        assert "ghost: CPU utilization above 80 % · firing" in flat(cards(watched)[1])
        assert all(it.is_pictured for it in await incidents(play))


async def test_without_a_channel_nobody_looks(watched: Stage) -> None:
    async with watched.bot(FREE) as play:
        fires(watched)
        await passes(play)

    assert watched.aws.calls("cloudwatch:DescribeAlarms") == []


@pytest.mark.parametrize(
    ("word", "hours"),
    [("1h", 1.0), ("4h", 4.0), ("9:00", None)],
)
async def test_a_snooze_lasts_as_long_as_was_chosen_and_ends_when_somebody_says_so(
    watched: Stage, word: str, hours: float | None
) -> None:
    async with watched.bot(WATCHED) as play:
        fires(watched)
        await passes(play)
        [card] = cards(watched)
        before = watched.now()
        await watched.slack.member("ben").chooses(card, "menu.Snooze", f"incident.snooze 1 {word}")
        await play.quiet()
        [one] = await incidents(play)
        assert one.snoozed_until is not None
        if hours is None:
            assert one.snoozed_by is not None
            zone = (await play.bot.services.directory.known_person(one.snoozed_by)).timezone
            until = datetime.fromtimestamp(one.snoozed_until / SECOND, ZoneInfo(zone))
            assert (until.hour, until.minute) == (9, 0)
            assert 0 < one.snoozed_until - before <= 24 * 3600 * SECOND
        else:
            assert abs(one.snoozed_until - before - hours * 3600 * SECOND) < 60 * SECOND

        await everything_is_told(play.bot)
        [card] = cards(watched)
        await play.clicks("dora", card, "incident.unsnooze")
        [one] = await incidents(play)
        assert one.phase is Phase.ACKNOWLEDGED
        await play.clicks("dora", card, "incident.unsnooze")
        assert await actions(play) == ["started", "snoozed", "unsnoozed"]


async def test_the_button_of_an_old_card_still_snoozes_for_an_hour(watched: Stage) -> None:
    async with watched.bot(WATCHED) as play:
        fires(watched)
        await passes(play)
        [card] = cards(watched)
        old = {"type": "button", "action_id": "incident.snooze", "value": "1",
               "text": {"type": "plain_text", "text": "Snooze 1 h"}}  # fmt: skip
        async with aiohttp.ClientSession() as session:
            slack = watched.slack
            web = AsyncWebClient(slack.bot_token, base_url=slack.url, session=session)
            blocks = [{"type": "actions", "elements": [old]}]
            await web.chat_postMessage(channel=card.channel.id, text="old", blocks=blocks)
        await play.clicks("ben", cards(watched)[-1], "incident.snooze")

        [one] = await incidents(play)
        assert one.snoozed_until is not None
        assert abs(one.snoozed_until - watched.now() - HOUR * SECOND) < 60 * SECOND


async def test_the_card_says_what_happened_before_it_and_what_of_that_is_not_known(
    watched: Stage,
) -> None:
    async with watched.bot(WATCHED) as play:
        await passes(play)
        await play.types("/rds reboot orders-staging --reason drill")
        await play.later(5 * MINUTE, steps=10)
        fires(watched)
        await passes(play)
        assert "Before it: " in flat(cards(watched)[0])
        assert "RDS-1001 reboot" in flat(cards(watched)[0])

        fires(watched, state="OK")
        await passes(play)
        await passes(play, HOUR)
        watched.aws.fault("rds:DescribeEvents", "denied", times=None)
        fires(watched)
        await passes(play)
        assert "RDS events not known" in flat(cards(watched)[1])


async def test_what_comes_back_a_hundred_times_fills_no_thread(watched: Stage) -> None:
    async with watched.bot(WATCHED) as play:
        for _ in range(12):
            for state in ("ALARM", "OK"):
                fires(watched, state=state)
                watched.clock.advance(MINUTE)
                await play.bot.jobs.run("watch")
        await everything_is_told(play.bot)

        assert ", 11 more," in flat(cards(watched)[0])
        assert len([it for it in notes(watched) if "Again " in it]) == 4


async def test_what_the_policy_denies_is_offered_as_a_request_to_cloudops(stage: Stage) -> None:
    stage.aws.seed_alarms([AlarmSpec("prod-cpu", "orders-prod", "CPUUtilization", 80.0)])
    async with stage.bot(WATCHED) as play:
        fires(stage, "prod-cpu")
        await passes(play)
        [card] = cards(stage)
        assert "CloudOps request: snapshot… · CloudOps request: reboot…" in flat(card) or (
            "CloudOps request: reboot…" in str(card.blocks)
        )
        assert "'Reboot…'" not in str(card.blocks)

        await play.clicks("ben", card, "form.open.reboot_instance")
        form = await stage.slack.member("ben").sees_modal("Reboot")
        assert "I-1: CPU utilization above 80 %" in str(form.blocks)


SHOP = tuple(
    AlarmSpec(f"shop-{number}", f"shop-staging-{number}", "CPUUtilization", 80.0)
    for number in (1, 2)
)


def also(stage: Stage, number: int) -> str:
    """What the card of that incident says of others, each of them a link to its card."""
    every = {f"I-{count}": one for count, one in enumerate(cards(stage), 1)}
    card = every[f"I-{number}"]
    said = re.search(r"Also [^.]*\.", flat(card))
    for name, link in links_in(card).items():
        assert permalink_of(every[name]) in link
    return said[0] if said else ""


async def test_incidents_of_one_cluster_name_each_other_until_they_end(stage: Stage) -> None:
    stage.aws.seed_alarms([*SHOP, CPU])
    async with stage.bot(WATCHED) as play:
        await passes(play)
        for alarm in (*SHOP, CPU):
            fires(stage, alarm.name)
            await passes(play)
        named = "Also firing on this cluster: I-2.", "Also firing on this cluster: I-1.", ""
        assert tuple(also(stage, number) for number in (1, 2, 3)) == named
        assert list(links_in(cards(stage)[0])) == ["I-2"]

        fires(stage, "shop-2", state="OK")
        await passes(play)
        assert tuple(also(stage, number) for number in (1, 2, 3)) == ("", "", "")

        fires(stage, "shop-2")  # so soon after, it had not ended
        await passes(play)
        assert tuple(also(stage, number) for number in (1, 2, 3)) == named
        assert await actions(play) == ["started"] * 3 + ["ended", "reopened"]
