"""Before and after: in the thread of its card a change is told how the database does since."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.sandbox.aws import AWSSandbox, Lapse
from bot.sandbox.aws.clock import SOME_MORNING, HeldClock
from bot.sandbox.slack import Lost, SeenMessage
from bot.values import Status, Window
from tests.stories.asking import everything_is_told, flat, told_on_click
from tests.stories.stage import Play, Stage

MINUTE, HOUR = 60.0, 3600.0


@pytest.fixture(autouse=True)
def morning(held_aws: AWSSandbox) -> None:
    """Each story begins at the same minute, so that its figures are always the same."""
    assert isinstance(held_aws.clock, HeldClock)
    held_aws.clock.advance(SOME_MORNING - held_aws.clock())


async def ended(play: Play, line: str) -> None:
    """A change that is asked for, carried out and found to be done."""
    await play.types(line)
    await play.later(300, steps=5)
    assert (await play.request()).status is Status.SUCCEEDED
    await everything_is_told(play.bot)


async def reboot(play: Play, name: str = "orders-test") -> None:
    await ended(play, f"/rds reboot {name} --reason 'new parameter group'")


async def minutes(play: Play, count: float) -> None:
    """Time passes; then the bot looks back, and tells what it saw."""
    play.stage.clock.advance(count * MINUTE)
    await play.bot.jobs.run("look_back")
    await everything_is_told(play.bot)


def told(stage: Stage) -> list[SeenMessage]:
    """What was said of it since, oldest first."""
    messages = stage.slack.member("ana").messages()
    return [it for it in messages if "after RDS-1001:" in it.words]


def shows_a_picture(seen: SeenMessage) -> bool:
    return any(block["type"] == "image" for block in seen.blocks)


async def test_a_change_is_looked_back_at_in_its_thread(any_stage: Stage) -> None:
    async with any_stage.bot() as play:
        await reboot(play)
        await minutes(play, 5)
        assert told(any_stage) == []

        await minutes(play, 10)
        await minutes(play, 1)

        [seen] = told(any_stage)
        card = (await play.request()).card
        assert card is not None
        assert seen.thread_ts == card.ts
        assert "orders-test 15 minutes after RDS-1001: as before" in flat(seen)
        assert "as before CPU " in flat(seen)
        assert "@" not in seen.words
        await play.stage.slack.member("ana").sees(
            lambda it: it.ts == seen.ts and shows_a_picture(it), within=30
        )


async def test_who_asked_is_called_where_it_got_worse(stage: Stage) -> None:
    async with stage.bot() as play:
        await reboot(play, "orders-staging")
        await minutes(play, 16)
        [seen] = told(stage)
        dora = stage.slack.member("dora")
        events = await told_on_click(dora, seen, "query.run.aftermath.events")

    assert "DB instance restarted" in flat(events)
    assert "orders-staging 15 minutes after RDS-1001: worse than before" in flat(seen)
    assert "@ana, please look: Read latency rose from" in flat(seen)
    assert "[Chart] [Top load] [Logs] [Events]" in flat(seen)


async def test_what_was_changed_again_since_is_not_blamed_on_the_first_change(
    stage: Stage,
) -> None:
    async with stage.bot() as play:
        await ended(play, "/rds backup-window orders-staging 22:00-23:00")
        await play.types("/rds reboot orders-staging --reason 'new parameter group'")
        await play.later(300, steps=5)
        await minutes(play, 16)
        messages = stage.slack.member("ana").messages()
        first, second = (
            next(it for it in messages if f"after {label}: worse" in it.words)
            for label in ("RDS-1001", "RDS-1002")
        )

    assert "It was changed again since, so this may come of RDS-1002 reboot." in flat(first)
    assert "please look" not in flat(first)
    assert "changed again" not in flat(second)
    assert "@ana, please look: " in flat(second)


def archive(stage: Stage) -> None:
    stage.slack.workspace.archive("databases")


def remove_card(stage: Stage) -> None:
    [card] = [it for it in stage.slack.member("ana").messages() if "· RDS-1001," in it.text]
    message = stage.slack.world.messages.find(card.channel.id, card.ts)
    assert message is not None
    stage.slack.world.erase(message)


@pytest.mark.parametrize(("vanish", "is_direct"), [(archive, True), (remove_card, False)])
async def test_where_the_card_is_gone_it_is_told_in_the_channel_else_directly(
    stage: Stage, vanish: Callable[[Stage], None], is_direct: bool
) -> None:
    async with stage.bot() as play:
        await reboot(play)
        vanish(stage)
        await minutes(play, 16)
        [seen] = told(stage)

    assert seen.channel.is_im is is_direct
    assert seen.thread_ts is None


async def test_a_restart_in_between_tells_it_once(stage: Stage) -> None:
    async with stage.bot() as play:
        await reboot(play)
        await minutes(play, 16)
    async with stage.bot() as play:
        await minutes(play, 1)
        assert len(told(stage)) == 1

        await minutes(play, 44)

        assert "60 minutes after RDS-1001" in flat(told(stage)[-1])
        assert len(told(stage)) == 2


async def test_what_is_late_is_said_and_what_is_stale_is_left_out(stage: Stage) -> None:
    async with stage.bot() as play:
        await reboot(play)
    stage.clock.advance(6.5 * HOUR)
    async with stage.bot() as play:
        await minutes(play, 0)

    [seen] = told(stage)
    assert "60 minutes after RDS-1001" in flat(seen)
    assert "This comes late: it was due" in flat(seen)


async def test_a_snapshot_that_harms_nothing_is_not_talked_about(stage: Stage) -> None:
    async with stage.bot() as play:
        await ended(play, "/rds snapshot orders-test --reason nightly")
        await minutes(play, 16)
        await minutes(play, 60)

    assert told(stage) == []


async def test_figures_that_cannot_be_read_are_asked_for_again_and_then_missed(
    stage: Stage,
) -> None:
    async with stage.bot() as play:
        await reboot(play)
        stage.aws.fault("cloudwatch:*", "code", code="AccessDenied", status=403, times=None)
        await minutes(play, 16)
        await minutes(play, 29)
        assert told(stage) == []

        await minutes(play, 2)

    [seen] = told(stage)
    assert "15 minutes after RDS-1001: it could not be looked at" in flat(seen)
    assert "AWS says AccessDenied" in flat(seen)


def card_of(stage: Stage) -> SeenMessage:
    [card] = [
        it
        for it in stage.slack.member("ana").messages("databases")
        if "RDS-1001" in it.words and not it.ephemeral and it.thread_ts in (None, it.ts)
    ]
    return card  # fmt: skip


async def answers(play: Play, line: str) -> str:
    await play.types(line)
    answers = [it for it in play.stage.slack.member("ana").messages("databases") if it.ephemeral]
    return flat(answers[-1])


async def home(play: Play) -> str:
    assert await play.stage.slack.member("ana").opens_home()
    await play.told()
    seen = play.stage.slack.member("ana").home()
    assert seen is not None
    return flat(seen)


async def test_what_did_worse_afterwards_loses_its_green_mark_wherever_it_stands(
    stage: Stage,
) -> None:
    async with stage.bot() as play:
        await reboot(play, "orders-staging")
        assert "✅" in flat(card_of(stage))
        await minutes(play, 16)
        card, listed = card_of(stage), await answers(play, "/rds requests --all")
        status, seen = await answers(play, "/rds status RDS-1001"), await home(play)

    assert "✅" not in flat(card)
    assert re.search(r"⚠️ worse 15 min later: read latency [\d.]+ → [\d.]+ ms", flat(card))
    assert "succeeded, worse 15 min later" in listed
    assert "succeeded, worse 15 min later" in status
    assert "Read latency rose from" in status
    assert ", worse 15 min later" in seen
    assert "⚠" in seen.partition("Recently finished")[2]


async def test_what_nobody_can_judge_is_said_on_the_card_too(any_stage: Stage) -> None:
    async with any_stage.bot() as play:
        await reboot(play)
        any_stage.aws.lapse(Lapse("CPUUtilization", status="InternalError", share=0))
        await minutes(play, 16)
        await minutes(play, 29)
        assert told(any_stage) == []

        await minutes(play, 2)
        [seen] = told(any_stage)
        card = card_of(any_stage)

    assert "nobody can tell how it does, as not all could be read" in flat(seen)
    assert "Could not be read: CPU. CloudWatch had an error" in flat(seen)
    assert "not known how it does 15 min later" in flat(card)
    assert "not known how it does 15 min later: " in flat(card)


async def test_what_can_be_read_again_in_time_is_judged(stage: Stage) -> None:
    async with stage.bot() as play:
        await reboot(play)
        stage.aws.lapse(Lapse("CPUUtilization", is_left_out=True))
        await minutes(play, 16)
        assert told(stage) == []
        stage.aws.mend_figures()
        await minutes(play, 5)
        [seen] = told(stage)

    assert "15 minutes after RDS-1001: as before" in flat(seen)
    assert "not known" not in flat(card_of(stage))


async def test_a_snapshot_of_which_nothing_could_be_read_says_so_on_its_card_alone(
    stage: Stage,
) -> None:
    async with stage.bot() as play:
        await ended(play, "/rds snapshot orders-test --reason nightly")
        await minutes(play, 16)
        stage.aws.fault("cloudwatch:*", "denied", times=None)
        await minutes(play, 60)
        await minutes(play, 31)

    assert told(stage) == []
    assert "not known how it does 60 min later" in flat(card_of(stage))
    assert "AWS says AccessDenied" in flat(card_of(stage))


async def test_a_member_whose_events_cannot_be_read_hides_none_of_the_others(
    stage: Stage,
) -> None:
    async with stage.bot() as play:
        inventory = play.bot.services.fleet.last_seen
        cluster = next(one for one in inventory.databases if len(inventory.instances_of(one)) > 1)
        for member in inventory.instances_of(cluster):
            stage.aws.client("rds").reboot_db_instance(DBInstanceIdentifier=member.name)
        stage.clock.advance(5 * MINUTE)
        stage.aws.fault("rds:DescribeEvents", "code", code="AccessDenied")
        window = Window.ending(stage.now(), 3600, 60)

        assert await play.bot.services.markers.of(cluster, window)


async def test_a_picture_of_metrics_marks_the_change(stage: Stage) -> None:
    async with stage.bot() as play:
        await reboot(play)
        events = stage.aws.fault("rds:DescribeEvents", "code", code="AccessDenied", times=None)
        await play.types("/rds metrics orders-test --range 3h")
        seen = await stage.slack.member("ana").sees(
            lambda it: it.channel.is_im and shows_a_picture(it), within=30
        )
        stage.aws.mend(events)

    assert "Marked: RDS-1001 reboot at " in flat(seen)


def told_in_channel(stage: Stage) -> list[SeenMessage]:
    return [it for it in told(stage) if it.message.broadcast]


async def test_the_first_time_that_it_is_worse_the_channel_hears_of_it_once_with_the_way_back(
    any_stage: Stage,
) -> None:
    stage = any_stage
    app = stage.slack.workspace.app
    stage.slack.workspace.app = replace(app, scopes=(*app.scopes, "channels:history"))
    async with stage.bot() as play:
        await ended(play, "/rds reboot orders-staging --failover --reason drill")
        # Slack takes it and its answer is lost: it must not stand there twice.
        stage.slack.faults.add("chat.postMessage", Lost(), where=lambda it: "reply_broadcast" in it)
        stage.clock.advance(16 * MINUTE)
        await play.bot.jobs.run("look_back")
        await play.told()
    async with stage.bot() as play:
        stage.clock.advance(45 * MINUTE)
        await play.bot.jobs.run("look_back")
        await play.told()
        [seen] = told_in_channel(stage)
        card = card_of(stage)
        ben = stage.slack.member("ben")
        await ben.clicks(card, "form.open.reboot_instance")
        form = await ben.sees_modal("Reboot")

    assert len(told(stage)) == 2
    assert seen.message.thread_ts == card.ts
    assert "@ana, please look: " in flat(seen)
    assert "[Fail over again…]" in flat(seen)
    assert "[Fail over again…] [Compare with last week]" in flat(card)
    assert "☑" in form.words
    assert "RDS-1001 made it worse" in form.words
