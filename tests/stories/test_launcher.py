"""``/rds`` alone: what can be done from here, what is open, and what waits for whoever looks."""

from bot.bootstrap import Bot
from bot.operations import CATALOGUE
from bot.sandbox.slack import Refused, SeenView, SlackSandbox
from bot.values import Status
from handlers.blocks.launcher import LAUNCH
from tests.stories.asking import asks, filed, flat, told, told_on_submit

ASK = "/rds reboot orders-staging --failover"
ORDERS_TEST = "orders-test@main/us-east-1"
TITLE = "RDS Ops Bot"
MORE, CHANGES = "menu.more", "menu.changes"


async def launched(slack: SlackSandbox, who: str) -> SeenView:
    member = slack.member(who)
    await member.types("/rds", channel="databases")
    return await member.sees_modal(TITLE)


async def test_it_opens_at_once_and_offers_what_the_person_may_use(
    bot: Bot, slack: SlackSandbox
) -> None:
    shown = await launched(slack, "ana")

    offered = {it.action_id for it in shown.actions}
    assert {f"{LAUNCH}reboot_instance", f"{LAUNCH}list_databases"} <= offered
    assert "No request waits for you." in flat(shown)
    first = slack.member("ana").feed[0].seen
    assert isinstance(first, SeenView)
    assert first.title == "Opening…"


async def test_a_guest_is_offered_no_changes_and_told_why(bot: Bot, slack: SlackSandbox) -> None:
    shown = await launched(slack, "gil")

    assert "Only full members of this workspace can look at its databases" in flat(shown)
    assert "waits for you" not in flat(shown)
    assert {it.action_id for it in shown.actions} == {f"{LAUNCH}help", f"{LAUNCH}whoami"}


async def test_a_change_opens_its_form_on_top_and_is_filed(bot: Bot, slack: SlackSandbox) -> None:
    ana = slack.member("ana")
    await ana.chooses(
        await launched(slack, "ana"), CHANGES, f"{LAUNCH}modify_backup_window modify_backup_window"
    )
    form = await ana.sees_modal(lambda it: it.title == "Backup window")
    target = "orders-test@main/us-east-1"

    said = await told_on_submit(ana, form, {"target": target, "window": "04:00-05:00"})
    await bot.intake.idle()
    await ana.closes(said)

    assert "RDS-1001" in flat(said)
    assert ana.views() == ()  # one Close is enough
    assert "RDS-1001, asked by @ana" in flat(await launched(slack, "ana"))


async def test_a_query_that_asks_for_nothing_answers_on_top(bot: Bot, slack: SlackSandbox) -> None:
    ana = slack.member("ana")

    await ana.clicks(await launched(slack, "ana"), f"{LAUNCH}list_databases")

    shown = flat(await ana.sees_modal("orders-staging"))
    assert "shop-staging" in shown


async def test_every_button_and_choice_opens_something(bot: Bot, slack: SlackSandbox) -> None:
    dora = slack.member("dora")
    shown = await launched(slack, "dora")
    buttons = [it.action_id for it in shown.actions if it.action_id.startswith(LAUNCH)]
    selects = {it.action_id: it.element for it in shown.actions if it.action_id in (MORE, CHANGES)}
    choices = [
        (select, it["value"])
        for select, element in selects.items()
        for group in element["option_groups"]
        for it in group["options"]
    ]

    for name in buttons:
        await dora.clicks(await launched(slack, "dora"), name)
        await dora.sees_modal(lambda it: it.title not in (TITLE, "Opening…"))
    for select, choice in choices:
        await dora.chooses(await launched(slack, "dora"), select, choice)
        await dora.sees_modal(lambda it: it.title not in (TITLE, "Opening…"))

    offered = {it.removeprefix(LAUNCH) for it in buttons}
    offered |= {it.rpartition(" ")[2] for _, it in choices}
    decided = {"approve_request", "reject_request", "cancel_request", "settle_request"}
    assert offered == CATALOGUE.keys() - decided


