"""Whose word counts, and where: guests, bots, strangers, those who left; channels and endings."""

import pytest

from bot.bootstrap import Bot
from bot.sandbox.aws import AWSSandbox
from bot.sandbox.slack import SeenMessage, SlackSandbox
from bot.values import Status
from tests.conftest import StartBot
from tests.stories.asking import (
    SOON,
    asks,
    audited,
    card_of,
    changes,
    configured,
    everything_is_told,
    filed,
    flat,
    told,
    told_on_click,
)
from tests.stories.stage import meanwhile

OUTSIDERS = {
    "gil": ("databases", "Guests cannot", "guest"),
    "workflow": ("databases", "Bots and workflows cannot", "bot"),
    "eve": ("partner-shared", "your account is of another one", "external"),
}
APPROVERS = {"groups": ["S0DBAS0001"]}


@pytest.mark.parametrize("who", OUTSIDERS)
async def test_nobody_but_a_full_member_can_ask_for_a_change(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox, who: str
) -> None:
    channel, sentence, code = OUTSIDERS[who]

    said = await told(slack.member(who), "/rds snapshot orders-dev", channel)

    assert sentence in flat(said)
    assert (await filed(bot), changes(aws)) == ((), [])
    [row] = await audited(bot)
    assert (row.event.action, row.event.result) == ("request.refused", code)
    assert row.event.actor.endswith(slack.member(who).id)


async def test_a_guest_sees_nothing_of_the_fleet(bot: Bot, slack: SlackSandbox) -> None:
    lines = ["list", "show orders-test", "audit", "requests", "status bot", "status RDS-1001"]

    for line in lines:
        said = flat(await told(slack.member("gil"), f"/rds {line}"))
        assert "Only full members of this workspace" in said
        assert "orders" not in said

    assert [row.event.action for row in await audited(bot)] == ["query.refused"] * len(lines)


async def test_a_guest_is_offered_nothing_that_would_be_refused(
    bot: Bot, slack: SlackSandbox
) -> None:
    offered = flat(await told(slack.member("gil"), "/rds help"))
    known = flat(await told(slack.member("gil"), "/rds whoami"))

    assert "/rds whoami" in offered
    assert [verb for verb in ("list", "show", "audit", "reboot") if f"/rds {verb}" in offered] == []
    assert "only look" not in known


@pytest.mark.parametrize("who", ["gil", "workflow"])
@pytest.mark.parametrize("action", ["request.approve", "request.reject", "request.cancel"])
async def test_a_click_of_somebody_without_standing_changes_nothing(
    bot: Bot, slack: SlackSandbox, who: str, action: str
) -> None:
    await asks(slack.member("ana"), "/rds reboot orders-staging")
    card = await card_of(slack.member(who), "RDS-1001")

    said = await told_on_click(slack.member(who), card, action)

    assert "cannot" in flat(said) or "Only @ana can cancel" in flat(said)
    [request] = await filed(bot)
    assert (request.status, request.votes) == (Status.PENDING, ())
    [refusal] = [row for row in await audited(bot) if row.event.action.endswith(".refused")]
    assert refusal.event.actor.endswith(slack.member(who).id)


async def test_a_person_of_another_workspace_cannot_approve_from_a_shared_channel(
    bot: Bot, slack: SlackSandbox
) -> None:
    await asks(slack.member("ana"), "/rds reboot orders-staging")
    slack.workspace.join_channel("databases", "eve")
    card = await card_of(slack.member("eve"), "RDS-1001")

    said = await told_on_click(slack.member("eve"), card, "request.approve")

    assert "your account is of another one" in flat(said)
    assert (await filed(bot))[0].votes == ()


