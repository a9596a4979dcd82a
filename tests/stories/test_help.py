"""`/rds help`: what one may use, examples first, and who must agree here."""

import pytest

from bot.bootstrap import Bot
from bot.operations.help import Topic
from bot.sandbox.slack import SlackSandbox
from tests.conftest import StartBot
from tests.stories.asking import configured, flat, told, told_on_choice


async def test_help_begins_with_the_five_commonest_as_they_can_be_typed(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    said = await told(ana, "/rds help")

    for line in ("list", "metrics", "snapshot", "reboot orders-test", "requests"):
        assert f"/rds {line}" in flat(said)
    assert flat(said).count("/rds ") == 7  # and two of the hint
    assert "mention me there" in flat(said)


@pytest.mark.parametrize(
    ("topic", "there", "missing"),
    [
        ("look", ["list", "show", "metrics", "top", "compare"], "reboot"),
        ("change", ["reboot", "snapshot", "backup-window"], "list"),
        ("changes", ["reboot"], "list"),
        ("approvals", ["approve", "reject", "cancel", "requests", "status"], "reboot"),
        ("incidents", ["events", "logs"], "metrics"),
        ("Incident", ["events"], "metrics"),
        ("digests", ["digest schedule", "digest now"], "metrics"),
        ("administration", ["audit", "report", "settle"], "metrics"),
        ("admin", ["audit"], "metrics"),
    ],
)
async def test_a_topic_shows_all_of_it_that_one_may_use(
    bot: Bot, slack: SlackSandbox, topic: str, there: list[str], missing: str
) -> None:
    said = flat(await told(slack.member("dora"), f"/rds help {topic}"))

    assert all(f"/rds {verb}" in said for verb in there), said
    assert f"/rds {missing}" not in said


async def test_a_topic_leaves_out_what_one_may_not_use(bot: Bot, slack: SlackSandbox) -> None:
    developer = flat(await told(slack.member("ana"), "/rds help approvals"))

    assert "/rds cancel" in developer
    assert "/rds approve" not in developer
    assert "/rds settle" not in flat(await told(slack.member("ana"), "/rds help administration"))


async def test_the_menu_of_topics_opens_each(bot: Bot, slack: SlackSandbox) -> None:
    ana = slack.member("ana")
    said = await told(ana, "/rds help")
    [menu] = [it for it in said.actions if it.action_id == "menu.More"]
    choices = [it["value"] for it in menu.element["options"]]

    for choice in choices:
        answered = await told_on_choice(ana, said, menu.action_id, choice)
        assert f"/rds {'digest' if 'digest' in choice else ''}" in flat(answered)
    assert len(choices) == len(Topic)


async def test_what_is_neither_command_nor_topic_gets_what_comes_nearest(
    bot: Bot, slack: SlackSandbox
) -> None:
    said = flat(await told(slack.member("ana"), "/rds help rebot"))

    assert 'Did you mean "reboot"?' in said


@pytest.mark.parametrize("line", ["help", "help reboot", "help approve", "help look", "whoami"])
async def test_a_guest_is_told_only_what_they_may_do(
    bot: Bot, slack: SlackSandbox, line: str
) -> None:
    said = flat(await told(slack.member("gil"), f"/rds {line}"))

    for never in ("orders-test", "rds:", "Approvers", "approve your own", "/rds list", "Risk:"):
        assert never not in said, said


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
