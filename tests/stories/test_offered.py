"""What AWS offers the database of a form, in the form's own menu."""

from typing import Any

from bot.bootstrap import Bot
from bot.sandbox.aws import AWSSandbox
from bot.sandbox.slack import SeenView, SlackSandbox
from handlers.blocks.form import PICK
from handlers.modals.offered import NO_DATABASE, NOT_SAID, NOT_YET
from tests.conftest import StartBot
from tests.stories.asking import configured, filed, flat, told_on_submit

ORDERS_TEST = "orders-test@main/us-east-1"
CLASSES = "rds:DescribeOrderableDBInstanceOptions"
CLASS = "instance_class"


async def opened(slack: SlackSandbox, line: str, who: str = "ana") -> SeenView:
    member = slack.member(who)
    await member.types(line, channel="databases")
    return await member.sees_modal(lambda it: it.title == "Resize")


def heading(slack: SlackSandbox) -> str:
    """Above the rows that the bot answered last."""
    answers = [it.answer for it in slack.deliveries if it.payload.get("type") == "block_suggestion"]
    [group] = answers[-1]["option_groups"]
    return str(group["label"]["text"])


async def test_a_form_offers_what_aws_has_for_its_database_and_what_is_typed(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    ana = slack.member("ana")
    form = await opened(slack, "/rds resize orders-test")

    all_of_them = await ana.searches(form, PICK, "", CLASS)
    asked = len(aws.calls(CLASSES))
    found = await ana.searches(form, PICK, "m6g.xl", CLASS)

    assert "db.m6g.xlarge" in [one["value"] for one in all_of_them]
    assert any("description" in one for one in all_of_them)
    assert [one["value"] for one in found] == ["db.m6g.xlarge", "m6g.xl"]
    assert found[-1]["text"]["text"] == "Use m6g.xl"
    assert len(aws.calls(CLASSES)) == asked  # an answer is kept for a minute

    said = await told_on_submit(ana, form, {CLASS: "db.m6g.xlarge"})
    assert "RDS-1001: Resize orders-test to db.m6g.xlarge" in flat(said)
    assert (await filed(bot))[0].command == f"/rds resize {ORDERS_TEST} db.m6g.xlarge"


async def test_a_form_is_drawn_anew_for_the_database_that_is_chosen_in_it(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    form = await opened(slack, "/rds resize --reason 'CPU at its limit'")
    await ana.searches(form, PICK, "", CLASS)
    assert heading(slack) == NO_DATABASE

    await ana.chooses(form, PICK, ORDERS_TEST, "target")
    await bot.intake.idle()

    form = await ana.sees_modal(f"[{ORDERS_TEST} ▾]")
    assert "CPU at its limit" in flat(form)
    assert "db.m6g.xlarge" in [it["value"] for it in await ana.searches(form, PICK, "", CLASS)]


async def test_what_aws_does_not_say_can_be_typed(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    ana = slack.member("ana")
    form = await opened(slack, "/rds resize orders-test")
    aws.fault(CLASSES, "denied")

    found = await ana.searches(form, PICK, "m6g.xlarge", CLASS)

    assert [one["value"] for one in found] == ["m6g.xlarge"]
    assert heading(slack) == NOT_SAID


async def test_a_slow_aws_holds_nobody_up_and_is_asked_once(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    ana = slack.member("ana")
    form = await opened(slack, "/rds resize orders-test")
    aws.fault(CLASSES, "slow", delay=60)

    found = await ana.searches(form, PICK, "db.m6g.xlarge", CLASS)

    assert [one["value"] for one in found] == ["db.m6g.xlarge"]
    assert heading(slack) == NOT_YET
    aws.release()
    later: Any = ()
    while len(later) < 2:
        later = await ana.searches(form, PICK, "", CLASS)
    again = {call.at for call in aws.calls(CLASSES)}
    await ana.searches(form, PICK, "", CLASS)
    assert {call.at for call in aws.calls(CLASSES)} == again


async def test_a_database_that_one_may_not_see_offers_nothing(
    start_bot: StartBot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    access = {"approvers": {"groups": ["S0DBAS0001"]}, "viewers": {"groups": ["S0DBAS0001"]}}
    async with start_bot(configured(access=access)):
        form = await opened(slack, "/rds resize orders-test")

        found = await slack.member("ana").searches(form, PICK, "", CLASS)

    assert found == ()
    assert aws.calls(CLASSES) == []
