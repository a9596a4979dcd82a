"""However long it takes and whoever else is at work: a request ends with the truth, or says so."""

import asyncio

from bot.sandbox.aws import MAIN, role_arn
from bot.sandbox.slack import Hang
from bot.values import Status
from tests.conftest import CONFIG
from tests.storage import raw
from tests.stories.asking import asks
from tests.stories.stage import FREE, LONG, Stage, until
from tests.stories.test_faults_aws import REBOOT, SNAPSHOT


async def test_somebody_elses_reboot_is_not_taken_for_ours_that_never_arrived(
    stage: Stage,
) -> None:
    stage.aws.fault(REBOOT, "reset")
    async with stage.bot() as play:
        await play.types("/rds reboot orders-test")
        outsider = stage.aws.client("rds")
        await asyncio.to_thread(outsider.reboot_db_instance, DBInstanceIdentifier="orders-test")

        await play.later(32 * 60, steps=16)

        ended = await play.request()
    assert ended.status is Status.UNKNOWN
    assert ended.outcome is not None
    assert "but CloudTrail does not show that it was ours" in ended.outcome.detail


async def test_that_a_call_never_arrived_is_said_when_cloudtrail_proves_it(stage: Stage) -> None:
    stage.aws.fault(REBOOT, "reset")
    async with stage.bot() as play:
        await play.types("/rds reboot orders-test")
        await play.later(15 * 60, steps=15)
        assert (await play.request()).status is Status.RUNNING

        await play.later(8 * 60, steps=8)

        ended = await play.request()
    assert ended.status is Status.FAILED
    assert ended.outcome is not None
    assert ended.outcome.code == "not_sent"
    assert "never arrived" in ended.outcome.detail


async def test_a_slow_change_says_so_and_is_followed_to_its_end(stage: Stage) -> None:
    stage.aws.plan["create_db_snapshot"] = [("creating", 600)]
    async with stage.bot() as play:
        await play.types("/rds snapshot orders-test before-1")
        await play.later(90, steps=3)
        await stage.slack.member("dora").sees("takes longer than expected")

        await play.later(900, steps=9)

        assert (await play.request()).status is Status.SUCCEEDED


async def test_past_its_horizon_it_is_unknown_keeps_its_lock_and_a_person_settles_it(
    stage: Stage,
) -> None:
    stage.aws.plan["reboot_db_instance"] = [("rebooting", 1e6)]
    config = FREE.replace("access:\n", "access:\n  admins: {users: [U0PAT00001]}\n")
    async with stage.bot(config) as play:
        await play.types("/rds reboot orders-test")
        await play.later(31 * 60, steps=10)
        assert (await play.request()).status is Status.UNKNOWN

        stage.aws.plan["reboot_db_instance"] = [("rebooting", 1)]
        await play.types("/rds settle RDS-1001 failed --reason 'it hangs'", who="ana")
        assert (await play.request()).status is Status.UNKNOWN
        await play.types("/rds settle RDS-1001 failed --reason 'it hangs'", who="pat")

        ended = await play.request()
    assert ended.status is Status.FAILED
    assert ended.step.settled_at is not None


async def test_what_is_unknown_heals_when_evidence_comes_after_all(stage: Stage) -> None:
    stage.aws.plan["reboot_db_instance"] = [("rebooting", 45 * 60)]
    async with stage.bot() as play:
        await play.types("/rds reboot orders-test")
        await play.later(32 * 60, steps=8)
        assert (await play.request()).status is Status.UNKNOWN

        await play.later(20 * 60, steps=10)

        assert (await play.request()).status is Status.SUCCEEDED


async def test_a_change_waits_for_the_one_before_it_and_says_for_which(stage: Stage) -> None:
    async with stage.bot() as play:
        await play.types("/rds snapshot orders-test before-1")
        await play.types("/rds backup-window orders-test 22:00-23:00", who="ben")
        waiting = await play.request(1002)
        assert (waiting.status, waiting.waits_for) == (Status.APPROVED, 1001)
        await stage.slack.member("dora").sees(lambda it: "waits for RDS-1001" in it.text)

        await play.later(15 * 60, steps=30)

        assert (await play.request(1001)).status is Status.SUCCEEDED
        assert (await play.request(1002)).status is Status.SUCCEEDED


async def test_a_change_behind_an_unknown_one_expires_unsent_and_one_after_settling_runs(
    stage: Stage,
) -> None:
    stage.aws.plan["reboot_db_instance"] = [("available", 1e6)]
    async with stage.bot() as play:
        await play.types("/rds reboot orders-test")
        await play.later(31 * 60, steps=4)
        await play.types("/rds snapshot orders-test behind")
        await play.later(61 * 60, steps=3)
        assert (await play.request(1002)).status is Status.EXPIRED
        assert not stage.aws.calls(SNAPSHOT)

        await play.types("/rds settle RDS-1001 failed --reason 'nothing came'", who="dora")
        await play.types("/rds snapshot orders-test after")

        assert (await play.request(1003)).step.sent_at is not None


