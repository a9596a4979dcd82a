"""Whatever Slack sends is acknowledged, foreseen or not, and well before Slack gives up."""

import time

from structlog.testing import capture_logs

from bot.sandbox.slack import Hang
from handlers.intake.acknowledge import JUDGING, KEEPING
from tests.conftest import CONFIG
from tests.stories.asking import flat
from tests.stories.stage import Stage

#: Slack waits three seconds; the rest of them is for the network and for a busy bot.
PLANNED = 2.4
WRONG = "Something went wrong before I could begin. Nothing was done"


async def test_a_form_is_acknowledged_in_time_though_slack_and_the_database_are_slow(
    stage: Stage,
) -> None:
    async with stage.bot(CONFIG) as play:
        ana = stage.slack.member("ana")
        await play.types("/rds backup-window orders-test")
        form = await ana.sees_modal("Backup window")
        stage.clock.advance(3600)
        stage.slack.faults.add("users.info", Hang(10), times=None)
        async with play.bot.services.store.write():
            began = time.monotonic()
            sent = await ana.submits(form, {"window": "04:00-05:00"})
            spent = time.monotonic() - began

    assert sent.acknowledged
    assert JUDGING + KEEPING < PLANNED
    assert spent < 2 * PLANNED, "more is waited for than what is planned"


async def test_a_shortcut_that_nobody_listens_to_is_acknowledged(stage: Stage) -> None:
    async with stage.bot(CONFIG):
        ana = stage.slack.member("ana")
        await ana.says("orders-test is slow", "databases")
        message = await ana.sees("orders-test is slow")

        with capture_logs() as logged:
            delivery = await ana.uses_shortcut("of_an_older_manifest", message)

    assert delivery.acknowledged
    assert [it["kind"] for it in logged if it["event"] == "listening.missed"] == ["message_action"]


async def test_an_event_without_what_it_should_have_is_acknowledged(stage: Stage) -> None:
    async with stage.bot(CONFIG):
        nowhere = {"type": "app_mention", "user": "U0ANA00001", "text": "list"}
        delivery = await stage.slack.tells_of(nowhere)

    assert delivery.acknowledged


async def test_a_form_of_an_older_version_says_that_nothing_was_done(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        ana, views = stage.slack.member("ana"), stage.slack.world.views
        await play.types("/rds backup-window orders-test")
        form = await ana.sees_modal("Backup window")
        view = views.find(form.id)
        views.change(view, body={**view.body, "callback_id": "of_an_older_version"})

        sent = await ana.submits(form, {"window": "04:00-05:00"})

        assert sent.acknowledged
        assert WRONG in flat(await ana.sees_modal("Not done"))
