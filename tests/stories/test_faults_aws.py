"""AWS fails at the worst moments: what was sent is sent once, and the ending is the truth."""

import asyncio

import pytest

from bot.values import Status
from tests.crossed import crossed
from tests.stories.stage import LONG, Stage, until

REBOOT, SNAPSHOT, WINDOW = "rds:RebootDBInstance", "rds:CreateDBSnapshot", "rds:ModifyDBInstance"
COMMANDS = {
    REBOOT: "/rds reboot orders-test",
    SNAPSHOT: "/rds snapshot orders-test before-1",
    WINDOW: "/rds backup-window orders-test 22:00-23:00",
}


@pytest.mark.parametrize(
    ("fault", "call"), crossed(["lost", "500", "503", "timeout", "reset"], COMMANDS)
)
async def test_a_call_without_an_answer_is_never_repeated_and_its_outcome_found_out(
    stage: Stage, call: str, fault: str
) -> None:
    stage.aws.fault(call, fault, delay=0.2)
    async with stage.bot() as play:
        await play.types(COMMANDS[call])
        assert (await play.request()).status is Status.RUNNING

        await play.later(20 * 60, steps=20)

        ended = await play.request()
    assert ended.status is (Status.SUCCEEDED if fault == "lost" else Status.FAILED)
    assert len(stage.aws.calls(call)) == 1
    assert ended.outcome is not None
    assert ended.outcome.code == ("succeeded" if fault == "lost" else "not_sent")


@pytest.mark.parametrize(
    ("code", "call"),
    crossed(["AccessDenied", "InvalidParameterCombination", "SnapshotQuotaExceeded"], COMMANDS),
)
async def test_a_call_that_aws_refuses_for_good_fails_at_once_with_awss_words(
    stage: Stage, call: str, code: str
) -> None:
    stage.aws.fault(call, "code", code=code)
    async with stage.bot() as play:
        await play.types(COMMANDS[call])

        ended = await play.request()
    assert ended.status is Status.FAILED
    assert ended.outcome is not None
    assert ended.outcome.code == f"refused.{code}"
    assert "Nothing was done" in ended.outcome.detail
    assert len(stage.aws.calls(call)) == 1


@pytest.mark.parametrize("fault", ["throttle", "expired", "500", "reset"])
async def test_reads_that_fail_for_a_while_are_waited_out(stage: Stage, fault: str) -> None:
    async with stage.bot() as play:
        await play.types("/rds reboot orders-test")
        stage.aws.fault("rds:Describe*", fault, times=6)

        await play.later(15 * 60, steps=15)

        assert (await play.request()).status is Status.SUCCEEDED
    assert len(stage.aws.calls(REBOOT)) == 1


async def test_a_check_without_an_answer_is_tried_again_before_anything_is_sent(
    stage: Stage,
) -> None:
    async with stage.bot() as play:
        stage.aws.fault("rds:DescribeDBInstances", "slow", delay=0)  # the plan's
        stage.aws.fault("rds:DescribeDBInstances", "expired")  # the check's
        await play.types("/rds reboot orders-test")
        assert "request.check_postponed" in await play.actions()
        assert not stage.aws.calls(REBOOT)

        await play.later(16)

        assert len(stage.aws.calls(REBOOT)) == 1


async def test_an_unreachable_account_hides_no_other(stage: Stage) -> None:
    stage.aws.cut_off(account="210987654321")
    async with stage.bot() as play:
        await play.types("/rds list")
        listed = await stage.slack.member("ana").sees("orders-test")
        assert "analytics" in listed.words

        await play.types("/rds snapshot orders-test")
        await play.later(10 * 60, steps=20)

        assert (await play.request()).status is Status.SUCCEEDED


async def test_a_database_still_available_after_its_reboot_was_taken_is_not_rebooted_yet(
    stage: Stage,
) -> None:
    stage.aws.plan["reboot_db_instance"] = [("available", 30), ("rebooting", 10)]
    async with stage.bot() as play:
        await play.types("/rds reboot orders-test")
        await play.later(29)
        early = await play.request()
        await play.later(40, steps=2)
        done = await play.request()
    assert (early.status, done.status) == (Status.RUNNING, Status.SUCCEEDED)


async def test_a_reboot_that_ends_in_incompatible_parameters_fails(stage: Stage) -> None:
    stage.aws.will_end("reboot_db_instance", "incompatible-parameters", "orders-test")
    async with stage.bot() as play:
        await play.types("/rds reboot orders-test")
        await play.later(3 * 60, steps=6)

        ended = await play.request()
        assert ended.status is Status.FAILED
        assert ended.outcome is not None
        assert "incompatible-parameters" in ended.outcome.detail


async def test_a_snapshot_that_aws_cannot_complete_fails(stage: Stage) -> None:
    stage.aws.will_end("create_db_snapshot", "failed")
    async with stage.bot() as play:
        await play.types("/rds snapshot orders-test before-1")
        await play.later(10 * 60, steps=20)

        ended = await play.request()
        assert ended.status is Status.FAILED
        assert ended.outcome is not None
        assert "before-1 has status failed" in ended.outcome.detail


async def test_a_snapshot_name_taken_between_plan_and_send_is_not_sent(stage: Stage) -> None:
    async with stage.bot() as play:
        # the plan's and, for the card, the newest one's
        stage.aws.fault("rds:DescribeDBSnapshots", "slow", delay=0, times=2)
        check = stage.aws.fault("rds:DescribeDBSnapshots", "slow", delay=LONG)
        asking = asyncio.create_task(play.types("/rds snapshot orders-test before-1"))
        await until(lambda: check.times == 0)
        taken = stage.aws.client("rds")
        await asyncio.to_thread(
            taken.create_db_snapshot,
            DBInstanceIdentifier="orders-dev",
            DBSnapshotIdentifier="before-1",
        )
        stage.aws.release()
        await asking

        ended = await play.request()
    assert ended.status is Status.FAILED
    assert ended.outcome is not None
    assert ended.outcome.code == "changed.preflight"
    assert not stage.aws.calls(SNAPSHOT)
