"""What nobody foresaw: the person is told a reference, and the log tells more under it."""

from structlog.testing import capture_logs

from handlers.intake.inbox import ATTEMPTS
from storage.tables.inbox import Incoming
from tests.stories.asking import flat
from tests.stories.stage import Play, Stage


async def test_what_broke_is_told_with_the_reference_that_the_log_holds(stage: Stage) -> None:
    async with stage.bot() as play:
        await _kept_by_processes_that_died_of_it(play)
        with capture_logs() as logged:
            await play.bot.jobs.run("take_over")
            await play.quiet()

        [reference] = [it["reference"] for it in logged if it["event"] == "intake.failed"]
        ana = stage.slack.member("ana")
        said = await ana.sees(lambda it: it.ephemeral and reference in it.words)
        assert "Look at /rds requests before you ask again" in flat(said)


async def test_what_could_not_be_kept_is_told_with_the_reference_that_the_log_holds(
    stage: Stage,
) -> None:
    async with stage.bot() as play:
        ana = stage.slack.member("ana")
        with capture_logs() as logged:
            async with play.bot.services.store.write():
                await play.types("/rds list")

        [reference] = [it["reference"] for it in logged if it["event"] == "listening.not_kept"]
        await ana.sees(lambda it: it.ephemeral and f"Reference: {reference}" in it.text)


async def test_a_form_that_cannot_be_read_says_so_with_the_reference_that_the_log_holds(
    stage: Stage,
) -> None:
    async with stage.bot() as play:
        ana = stage.slack.member("ana")
        await play.types("/rds backup-window orders-test")
        form = await ana.sees_modal("Backup window")
        view = stage.slack.world.views.find(form.id)
        body = {**view.body, "private_metadata": "of another version"}
        stage.slack.world.views.change(view, body=body)
        with capture_logs() as logged:
            await ana.submits(form, {"window": "04:00-05:00"})

        [reference] = [it["reference"] for it in logged if it["event"] == "listening.unreadable"]
        assert f"Reference: {reference}" in (await ana.sees_modal("Too old")).words


async def _kept_by_processes_that_died_of_it(play: Play) -> None:
    body = {
        "text": "list", "user_id": "U0ANA00001", "team_id": "T0HOME0001",
        "channel_id": "C0DATABASE", "response_url": None, "trigger_id": "1.2.3",
    }  # fmt: skip
    inbox = play.bot.services.store.inbox
    await inbox.take_in(Incoming("command:1.2.3", "command", body, play.stage.now(), attempts=1))
    for _ in range(ATTEMPTS):
        play.stage.clock.advance(300)
        await inbox.take_over(())
    play.stage.clock.advance(300)
