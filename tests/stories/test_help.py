"""`/rds help`: what one may use, examples first, and who must agree here."""

from bot.bootstrap import Bot
from bot.sandbox.slack import SlackSandbox
from tests.conftest import StartBot
from tests.stories.asking import configured, flat, told


async def test_help_shows_what_one_may_use_as_it_can_be_typed(
    bot: Bot, slack: SlackSandbox
) -> None:
    developer = flat(await told(slack.member("ana"), "/rds help"))
    approver = flat(await told(slack.member("dora"), "/rds ?"))

    assert "/rds reboot orders-test" in developer
    assert "/rds cancel" in developer
    assert "/rds approve" not in developer
    assert "/rds settle" not in developer
    assert "/rds approve" in approver
    assert "mention me there" in developer


async def test_a_guest_is_shown_nothing_that_would_be_refused(
    bot: Bot, slack: SlackSandbox
) -> None:
    said = flat(await told(slack.member("gil"), "/rds help"))

    assert "/rds whoami" in said
    assert "/rds reboot orders-test" not in said
    assert "/rds list" not in said


async def test_help_about_a_change_begins_with_an_example_and_says_who_must_agree(
    bot: Bot, slack: SlackSandbox
) -> None:
    said = flat(await told(slack.member("ana"), "/rds help reboot"))

    for words in (
        "For example: /rds reboot orders-test", "All of it: /rds reboot ID [--failover]",
        "Who must agree here", "Risk: medium, or higher",
        "Where environment is production: not allowed. Operations not allowed on production",
        "Everywhere else: 1 approval at medium risk, 2 approvals at high risk.",
        "Approvers: @dora, @emil", "What it needs at AWS", "rds:RebootDBInstance",
    ):  # fmt: skip
        assert words in said, words
    assert said.index("For example") < said.index("All of it")


async def test_help_says_it_where_nobody_could_agree(
    start_bot: StartBot, slack: SlackSandbox
) -> None:
    async with start_bot(configured(access=None)):
        said = flat(await told(slack.member("ana"), "/rds help reboot"))

    assert "Approvers: nobody: see access.approvers" in said


async def test_help_about_a_query_names_no_approvers(bot: Bot, slack: SlackSandbox) -> None:
    said = flat(await told(slack.member("ana"), "/rds help show"))

    assert "For example: /rds show" in said
    assert "Who must agree" not in said