async def test_who_is_deactivated_right_after_asking_gets_nothing_done(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    meanwhile(slack, "users.info", lambda: slack.workspace.deactivate("ana"))

    await slack.member("ana").types("/rds snapshot orders-dev", channel="databases")
    await bot.intake.idle()

    assert (await filed(bot), changes(aws)) == ((), [])
    assert [row.event.result for row in await audited(bot)] == ["deactivated"]


async def test_who_is_deactivated_right_after_approving_has_not_approved(
    bot: Bot, slack: SlackSandbox
) -> None:
    await asks(slack.member("ana"), "/rds reboot orders-staging")
    card = await card_of(slack.member("dora"), "RDS-1001")
    meanwhile(slack, "users.info", lambda: slack.workspace.deactivate("dora"))

    await slack.member("dora").clicks(card, "request.approve")
    await bot.intake.idle()

    assert (await filed(bot))[0].status is Status.PENDING
    assert (await audited(bot))[0].event.result == "deactivated"


async def test_a_full_member_who_is_no_approver_is_told_who_is(
    bot: Bot, slack: SlackSandbox
) -> None:
    await asks(slack.member("ana"), "/rds reboot orders-staging")
    ben = slack.member("ben")

    said = flat(await told_on_click(ben, await card_of(ben, "RDS-1001"), "request.approve"))

    assert "Only approvers can approve this request" in said
    assert "@dora" in said
    assert "@emil" in said


async def test_who_left_the_approvers_group_before_the_click_does_not_count(
    bot: Bot, slack: SlackSandbox
) -> None:
    await asks(slack.member("ana"), "/rds reboot orders-staging")
    dora = slack.member("dora")
    card = await card_of(dora, "RDS-1001")
    slack.workspace.leave_group("dbas", "dora")

    said = await told_on_click(dora, card, "request.approve")

    assert "Only approvers can approve" in flat(said)
    assert (await filed(bot))[0].votes == ()


async def test_only_the_configured_requesters_can_ask(
    start_bot: StartBot, slack: SlackSandbox
) -> None:
    access = {"approvers": APPROVERS, "requesters": {"groups": ["S0DEVS0001"]}}
    async with start_bot(configured(access=access)) as bot:
        refused = flat(await told(slack.member("pat"), "/rds snapshot orders-dev"))
        looked = flat(await told(slack.member("pat"), "/rds list orders-dev"))
        await told(slack.member("ben"), "/rds snapshot orders-dev")

        assert "You are not among those who can ask for changes. These can: @ana, @ben" in refused
        assert "orders-dev" in looked
        assert [it.requester.user for it in await filed(bot)] == ["U0BEN00001"]


async def test_without_approvers_what_needs_approval_is_refused_and_names_the_key(
    start_bot: StartBot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    async with start_bot(configured(access=None)) as bot:
        said = await told(slack.member("ana"), "/rds reboot orders-staging")

        assert "set access.approvers in rds-bot.yml" in flat(said)
        assert "Create CloudOps request" not in flat(said)
        assert (await filed(bot), changes(aws)) == ((), [])


async def test_a_request_that_can_never_be_approved_is_refused_at_once(
    bot: Bot, slack: SlackSandbox
) -> None:
    said = await told(slack.member("dora"), "/rds reboot orders-staging --failover")

    assert "needs 2 approvals from people other than you" in flat(said)
    assert "only one person (emil)" in flat(said)
    assert await filed(bot) == ()
    assert [row.event.result for row in await audited(bot)] == ["no_approvers"]


async def test_without_an_approvals_channel_the_card_stands_where_it_was_asked(
    start_bot: StartBot, slack: SlackSandbox
) -> None:
    async with start_bot(configured(channels=None)):
        await asks(slack.member("ana"), "/rds reboot orders-staging", "cloudops")

        assert (await card_of(slack.member("dora"), "RDS-1001")).channel.name == "cloudops"


@pytest.mark.parametrize(
    "channel", [None, "partner-shared", "random"], ids=["direct", "shared", "bot is no member"]
)
async def test_where_no_card_may_stand_approval_is_refused_with_what_to_do(
    start_bot: StartBot, slack: SlackSandbox, channel: str | None
) -> None:
    async with start_bot(configured(channels=None)) as bot:
        said = flat(await told(slack.member("ana"), "/rds reboot orders-staging", channel))

        assert "there is no channel to ask in" in said
        assert "set channels.approvals" in said
        assert await filed(bot) == ()


@pytest.mark.parametrize(
    "channel", [None, "partner-shared", "random"], ids=["direct", "shared", "bot is no member"]
)
async def test_where_no_card_may_stand_a_low_risk_change_runs_and_reports_directly(
    start_bot: StartBot, slack: SlackSandbox, aws: AWSSandbox, channel: str | None
) -> None:
    aws.plan["create_db_snapshot"] = SOON
    async with start_bot(configured(channels=None)):
        ana = slack.member("ana")
        await asks(ana, "/rds snapshot orders-dev before-1", channel)

        ended = await ana.sees(lambda it: not it.ephemeral and _succeeded(it), within=15)

        assert ended.channel.is_im
        assert "before-1 is available" in flat(ended)
        assert "orders-dev" not in str([it.words for it in slack.member("dora").messages()])


async def test_who_cannot_see_the_card_hears_the_ending_directly(
    start_bot: StartBot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    aws.plan["create_db_snapshot"] = SOON
    async with start_bot(configured(channels={"approvals": "C0APPROVAL"})):
        ana = slack.member("ana")
        await asks(ana, "/rds snapshot orders-dev before-1")
        await slack.member("dora").sees(lambda it: it.thread_ts and _succeeded(it), within=15)

        told_directly = await ana.sees(lambda it: it.channel.is_im and _succeeded(it))

        assert "RDS-1001" in flat(told_directly)


async def test_who_sees_the_card_does_not_hear_the_ending_twice(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    aws.plan["create_db_snapshot"] = SOON
    ana = slack.member("ana")
    await asks(ana, "/rds snapshot orders-dev before-1")
    await ana.sees(lambda it: it.thread_ts and _succeeded(it), within=15)

    await everything_is_told(bot)

    assert ana.direct_messages() == ()


def _succeeded(seen: SeenMessage) -> bool:
    return "succeeded" in seen.text