async def test_what_waits_is_approved_in_it_and_leaves_it(bot: Bot, slack: SlackSandbox) -> None:
    await asks(slack.member("ana"), ASK)
    dora = slack.member("dora")
    shown = await launched(slack, "dora")
    assert "needs 2 approvals" in flat(shown)

    await dora.clicks(shown, "request.approve")

    after = await dora.sees_modal("No request waits for you.")
    assert after.id == shown.id
    [request] = await filed(bot)
    assert request.approvals[0].person.user == dora.id


async def test_one_who_asked_is_not_waited_for_and_may_cancel(
    bot: Bot, slack: SlackSandbox
) -> None:
    await asks(slack.member("ana"), ASK)
    ana = slack.member("ana")
    shown = await launched(slack, "ana")
    assert {it.action_id for it in shown.actions if it.action_id.startswith("request.")} == {
        "request.cancel"
    }

    await ana.clicks(shown, "request.cancel")

    await ana.sees_modal(lambda it: it.title == TITLE and "RDS-1001" not in it.words)
    assert (await filed(bot))[0].status is Status.CANCELLED


async def test_nobody_is_waited_for_whose_approval_would_not_count(
    bot: Bot, slack: SlackSandbox
) -> None:
    await asks(slack.member("ana"), ASK)

    shown = await launched(slack, "ben")

    assert "No request waits for you." in flat(shown)


async def test_a_reject_in_it_asks_why_on_top_and_shows_the_list_anew(
    bot: Bot, slack: SlackSandbox
) -> None:
    await asks(slack.member("ana"), ASK)
    dora = slack.member("dora")
    await dora.clicks(await launched(slack, "dora"), "request.reject")
    form = await dora.sees_modal(lambda it: it.title == "Reject")

    assert "Reject RDS-1001, reboot orders-staging with failover." in flat(form)
    assert (await dora.submits(form, {"reason": "not today"})).accepted

    after = await dora.sees_modal("No request waits for you.")
    assert after.title == TITLE


async def test_a_click_that_comes_too_late_is_explained_in_it(
    bot: Bot, slack: SlackSandbox
) -> None:
    await asks(slack.member("ana"), ASK)
    dora = slack.member("dora")
    shown = await launched(slack, "dora")
    await asks(slack.member("ana"), "/rds cancel RDS-1001")

    await dora.clicks(shown, "request.approve")

    assert "RDS-1001 was already cancelled" in flat(await dora.sees_modal("already cancelled"))


async def test_where_no_modal_opens_the_help_comes_in_words(bot: Bot, slack: SlackSandbox) -> None:
    slack.faults.add("views.open", Refused("expired_trigger_id"))

    said = await told(slack.member("ana"), "/rds")

    assert "What you can type" in flat(said)


async def test_where_nothing_opens_on_top_it_is_said_what_to_type(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    shown = await launched(slack, "ana")
    slack.faults.add("views.push", Refused("expired_trigger_id"))

    await ana.clicks(shown, f"{LAUNCH}reboot_instance")

    await ana.sees(lambda it: it.ephemeral and "/rds reboot ID" in it.words)


async def test_more_changes_of_a_database_open_by_what_they_are_for(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    said = await told(ana, "/rds show orders-test")
    more = next(it for it in said.actions if it.action_id == "menu.More")
    labels = [it["text"]["text"] for it in more.element["options"]]
    assert labels[-3:] == ["Storage…", "Upgrade…", "More changes…"]

    await ana.chooses(said, "menu.More", "launch.changes orders-test@123456789012/us-east-1")

    shown = await ana.sees_modal("Changes")
    assert "orders-test is available, test Start, stop, restart" in flat(shown)
    assert "Size and storage" in flat(shown)
    offered = {it.action_id for it in shown.actions}
    assert "form.open.modify_retention" in offered
    assert "form.open.modify_capacity" not in offered  # of Aurora clusters alone

    await ana.clicks(shown, "form.open.modify_retention")
    form = await ana.sees_modal(lambda it: it.title == "Retention")
    assert f"[{ORDERS_TEST} ▾]" in flat(form)


async def test_of_what_a_rule_denies_no_change_is_offered(bot: Bot, slack: SlackSandbox) -> None:
    said = await told(slack.member("ana"), "/rds show orders-prod")

    more = next(it for it in said.actions if it.action_id.startswith("menu."))
    assert "More changes…" not in str(more.element)
