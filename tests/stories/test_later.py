"""A change that starts at a time: agreed to now, sent then, and looked at anew before it is."""

from bot.values import SECOND, Status
from tests.conftest import CONFIG
from tests.stories.asking import flat
from tests.stories.stage import FREE, Stage

HOUR = 3600


async def test_it_is_agreed_to_now_and_sent_at_its_time(stage: Stage) -> None:
    dora = stage.slack.member("dora")
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-test --at in 3h --reason 'in the night'")
        asked = await dora.sees(lambda it: "needs" in it.text and it.actions)
        assert "Starts: " in flat(asked)
        await play.clicks("dora", asked, "request.approve")

        await play.later(2.9 * HOUR, steps=3)
        waiting = await play.request()
        assert waiting.status is Status.APPROVED
        assert waiting.starts_at is not None
        assert waiting.send_by == waiting.starts_at + HOUR * SECOND
        assert not stage.aws.calls("rds:RebootDBInstance")
        await play.told()
        shown = await dora.sees(lambda it: "waits for its start" in it.text)
        assert "Until then it can be cancelled" in flat(shown)

        await play.later(0.2 * HOUR)
        assert len(stage.aws.calls("rds:RebootDBInstance")) == 1


async def test_what_nobody_agreed_to_by_its_start_expires(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-test --at 'in 1h'")

        await play.later(HOUR + 1)

        assert (await play.request()).status is Status.EXPIRED
        assert not stage.aws.calls("rds:RebootDBInstance")


async def test_what_changed_until_its_start_ends_it_unsent(stage: Stage) -> None:
    async with stage.bot(FREE) as play:
        await play.types("/rds reboot orders-staging --failover --at 'in 1h'")
        stage.aws.client("rds").modify_db_instance(
            DBInstanceIdentifier="orders-staging", MultiAZ=False, ApplyImmediately=True
        )

        await play.later(HOUR + 1, steps=2)

        ended = await play.request()
        assert ended.status is Status.FAILED
        assert ended.outcome is not None
        assert "Single-AZ" in ended.outcome.detail
        assert not stage.aws.calls("rds:RebootDBInstance")


async def test_whoever_asked_takes_it_back_until_then(stage: Stage) -> None:
    async with stage.bot(FREE) as play:
        await play.types("/rds reboot orders-test --at tomorrow 02:00")
        assert (await play.request()).status is Status.APPROVED

        await play.types("/rds cancel RDS-1001")
        await play.later(30 * HOUR, steps=2)

        assert (await play.request()).status is Status.CANCELLED
        assert not stage.aws.calls("rds:RebootDBInstance")


async def test_what_is_no_time_to_come_is_refused_and_says_how_one_reads(stage: Stage) -> None:
    ana = stage.slack.member("ana")
    async with stage.bot(FREE) as play:
        await play.types("/rds reboot orders-test --at soon")
        await ana.sees(lambda it: it.ephemeral and "a time reads 02:00" in flat(it))
        await play.types("/rds reboot orders-test --at '2030-01-01 02:00'")
        await ana.sees(lambda it: it.ephemeral and "14 days ahead" in flat(it))

        assert await play.bot.services.store.requests.find() == ()
