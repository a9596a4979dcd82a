"""The shortcut "Ask about this database" on somebody's message."""

import pytest

from bot.bootstrap import Bot
from bot.operation import Change
from bot.operations import CATALOGUE
from bot.sandbox.slack import Member, Refused, SeenView, SlackSandbox
from handlers.listeners.shortcuts import SHORTCUT, mentioned
from tests.stories.asking import audited, card_of, filed, flat

PLEA = "Can somebody restart orders-test? It <leaks> & it's slow."
ORDERS = "orders-test@main/us-east-1"


async def used(member: Member, text: str = PLEA) -> SeenView:
    """The form that opens on a message with that text."""
    await member.says(text, "databases")
    await member.uses_shortcut(SHORTCUT, await member.sees(lambda it: not it.ephemeral))
    return await member.sees_modal("Ask about a database")


async def test_the_message_becomes_the_reason_of_a_change(bot: Bot, slack: SlackSandbox) -> None:
    ana = slack.member("ana")
    form = await used(ana)
    assert ORDERS in flat(form)
    assert PLEA in flat(form)

    await ana.submits(form, {"what": "reboot_instance"})
    second = await ana.sees_modal("Reboot")
    assert ORDERS in flat(second)
    await ana.submits(second)

    await card_of(slack.member("dora"), "RDS-1001")
    [request] = await filed(bot)
    assert (request.operation, request.reason) == ("reboot_instance", PLEA)


async def test_looking_needs_one_form(bot: Bot, slack: SlackSandbox) -> None:
    ana = slack.member("ana")
    form = await used(ana)

    await ana.submits(form, {"what": "show_database"})

    answer = await ana.sees(lambda it: it.ephemeral)
    assert "orders-test is available" in flat(answer)
    assert ana.views() == ()


@pytest.mark.parametrize(
    ("what", "said"),
    [
        # what is chosen already: the metrics
        ({}, "orders-test: nothing unusual in the last 24 hours"),
        ({"what": "show_events"}, "orders-test: no events in the last 24 hours"),
        ({"what": "show_connections"}, "orders-test"),
    ],
)
async def test_what_was_chosen_is_looked_at(
    bot: Bot, slack: SlackSandbox, what: dict[str, str], said: str
) -> None:
    ana = slack.member("ana")

    await ana.submits(await used(ana), what)

    answer = await ana.sees(lambda it: it.ephemeral)
    assert said in flat(answer)


async def test_it_offers_every_change_of_the_catalogue(bot: Bot, slack: SlackSandbox) -> None:
    form = await used(slack.member("ana"))

    [what] = [it for it in form.actions if it.block_id == "what"]
    looks = ["show_metrics", "show_top", "show_connections", "show_events", "show_database"]
    values = [it["value"] for it in what.element["options"]]
    assert values[: len(looks)] == looks
    changes = {name for name, one in CATALOGUE.items() if issubclass(one, Change)}
    assert sorted(values[len(looks) :]) == sorted(changes)
    labels = [it["text"]["text"] for it in what.element["options"]]
    assert labels[: len(looks)] == ["Metrics", "Top", "Connections", "Events", "Show"]
    assert {"Snapshot", "Backup window", "Reboot"} <= set(labels)


async def test_a_message_without_a_database_leaves_it_open(bot: Bot, slack: SlackSandbox) -> None:
    ana = slack.member("ana")
    form = await used(ana, "Everything is slow today.")

    refused = await ana.submits(form)
    assert "target" in refused.errors
    await ana.submits(form, {"target": ORDERS, "what": "create_snapshot"})

    assert ORDERS in flat(await ana.sees_modal("Snapshot"))


async def test_a_long_message_is_cut(bot: Bot, slack: SlackSandbox) -> None:
    form = await used(slack.member("ana"), "orders-test " + "x" * 20_000)

    [reason] = [it for it in form.actions if it.block_id == "reason"]
    assert len(reason.element["initial_value"]) == 1000


async def test_a_guest_gets_no_form_and_that_is_audited(bot: Bot, slack: SlackSandbox) -> None:
    gil = slack.member("gil")
    await gil.says(PLEA, "databases")

    await gil.uses_shortcut(SHORTCUT, await gil.sees("restart"))

    form = await gil.sees_modal("Only full members")
    assert "orders" not in flat(form)
    assert form.actions == ()
    [row] = await audited(bot)
    assert (row.event.action, row.event.result) == ("query.refused", "guest")


async def test_where_the_form_does_not_open_it_says_so(bot: Bot, slack: SlackSandbox) -> None:
    slack.faults.add("views.open", Refused("expired_trigger_id"))
    ana = slack.member("ana")
    await ana.says(PLEA, "databases")

    await ana.uses_shortcut(SHORTCUT, await ana.sees("restart"))

    assert "use the shortcut once more" in flat(await ana.sees(lambda it: it.ephemeral))


async def test_where_the_bot_is_not_it_answers_by_direct_message(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    await ana.says(PLEA, "random")
    await ana.uses_shortcut(SHORTCUT, await ana.sees("restart"))
    form = await ana.sees_modal("Ask about a database")

    await ana.submits(form, {"what": "show_database"})

    answer = await ana.sees(lambda it: it.author.is_bot and "is available" in it.words)
    assert answer.channel.is_im


async def test_a_shortcut_that_comes_again_opens_one_form(bot: Bot, slack: SlackSandbox) -> None:
    ana = slack.member("ana")
    await used(ana)

    await slack.redeliver(slack.deliveries[-1], same_envelope=False)
    await bot.intake.idle()

    assert len(slack.called("views.open")) == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("orders-test is slow", "orders-test"),
        ("`ORDERS-TEST`, please", "orders-test"),
        ("first orders-staging, then orders-test", "orders-staging"),
        ("orders-testing is another one", None),
        ("https://console/orders-test?x=1", "orders-test"),
        ("nothing", None),
        ("", None),
    ],
)
async def test_the_database_is_guessed_from_whole_names(
    text: str, found: str | None, bot: Bot
) -> None:
    databases = bot.services.fleet.last_seen.databases

    guess = mentioned(text, databases)

    assert (guess.name if guess else None) == found
