"""``--dry-run``: everything that would be decided is shown, and nothing is filed."""

from bot.bootstrap import Bot
from bot.sandbox.aws import AWSSandbox
from bot.sandbox.slack import SlackSandbox
from tests.conftest import StartBot
from tests.stories.asking import audited, changes, configured, filed, flat, told


async def test_it_shows_plan_decision_approvers_and_the_exact_call(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    line = "/rds reboot orders-staging --failover --reason 'a drill' --dry-run"

    said = flat(await told(slack.member("ana"), line))

    for word in (
        "Reboot orders-staging with failover", "Nothing was filed", "2 approvals",
        "rule 2 of 2: everything else", "@dora, @emil", "staging", "high",
        "rds:RebootDBInstance", "ForceFailover = true", "DNS moves to the standby", "drill",
        "/rds reboot orders-staging@main/us-east-1 --failover --reason 'a drill'",
    ):  # fmt: skip
        assert word in said, word
    assert (await filed(bot), changes(aws)) == ((), [])


async def test_it_leaves_an_audit_row_and_no_message(bot: Bot, slack: SlackSandbox) -> None:
    await told(slack.member("ana"), "/rds snapshot orders-dev --dry-run")

    assert [row.event.action for row in await audited(bot)] == ["request.rehearsed"]
    assert await bot.services.store.outbox.depth() == 0
    assert slack.called("chat.postMessage") == ()


async def test_what_needs_no_approval_says_that_it_would_be_sent_at_once(
    bot: Bot, slack: SlackSandbox
) -> None:
    said = flat(await told(slack.member("ana"), "/rds snapshot orders-dev --dry-run"))

    assert "none; it would be sent at once" in said
    assert "rule 2 of 2" in said


async def test_it_shows_what_a_window_is_and_would_become(bot: Bot, slack: SlackSandbox) -> None:
    line = "/rds backup-window orders-test 23:45-00:30 --dry-run"

    said = flat(await told(slack.member("ana"), line))

    assert "03:00-03:30 UTC → 23:45-00:30 UTC" in said
    assert "Set it back to 03:00-03:30" in said


async def test_it_warns_where_the_role_at_aws_is_closed_although_the_rules_are_open(
    start_bot: StartBot, slack: SlackSandbox
) -> None:
    patterns = [{"match": "^ware(house)?$", "environment": "development"}]
    async with start_bot(configured(environments={"patterns": patterns})):
        ana = slack.member("ana")
        closed = flat(await told(ana, "/rds snapshot warehouse --dry-run"))
        opened = flat(await told(ana, "/rds snapshot orders-dev --dry-run"))

        assert "AWS refuses this: the role" in closed
        assert "Tag it first" in closed
        assert "AWS refuses this" not in opened


async def test_it_says_what_would_stand_in_the_way(bot: Bot, slack: SlackSandbox) -> None:
    said = flat(await told(slack.member("dora"), "/rds reboot orders-staging --failover --dry-run"))

    assert "In the way: This needs 2 approvals" in said
    assert await filed(bot) == ()


async def test_a_denial_stays_a_denial(bot: Bot, slack: SlackSandbox) -> None:
    said = await told(slack.member("ana"), "/rds reboot orders-prod --dry-run")

    assert "Operations not allowed on production instances." in flat(said)


async def test_in_a_direct_message_it_says_where_to_ask(
    start_bot: StartBot, slack: SlackSandbox
) -> None:
    async with start_bot(configured(channels=None)):
        said = await told(slack.member("ana"), "/rds reboot orders-staging --dry-run", None)

        assert "In the way: This needs approval, and there is no channel to ask in" in flat(said)
