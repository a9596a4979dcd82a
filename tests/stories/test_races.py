"""People and replicas at the same instant, and everything that is delivered twice."""

import asyncio

from bot.sandbox.slack import SeenMessage, Slow
from bot.values import Status
from tests.conftest import CONFIG
from tests.stories.asking import asks
from tests.stories.stage import FREE, LONG, Stage, until

REBOOT, FAILOVER = "/rds reboot orders-test", "/rds reboot orders-staging --failover"
CALL = "rds:RebootDBInstance"


async def card(stage: Stage, words: str = "needs") -> SeenMessage:
    return await stage.slack.member("dora").sees(lambda it: words in it.text and it.actions)


async def test_a_failover_goes_from_asking_to_its_truthful_ending(any_stage: Stage) -> None:
    stage = any_stage
    async with stage.bot(CONFIG) as play:
        await play.types(FAILOVER)
        asked = await card(stage, "needs 2 approvals")
        for approver in ("dora", "emil"):
            await play.clicks(approver, asked, "request.approve")

        await play.later(180, steps=6)

        assert (await play.request()).status is Status.SUCCEEDED
        await stage.slack.member("ana").sees(lambda it: "succeeded" in it.text and not it.thread_ts)
    assert len(stage.aws.calls(CALL)) == 1


async def test_two_approvers_at_the_same_instant_start_it_once(any_stage: Stage) -> None:
    stage = any_stage
    async with stage.bot(CONFIG) as play:
        await play.types(FAILOVER)
        asked = await card(stage)

        await asyncio.gather(
            *(play.clicks(who, asked, "request.approve") for who in ("dora", "emil"))
        )

        request = await play.request()
    assert (request.status, len(request.approvals)) == (Status.RUNNING, 2)
    assert len(stage.aws.calls(CALL)) == 1


async def test_two_approvers_at_the_same_instant_at_two_replicas_start_it_once(
    shared_stage: Stage,
) -> None:
    stage = shared_stage
    async with stage.bot(CONFIG) as play, stage.bot(CONFIG) as other:
        await stage.slack.until(lambda: stage.slack.connections == 2)
        await play.types(FAILOVER)
        await other.quiet()
        asked = await card(stage)

        await asyncio.gather(
            *(stage.slack.member(who).clicks(asked, "request.approve") for who in ("dora", "emil"))
        )
        await asyncio.gather(play.quiet(), other.quiet())
        await play.later(2)
        await other.quiet()

        request = await play.request()
    assert (request.status, len(request.approvals)) == (Status.RUNNING, 2)
    assert len(stage.aws.calls(CALL)) == 1


async def test_twenty_clicks_on_approve_at_once_make_one_call(any_stage: Stage) -> None:
    stage = any_stage
    async with stage.bot(CONFIG) as play:
        await play.types(REBOOT)
        asked = await card(stage)

        await asyncio.gather(
            *(play.clicks(("dora", "emil")[n % 2], asked, "request.approve") for n in range(20))
        )
        await play.later(2)  # whoever held the row when it was to be claimed has let go

        request = await play.request()
    assert (request.status, len(request.approvals)) == (Status.RUNNING, 1)
    assert len(stage.aws.calls(CALL)) == 1


