"""Forms: opened where something is missing, prefilled, checked, and as good as a typed command."""

import asyncio

import pytest

from bot.bootstrap import Bot
from bot.operations import CATALOGUE
from bot.sandbox.aws import AWSSandbox, ClusterSpec
from bot.sandbox.slack import Refused, SeenView, SlackSandbox
from bot.values import Status
from tests.conftest import Home, StartBot
from tests.stories.asking import asks, card_of, changes, filed, flat, told, told_on_submit
from tests.stories.process import process
from tests.stories.stage import until
from tests.stories.test_crashes import hangs

PICK = "pick"
ORDERS_TEST = "orders-test@main/us-east-1"


@pytest.mark.parametrize("verb", ["reboot", "snapshot", "backup-window", "settle"])
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
    assert "[orders-test@main/us-east-1 ▾]" in shown
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


async def test_what_only_aws_knows_comes_back_above_its_field_with_all_values_kept(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    await ana.types("/rds reboot", channel="databases")
    form = await ana.sees_modal("Reboot")
    values = {"target": ORDERS_TEST, "failover": ["yes"], "reason": "a drill"}

    again = await told_on_submit(ana, form, values)
    said = await told_on_submit(ana, again, {"failover": []})

    ids = [block.get("block_id") for block in again.blocks]
    notice = again.blocks[ids.index("target") - 1]
    assert "Instance:" in str(notice)
    assert "orders-test is Single-AZ" in str(notice)
    assert "[orders-test@main/us-east-1 ▾]" in flat(again)
    assert "☑" in flat(again)
    assert "a drill" in flat(again)
    assert "Reboot orders-test. It needs 1 approval" in flat(said)


async def test_while_aws_is_asked_the_form_says_so(bot: Bot, slack: SlackSandbox) -> None:
    ana = slack.member("ana")
    await ana.types("/rds backup-window orders-test", channel="databases")
    form = await ana.sees_modal("Backup window")

    sent = await ana.submits(form, {"window": "04:00-05:00"})

    assert sent.view is not None
    assert "Checking with AWS…" in flat(sent.view)
    assert "Who can agree: @dora, @emil." in flat(await ana.sees_modal("RDS-1001"))


@pytest.mark.parametrize(
    ("typed", "window", "field", "sentence"),
    [
        ("orders-tset", "04:00-05:00", "target", 'I know no database "orders-tset". Did you mean'),
        ("reports", "04:00-05:00", "target", '"reports" could be reports@main/us-east-1 or'),
        ("shop-staging-1", "04:00-05:00", "target", "belongs to the cluster shop-staging"),
        ("orders-test", "05:00-05:30", "window", "overlaps the maintenance window of orders-test"),
        ("orders-test", "03:00-03:30", "window", "is 03:00-03:30 UTC already"),
    ],
)
async def test_what_is_known_without_aws_lands_on_its_field_at_once(
    bot: Bot, slack: SlackSandbox, typed: str, window: str, field: str, sentence: str
) -> None:
    ana = slack.member("ana")
    await ana.types(f"/rds backup-window {typed}", channel="databases")
    form = await ana.sees_modal("Backup window")

    wrong = await ana.submits(form, {"window": window})

    assert list(wrong.errors) == [field]
    assert sentence in wrong.errors[field]
    assert await filed(bot) == ()


@pytest.mark.parametrize(
    ("typed", "values", "field", "sentence"),
    [
        ("shop-staging", {"snapshot": "s" * 64}, "snapshot", "63 characters at most"),
        ("shop-staging-1", {}, "target", "belongs to the cluster shop-staging"),
        ("orders-test", {"tag": "a=1\nAWS:x=1"}, "tag", "begins with aws:, which is reserved"),
        ("orders-test", {"tag": "a=1\na=1"}, "tag", "The tag a is given twice"),
    ],
)
async def test_what_aws_would_refuse_of_a_snapshot_lands_on_its_field(
    bot: Bot, slack: SlackSandbox, typed: str, values: dict[str, str], field: str, sentence: str
) -> None:
    ana = slack.member("ana")
    await ana.types("/rds snapshot", channel="databases")
    form = await ana.sees_modal("Snapshot")

    wrong = await ana.submits(form, {"target": f"{typed}@main/us-east-1", **values})

    assert list(wrong.errors) == [field]
    assert sentence in wrong.errors[field]
    assert await filed(bot) == ()


async def test_the_longest_cluster_gets_a_snapshot_without_a_name(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    name = "long-" * 12 + "dev"
    aws.seed([ClusterSpec(name, members=(f"m{name[1:]}",), tags={"Environment": "dev"})])
    await bot.services.fleet.refresh()
    await told(slack.member("ana"), f"/rds snapshot {name}")

    await slack.until(lambda: changes(aws), what="the call")
    [call] = changes(aws)
    assert call.outcome == "ok"
    assert call.parameters["DBClusterSnapshotIdentifier"].endswith("-rds-1001")


async def test_a_denial_by_form_offers_what_can_be_done_where_it_was_asked(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    await ana.types("/rds reboot", channel="databases")
    form = await ana.sees_modal("Reboot")

    denied = await told_on_submit(ana, form, {"target": "orders-prod@main/us-east-1"})
    await ana.clicks(denied, "cloudops.create")

    assert "Denied: Operations not allowed on production instances" in flat(denied)
    await ana.sees(lambda it: it.ephemeral and "Sent to #cloudops" in it.words)


async def test_a_menu_offers_only_what_the_operation_takes(bot: Bot, slack: SlackSandbox) -> None:
    ana = slack.member("ana")
    await ana.types("/rds reboot", channel="databases")

    found = await ana.searches(await ana.sees_modal("Reboot"), PICK, "shop-staging")

    names = [it["value"].partition("@")[0] for it in found]
    assert names[:3] == ["shop-staging-1", "shop-staging-2", "shop-staging-3"]
    assert "shop-staging" not in names


async def test_a_name_that_finds_nothing_is_told_when_the_form_opens(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")

    await ana.types("/rds backup-window orders-tset", channel="databases")

    shown = flat(await ana.sees_modal("Backup window"))
    assert 'I know no database "orders-tset". Did you mean orders-test' in shown
    assert "[orders-tset ▾]" in shown


async def test_what_was_typed_is_shown_with_its_environment_and_status(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")

    await ana.types("/rds backup-window orders-test", channel="databases")

    [target] = [
        it for it in (await ana.sees_modal("Backup window")).actions if it.action_id == PICK
    ]
    chosen = target.element["initial_option"]
    assert chosen["text"]["text"] == ORDERS_TEST
    assert chosen["description"]["text"] == "test · available · postgres"


async def test_a_form_opens_before_it_is_known_what_stands_in_it(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")

    await ana.types("/rds backup-window orders-tset", channel="databases")

    await ana.sees_modal("Backup window")
    views = [it.seen for it in ana.feed if isinstance(it.seen, SeenView)]
    assert [it.title for it in views] == ["Opening…", "Backup window"]


async def test_a_form_that_is_sent_twice_files_one_request_and_is_answered_once(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    await ana.types("/rds backup-window orders-test", channel="databases")
    form = await ana.sees_modal("Backup window")
    await asyncio.gather(*(ana.submits(form, {"window": "04:00-05:00"}) for _ in range(2)))

    await ana.sees_modal("RDS-1001")
    await bot.intake.idle()

    assert [request.id for request in await filed(bot)] == [1001]


async def test_where_the_form_was_closed_meanwhile_the_answer_comes_privately(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    await ana.types("/rds backup-window orders-test", channel="databases")
    form = await ana.sees_modal("Backup window")
    slack.faults.add("views.update", Refused("not_found"))

    await ana.submits(form, {"window": "04:00-05:00"})

    await ana.sees(lambda it: it.ephemeral and "RDS-1001" in it.words)


async def test_an_error_about_a_form_that_was_closed_comes_privately(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    await ana.types("/rds reboot", channel="databases")
    form = await ana.sees_modal("Reboot")
    slack.faults.add("views.update", Refused("not_found"), times=None)

    await ana.submits(form, {"target": ORDERS_TEST, "failover": ["yes"]})

    await ana.sees(lambda it: it.ephemeral and "orders-test is Single-AZ" in it.words)


async def test_a_form_survives_a_restart_of_the_bot(
    start_bot: StartBot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    async with start_bot():
        await ana.types("/rds backup-window orders-test", channel="databases")
        form = await ana.sees_modal("Backup window")

    async with start_bot():
        said = await told_on_submit(ana, form, {"window": "04:00-05:00"})

    assert "RDS-1001" in flat(said)


async def test_a_form_that_was_being_worked_on_when_the_bot_died_is_answered_by_the_next(
    home: Home, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    ana = slack.member("ana")
    async with process(home) as bot:
        await ana.types("/rds backup-window orders-test", channel="databases")
        form = await ana.sees_modal("Backup window")
        struck = hangs(slack, "users.info")
        sent = await ana.submits(form, {"window": "04:00-05:00"})
        await until(lambda: struck)
        await bot.kill()

    async with process(home):
        assert sent.accepted
        await ana.sees_modal("RDS-1001")


async def test_a_reject_form_of_a_request_that_ended_meanwhile_says_so(
    bot: Bot, slack: SlackSandbox
) -> None:
    await asks(slack.member("ana"), "/rds reboot orders-staging")
    dora = slack.member("dora")
    await dora.clicks(await card_of(dora, "RDS-1001"), "request.reject")
    form = await dora.sees_modal("RDS-1001")
    await asks(slack.member("ana"), "/rds cancel RDS-1001")

    assert (await dora.submits(form, {"reason": "not today"})).accepted

    said = await dora.sees(lambda it: it.ephemeral and "already cancelled" in it.words)
    assert "RDS-1001 was already cancelled" in flat(said)
    assert dora.views() == ()


@pytest.mark.parametrize(
    ("line", "head", "asked"),
    [
        ("reject RDS-1001", "Reject RDS-1001, reboot orders-staging.", {"reason"}),
        ("settle RDS-1001", "Settle RDS-1001, reboot orders-staging.", {"outcome", "reason"}),
    ],
)
async def test_a_form_about_one_request_says_which_and_does_not_ask_for_it(
    bot: Bot, slack: SlackSandbox, line: str, head: str, asked: set[str]
) -> None:
    await asks(slack.member("ana"), "/rds reboot orders-staging")
    dora = slack.member("dora")

    await dora.types(f"/rds {line}", channel="databases")
    form = await dora.sees_modal(head)

    assert {it.block_id for it in form.actions} == asked


async def test_a_request_that_is_not_there_is_still_asked_for(
    bot: Bot, slack: SlackSandbox
) -> None:
    dora = slack.member("dora")

    await dora.types("/rds reject RDS-7", channel="databases")

    form = await dora.sees_modal("Reject")
    assert {it.block_id for it in form.actions} == {"request", "reason"}


async def test_text_that_nobody_can_see_or_that_nobody_can_read_is_dealt_with(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    await ana.types("/rds snapshot", channel="databases")
    form = await ana.sees_modal("Snapshot")

    long = await ana.submits(form, {"target": ORDERS_TEST, "snapshot": "a" * 2000})
    said = await told_on_submit(
        ana, form, {"snapshot": "before\u202e-1\u200b", "reason": "a\u0000\u202ereason"}
    )

    assert list(long.errors) == ["snapshot"]
    assert "RDS-1001" in flat(said)
    [request] = await filed(bot)
    assert "\u202e" not in request.reason + request.command


async def test_a_control_by_form_acts(bot: Bot, slack: SlackSandbox) -> None:
    await asks(slack.member("ana"), "/rds reboot orders-staging")
    dora = slack.member("dora")
    await dora.types("/rds reject RDS-1001", channel="databases")
    form = await dora.sees_modal("RDS-1001")

    said = await told_on_submit(dora, form, {"reason": "not now"})

    assert "RDS-1001" in flat(form)
    assert "RDS-1001 is rejected" in flat(said)
    assert (await filed(bot))[0].status is Status.REJECTED


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
    assert "available" in found[0]["description"]["text"]


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

    assert "I could not open the form in time." in flat(said)
    assert [it.value for it in said.actions] == ["backup-window orders-test"]
