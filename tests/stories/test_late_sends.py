"""Time passes between the check, the note that a call leaves, and the call: then it does not."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from bot.values import Status
from tests.crossed import crossed
from tests.stories.held_up import HeldUp
from tests.stories.stage import FREE, Stage, until
from tests.stories.test_faults_aws import COMMANDS, REBOOT, SNAPSHOT

HOUR = 3600.0


@pytest.fixture
def held_up(stage: Stage) -> HeldUp:
    return HeldUp.on(stage)


#: Seconds by which the wall clock and the steady one go on, and what that is.
GAPS = {
    "stopped": (150.0, 150.0),
    "suspended": (150.0, 0.0),
    "stopped while its clock was put back": (0.0, 150.0),
    "its clock put back": (-3 * HOUR, 0.0),
    "its clock put on": (3 * HOUR - 1, 0.0),
    "a busy machine": (6.0, 6.0),
}


@pytest.mark.parametrize(("call", "gap"), crossed(COMMANDS, GAPS))
async def test_a_call_that_would_come_too_late_is_not_made_and_says_so(
    held_up: HeldUp, call: str, gap: str
) -> None:
    held_up.hold(lambda: held_up.sleeps(*GAPS[gap]))
    async with held_up.bot(patient()) as play:
        await play.types(COMMANDS[call])

        waiting = await play.request()
        assert (waiting.status, waiting.step.sent_at) == (Status.APPROVED, None)
        assert not held_up.aws.calls(call)
        assert (await play.actions())[-1] == "step.refused"
        await held_up.slack.member("dora").sees(lambda it: "held up for" in it.words)

        await play.later(20 * 60, steps=40)

        assert (await play.request()).status is Status.SUCCEEDED
    assert len(held_up.aws.calls(call)) == 1


def patient() -> str:
    """A day to send it in, whatever the clocks do."""
    return FREE.replace("  rules:", "  send_within: 24h\n  rules:")


async def test_a_moment_between_note_and_call_is_no_reason_not_to_make_it(held_up: HeldUp) -> None:
    held_up.hold(lambda: held_up.sleeps(2, 2))
    async with held_up.bot() as play:
        await play.types("/rds reboot orders-test")

        assert (await play.request()).step.accepted_at is not None
    assert len(held_up.aws.calls(REBOOT)) == 1


def concludes(stage: Stage, sql: str) -> None:
    """It waits for whoever writes: in a thread where that may be the bot of this very loop."""
    with closing(sqlite3.connect(stage.home.folder / "bot.db")) as stored, stored:
        stored.execute(sql)


@pytest.mark.parametrize(
    ("conclusion", "expected"),
    [
        ("UPDATE requests SET status = 'unknown', version = version + 1", Status.FAILED),
        ("UPDATE requests SET status = 'failed', version = version + 1", Status.FAILED),
        ("UPDATE requests SET status = 'succeeded', version = version + 1", Status.SUCCEEDED),
        ("UPDATE steps SET accepted_at = sent_at + 1", Status.RUNNING),
        ("UPDATE steps SET fence = fence + 1", Status.RUNNING),
    ],
)
async def test_whoever_comes_too_late_lets_stand_what_others_concluded(
    held_up: HeldUp, conclusion: str, expected: Status
) -> None:
    def happens() -> None:
        held_up.sleeps(150, 150)
        concludes(held_up, conclusion)

    held_up.hold(happens)
    async with held_up.bot() as play:
        await play.types("/rds reboot orders-test")

        ended = await play.request()
        assert (await play.actions()).count("step.sent") == 1
        assert "step.refused" in await play.actions()
    assert ended.status is expected
    assert ended.step.sent_at is not None
    if "unknown" in conclusion:  # whoever knows tells who could not
        assert ended.outcome is not None
        assert ended.outcome.detail.startswith("I was held up for 150 s right before the call")
    assert not held_up.aws.calls(REBOOT)


@pytest.mark.parametrize(("wall", "steady"), [(150.0, 150.0), (25.0, 0.0), (0.0, 25.0)])
async def test_what_was_checked_too_long_ago_is_checked_again(
    stage: Stage, wall: float, steady: float
) -> None:
    ticks = [0.0]
    stage = replace(stage, steady=lambda: ticks[0])
    async with stage.bot() as play:
        slow = stage.aws.fault("sts:AssumeRole", "slow", delay=60)
        asking = asyncio.create_task(play.types("/rds reboot orders-test"))
        await until(lambda: slow.times == 0)
        stage.clock.advance(wall)
        ticks[0] += steady
        stage.aws.release()
        await asking

        assert (await play.actions())[-1] == "request.check_postponed"
        assert "step.sent" not in await play.actions()
        reads = len(stage.aws.calls("rds:DescribeDBInstances"))
        await play.later(16)

        assert len(stage.aws.calls("rds:DescribeDBInstances")) > reads
        assert (await play.request()).step.sent_at is not None
    assert len(stage.aws.calls(REBOOT)) == 1


@pytest.mark.parametrize("wall", [-3 * HOUR, 150.0, 3 * HOUR])
async def test_nobody_concludes_anything_while_the_answer_is_awaited(
    stage: Stage, wall: float
) -> None:
    """The clock is set while the call is on its way: its lease looks over, and AWS has nothing."""
    call = stage.aws.fault(SNAPSHOT, "timeout", delay=60)
    async with stage.bot() as play:
        asking = asyncio.create_task(play.types("/rds snapshot orders-test before-1"))
        await until(lambda: call.times == 0)
        stage.clock.advance(wall)
        await play.bot.jobs.run("follow")

        assert (await play.request()).status is Status.RUNNING
        assert (await play.actions())[-1] == "step.sent"
        stage.aws.release()
        await asking

        assert "step.answer_lost" in await play.actions()


@pytest.mark.parametrize("ending", ["available", "failed"])
async def test_a_look_at_an_attempt_that_is_over_says_nothing_of_the_next(
    stage: Stage, ending: str
) -> None:
    """Whoever looks slowly finds that the request was given back and claimed anew meanwhile."""
    stage.aws.will_end("create_db_snapshot", ending)
    async with stage.bot() as play:
        await play.types("/rds snapshot orders-test before-1")
        stage.clock.advance(300)
        look = stage.aws.fault("rds:DescribeDBSnapshots", "slow", delay=60)
        looking = asyncio.create_task(play.bot.jobs.run("follow"))
        await until(lambda: look.times == 0)
        await asyncio.to_thread(concludes, stage, "UPDATE steps SET fence = fence + 1")
        stage.aws.release()
        await looking

        assert (await play.request()).status is Status.RUNNING
