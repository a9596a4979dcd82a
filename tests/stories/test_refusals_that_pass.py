"""AWS takes a call not now, and proves it: what people agreed to waits, and is tried again."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from bot.values import Status
from tests.conftest import CONFIG
from tests.crossed import crossed, sampled
from tests.stories.stage import Play, Stage
from tests.stories.test_faults_aws import COMMANDS, REBOOT, SNAPSHOT

#: Codes with which AWS says so, by the status that it answers with.
CODES = [
    ("Throttling", 400),
    ("ThrottlingException", 400),
    ("RequestLimitExceeded", 503),
    ("TooManyRequestsException", 429),
    ("SlowDown", 503),
    ("ExpiredToken", 403),
    ("RequestExpired", 400),
    ("InvalidDBInstanceState", 400),
    ("InvalidDBClusterStateFault", 400),
]


async def refusals(play: Play, number: int = 1001) -> list[str]:
    """The codes of all attempts that AWS refused, oldest first."""
    rows = await play.bot.services.store.audit.rows(request_id=number, action="step.refused")
    return [row.event.facts["code"] for row in rows][::-1]


@pytest.mark.parametrize(("call", "refusal"), crossed(COMMANDS, CODES))
async def test_what_aws_refuses_for_now_waits_and_is_sent_again(
    stage: Stage, call: str, refusal: tuple[str, int]
) -> None:
    code, status = refusal
    stage.aws.fault(call, "code", times=2, code=code, status=status, message="Not just now")
    async with stage.bot() as play:
        await play.types(COMMANDS[call])
        waiting = await play.request()
        assert (waiting.status, waiting.step.sent_at) == (Status.APPROVED, None)
        await stage.slack.member("dora").sees(
            lambda it: code in it.words and "Not just now" in it.words and "expires" in it.words
        )

        await play.later(10 * 60, steps=30)

        assert (await play.request()).status is Status.SUCCEEDED
        assert await refusals(play) == [code, code]
    sessions = [one.session_name for one in stage.aws.calls(call)]
    assert sessions == ["rds-bot-1001-1", "rds-bot-1001-1-2", "rds-bot-1001-1-3"]


@pytest.mark.parametrize("struck", ["rds:DescribeDBInstances", "sts:AssumeRole", REBOOT])
async def test_a_clock_that_is_wrong_for_a_while_throws_nothing_away(
    any_stage: Stage, struck: str
) -> None:
    """AWS takes no signature by it, at the check as little as at the call."""
    async with any_stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-staging --failover")
        asked = await any_stage.slack.member("dora").sees(lambda it: it.actions)
        await play.clicks("dora", asked, "request.approve")
        wrong = any_stage.aws.fault(
            struck, "code", times=None, code="SignatureDoesNotMatch", status=403,
            message="Signature expired: 20261128T100000Z is now earlier than 20261128T125500Z",
        )  # fmt: skip
        await play.clicks("emil", asked, "request.approve")
        assert (await play.request()).status is Status.APPROVED
        any_stage.aws.mend(wrong)

        await play.later(600, steps=20)

        assert (await play.request()).status is Status.SUCCEEDED


async def test_two_approvals_of_the_night_are_not_thrown_away(any_stage: Stage) -> None:
    any_stage.aws.fault(REBOOT, "throttle")
    async with any_stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-staging --failover")
        asked = await any_stage.slack.member("dora").sees(lambda it: it.actions)
        await play.clicks("dora", asked, "request.approve")
        await play.clicks("emil", asked, "request.approve")
        assert (await play.request()).status is Status.APPROVED

        await play.later(600, steps=20)

        assert (await play.request()).status is Status.SUCCEEDED


async def test_what_aws_refuses_until_the_end_expires_with_awss_last_words(stage: Stage) -> None:
    stage.aws.fault(REBOOT, "throttle", times=None)
    async with stage.bot() as play:
        await play.types("/rds reboot orders-test")

        await play.later(62 * 60, steps=62 * 2)

        ended = await play.request()
        codes = await refusals(play)
        told = await stage.slack.member("ana").sees(lambda it: "expired" in it.text)
    assert ended.status is Status.EXPIRED
    assert ended.outcome is not None
    assert "Rate exceeded (Throttling)" in ended.outcome.detail
    assert "Throttling" in told.words
    assert set(codes) == {"Throttling"}
    assert 20 < len(codes) < 40  # ever more seldom, up to every two minutes


async def test_while_it_waits_whoever_asked_may_take_it_back(stage: Stage) -> None:
    stage.aws.fault(REBOOT, "throttle", times=None)
    async with stage.bot() as play:
        await play.types("/rds reboot orders-test")
        await play.types("/rds cancel RDS-1001")

        assert (await play.request()).status is Status.CANCELLED


@pytest.mark.parametrize("fault", sampled(["throttle", "expired", "reset", "500", "503"], quick=3))
async def test_without_credentials_for_the_step_nothing_is_noted_as_sent(
    stage: Stage, fault: str
) -> None:
    async with stage.bot() as play:
        struck = stage.aws.fault("sts:AssumeRole", fault, times=None)
        await play.types("/rds reboot orders-test")
        assert "step.sent" not in await play.actions()
        assert (await play.request()).status is Status.APPROVED
        stage.aws.mend(struck)

        await play.later(5 * 60, steps=10)

        assert (await play.request()).status is Status.SUCCEEDED
    assert [one.session_name for one in stage.aws.calls(REBOOT)] == ["rds-bot-1001-1"]


async def test_a_role_that_may_not_be_assumed_is_no_reason_to_wait(stage: Stage) -> None:
    async with stage.bot() as play:
        stage.aws.fault("sts:AssumeRole", "denied", times=None)
        await play.types("/rds reboot orders-test")

        ended = await play.request()
    assert ended.outcome is not None
    assert (ended.status, ended.outcome.code) == (Status.FAILED, "refused.AccessDenied")


OTHERS: dict[str, Callable[[Any], object]] = {
    "a reboot": lambda rds: rds.reboot_db_instance(DBInstanceIdentifier="orders-test"),
    "a snapshot": lambda rds: rds.create_db_snapshot(
        DBInstanceIdentifier="orders-test", DBSnapshotIdentifier="of-somebody"
    ),
}


@pytest.mark.parametrize("other", OTHERS)
async def test_what_aws_began_between_check_and_call_is_waited_for_and_not_taken_for_ours(
    stage: Stage, other: str
) -> None:
    """Its restart comes after our first attempt, and before our second."""
    stage.aws.fault(REBOOT, "code", code="InvalidDBInstanceState", message="It is not available")
    async with stage.bot() as play:
        await play.types("/rds reboot orders-test")
        await asyncio.to_thread(OTHERS[other], stage.aws.client("rds"))
        await play.later(16)
        assert (await play.request()).status is Status.APPROVED
        await stage.slack.member("dora").sees(lambda it: "needs it available" in it.words)

        await play.later(15 * 60, steps=60)

        ended = await play.request()
    assert ended.status is Status.SUCCEEDED
    assert len([one for one in stage.aws.calls(REBOOT) if one.answer == "ok"]) == 1
    assert ended.step.sent_at is not None
    assert all(event.at >= ended.step.sent_at for event in ended.step.events)


async def test_a_lost_answer_after_a_refusal_is_looked_for_under_its_own_name(stage: Stage) -> None:
    """CloudTrail holds the refused attempt too, and must not be taken to speak of the lost one."""
    stage.aws.fault(REBOOT, "throttle")
    stage.aws.fault(REBOOT, "lost")
    async with stage.bot() as play:
        await play.types("/rds reboot orders-test")

        await play.later(20 * 60, steps=80)

        assert (await play.request()).status is Status.SUCCEEDED
    assert len(stage.aws.calls(REBOOT)) == 2


async def test_a_busy_answer_that_never_passes_is_said_by_the_check(stage: Stage) -> None:
    stage.aws.fault(SNAPSHOT, "code", code="InvalidDBInstanceState", message="It is stopping")
    async with stage.bot() as play:
        await play.types("/rds snapshot orders-test")
        rds: Any = stage.aws.client("rds")
        await asyncio.to_thread(rds.stop_db_instance, DBInstanceIdentifier="orders-test")

        await play.later(60, steps=4)

        ended = await play.request()
    assert ended.outcome is not None
    assert (ended.status, ended.outcome.code) == (Status.FAILED, "changed.preflight")
