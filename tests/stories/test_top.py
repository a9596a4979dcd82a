"""What a database works on, as Database Insights counts it."""

from bot.bootstrap import Bot
from bot.sandbox.aws import AWSSandbox, ClusterSpec
from bot.sandbox.slack import SlackSandbox
from tests.handlers.blocks.judging import assert_message
from tests.stories.asking import audited, flat, presses, told
from tests.stories.test_metrics import file_of, picture


async def test_load_is_told_by_wait_and_by_statement_against_the_processors(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    ana = slack.member("ana")

    words = await told(ana, "/rds top orders-test")
    before = await picture(ana)
    await presses(ana, before, "picture.24h")
    after = await picture(ana, other_than=file_of(before))

    said = flat(words)
    assert "orders-test: fewer than 1 session active on 2 processors: enough" in said
    assert "Most of the load is" in said
    assert "on 2 processors: enough" in said
    assert "Lock:transactionid" in said
    assert "SELECT * FROM orders WHERE customer_id = ?" in said
    assert_message({"text": words.text, "blocks": list(words.blocks)})
    assert "Last 24 hours." in flat(after)
    assert {call.action for call in aws.calls("pi:*")} == {
        "DescribeDimensionKeys", "GetResourceMetrics",
    }  # fmt: skip


async def test_where_it_is_off_it_says_how_to_turn_it_on(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    said = flat(await told(slack.member("ana"), "/rds top orders-dev"))

    assert "orders-dev: Database Insights counts nothing of it" in said
    assert "/rds insights orders-dev@main/us-east-1 standard" in said
    assert "direct messages" not in said
    assert aws.calls("pi:*") == []


async def test_of_a_cluster_it_is_the_writer(bot: Bot, slack: SlackSandbox) -> None:
    said = flat(await told(slack.member("ana"), "/rds top shop-staging --range 7d"))

    assert "shop-staging-1: fewer than 1" in said


async def test_what_cannot_be_told_is_explained(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    ana = slack.member("ana")
    aws.seed([ClusterSpec("empty-test", members=())])
    await bot.services.fleet.refresh()

    unknown = flat(await told(ana, "/rds top orders-tset"))
    empty = flat(await told(ana, "/rds top empty-test"))
    guest = flat(await told(slack.member("gil"), "/rds top orders-test"))
    assert (await audited(bot))[0].event.operation == "show_top"
    aws.fault("pi:*", "code", code="NotAuthorizedException", times=None)
    denied = flat(await told(ana, "/rds top orders-test"))

    assert "/rds top orders-test" in unknown
    assert "empty-test has no instance that could work" in empty
    assert "Only full members" in guest
    assert "AWS says NotAuthorizedException" in denied
