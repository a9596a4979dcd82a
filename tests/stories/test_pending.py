"""What AWS will do to a database, and the forms that have it done sooner, later or not at all."""

from bot.bootstrap import Bot
from bot.sandbox.aws import AWSSandbox
from bot.sandbox.slack import SlackSandbox
from tests.stories.asking import flat, told


async def test_what_is_pending_is_said_with_when_and_its_forms_are_offered(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    aws.client("rds").modify_db_instance(
        DBInstanceIdentifier="orders-staging", DBInstanceClass="db.m6g.xlarge"
    )
    ana = slack.member("ana")

    seen = await told(ana, "/rds pending orders-staging")
    now = next(it for it in seen.actions if "when=now" in (it.value or ""))
    await ana.clicks(seen, now.action_id)
    form = await ana.sees_modal("Maintenance")

    assert "orders-staging: 2 pending" in flat(seen)
    assert "(system-update)." in flat(seen)
    assert "DBInstanceClass becomes db.m6g.xlarge in the maintenance window" in flat(seen)
    assert "Maintenance window" in flat(seen)
    assert "[Apply now…] [In the next window…]" in flat(seen)
    assert "system-update" in str(form.blocks)


async def test_nothing_pending_and_nothing_read_are_two_answers(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    ana = slack.member("ana")
    nothing = flat(await told(ana, "/rds pending shop-staging"))
    aws.fault("rds:DescribePendingMaintenanceActions", "code", code="AccessDenied", times=None)
    unread = flat(await told(ana, "/rds pending orders-staging"))

    assert "shop-staging: nothing is pending" in nothing
    assert "orders-staging: not all that is pending could be read" in unread
    assert "maintenance could not be read" in unread
