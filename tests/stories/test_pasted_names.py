"""What people paste from the console or a connection string is the database that it names."""

import pytest

from bot.bootstrap import Bot
from bot.sandbox.aws import AWSSandbox
from bot.sandbox.slack import SlackSandbox
from handlers.blocks.form import PICK
from tests.stories.asking import filed, flat, told

ARN = "arn:aws:rds:us-east-1:123456789012:db:orders-test"


def endpoint(aws: AWSSandbox) -> str:
    [found] = aws.client("rds").describe_db_instances(DBInstanceIdentifier="orders-test")[
        "DBInstances"
    ]
    return f"{found['Endpoint']['Address']}:{found['Endpoint']['Port']}"


@pytest.mark.parametrize("verb", ["show", "metrics", "logs", "connections", "events", "top"])
async def test_every_query_takes_arns_and_endpoints(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox, verb: str
) -> None:
    host = endpoint(aws)
    for typed in (ARN, host, f"<http://{host}|{host}>"):
        said = flat(await told(slack.member("ana"), f"/rds {verb} {typed}"))
        assert "orders-test" in said.replace(typed, "")
        assert "I know no database" not in said


async def test_a_change_is_filed_for_the_database_that_an_arn_names(
    bot: Bot, slack: SlackSandbox
) -> None:
    await told(slack.member("ana"), f"/rds reboot {ARN} --reason 'it hangs'")

    [request] = await filed(bot)
    assert request.command == "/rds reboot orders-test@main/us-east-1"


async def test_a_picker_finds_a_pasted_endpoint_and_nothing_like_it(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    ana = slack.member("ana")
    await ana.types("/rds reboot", channel="databases")
    form = await ana.sees_modal("Reboot")

    [found] = await ana.searches(form, PICK, endpoint(aws))

    assert found["value"] == "orders-test@main/us-east-1"


async def test_one_of_another_account_is_said_to_be_where_nobody_looks(
    bot: Bot, slack: SlackSandbox
) -> None:
    elsewhere = ARN.replace("123456789012", "999999999999")
    said = flat(await told(slack.member("ana"), f"/rds show {elsewhere}"))

    assert "It would be in account 999999999999, us-east-1, and I look only into main" in said
