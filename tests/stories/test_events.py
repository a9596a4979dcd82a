"""What RDS itself tells of a database."""

from bot.sandbox.slack import SlackSandbox
from tests.handlers.blocks.judging import assert_message
from tests.stories.asking import audited, flat, told
from tests.stories.stage import Stage


async def test_events_are_told_newest_first_and_repeats_once(
    stage: Stage, slack: SlackSandbox
) -> None:
    async with stage.bot():
        for _ in range(2):
            stage.aws.client("rds").reboot_db_instance(DBInstanceIdentifier="orders-test")
            stage.clock.advance(600)

        seen = await told(slack.member("ana"), "/rds events orders-test --since 2h")

    said = flat(seen)
    assert "orders-test: 4 events in the last 2 hours" in said
    assert said.count("DB instance shutdown") == 1
    assert ", 2 times, first " in said
    assert said.index("DB instance restarted") < said.index("DB instance shutdown")
    assert "availability" in said
    assert not any(it["type"] == "table" for it in seen.blocks), "a phone shows no five columns"
    assert_message({"text": seen.text, "blocks": list(seen.blocks)})


async def test_a_cluster_tells_of_its_members_too(stage: Stage, slack: SlackSandbox) -> None:
    async with stage.bot():
        stage.aws.client("rds").failover_db_cluster(DBClusterIdentifier="shop-staging")
        stage.clock.advance(600)
        stage.aws.client("rds").reboot_db_instance(DBInstanceIdentifier="shop-staging-2")
        stage.clock.advance(600)

        said = flat(await told(slack.member("ana"), "/rds events shop-staging"))

    assert "Started cross AZ failover" in said
    assert "shop-staging-2: DB instance shutdown" in said


async def test_silence_strangers_and_refusals_are_explained(
    stage: Stage, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    async with stage.bot() as play:
        quiet = flat(await told(ana, "/rds events warehouse"))
        kept = flat(await told(ana, "/rds events warehouse --since 90d"))
        unknown = flat(await told(ana, "/rds events warehose"))
        guest = flat(await told(slack.member("gil"), "/rds events warehouse"))
        refused = (await audited(play.bot))[0].event
        stage.aws.fault("rds:DescribeEvents", "denied", times=None)
        denied = flat(await told(ana, "/rds events warehouse"))

    assert "warehouse: no events in the last 24 hours" in quiet
    assert "RDS reported no events. Look further back: " in quiet
    assert "/rds events warehouse@main/us-east-1 --since 14d" in quiet
    assert "in the last 14 days" in kept
    assert "the 14 days that AWS keeps" in kept
    assert "/rds events warehouse" in unknown
    assert "Only full members" in guest
    assert refused.operation == "show_events"
    assert "AWS says AccessDenied" in denied
