"""By what an accepted change is known to be ours, and to be done or declined."""

import asyncio
from typing import Any

import pytest

from bot.sandbox.aws import DEMO_FLEET, ClusterSpec
from bot.values import Status
from tests.conftest import CONFIG
from tests.stories.stage import FREE, Play, Stage
from tests.stories.test_faults_aws import REBOOT, SNAPSHOT
from tests.stories.test_incidents import WATCHED

EVENTS = "rds:DescribeEvents"
REGIONS = 2


async def test_a_failover_that_only_an_event_declines_has_failed_at_once_and_frees_the_database(
    stage: Stage,
) -> None:
    stage.aws.decline_failover("orders-staging")
    async with stage.bot(FREE) as play:
        await play.types("/rds reboot orders-staging --failover")
        await play.later(30)

        ended = await play.request()
        shown = await stage.slack.member("ana").sees(lambda it: "failed" in it.text)
        assert "Abandoning user requested failover" in shown.words
        await play.types("/rds snapshot orders-staging after")
        assert (await play.request(1002)).step.sent_at is not None
    assert ended.status is Status.FAILED
    assert ended.outcome is not None
    assert "recently occurred" in ended.outcome.detail


async def test_what_aws_declined_for_somebody_else_is_not_said_of_ours(stage: Stage) -> None:
    stage.aws.decline_failover("orders-staging", times=1)
    rds: Any = stage.aws.client("rds")
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-staging --failover")
        asked = await stage.slack.member("dora").sees(lambda it: it.actions)
        await asyncio.to_thread(
            rds.reboot_db_instance, DBInstanceIdentifier="orders-staging", ForceFailover=True
        )
        stage.clock.advance(60)
        await play.clicks("dora", asked, "request.approve")
        await play.clicks("emil", asked, "request.approve")

        await play.later(5 * 60, steps=10)

        assert (await play.request()).status is Status.SUCCEEDED


@pytest.mark.parametrize("command", ["snapshot orders-test s-1", "snapshot search-test s-1"])
async def test_a_tagging_policy_does_not_take_an_accepted_snapshot_from_us(
    stage: Stage, command: str
) -> None:
    async with stage.bot(FREE) as play:
        await play.types(f"/rds {command}")
        await asyncio.to_thread(strip_tags, stage.aws.client("rds"))

        await play.later(20 * 60, steps=20)

        assert (await play.request()).status is Status.SUCCEEDED


def strip_tags(rds: Any) -> None:
    """Whatever somebody's policy does not know it takes away."""
    for kind in ("", "Cluster"):
        found = getattr(rds, f"describe_db_{kind.lower() + '_' if kind else ''}snapshots")()
        for one in found[f"DB{kind}Snapshots"]:
            rds.remove_tags_from_resource(
                ResourceName=one[f"DB{kind}SnapshotArn"], TagKeys=["rds-bot:request-id"]
            )


async def test_without_a_receipt_only_the_tag_says_whose_it_is(stage: Stage) -> None:
    stage.aws.fault(SNAPSHOT, "lost")
    async with stage.bot(FREE) as play:
        await play.types("/rds snapshot orders-test s-1")
        await asyncio.to_thread(strip_tags, stage.aws.client("rds"))

        await play.later(5 * 60, steps=10)

        ended = await play.request()
    assert ended.outcome is not None
    assert (ended.status, "not ours" in ended.outcome.detail) == (Status.FAILED, True)


async def backs_up(stage: Stage, identifier: str = "orders-test") -> None:
    """AWS begins something of its own."""
    stage.aws.plan["instance_backup"] = [("backing-up", 600)]
    rds: Any = stage.aws.client("rds")
    await asyncio.to_thread(
        rds.create_db_snapshot, DBInstanceIdentifier=identifier, DBSnapshotIdentifier="of-aws"
    )
    stage.clock.advance(10)


