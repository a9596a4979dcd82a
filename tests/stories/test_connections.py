"""Connections against the limit that holds, in words and in one picture."""

from bot.bootstrap import Bot
from bot.sandbox.aws import AlarmSpec, AWSSandbox, ClusterSpec
from bot.sandbox.slack import SlackSandbox
from tests.handlers.blocks.judging import assert_message
from tests.stories.asking import audited, flat, told
from tests.stories.test_metrics import picture


async def test_a_leak_against_a_configured_limit_is_told_with_what_to_do(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")

    words = await told(ana, "/rds connections billing-staging")
    seen = await picture(ana)

    said = flat(words)
    assert " of 450 connections" in said
    assert "Likely connection leak: up about" in said
    assert "the limit is reached around" in said
    assert "formula would allow ≈ 682 on this class" in said
    assert "set in parameter group billing-staging-parameters" in said
    assert "attempts to connect" in said
    assert_message({"text": words.text, "blocks": list(words.blocks)})
    [image] = [block for block in seen.blocks if block["type"] == "image"]
    assert "Connections: now " in image["alt_text"]


async def test_each_engine_has_its_own_limit_or_none_that_anybody_knows(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")

    quiet, serverless, oracle = [
        flat(await told(ana, f"/rds connections {name}"))
        for name in ("orders-test", "search-test-1", "ledger-test")
    ]

    assert "of ≈ 450 connections" in quiet
    assert "plenty of room" in quiet
    assert "as postgres computes it for db.t4g.medium" in quiet
    assert "Nothing needs to be done" in quiet
    assert "Logins that postgres refuses are in its log files only" in quiet
    assert "as aurora-postgresql computes it for 8 capacity units" in serverless
    assert "How many connections oracle-se2 takes here, I cannot know" in oracle


async def test_of_a_cluster_each_member_has_a_row_and_what_holds_for_all_is_said_once(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    aws_calls = len(aws.calls("cloudwatch:GetMetricData"))

    said = flat(await told(slack.member("ana"), "/rds connections shop-staging"))

    assert all(f"shop-staging-{number} │" in said for number in (1, 2, 3))
    assert said.count("as aurora-postgresql computes it for db.r6g.large") == 1
    assert len(aws.calls("cloudwatch:GetMetricData")) - aws_calls == 2


async def test_aurora_mysql_tells_of_refused_logins(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    aws.seed([ClusterSpec("cart-test", members=("cart-test-1",), engine="aurora-mysql")])
    await bot.services.fleet.refresh()

    said = flat(await told(slack.member("ana"), "/rds connections cart-test-1"))

    assert "logins were refused in the last day" in said
    assert "/rds logs cart-test-1@main/us-east-1" in said
    assert "connections broken off" in said


async def test_the_formula_stands_in_for_a_parameter_group_that_cannot_be_read(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    aws.fault("rds:DescribeDBParameters", "denied", times=None)

    said = flat(await told(slack.member("ana"), "/rds connections billing-staging"))

    assert "of ≈ 682 connections" in said
    assert "its parameter group could not be read" in said


async def test_what_cannot_be_told_is_explained(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    ana = slack.member("ana")
    aws.seed([ClusterSpec("empty-test", members=())])
    await bot.services.fleet.refresh()

    unknown = flat(await told(ana, "/rds connections orders-tset"))
    empty = flat(await told(ana, "/rds connections empty-test"))
    guest = flat(await told(slack.member("gil"), "/rds connections orders-test"))
    assert (await audited(bot))[0].event.operation == "show_connections"
    assert aws.calls("cloudwatch:*") == []
    aws.fault("cloudwatch:*", "code", code="InternalError", times=None)
    refused = flat(await told(ana, "/rds connections orders-test"))

    assert "/rds connections orders-test" in unknown
    assert "no connections were measured in the last day" in empty
    assert "direct messages" not in empty
    assert "Only full members" in guest
    assert "AWS says InternalError" in refused


async def test_the_line_of_an_alarm_that_fires_on_them_is_in_the_picture(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    aws.seed_alarms([AlarmSpec("billing-many", "billing-staging", "DatabaseConnections", 300.0)])
    aws.client("cloudwatch").set_alarm_state(
        AlarmName="billing-many", StateValue="ALARM", StateReason="Threshold Crossed"
    )
    ana = slack.member("ana")

    words = await told(ana, "/rds connections billing-staging")
    seen = await picture(ana)

    assert "Alarm billing-many fires since" in flat(words)
    [image] = [block for block in seen.blocks if block["type"] == "image"]
    assert "Connections (alarm 300): now " in image["alt_text"]
