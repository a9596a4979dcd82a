"""Silence that lasts as long as the bot's own patience, on the machine's clock."""

import asyncio

import pytest

from bot.sandbox.slack import Hang
from bot.values import Status
from tests.stories.stage import FREE, Stage

pytestmark = [pytest.mark.deep, pytest.mark.timeout(300)]
REBOOT = "rds:RebootDBInstance"


async def test_a_call_that_aws_never_answers_is_given_up_once_and_its_outcome_found_out(
    stage: Stage,
) -> None:
    stage.aws.fault(REBOOT, "timeout")
    async with stage.bot() as play:
        await play.types("/rds reboot orders-test")
        assert (await play.actions())[-1] == "step.answer_lost"

        await play.later(20 * 60, steps=20)

        ended = await play.request()
    assert ended.outcome is not None
    assert (ended.status, ended.outcome.code) == (Status.FAILED, "not_sent")
    assert len(stage.aws.calls(REBOOT)) == 1


async def test_a_slack_that_never_answers_delays_a_card_and_nothing_else(stage: Stage) -> None:
    stage.slack.faults.add("chat.*", Hang(40), times=2)
    async with stage.bot() as play:
        await play.types("/rds reboot orders-test")
        await play.later(120, steps=4)
        assert (await play.request()).status is Status.SUCCEEDED

        for _ in range(60):
            stage.clock.advance(5)
            await asyncio.sleep(1)
            if not await play.bot.services.store.outbox.depth():
                break

        await stage.slack.member("dora").sees(lambda it: "succeeded" in it.text)


async def test_many_requests_share_their_looks(stage: Stage) -> None:
    """Forty snapshots are followed with as many calls as one."""
    async with stage.bot(f"{FREE}\nlimits: {{per_person: null, per_database: null}}\n") as play:
        for number in range(20):
            for name in ("orders-dev", "orders-test"):
                await play.types(f"/rds snapshot {name} {name}-s-{number}")
        before = len(stage.aws.calls("rds:DescribeDBSnapshots"))

        await play.later(20)

        assert len(stage.aws.calls("rds:DescribeDBSnapshots")) - before <= 4
        await play.later(6 * 3600, steps=200)
        found = await play.bot.services.store.requests.find(limit=100)
    statuses = {one.status for one in found}
    assert statuses <= {Status.SUCCEEDED, Status.EXPIRED}
    names = [
        it.parameters["DBSnapshotIdentifier"] for it in stage.aws.calls("rds:CreateDBSnapshot")
    ]
    assert len(names) == len(set(names))
