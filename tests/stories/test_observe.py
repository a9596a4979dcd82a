"""``observe: true``: every change is answered by its plan and decision, and nothing is sent."""

from collections.abc import Awaitable, Callable

import pytest
from structlog.testing import capture_logs

from bot.aws.accounts import Accounts, accounts_of
from bot.errors import AWSRefusedError, NotAllowedError
from bot.sandbox.aws.clock import SOME_MORNING
from bot.sandbox.slack import Member, SeenMessage, SeenView
from bot.settings import OBSERVES
from bot.values import Call, Kind, Status
from tests.conftest import CONFIG
from tests.stories.asking import (
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
from tests.stories.stage import FIRST, FREE, Play, Stage

OBSERVING = f"{CONFIG}\nobserve: true\n"
REBOOT = "reboot orders-staging --failover --reason drill"
Seen = SeenMessage | SeenView


async def by_command(member: Member) -> Seen:
    return await told(member, f"/rds {REBOOT}")


async def by_command_as_a_dry_run(member: Member) -> Seen:
    return await told(member, f"/rds {REBOOT} --dry-run")


async def by_mention(member: Member) -> Seen:
    await member.mentions(REBOOT, channel="databases")
    return await member.sees(lambda it: it.ephemeral and "Observed:" in it.words)


async def by_form(member: Member) -> Seen:
    await member.types("/rds reboot", channel="databases")
    form = await member.sees_modal("Reboot")
    values = {"target": "orders-staging@main/us-east-1", "failover": ["yes"], "reason": "drill"}
    return await told_on_submit(member, form, values)


async def by_button(member: Member) -> Seen:
    await member.types("/rds", channel="databases")
    launcher = await member.sees_modal("RDS Ops Bot")
    await member.clicks(launcher, "launch.reboot_instance")
    form = await member.sees_modal(lambda it: "Failover" in it.words)
    values = {"target": "orders-staging@main/us-east-1", "failover": ["yes"], "reason": "drill"}
    return await told_on_submit(member, form, values)


@pytest.mark.parametrize(
    "asks", [by_command, by_command_as_a_dry_run, by_mention, by_form, by_button]
)
async def test_a_change_is_answered_by_its_plan_and_what_it_would_need(
    stage: Stage, asks: Callable[[Member], Awaitable[Seen]]
) -> None:
    async with stage.bot(OBSERVING) as play:
        said = flat(await asks(stage.slack.member("ana")))

        for words in (
            "Observed: Reboot orders-staging with failover", "Nothing was filed", "2 approvals",
            "@dora, @emil", "rule 2 of 2", "rds:RebootDBInstance", "ForceFailover = true", OBSERVES,
        ):  # fmt: skip
            assert words in said, words
        assert "To ask for it" not in said
        await nothing_came_of_it(stage, play)
        [row] = await audited(play.bot, action="request.rehearsed")
        assert row.event.result == "observed"
        assert row.event.facts["approvals"] == 2


def ids(card: SeenMessage) -> set[str]:
    return {it.action_id for it in card.actions}


async def nothing_came_of_it(stage: Stage, play: Play) -> None:
    assert await filed(play.bot) == ()
    assert await play.bot.services.store.outbox.depth() == 0
    await play.later(60, steps=2)
    assert changes(stage.aws) == []


async def test_what_needs_no_approval_is_not_sent_either(stage: Stage) -> None:
    async with stage.bot(OBSERVING) as play:
        said = flat(await told(stage.slack.member("ana"), "/rds snapshot orders-dev"))

        assert "Observed: Take snapshot" in said
        assert "none; it would be sent at once" in said
        await nothing_came_of_it(stage, play)


async def test_what_would_be_denied_shows_its_plan_and_hands_nothing_over(stage: Stage) -> None:
    async with stage.bot(OBSERVING) as play:
        answer = await told(stage.slack.member("ana"), "/rds reboot orders-prod")

        said = flat(answer)
        for words in ("Observed: Reboot orders-prod", "denied: Operations not allowed",
                      "rule 1 of 2", "rds:RebootDBInstance"):  # fmt: skip
            assert words in said, words
        assert "CloudOps request" not in said.replace("Please create a CloudOps request", "")
        [row] = await audited(play.bot, action="request.rehearsed")
        assert (row.event.result, row.event.facts["effect"]) == ("observed", "deny")
        await nothing_came_of_it(stage, play)


async def test_a_pilot_needs_no_approvers(stage: Stage) -> None:
    async with stage.bot(configured(access=None, observe=True)):
        said = flat(await told(stage.slack.member("ana"), "/rds reboot orders-staging"))

        assert "Observed: Reboot orders-staging" in said
        assert "needs 1 approval, and nobody is set who could approve" in said


async def test_the_button_of_an_earlier_denial_hands_nothing_over(stage: Stage) -> None:
    ana = stage.slack.member("ana")
    async with stage.bot(CONFIG):
        denied = await told(ana, "/rds reboot orders-prod")
    async with stage.bot(OBSERVING) as play:
        assert OBSERVES in flat(await told_on_click(ana, denied, "cloudops.create"))
        assert await audited(play.bot, action="cloudops.asked") == ()


async def test_what_was_filed_before_waits_says_so_and_is_sent_when_the_mode_ends(
    stage: Stage,
) -> None:
    """One waits for approval; one is approved, and waits for a check that AWS did not answer."""
    dora, pending, approved = stage.slack.member("dora"), FIRST, FIRST + 1
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-staging --failover")
        await play.types("/rds reboot orders-test")
        await play.told()
        asked = await dora.sees(lambda it: "RDS-1002" in it.text and it.actions)
        stage.aws.fault("rds:DescribeDBInstances", "expired")
        await play.clicks("dora", asked, "request.approve")
        assert (await play.request(approved)).status is Status.APPROVED
        await play.told()

    async with stage.bot(OBSERVING) as play:
        await play.told()
        for number in (pending, approved):
            card = await card_of(dora, f"RDS-{number}")
            assert f"{OBSERVES} So this is not sent." in flat(card)
            assert "request.approve" not in ids(card)
            said = await told(stage.slack.member("ana"), f"/rds status RDS-{number}")
            assert f"{OBSERVES} So this is not sent." in flat(said)
        assert OBSERVES in flat(await told(dora, f"/rds approve RDS-{pending}"))
        assert "vote.refused" in await play.actions(pending)
        await play.later(600, steps=3)
        assert changes(stage.aws) == []
        assert (await play.request(approved)).status is Status.APPROVED

    async with stage.bot(CONFIG) as play:
        await play.quiet()  # what is checked while the clock jumps is checked again
        await play.later(60)
        await play.told()
        assert [call.name for call in changes(stage.aws)] == ["rds:RebootDBInstance"]
        card = await card_of(dora, f"RDS-{pending}")
        assert OBSERVES not in flat(card)
        assert "request.approve" in ids(card)
        entered = await audited(play.bot, action="mode.entered")
        assert [row.event.result for row in entered] == ["act", "observe"]


async def test_what_was_approved_before_expires_and_says_why(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-test")
        await play.told()
        asked = await stage.slack.member("dora").sees(lambda it: "needs" in it.text and it.actions)
        stage.aws.fault("rds:DescribeDBInstances", "expired")
        await play.clicks("dora", asked, "request.approve")
    async with stage.bot(OBSERVING) as play:
        await play.later(3700)

        ended = await play.request()
        assert ended.status is Status.EXPIRED
        assert ended.outcome
        assert "It was approved, but I only observed." in ended.outcome.detail
    assert changes(stage.aws) == []


async def test_people_can_still_end_what_waits(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-staging")
        await play.types("/rds reboot orders-test")
    async with stage.bot(OBSERVING) as play:
        await play.types(f"/rds reject RDS-{FIRST} --reason later", who="dora")
        await play.types(f"/rds cancel RDS-{FIRST + 1}")

        assert (await play.request()).status is Status.REJECTED
        assert (await play.request(FIRST + 1)).status is Status.CANCELLED


async def test_nobody_is_reminded_of_what_would_not_be_sent(stage: Stage) -> None:
    stage.clock.advance((SOME_MORNING - stage.clock()) % (24 * 3600))
    policy = {"rules": [{"approvals": 1}], "expires_after": "10h"}
    async with stage.bot(configured(policy=policy)) as play:
        await play.types("/rds reboot orders-staging")
        await play.told()
        stage.clock.advance(5.1 * 3600)
    async with stage.bot(configured(policy=policy, observe=True)) as play:
        await play.told()
        await play.bot.jobs.run("remind")
        assert await play.bot.services.store.outbox.depth() == 0
    async with stage.bot(configured(policy=policy)) as play:
        await play.told()
        await play.bot.jobs.run("remind")
        assert await play.bot.services.store.outbox.depth() > 0


async def test_the_door_sends_nothing_whoever_asks(stage: Stage) -> None:
    settings = stage.home.settings(OBSERVING)
    call = Call(action="rds:RebootDBInstance", arguments={"DBInstanceIdentifier": "orders-dev"})
    async with Accounts(accounts_of(settings), stage.now, "us-east-1", observes=True) as accounts:
        region = accounts.region("123456789012", "us-east-1")
        topic = "arn:aws:sns:us-east-1:123456789012:rds"

        for asked in (
            region.act(call, None, lambda: None),
            accounts.publish(topic, "subject", "message"),
            accounts.put_figures("rds-bot", []),
            accounts.put_alarm({"AlarmName": "x"}),
        ):
            with pytest.raises(AWSRefusedError, match="I only observe"):
                await asked
        assert await region.databases(Kind.INSTANCE)

    assert {call.name for call in stage.aws.calls("*") if not call.reads} <= {"sts:AssumeRole"}


async def test_nothing_is_filed_whoever_submits_it(stage: Stage) -> None:
    async with stage.bot(OBSERVING) as play:
        ask = object()
        with pytest.raises(NotAllowedError, match="I only observe"):
            await play.bot.services.approvals.submit(ask)  # type: ignore[arg-type]


async def test_help_launcher_home_status_and_log_say_that_it_observes(stage: Stage) -> None:
    ana = stage.slack.member("ana")
    with capture_logs() as logged:
        async with stage.bot(OBSERVING) as play:
            for line in ("/rds help", "/rds help reboot", "/rds status bot"):
                assert OBSERVES in flat(await told(ana, line)), line
            await play.types("/rds")
            assert OBSERVES in flat(await ana.sees_modal("RDS Ops Bot"))
            await ana.opens_home()
            await play.told()
            assert await ana.sees_home(lambda it: OBSERVES in flat(it))

    [running] = [it for it in logged if it["event"] == "bot.running"]
    assert running["observes"] is True
    [observes] = [it for it in logged if it["event"] == "bot.observes"]
    assert observes["why"] == OBSERVES


async def test_a_bot_that_acts_says_nothing_of_it(stage: Stage) -> None:
    ana = stage.slack.member("ana")
    async with stage.bot(FREE) as play:
        assert OBSERVES not in flat(await told(ana, "/rds help"))
        await play.types("/rds")
        assert OBSERVES not in flat(await ana.sees_modal("RDS Ops Bot"))
        assert await audited(play.bot, action="mode.entered") == ()