async def test_settling_while_the_bot_looks_frees_the_lock_for_good(stage: Stage) -> None:
    stage.aws.plan["reboot_db_instance"] = [("available", 3000), ("rebooting", 1e6)]
    async with stage.bot() as play:
        await play.types("/rds reboot orders-test")
        await play.later(31 * 60, steps=4)
        assert (await play.request()).status is Status.UNKNOWN
        stage.clock.advance(3000)
        look = stage.aws.fault("rds:DescribeDBInstances", "slow", delay=LONG)
        looking = asyncio.create_task(play.bot.jobs.run("follow"))
        await until(lambda: look.times == 0)

        await asks(stage.slack.member("dora"), "/rds settle RDS-1001 failed --reason 'seen'")
        stage.aws.release()
        await looking

        settled = await play.request()
    assert settled.status is Status.FAILED
    assert settled.step.settled_at is not None


async def test_a_bot_that_was_down_too_long_does_not_send_what_was_approved(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-test")
        stage.slack.faults.add("users.info", Hang(5), times=None)
        await play.bot.executor.stop(0)
        stage.slack.faults.clear()
        await play.types("/rds approve RDS-1001", who="dora")
        assert (await play.request()).status is Status.APPROVED

    stage.clock.advance(61 * 60)
    async with stage.bot(CONFIG) as play:
        await play.later(30)

        ended = await play.request()
    assert ended.status is Status.EXPIRED
    assert not stage.aws.calls(REBOOT)


async def test_a_check_that_ends_after_the_time_to_send_sends_nothing(stage: Stage) -> None:
    async with stage.bot() as play:
        stage.aws.fault("rds:DescribeDBInstances", "slow", delay=0)  # the plan's
        check = stage.aws.fault("rds:DescribeDBInstances", "slow", delay=LONG)
        asking = asyncio.create_task(play.types("/rds reboot orders-test"))
        await until(lambda: check.times == 0)
        stage.clock.advance(61 * 60)
        stage.aws.release()
        await asking

        await play.later(20, steps=2)

        ended = await play.request()
    assert ended.status is Status.EXPIRED
    assert not stage.aws.calls(REBOOT)


async def test_an_account_that_is_no_longer_configured_does_not_leave_a_request_running_for_ever(
    stage: Stage,
) -> None:
    stage.aws.plan["reboot_db_instance"] = [("available", 1e6)]
    async with stage.bot() as play:
        await play.types("/rds reboot orders-test")

    lines = FREE.splitlines(keepends=True)
    fewer = "".join(
        line for line in lines if "us-east-1" not in line and "123456789012" not in line
    )
    async with stage.bot(fewer) as play:
        await play.later(32 * 60, steps=3)

        assert (await play.request()).status is Status.UNKNOWN


async def test_what_is_looked_at_rarely_misses_no_event_that_another_look_has_read_past(
    stage: Stage,
) -> None:
    patient = FREE.replace("interval: 200ms, timeout: 1m", "interval: 30s, timeout: 5m")
    async with stage.bot(patient) as play:
        stage.aws.plan["reboot_db_instance"] = [("available", 330), ("rebooting", 10)]
        await play.types("/rds reboot orders-test")
        await play.later(301)  # from now on it is looked at every two minutes
        stage.aws.plan["reboot_db_instance"] = [("available", 6), ("rebooting", 40)]
        await play.types("/rds reboot orders-dev")

        await play.later(110, steps=3)

        assert (await play.request(1001)).status is Status.SUCCEEDED


async def test_without_a_role_a_lost_reboot_that_leaves_no_trace_ends_unknown(
    stage: Stage,
) -> None:
    stage.aws.fault(REBOOT, "reset")
    own = FREE.replace(f'role_arn: "{role_arn(MAIN)}"', "role_arn: null")
    async with stage.bot(own) as play:
        await play.types("/rds reboot orders-test")

        await play.later(31 * 60, steps=8)

        ended = await play.request()
    assert ended.status is Status.UNKNOWN
    assert ended.step.settled_at is None
    assert len(stage.aws.calls(REBOOT)) == 1


async def test_a_move_before_the_send_is_no_proof_of_the_failover(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-staging --failover")
        asked = await stage.slack.member("dora").sees(lambda it: it.actions)
        outsider = stage.aws.client("rds")
        await asyncio.to_thread(
            outsider.reboot_db_instance, DBInstanceIdentifier="orders-staging", ForceFailover=True
        )
        stage.clock.advance(300)
        stage.aws.plan["failover"] = [("available", 120), ("rebooting", 60)]
        await play.clicks("dora", asked, "request.approve")
        await play.clicks("emil", asked, "request.approve")

        await play.later(60, steps=6)
        early = await play.request()
        await play.later(600, steps=10)

        assert early.status is Status.RUNNING
        assert (await play.request()).status is Status.SUCCEEDED


async def test_what_the_bot_can_no_longer_do_ends_as_unknown_and_can_be_settled(
    stage: Stage,
) -> None:
    stage.aws.plan["reboot_db_instance"] = [("rebooting", 7200)]
    async with stage.bot() as play:
        await play.types("/rds reboot orders-test")
        await raw.execute(stage.home.database_url, "UPDATE steps SET operation = 'of_old'")

        await play.later(2 * 3600, steps=4)

        assert (await play.request()).status is Status.UNKNOWN
