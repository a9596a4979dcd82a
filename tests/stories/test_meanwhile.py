"""What changes between the request, the click and the send."""

import asyncio
from typing import Any

import pytest

from bot.sandbox.slack import SeenMessage
from bot.values import Status
from tests.conftest import CONFIG
from tests.stories.stage import FREE, Stage, meanwhile

CALL = "rds:RebootDBInstance"
TEST_ARN = "arn:aws:rds:us-east-1:123456789012:db:orders-test"
CLUSTER_ARN = "arn:aws:rds:us-east-1:123456789012:cluster:search-test"


async def card(stage: Stage) -> SeenMessage:
    return await stage.slack.member("dora").sees(lambda it: "needs" in it.text and it.actions)


async def tagged(stage: Stage, arn: str, environment: str) -> None:
    tags = [{"Key": "Environment", "Value": environment}]
    rds: Any = stage.aws.client("rds")
    await asyncio.to_thread(rds.add_tags_to_resource, ResourceName=arn, Tags=tags)


async def test_who_left_the_group_between_card_and_click_does_not_count(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-test")
        asked = await card(stage)
        stage.slack.workspace.leave_group("dbas", "dora")

        await play.clicks("dora", asked, "request.approve")

        assert (await play.request()).status is Status.PENDING
        await stage.slack.member("dora").sees(
            lambda it: it.ephemeral and "Only approvers" in it.text
        )
        assert (await play.actions())[-1] == "vote.refused"


async def test_who_left_the_group_between_the_first_and_the_last_approval_no_longer_counts(
    stage: Stage,
) -> None:
    stage.slack.workspace.join_group("dbas", "pat")
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-staging --failover")
        asked = await card(stage)
        await play.clicks("dora", asked, "request.approve")
        stage.slack.workspace.leave_group("dbas", "dora")

        await play.clicks("emil", asked, "request.approve")
        assert (await play.request()).status is Status.PENDING
        await play.clicks("pat", asked, "request.approve")

        assert (await play.request()).status is Status.RUNNING


async def test_who_left_between_approval_and_send_no_longer_counts(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-test")
        asked = await card(stage)
        stage.aws.fault("rds:DescribeDBInstances", "expired")
        await play.clicks("dora", asked, "request.approve")
        assert "request.check_postponed" in await play.actions()
        stage.slack.workspace.deactivate("dora")

        await play.later(20)

        ended = await play.request()
    assert ended.outcome is not None
    assert (ended.status, ended.outcome.code) == (Status.FAILED, "changed.approvers")
    assert not stage.aws.calls(CALL)


async def test_a_tag_that_turns_production_stops_it_at_the_send_and_the_change_is_shown(
    stage: Stage,
) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-test")
        asked = await card(stage)
        await tagged(stage, TEST_ARN, "production")

        await play.clicks("dora", asked, "request.approve")

        ended = await play.request()
        assert ended.status is Status.FAILED
        shown = await stage.slack.member("ana").sees(lambda it: "nothing was sent" in it.text)
        assert "production" in shown.words
        assert "CloudOps" in shown.words
    assert not stage.aws.calls(CALL)


async def test_a_tag_that_turns_the_cluster_production_stops_its_member_too(stage: Stage) -> None:
    async with stage.bot(FREE) as play:
        await tagged(stage, CLUSTER_ARN, "production")

        await play.types("/rds reboot search-test-1")

    assert not stage.aws.calls(CALL)


async def test_another_database_of_the_same_name_is_not_rebooted(stage: Stage) -> None:
    stage.aws.plan["delete_db_instance"] = [("deleting", 1)]
    stage.aws.plan["create_db_instance"] = [("creating", 1)]
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-test")
        asked = await card(stage)
        rds: Any = stage.aws.client("rds")
        name = {"DBInstanceIdentifier": "orders-test"}
        await asyncio.to_thread(rds.delete_db_instance, **name, SkipFinalSnapshot=True)
        stage.clock.advance(2)
        await asyncio.to_thread(
            rds.create_db_instance, **name, Engine="postgres", DBInstanceClass="db.t4g.medium",
            AllocatedStorage=20, MasterUsername="dba", MasterUserPassword="not-a-secret",
            Tags=[{"Key": "Environment", "Value": "test"}],
        )  # fmt: skip
        stage.clock.advance(2)

        await play.clicks("dora", asked, "request.approve")

        ended = await play.request()
    assert ended.outcome is not None
    assert (ended.status, ended.outcome.code) == (Status.FAILED, "changed.resource")


@pytest.mark.parametrize(("seconds", "counts"), [(-1, True), (0, False), (3600, False)])
async def test_a_click_counts_before_the_request_expires_and_not_then_or_later(
    stage: Stage, seconds: int, counts: bool
) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-test")
        asked = await card(stage)
        stage.clock.advance(72 * 3600 + seconds)

        await play.clicks("dora", asked, "request.approve")

        assert (await play.request()).status is (Status.RUNNING if counts else Status.EXPIRED)
        if not counts:
            await stage.slack.member("dora").sees(lambda it: it.ephemeral and "expired" in it.text)


async def test_a_click_received_before_the_end_counts_although_it_is_worked_on_after_it(
    stage: Stage,
) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-test")
        asked = await card(stage)
        stage.clock.advance(72 * 3600 - 1)
        meanwhile(stage.slack, "users.info", lambda: stage.clock.advance(2))

        await play.clicks("dora", asked, "request.approve")

        assert (await play.request()).status is Status.RUNNING


async def test_a_guard_that_fails_at_the_send_is_told_as_what_changed(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-test")
        asked = await card(stage)
        rds: Any = stage.aws.client("rds")
        await asyncio.to_thread(rds.stop_db_instance, DBInstanceIdentifier="orders-test")

        await play.clicks("dora", asked, "request.approve")

        ended = await play.request()
        assert ended.outcome is not None
        assert ended.outcome.code == "changed.preflight"
        assert "orders-test is stopping" in ended.outcome.detail


async def test_what_our_own_request_keeps_busy_is_waited_for(stage: Stage) -> None:
    stage.aws.plan["create_db_snapshot"] = [("creating", 120)]
    stage.aws.plan["instance_backup"] = [("backing-up", 180)]
    async with stage.bot(FREE) as play:
        await play.types("/rds snapshot orders-test before-1")
        stage.clock.advance(10)
        await play.types("/rds reboot orders-test", who="ben")
        await stage.slack.member("ben").sees("waits for RDS-1001")

        await play.later(140, steps=7)
        assert not stage.aws.calls(CALL)
        await play.later(200, steps=10)

        assert (await play.request(1002)).status is Status.SUCCEEDED
    assert len(stage.aws.calls(CALL)) == 1


async def test_what_somebody_else_keeps_busy_is_refused_with_what_to_do(stage: Stage) -> None:
    async with stage.bot(FREE) as play:
        await asyncio.to_thread(
            stage.aws.client("rds").reboot_db_instance, DBInstanceIdentifier="orders-test"
        )
        stage.clock.advance(15)

        await play.types("/rds reboot orders-test")

        await stage.slack.member("ana").sees("Ask again when it is")
    assert not stage.aws.calls(CALL)