async def test_an_approval_and_a_rejection_at_once_leave_one_of_the_two(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types(REBOOT)
        asked = await card(stage)
        reject = "/rds reject RDS-1001 --reason no"

        await asyncio.gather(
            play.clicks("dora", asked, "request.approve"), play.types(reject, who="emil")
        )

        status = (await play.request()).status
    assert status in (Status.RUNNING, Status.REJECTED)
    assert len(stage.aws.calls(CALL)) == (status is Status.RUNNING)


async def test_a_command_delivered_again_is_one_request(any_stage: Stage) -> None:
    stage = any_stage
    async with stage.bot(CONFIG) as play:
        await play.types(REBOOT)
        [delivery] = [it for it in stage.slack.deliveries if it.kind == "slash_commands"]

        for same_envelope in (True, False):
            again = await stage.slack.redeliver(delivery, same_envelope=same_envelope)
            assert again.acknowledged
        await play.quiet()

        assert len(await play.bot.services.store.requests.find()) == 1


async def test_a_click_delivered_again_counts_once_and_is_not_answered_again(
    stage: Stage,
) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types(FAILOVER)
        await play.clicks("dora", await card(stage), "request.approve")
        [click] = [it for it in stage.slack.deliveries if it.kind == "interactive"]

        await stage.slack.redeliver(click, same_envelope=False)
        await play.quiet()

        assert len((await play.request()).approvals) == 1
        assert "vote.refused" not in await play.actions()


async def test_asking_again_for_what_is_open_leads_to_the_same_request(any_stage: Stage) -> None:
    stage = any_stage
    async with stage.bot(CONFIG) as play:
        await asyncio.gather(*(play.types(REBOOT) for _ in range(4)))
        await play.types(REBOOT, who="ben")

        found = await play.bot.services.store.requests.find()
        assert sorted(one.requester.user for one in found) == ["U0ANA00001", "U0BEN00001"]


async def test_of_two_changes_of_one_database_at_once_one_waits_and_then_runs(
    any_stage: Stage,
) -> None:
    stage = any_stage
    async with stage.bot(FREE) as play:
        await asyncio.gather(play.types(REBOOT), play.types(REBOOT, who="ben"))
        found = await play.bot.services.store.requests.find()
        running, waiting = sorted(found, key=lambda one: one.waits_for or 0)
        assert (running.status, waiting.waits_for) == (Status.RUNNING, running.id)

        await play.later(300, steps=10)

        assert {one.status for one in await play.bot.services.store.requests.find()} == {
            Status.SUCCEEDED
        }
    assert len(stage.aws.calls(CALL)) == 2


async def test_members_of_one_cluster_are_changed_one_after_the_other(stage: Stage) -> None:
    async with stage.bot(FREE) as play:
        await play.types("/rds reboot shop-staging-1")
        await play.types("/rds reboot shop-staging-2")

        assert (await play.request(1002)).waits_for == 1001


async def test_one_of_two_replicas_sends_what_both_see(shared_stage: Stage) -> None:
    stage = shared_stage
    async with stage.bot(FREE) as play, stage.bot(FREE) as other:
        await asyncio.gather(*(play.types(f"/rds snapshot orders-dev s-{n}") for n in range(3)))
        for _ in range(6):
            stage.clock.advance(120)
            await asyncio.gather(play.bot.jobs.run("claim"), other.bot.jobs.run("claim"))
            await asyncio.gather(play.bot.jobs.run("follow"), other.bot.jobs.run("follow"))
            await asyncio.gather(play.quiet(), other.quiet())
        found = await play.bot.services.store.requests.find()
    assert {one.status for one in found} <= {Status.SUCCEEDED, Status.RUNNING}
    names = [call.parameters["DBSnapshotIdentifier"] for call in stage.aws.calls("rds:CreateDBSn*")]
    assert len(names) == len(set(names))


async def test_a_replica_that_starts_leaves_alone_what_another_one_works_on(
    shared_stage: Stage,
) -> None:
    stage = shared_stage
    async with stage.bot(FREE) as play:
        stage.slack.faults.add("users.info", Slow(4))
        await stage.slack.member("pat").types("/rds whoami", channel="databases")
        async with stage.bot(FREE) as other:
            await asyncio.gather(play.quiet(), other.quiet())

    assert len(stage.slack.called("response_url")) == 1


async def test_a_cancellation_during_the_last_check_wins(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types(REBOOT)
        asked = await card(stage)
        check = stage.aws.fault("rds:DescribeDBInstances", "slow", delay=LONG)
        approving = asyncio.create_task(play.clicks("dora", asked, "request.approve"))
        await until(lambda: check.times == 0)

        await asks(stage.slack.member("ana"), "/rds cancel RDS-1001")
        stage.aws.release()
        await approving
        await play.quiet()

        cancelled = await play.request()
        assert (cancelled.status, cancelled.step.sent_at) == (Status.CANCELLED, None)
        assert await play.bot.services.store.requests.holder(cancelled.step.lock) is None
    assert not stage.aws.calls(CALL)