@pytest.mark.parametrize("command", ["reboot orders-test", "backup-window orders-test 22:00-23:00"])
async def test_what_needs_approval_anyway_is_filed_while_aws_backs_the_database_up(
    stage: Stage, command: str
) -> None:
    async with stage.bot(CONFIG) as play:
        await backs_up(stage)
        await play.types(f"/rds {command}")
        asked = await stage.slack.member("dora").sees(lambda it: "needs" in it.text and it.actions)
        assert "orders-test is backing-up" in asked.words

        await play.clicks("dora", asked, "request.approve")
        assert (await play.request()).status is Status.APPROVED
        await stage.slack.member("dora").sees(
            lambda it: "waiting to be sent" in it.words and "is backing-up" in it.words
        )
        await play.later(20 * 60, steps=60)

        assert (await play.request()).status is Status.SUCCEEDED


async def test_what_needs_no_approval_is_asked_for_again_once_aws_is_done(stage: Stage) -> None:
    async with stage.bot(FREE) as play:
        await backs_up(stage)
        await play.types("/rds reboot orders-test")

        await stage.slack.member("ana").sees("Ask again when it is")


async def test_a_database_that_stays_busy_lets_it_expire_and_says_so(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await backs_up(stage)
        stage.aws.plan["reboot_db_instance"] = [("rebooting", 1e6)]
        await play.types("/rds reboot orders-test")
        asked = await stage.slack.member("dora").sees(lambda it: "needs" in it.text and it.actions)
        await play.later(700)
        await asyncio.to_thread(
            stage.aws.client("rds").reboot_db_instance, DBInstanceIdentifier="orders-test"
        )
        await play.clicks("dora", asked, "request.approve")

        await play.later(61 * 60, steps=20)

        ended = await play.request()
    assert ended.outcome is not None
    assert ended.status is Status.EXPIRED
    assert "orders-test is rebooting" in ended.outcome.detail


@pytest.fixture
def twins(stage: Stage) -> Stage:
    """A cluster that has the name of an instance."""
    stage.aws.reset()
    stage.aws.seed([*DEMO_FLEET, ClusterSpec("orders-test", members=("member-1", "member-2"))])
    return stage


async def test_events_of_a_cluster_that_shares_the_name_prove_nothing(twins: Stage) -> None:
    twins.aws.plan["reboot_db_instance"] = [("available", 1e5)]
    async with twins.bot(FREE) as play:
        await play.types("/rds reboot instance:orders-test")
        rds: Any = twins.aws.client("rds")
        await asyncio.to_thread(rds.failover_db_cluster, DBClusterIdentifier="orders-test")

        await play.later(5 * 60, steps=5)

        followed = await play.request()
    assert followed.status is Status.RUNNING
    assert not followed.step.events
    assert len(twins.aws.calls(REBOOT)) == 1


async def looks(play: Play) -> int:
    """How often the events are read while both who follow them look once."""
    before = len(play.stage.aws.calls(EVENTS))
    await asyncio.gather(play.bot.jobs.run("follow"), play.bot.jobs.run("watch"))
    return len(play.stage.aws.calls(EVENTS)) - before


async def test_requests_and_incidents_are_followed_by_one_reading_of_the_events(
    stage: Stage,
) -> None:
    stage.aws.plan["reboot_db_instance"] = [("available", 300), ("rebooting", 40)]
    async with stage.bot(WATCHED.replace("interval: 200ms", "interval: 30s")) as play:
        await play.types("/rds reboot orders-test")
        assert await looks(play) <= REGIONS + 1
        for _ in range(5):
            stage.clock.advance(31)
            assert await looks(play) == REGIONS

        await play.later(600, steps=20)

        assert (await play.request()).status is Status.SUCCEEDED


async def test_both_learn_what_one_of_them_read(stage: Stage) -> None:
    async with stage.bot(WATCHED.replace("interval: 200ms", "interval: 30s")) as play:
        await looks(play)
        stage.clock.advance(31)
        await play.types("/rds reboot orders-test")
        rds: Any = stage.aws.client("rds")
        await asyncio.to_thread(rds.reboot_db_instance, DBInstanceIdentifier="orders-dev")
        stage.clock.advance(31)

        # once more of one region: what came before the incident that the outsider's reboot is
        assert await looks(play) == REGIONS + 1

        assert (await play.request()).step.events
        [incident] = await play.bot.services.store.incidents.open()
        assert incident.target is not None
        assert incident.target.identifier == "orders-dev"
