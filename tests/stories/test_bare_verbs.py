"""A verb that is typed alone: a menu of what is likely, else the form that asks for the rest."""

from typing import Any

import pytest

from bot.bootstrap import Bot
from bot.sandbox.aws import AWSSandbox
from bot.sandbox.slack import Member, SeenMessage, SlackSandbox
from bot.values import FORM, RUN
from tests.stories.asking import (
    card_of,
    changes,
    filed,
    flat,
    told,
    told_on_click,
    told_on_submit,
)

LOOKS = ["metrics", "top", "events", "show", "connections", "logs"]


async def asked_for(member: Member, *names: str) -> None:
    for name in names:
        await told(member, f"/rds reboot {name} --reason leak")


async def mentioned(member: Member, text: str) -> SeenMessage:
    before = {it.ts for it in member.messages()}
    await member.mentions(text, "databases")
    return await member.sees(lambda it: it.ephemeral and it.ts not in before)


@pytest.mark.parametrize("verb", LOOKS)
async def test_a_query_offers_what_somebody_last_asked_for_and_the_form(
    verb: str, bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    await asked_for(ana, "orders-test", "orders-staging")

    for answer in (await told(ana, f"/rds {verb}"), await mentioned(ana, verb)):
        assert "of which database?" in flat(answer)
        runs = [it.value for it in answer.actions if it.action_id.startswith(RUN)]
        assert runs == [f"{verb} orders-staging", f"{verb} orders-test"]
        await ana.clicks(answer, answer.actions[-1].action_id)
        assert verb.capitalize() in (await ana.sees_modal(verb.capitalize())).title
        await ana.closes(await ana.sees_modal(verb.capitalize()))


async def test_a_button_of_the_menu_answers(bot: Bot, slack: SlackSandbox) -> None:
    ana = slack.member("ana")
    await asked_for(ana, "orders-test")
    answer = await told(ana, "/rds show")

    assert "orders-test is available" in flat(
        await told_on_click(ana, answer, answer.actions[0].action_id)
    )


@pytest.mark.parametrize("verb", LOOKS)
async def test_where_nothing_is_likely_the_form_asks(
    verb: str, bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    await ana.types(f"/rds {verb}", channel="databases")
    assert "Database" in flat(await ana.sees_modal(verb.capitalize()))

    answer = await mentioned(ana, verb)
    assert "I still need the database." in flat(answer)
    assert [it.action_id for it in answer.actions] == ["command.finish"]


@pytest.mark.parametrize("verb", ["approve", "reject"])
async def test_a_decision_lists_what_waits_for_whoever_asks(
    verb: str, bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    ana, dora = slack.member("ana"), slack.member("dora")
    await asked_for(ana, "orders-test", "orders-staging")

    for answer in (await told(dora, f"/rds {verb}"), await mentioned(dora, verb)):
        assert "Which request? Waiting for you: RDS-1001, RDS-1002." in flat(answer)
        assert "RDS-1042" not in flat(answer)
    assert f"No request waits for you to {verb}." in flat(await told(ana, f"/rds {verb}"))
    assert changes(aws) == []

    await dora.clicks(answer, f"request.{verb}", value="1001")

    if verb == "approve":
        assert "RDS-1001" in (await card_of(dora, "RDS-1001")).text
    else:
        await dora.sees_modal("RDS-1001")


async def test_a_decision_in_a_sentence_offers_the_button_of_that_request_alone(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana, dora = slack.member("ana"), slack.member("dora")
    await asked_for(ana, "orders-test", "orders-staging")

    answer = await mentioned(dora, "please approve RDS-1002, looks fine")
    stranger = await mentioned(ana, "please approve 1002")

    assert "Which request? Waiting for you: RDS-1002." in flat(answer)
    assert {it.value for it in answer.actions} == {"1002"}
    assert "RDS-1002 is not among those that you can approve." in flat(stranger)
    assert [it.value for it in stranger.actions] == ["status RDS-1002"]
    assert [one.approvals for one in await filed(bot)] == [(), ()]


async def test_cancel_lists_ones_own(bot: Bot, slack: SlackSandbox) -> None:
    ana, ben = slack.member("ana"), slack.member("ben")
    await asked_for(ana, "orders-staging")
    await asked_for(ben, "orders-test")

    answer = await told(ana, "/rds cancel")
    none = await told(slack.member("dora"), "/rds cancel")

    assert "Which request? Yours: RDS-1001." in flat(answer)
    assert [it.action_id for it in answer.actions] == ["request.cancel"]
    assert "You have no open request that can be cancelled." in flat(none)


@pytest.mark.parametrize(
    ("verb", "title"),
    [("reboot", "Reboot"), ("snapshot", "Snapshot"), ("backup-window", "Backup window"),
     ("settle", "Settle"), ("digest schedule", "Digest schedule")],
)  # fmt: skip
async def test_a_change_opens_its_form(
    verb: str, title: str, bot: Bot, slack: SlackSandbox
) -> None:
    dora = slack.member("dora")
    await dora.types(f"/rds {verb}", channel="databases")
    await dora.closes(await dora.sees_modal(title))

    answer = await mentioned(dora, verb)
    await dora.clicks(answer, "command.finish")
    await dora.sees_modal(title)


@pytest.mark.parametrize(
    ("values", "cron"),
    [
        ({}, "30 8 * * mon-fri"),
        ({"cron.time": "18:15", "cron.days": ["mon", "wed"]}, "15 18 * * mon,wed"),
        ({"cron": "daily 9am"}, "0 9 * * *"),
        ({"cron": "0 9 1 * *"}, "0 9 1 * *"),
    ],
)
async def test_the_form_of_a_schedule_has_a_time_and_days(
    bot: Bot, slack: SlackSandbox, values: dict[str, Any], cron: str
) -> None:
    dora = slack.member("dora")
    await dora.types("/rds digest schedule", channel="databases")
    form = await dora.sees_modal("Digest schedule")

    said = await told_on_submit(dora, form, values)

    assert "Next:" in flat(said)
    [one] = await bot.services.digests.appointments()
    assert one.cron == cron


async def test_a_schedule_without_days_is_asked_for_in_the_form(
    bot: Bot, slack: SlackSandbox
) -> None:
    dora = slack.member("dora")
    await dora.types("/rds digest schedule", channel="databases")
    form = await dora.sees_modal("Digest schedule")

    wrong = await dora.submits(form, {"cron.days": []})

    assert "On which days" in wrong.errors["cron"]


@pytest.mark.parametrize("line", ["approve", "reject", "cancel", "approve x", "metrics"])
async def test_no_answer_names_an_id_that_nothing_has(
    line: str, bot: Bot, slack: SlackSandbox
) -> None:
    answer = await mentioned(slack.member("dora"), line)

    assert "RDS-" not in flat(answer).replace("RDS- and its number", "")


@pytest.mark.parametrize("text", ["approve", "cancel", "metrics", "reboot"])
async def test_a_guest_is_told_of_nothing(text: str, bot: Bot, slack: SlackSandbox) -> None:
    await asked_for(slack.member("ana"), "orders-test")

    answer = await mentioned(slack.member("gil"), text)

    assert "Only full members" in flat(answer)
    assert not any(it.action_id.startswith((FORM, RUN, "request")) for it in answer.actions)
