"""Claims about a change of two databases, which stands in no list but its own file.

Collected only by ``test_drop_in.py``, in a process whose ``bot`` has one more file.
"""

import asyncio

import pytest

from bot.sandbox.aws import InstanceSpec
from bot.values import Environment, Risk, Status
from tests.conftest import CONFIG
from tests.stories.asking import card_of, changes, configured, flat, told, told_on_click
from tests.stories.stage import FREE, Stage

CALL = "rds:RebootDBInstance"


async def test_the_stricter_of_both_denies_it(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        said = flat(await told(stage.slack.member("ana"), "/rds twins orders-dev orders-prod"))
        await play.quiet()

        assert "Operations not allowed on production instances" in said
        assert await play.bot.services.store.requests.find() == ()
    assert changes(stage.aws) == []


async def test_what_is_touched_is_shown_and_raises_what_is_asked_for(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds twins orders-dev orders-staging")
        await play.told()
        dora = stage.slack.member("dora")
        card = await card_of(dora, "RDS-1001")
        details = flat(await told_on_click(dora, card, "request.details"))
        listed = flat(await told(dora, "/rds requests orders-staging"))
        request = await play.request()

    assert (request.classified.environment, request.assessment.risk) == (
        Environment.STAGING, Risk.MEDIUM,
    )  # fmt: skip
    assert "Also restarts orders-staging" in flat(card)
    assert "It counts as staging: it also restarts orders-staging" in flat(card)
    assert "Also restarts orders-staging" in details
    assert "tag Environment=dev, but it also restarts orders-staging, which is staging" in details
    assert "two databases restart at once" in details
    assert "RDS-1001" in listed


async def test_it_waits_for_the_lock_of_the_other_and_others_for_its(stage: Stage) -> None:
    async with stage.bot(FREE) as play:
        await play.types("/rds reboot orders-test")
        await play.types("/rds twins orders-dev orders-test")
        assert (await play.request(1002)).waits_for == 1001
        assert len(stage.aws.calls(CALL)) == 1

        await play.later(300, steps=10)
        twins = await play.request(1002)
        await play.types("/rds twins orders-dev orders-test")
        await play.types("/rds reboot orders-test", who="ben")

        assert twins.status is Status.SUCCEEDED
        assert (await play.request(1004)).waits_for == 1003


async def test_it_is_not_sent_where_the_other_was_replaced(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds twins orders-dev orders-staging")
        await play.told()
        card = await card_of(stage.slack.member("dora"), "RDS-1001")
        rds = stage.aws.client("rds")
        await asyncio.to_thread(
            rds.delete_db_instance, DBInstanceIdentifier="orders-staging", SkipFinalSnapshot=True
        )
        stage.aws.seed([InstanceSpec("orders-staging", tags={"Environment": "staging"})])

        await play.clicks("dora", card, "request.approve")

        request = await play.request()
    assert request.status is Status.FAILED
    assert request.outcome is not None
    assert request.outcome.code == "changed.resource"
    assert "orders-staging, which it also restarts, is another database now" in (
        request.outcome.detail
    )
    assert stage.aws.calls(CALL) == []


@pytest.mark.parametrize("twins", ["orders-dev orders-staging", "warehouse orders-staging"])
async def test_whoever_may_not_look_at_the_other_cannot_ask_for_it(
    stage: Stage, twins: str
) -> None:
    """Be it the stricter one or not."""
    viewers = {"environments": {"staging": {"users": ["U0DORA0001"]}}}
    config = configured(access={"approvers": {"groups": ["S0DBAS0001"]}, "viewers": viewers})
    async with stage.bot(config) as play:
        said = flat(await told(stage.slack.member("ana"), f"/rds twins {twins}"))
        await play.quiet()

        assert "not among those who may look at staging databases" in said
        assert await play.bot.services.store.requests.find() == ()


async def test_what_happened_to_the_other_is_evidence(stage: Stage) -> None:
    async with stage.bot(FREE) as play:
        await play.types("/rds twins orders-dev orders-test")
        rds = stage.aws.client("rds")
        await asyncio.to_thread(rds.reboot_db_instance, DBInstanceIdentifier="orders-test")

        await play.later(120, steps=4)

        events = (await play.request()).step.events
    assert {one.source for one in events} == {"orders-dev", "orders-test"}
