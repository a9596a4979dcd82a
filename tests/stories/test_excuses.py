"""What could not be kept, shown or opened: the person is told, and once."""

import pytest

from bot.sandbox.slack import Hang, Refused
from bot.values import Status
from tests.conftest import CONFIG
from tests.stories.stage import Stage

BUSY = "I may not have kept that"


async def test_a_click_that_is_kept_too_late_is_said_to_be_doubtful_and_counts_once(
    stage: Stage,
) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-staging --failover")
        dora = stage.slack.member("dora")
        asked = await dora.sees(lambda it: it.actions)
        await play.told()
        async with play.bot.services.store.write():
            await play.clicks("dora", asked, "request.approve")
            await dora.sees(lambda it: it.ephemeral and BUSY in it.text)

        stage.clock.advance(61)
        for _ in range(2):
            await play.bot.jobs.run("take_over")
            await play.quiet()

        assert len((await play.request()).votes) == 1


async def test_a_form_that_may_not_be_kept_says_so_in_its_place(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        ana = stage.slack.member("ana")
        await play.types("/rds backup-window orders-test")
        form = await ana.sees_modal("Backup window")
        await play.told()
        async with play.bot.services.store.write():
            sent = await ana.submits(form, {"window": "04:00-05:00"})

        assert sent.acknowledged
        assert BUSY in (await ana.sees_modal("Not kept")).words


@pytest.mark.parametrize("fault", [Refused("expired_trigger_id"), Hang(0.2)])
async def test_where_the_reject_form_cannot_be_opened_it_is_said_what_to_type(
    stage: Stage, fault: Refused | Hang
) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-staging")
        dora = stage.slack.member("dora")
        stage.slack.faults.add("views.open", fault)

        await play.clicks("dora", await dora.sees(lambda it: it.actions), "request.reject")

        await dora.sees(lambda it: it.ephemeral and "/rds reject RDS-1001 --reason" in it.words)


async def test_where_a_form_gets_no_answer_it_is_said_what_is_missing(stage: Stage) -> None:
    stage.slack.faults.add("views.open", Hang(0.2))
    async with stage.bot(CONFIG) as play:
        await play.types("/rds backup-window orders-test")

        ana = stage.slack.member("ana")
        await ana.sees(lambda it: it.ephemeral and "I could not open the form in time" in it.text)


async def test_a_dry_run_stays_one_when_a_form_asks_for_the_rest(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds backup-window orders-test --dry-run")
        ana = stage.slack.member("ana")

        await ana.submits(await ana.sees_modal("Backup window"), {"window": "04:00-05:00"})
        await play.quiet()

        await ana.sees_modal("Dry run: Set the backup window")
        assert await play.bot.services.store.requests.find() == ()


async def test_a_channel_that_is_gone_meanwhile_is_told_of_once_and_the_ending_directly(
    stage: Stage,
) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-staging --failover")
        await stage.slack.member("dora").sees(lambda it: it.actions)
        await play.told()
        stage.slack.faults.add(
            "chat.*", Refused("is_archived"), times=None,
            where=lambda it: it["channel"] == "C0DATABASE",
        )  # fmt: skip
        await play.types("/rds approve RDS-1001", who="dora")
        await play.told()
        await play.types("/rds approve RDS-1001", who="emil")
        await play.told()
        await play.later(300, steps=6)
        await play.told()

        assert (await play.request()).status is Status.SUCCEEDED
        lost, ended = [it.words for it in stage.slack.member("ana").direct_messages()]
        assert "could not post or change this request's card" in lost
        assert "succeeded" in ended
        assert (await play.actions()).count("card.lost") == 1


async def test_an_update_of_a_card_that_is_gone_is_not_told_of_again(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        stage.slack.faults.add("chat.*", Refused("channel_not_found"), times=None,
                               where=lambda it: it["channel"] == "C0DATABASE")  # fmt: skip
        await play.types("/rds reboot orders-staging --failover")
        await play.told()
        await play.types("/rds approve RDS-1001", who="dora")
        await play.told()

        assert len(stage.slack.member("ana").direct_messages()) == 1
