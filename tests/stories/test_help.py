"""`/rds help`: what one may use, examples first, and who must agree here."""

import pytest

from bot.bootstrap import Bot
from bot.operation import Topic
from bot.operations import CATALOGUE
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
        ("run", ["reboot"], "list"),
        ("size", ["resize", "storage"], "reboot"),
        ("backup", ["snapshot", "backup-window", "retention"], "reboot"),
        ("upgrades", ["upgrade"], "storage"),
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


@pytest.mark.parametrize("typed", ["change", "changes"])
async def test_all_changes_are_shown_by_topic(bot: Bot, slack: SlackSandbox, typed: str) -> None:
    said = flat(await told(slack.member("ana"), f"/rds help {typed}"))

    assert "Ask for a change" in said
    assert "Size and storage: " in said
    changes = [one.verb for one in CATALOGUE.values() if one.topic.is_of_changes]
    assert [verb for verb in changes if verb not in said] == []


async def test_a_topic_leaves_out_what_one_may_not_use(bot: Bot, slack: SlackSandbox) -> None:
    developer = flat(await told(slack.member("ana"), "/rds help approvals"))

    assert "/rds cancel" in developer
    assert "/rds approve" not in developer
    assert "/rds settle" not in flat(await told(slack.member("ana"), "/rds help administration"))


async def test_the_menu_of_topics_opens_each(bot: Bot, slack: SlackSandbox) -> None:
    ana = slack.member("ana")
    said = await told(ana, "/rds help")
    [menu] = [it for it in said.actions if it.action_id == "menu.Topics"]
    choices = [it["value"] for it in menu.element["options"]]

    for choice in choices:
        answered = await told_on_choice(ana, said, menu.action_id, choice)
        assert f"/rds {'digest' if 'digest' in choice else ''}" in flat(answered)
    topics = {one.topic for one in CATALOGUE.values()}
    assert [one.split()[-1] for one in choices] == [one for one in Topic if one in topics]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("bigger machine", "resize"),
        ("DBInstanceClass", "resize"),
        ("cpu", "metrics"),
        ("neustart", "reboot"),
        ("engine version", "upgrade"),
        ("grow", "storage"),
        ("window", "backup-window"),
        ("digest schedule", "digest schedule"),
    ],
)
async def test_any_words_find_what_they_are_about_with_its_form(
    bot: Bot, slack: SlackSandbox, typed: str, first: str
) -> None:
    said = flat(await told(slack.member("dora"), f"/rds help {typed}"))

    assert said[said.index("/rds ") :].startswith(f"/rds {first}"), said
    assert "/rds help" not in said


async def test_a_form_opens_from_the_help_about_it(bot: Bot, slack: SlackSandbox) -> None:
    ana = slack.member("ana")
    for typed in ("machine", "resize"):
        said = await told(ana, f"/rds help {typed}")
        await ana.clicks(said, "form.open.modify_instance_class")
        form = await ana.sees_modal(lambda it: it.title == "Resize")
        await ana.closes(form)


async def test_what_is_neither_command_nor_topic_gets_what_comes_nearest(
    bot: Bot, slack: SlackSandbox
) -> None:
    said = flat(await told(slack.member("ana"), "/rds help rebott"))

    assert 'Did you mean "reboot"' in said


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
