"""Approve, reject, cancel, expire: by button and by command, each by whoever may and in time."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.bootstrap import Bot, running
from bot.sandbox.aws import AWSSandbox, HeldClock
from bot.sandbox.slack import SlackSandbox
from bot.values import SECOND, Status
from tests.conftest import CONFIG, Home, StartBot
from tests.stories.asking import (
    asks,
    audited,
    card_of,
    changes,
    configured,
    filed,
    flat,
    told,
    told_on_click,
    told_on_submit,
)

ASK = "/rds reboot orders-staging --reason 'new parameter group'"
SLOWLY = [("rebooting", 3600.0)]
NEVER_BY_ITSELF = {
    "rules": [
        {"environment": ["production"], "deny": "Not on production."},
        {"approvals": {"low": 1, "medium": 1, "high": 2}},
    ],
    "expires_after": "2h",
}


async def test_reject_opens_a_form_and_its_reason_ends_the_request(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    ana, dora = slack.member("ana"), slack.member("dora")
    await asks(ana, ASK)
    await dora.clicks(await card_of(dora, "RDS-1001"), "request.reject")
    form = await dora.sees_modal("RDS-1001")
    assert (await filed(bot))[0].status is Status.PENDING
    assert "Reject RDS-1001, reboot orders-staging. One rejection closes it." in flat(form)
    assert [it.block_id for it in form.actions] == ["reason"]

    sent = await dora.submits(form, {"reason": "not during the sale"})

    assert sent.accepted
    assert dora.views() == ()  # the card says it
    await ana.sees(lambda it: "rejected" in it.text and "not during the sale" in it.words)
    [request] = await filed(bot)
    assert (request.status, request.votes[0].reason) == (Status.REJECTED, "not during the sale")
    assert changes(aws) == []


async def test_who_may_not_reject_gets_no_form(bot: Bot, slack: SlackSandbox) -> None:
    await asks(slack.member("ana"), ASK)
    ben = slack.member("ben")

    said = await told_on_click(ben, await card_of(ben, "RDS-1001"), "request.reject")

    assert "Only approvers can reject this request" in flat(said)
    assert ben.views() == ()


async def test_reject_by_command_with_its_reason_ends_the_request(
    bot: Bot, slack: SlackSandbox
) -> None:
    await asks(slack.member("ana"), ASK)

    said = await told(slack.member("dora"), "/rds reject RDS-1001 --reason not during the sale")

    assert "RDS-1001 is rejected not during the sale" in flat(said)
    await slack.member("ana").sees(lambda it: "Rejected: not during the sale" in it.words)


async def test_reject_by_command_without_a_reason_asks_for_it(
    bot: Bot, slack: SlackSandbox
) -> None:
    await asks(slack.member("ana"), ASK)
    dora = slack.member("dora")
    await dora.types("/rds reject RDS-1001", channel="databases")
    form = await dora.sees_modal("RDS-1001")

    blank = await dora.submits(form, {"reason": "   "})
    await told_on_submit(dora, form, {"reason": "no"})

    assert "reason" in blank.errors
    assert (await filed(bot))[0].status is Status.REJECTED


async def test_one_no_ends_what_somebody_else_approved(bot: Bot, slack: SlackSandbox) -> None:
    await asks(slack.member("ana"), f"{ASK} --failover")
    await told(slack.member("emil"), "/rds approve RDS-1001")

    await told(slack.member("dora"), "/rds reject RDS-1001 --reason 'one is enough'")

    said = flat(await told(slack.member("emil"), "/rds approve RDS-1001"))
    assert "already rejected" in said
    assert (await filed(bot))[0].status is Status.REJECTED


async def test_two_approvals_by_command_send_it(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    await asks(slack.member("ana"), f"{ASK} --failover")

    first = flat(await told(slack.member("dora"), "/rds approve RDS-1001"))
    second = flat(await told(slack.member("emil"), "/rds approve 1001"))

    assert "your approval counts, 1 of 2" in first
    assert "your approval counts, 2 of 2" in second
    await slack.until(lambda: changes(aws), what="the call")


async def test_the_same_person_does_not_count_twice(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    await asks(slack.member("ana"), f"{ASK} --failover")
    dora = slack.member("dora")
    await told(dora, "/rds approve RDS-1001")

    by_command = await told(dora, "/rds approve RDS-1001")
    by_click = await told_on_click(dora, await card_of(dora, "RDS-1001"), "request.approve")

    assert "already approved" in flat(by_command)
    assert "already approved" in flat(by_click)
    assert ((await filed(bot))[0].status, changes(aws)) == (Status.PENDING, [])


async def test_nobody_approves_their_own_request_by_command(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    await asks(slack.member("dora"), ASK)

    said = await told(slack.member("dora"), "/rds approve RDS-1001")

    assert "You cannot approve your own request" in flat(said)
    assert ((await filed(bot))[0].votes, changes(aws)) == ((), [])


async def test_the_requester_cancels_by_button(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    ana = slack.member("ana")
    await asks(ana, ASK)

    await ana.clicks(await card_of(ana, "RDS-1001"), "request.cancel")

    ended = await ana.sees(lambda it: it.thread_ts is None and ": cancelled" in it.text)
    assert ended.actions == ()
    assert ((await filed(bot))[0].status, changes(aws)) == (Status.CANCELLED, [])


async def test_the_requester_cancels_by_command_and_only_once(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    await asks(ana, ASK)

    first = flat(await told(ana, "/rds cancel RDS-1001"))
    again = flat(await told(ana, "/rds cancel RDS-1001"))

    assert "RDS-1001 is cancelled" in first
    assert "nothing was sent to AWS" in first
    assert "already cancelled" in again


async def test_nobody_else_cancels_not_even_an_approver(bot: Bot, slack: SlackSandbox) -> None:
    await asks(slack.member("ana"), ASK)
    dora = slack.member("dora")

    by_command = await told(dora, "/rds cancel RDS-1001")
    by_click = await told_on_click(dora, await card_of(dora, "RDS-1001"), "request.cancel")

    for said in (by_command, by_click):
        assert "Only @ana can cancel this request; approvers can reject it" in flat(said)
    assert (await filed(bot))[0].status is Status.PENDING
    assert len(await audited(bot, action="cancel.refused")) == 2


async def test_what_was_sent_cannot_be_cancelled(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    aws.plan["reboot_db_instance"] = SLOWLY
    ana = slack.member("ana")
    await asks(ana, ASK)
    await told(slack.member("dora"), "/rds approve RDS-1001")
    running_card = await ana.sees(lambda it: "cannot be cancelled any more" in it.words)

    said = flat(await told(ana, "/rds cancel RDS-1001"))

    assert "was already sent to AWS" in said
    assert "request.cancel" not in {one.action_id for one in running_card.actions}
    assert (await filed(bot))[0].status is Status.RUNNING


async def test_asking_for_the_same_twice_gives_the_same_request(
    bot: Bot, slack: SlackSandbox
) -> None:
    await asks(slack.member("ana"), ASK)

    said = flat(await told(slack.member("ana"), f"{ASK.partition(' --reason')[0]} --reason better"))

    assert "RDS-1001" in said
    assert "You already asked for this " in said
    assert "/rds cancel RDS-1001" in said
    assert len(await filed(bot)) == 1


async def test_what_is_asked_for_once_is_not_said_to_be_asked_before(
    bot: Bot, slack: SlackSandbox
) -> None:
    assert "already" not in flat(await told(slack.member("ana"), ASK))


async def test_settling_is_for_unknown_requests_and_for_those_who_may(
    bot: Bot, slack: SlackSandbox
) -> None:
    await asks(slack.member("ana"), ASK)

    pending = await told(slack.member("dora"), "/rds settle RDS-1001 succeeded --reason 'I saw it'")

    assert "only an unknown one can be settled" in flat(pending)
    assert (await filed(bot))[0].status is Status.PENDING


async def test_a_rule_can_want_an_approval_of_a_snapshot_too(
    start_bot: StartBot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    async with start_bot(configured(policy=NEVER_BY_ITSELF)):
        await asks(slack.member("ana"), "/rds snapshot orders-dev before-1")
        await card_of(slack.member("ana"), "RDS-1001")
        assert changes(aws) == []

        await told(slack.member("emil"), "/rds approve RDS-1001")

        await slack.until(lambda: changes(aws), what="the call")


# -- time, held ------------------------------------------------------------------------------------


@asynccontextmanager
async def _held(home: Home, config: str = CONFIG) -> AsyncIterator[tuple[Bot, HeldClock]]:
    """A bot that does nothing by itself, on a clock that only the test moves."""
    clock = HeldClock(time.time())
    settings = home.settings(config)
    async with running(settings, lambda: int(clock() * SECOND), pause=0.01, ticking=False) as bot:
        await home.slack.connected()
        yield bot, clock


async def test_what_nobody_decides_in_time_expires_and_its_requester_is_told(
    home: Home, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    async with _held(home, configured(policy=NEVER_BY_ITSELF)) as (bot, clock):
        ana = slack.member("ana")
        await asks(ana, ASK)
        clock.advance(2 * 3600 - 1)
        await bot.jobs.run("expire")
        assert (await filed(bot))[0].status is Status.PENDING

        clock.advance(1)
        await bot.jobs.run("expire")

        await ana.sees(lambda it: it.thread_ts and "Nobody decided in time" in it.words)
        assert ((await filed(bot))[0].status, changes(aws)) == (Status.EXPIRED, [])


async def test_an_approval_that_comes_too_late_does_not_count_even_before_the_tick(
    home: Home, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    async with _held(home, configured(policy=NEVER_BY_ITSELF)) as (bot, clock):
        await asks(slack.member("ana"), ASK)
        dora = slack.member("dora")
        card = await card_of(dora, "RDS-1001")
        clock.advance(2 * 3600)

        said = await told_on_click(dora, card, "request.approve")

        assert "RDS-1001 has expired. If it is still wanted, ask again." in flat(said)
        [request] = await filed(bot)
        assert (request.status, request.votes) == (Status.EXPIRED, ())
        assert changes(aws) == []


async def test_a_card_that_expired_has_no_buttons_left(home: Home, slack: SlackSandbox) -> None:
    async with _held(home, configured(policy=NEVER_BY_ITSELF)) as (bot, clock):
        ana = slack.member("ana")
        await asks(ana, ASK)
        await card_of(ana, "RDS-1001")
        clock.advance(2 * 3600)
        await bot.jobs.run("expire")

        ended = await ana.sees(lambda it: it.thread_ts is None and ": expired" in it.text)

        assert ended.actions == ()
