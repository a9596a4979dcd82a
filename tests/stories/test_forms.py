"""Forms: opened where something is missing, prefilled, checked, and as good as a typed command."""

import pytest

from bot.operations import CATALOGUE
from bot.sandbox.aws import AWSSandbox
from bot.sandbox.slack import Refused, SlackSandbox
from bot.service import Bot
from bot.vocabulary import Status
from tests.stories.asking import asks, card_of, changes, filed, flat, told, told_on_submit

PICK = "pick"
ORDERS_TEST = "orders-test@main/us-east-1"


@pytest.mark.parametrize("verb", ["reboot", "snapshot", "backup-window", "approve", "settle"])
async def test_a_change_or_control_without_its_target_opens_its_form(
    bot: Bot, slack: SlackSandbox, verb: str
) -> None:
    dora = slack.member("dora")

    await dora.types(f"/rds {verb}", channel="databases")

    form = await dora.sees_modal(verb.split("-")[0].capitalize())
    operation = next(one for one in CATALOGUE.values() if one.verb == verb)
    assert operation.summary() in flat(form)


async def test_the_form_holds_what_was_typed(bot: Bot, slack: SlackSandbox) -> None:
    ana = slack.member("ana")
    line = "/rds backup-window orders-test --reason 'after the <nightly> load' --dry-run"

    await ana.types(line, channel="databases")

    shown = flat(await ana.sees_modal("Backup window"))
    assert "[orders-test ▾]" in shown
    assert "after the <nightly> load" in shown


async def test_a_submitted_form_becomes_a_request_like_a_typed_command(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    await ana.types("/rds backup-window", channel="databases")
    form = await ana.sees_modal("Backup window")
    values = {"target": ORDERS_TEST, "window": "04:00-05:00", "reason": "after\nthe load"}

    said = await told_on_submit(ana, form, values)

    assert "RDS-1001: Set the backup window of orders-test to 04:00-05:00 UTC" in flat(said)
    assert ana.views() == ()
    [request] = await filed(bot)
    assert request.command == f"/rds backup-window {ORDERS_TEST} 04:00-05:00"
    assert (request.reason, request.channel) == ("after the load", "C0DATABASE")
    await card_of(slack.member("dora"), "RDS-1001")


async def test_checked_boxes_and_several_lines_arrive(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    ana = slack.member("ana")
    await ana.types("/rds snapshot", channel="databases")
    form = await ana.sees_modal("Snapshot")

    await told_on_submit(ana, form, {"target": ORDERS_TEST, "tag": "team=shop\nwhy=new engine"})

    await slack.until(lambda: changes(aws), what="the call")
    tags = {it["Key"]: it["Value"] for it in changes(aws)[0].parameters["Tags"]}
    assert tags == {"team": "shop", "why": "new engine", "rds-bot:request-id": "RDS-1001"}


async def test_a_dry_run_by_form_files_nothing(bot: Bot, slack: SlackSandbox) -> None:
    ana = slack.member("ana")
    await ana.types("/rds reboot", channel="databases")
    form = await ana.sees_modal("Reboot")

    said = await told_on_submit(
        ana, form, {"target": "orders-staging@main/us-east-1", "failover": ["yes"],
                    "dry_run": ["yes"]},
    )  # fmt: skip

    assert "Dry run: Reboot orders-staging with failover" in flat(said)
    assert await filed(bot) == ()


async def test_field_errors_come_back_at_their_fields_and_the_form_stays(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    await ana.types("/rds backup-window", channel="databases")
    form = await ana.sees_modal("Backup window")

    wrong = await ana.submits(form, {"target": ORDERS_TEST, "window": "03:00-03:10"})
    assert wrong.view is not None
    said = await told_on_submit(ana, wrong.view, {"window": "04:00-05:00"})

    assert wrong.errors == {"window": "A backup window is at least 30 minutes long."}
    assert "RDS-1001" in flat(said)


async def test_what_only_aws_knows_is_told_after_the_form(bot: Bot, slack: SlackSandbox) -> None:
    ana = slack.member("ana")
    await ana.types("/rds reboot", channel="databases")
    form = await ana.sees_modal("Reboot")

    said = await told_on_submit(ana, form, {"target": ORDERS_TEST, "failover": ["yes"]})

    assert "orders-test is Single-AZ" in flat(said)


async def test_a_control_by_form_acts(bot: Bot, slack: SlackSandbox) -> None:
    await asks(slack.member("ana"), "/rds reboot orders-staging")
    dora = slack.member("dora")
    await dora.types("/rds approve", channel="databases")
    form = await dora.sees_modal("Approve")

    wrong = await dora.submits(form, {"request": "RDS-x"})
    said = await told_on_submit(dora, form, {"request": "rds-1001"})

    assert wrong.errors == {"request": "A request id reads RDS-1042."}
    assert "your approval counts, 1 of 1" in flat(said)
    assert (await filed(bot))[0].status is not Status.PENDING


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("orders-t", "orders-test"),
        ("ORDERS-T", "orders-test"),
        ("oders-test", "orders-test"),
        ("analytics", "reports@analytics/eu-west-1"),
        ("", "billing-staging"),
    ],
)
async def test_searching_the_fleet_offers_names_that_hold_it_or_are_like_it(
    bot: Bot, slack: SlackSandbox, typed: str, first: str
) -> None:
    ana = slack.member("ana")
    await ana.types("/rds snapshot", channel="databases")
    form = await ana.sees_modal("Snapshot")

    found = await ana.searches(form, PICK, typed)

    assert found[0]["value"].startswith(first)
    assert "available" in found[0]["text"]["text"]


async def test_searching_for_nothing_known_offers_nothing(bot: Bot, slack: SlackSandbox) -> None:
    ana = slack.member("ana")
    await ana.types("/rds snapshot", channel="databases")

    assert await ana.searches(await ana.sees_modal("Snapshot"), PICK, "zzzzzz") == ()


async def test_a_guest_who_sends_a_form_is_refused(bot: Bot, slack: SlackSandbox) -> None:
    gil = slack.member("gil")
    await gil.types("/rds backup-window orders-test", channel="databases")
    form = await gil.sees_modal("Backup window")

    said = await told_on_submit(gil, form, {"window": "07:00-08:00"})

    assert "Guests cannot ask for changes" in flat(said)
    assert await filed(bot) == ()


async def test_a_guest_cannot_search_the_fleet(bot: Bot, slack: SlackSandbox) -> None:
    gil = slack.member("gil")
    await gil.types("/rds snapshot", channel="databases")

    assert await gil.searches(await gil.sees_modal("Snapshot"), PICK, "orders") == ()


async def test_where_no_form_can_be_opened_it_is_said_what_is_missing(
    bot: Bot, slack: SlackSandbox
) -> None:
    slack.faults.add("views.open", Refused("expired_trigger_id"))

    said = await told(slack.member("ana"), "/rds backup-window orders-test")

    assert "HH:MM-HH:MM is missing. It reads: /rds backup-window ID HH:MM-HH:MM" in flat(said)


async def test_the_home_tab_shows_what_can_be_typed(bot: Bot, slack: SlackSandbox) -> None:
    ana = slack.member("ana")
    await ana.opens_home()

    home = await ana.sees_home("/rds reboot ID [--failover]")

    for operation in CATALOGUE.values():
        assert operation.usage() in flat(home)
