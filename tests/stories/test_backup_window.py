"""Moving a backup window: seen before it is approved, sent once, proven by what AWS then says."""

import pytest

from bot.bootstrap import Bot
from bot.sandbox.aws import AWSSandbox
from bot.sandbox.slack import SlackSandbox
from tests.stories.asking import asks, card_of, changes, filed, flat, told
from tests.stories.stage import until


@pytest.mark.parametrize(
    ("name", "action", "key"),
    [
        ("orders-test", "rds:ModifyDBInstance", "DBInstanceIdentifier"),
        ("shop-staging", "rds:ModifyDBCluster", "DBClusterIdentifier"),
    ],
)
async def test_it_is_moved_once_approved_and_ends_when_aws_shows_it(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox, name: str, action: str, key: str
) -> None:
    ana, dora = slack.member("ana"), slack.member("dora")
    await asks(ana, f"/rds backup-window {name} 23:45-00:30 --reason 'after the load'")
    card = flat(await card_of(dora, "RDS-1001"))
    assert "→ 23:45-00:30" in card
    assert "after the load" in card
    assert changes(aws) == []

    await told(dora, "/rds approve RDS-1001")

    await ana.sees(lambda it: it.thread_ts and "succeeded" in it.text, within=15)
    [call] = changes(aws)
    assert (call.name, call.parameters[key]) == (action, name)
    assert call.parameters["PreferredBackupWindow"] == "23:45-00:30"
    shown = flat(await told(ana, f"/rds show {name}"))
    assert "23:45-00:30 UTC" in shown


async def test_pending_modifications_raise_its_risk(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    aws.client("rds").modify_db_instance(
        DBInstanceIdentifier="orders-test", DBInstanceClass="db.r6g.xlarge"
    )

    await asks(slack.member("ana"), "/rds backup-window orders-test 07:00-08:00")

    [request] = await filed(bot)
    assert (request.assessment.risk, request.decision.approvals) == ("high", 2)
    assert "DBInstanceClass" in flat(await card_of(slack.member("dora"), "RDS-1001"))


async def test_if_it_was_moved_there_meanwhile_nothing_is_sent(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    await asks(slack.member("ana"), "/rds backup-window orders-test 07:00-08:00")
    aws.client("rds").modify_db_instance(
        DBInstanceIdentifier="orders-test", PreferredBackupWindow="07:00-08:00"
    )
    await until(lambda: _window(aws, "orders-test") == "07:00-08:00")

    await told(slack.member("dora"), "/rds approve RDS-1001")

    ended = await slack.member("ana").sees(lambda it: it.thread_ts and "failed" in it.text)
    assert "nothing was sent" in flat(ended)
    assert changes(aws) == []


def _window(aws: AWSSandbox, name: str) -> str:
    found = aws.client("rds").describe_db_instances(DBInstanceIdentifier=name)
    window: str = found["DBInstances"][0]["PreferredBackupWindow"]
    return window
