"""One human being has one vote, whichever accounts they have; and none on their own requests."""

import asyncio
from dataclasses import replace

import pytest

from bot.sandbox.aws.clock import SOME_MORNING
from bot.sandbox.slack import Person
from bot.values import Status
from tests.conftest import CONFIG
from tests.crossed import sampled
from tests.stories.asking import audited, card_of, changes, configured, filed, flat, told
from tests.stories.stage import Play, Stage

HIGH = "/rds reboot orders-staging --failover --reason 'new parameter group'"
SECOND = "second"
#: Dora's mailbox, as the second account may write it.
SPELLINGS = [
    "DORA+2@example.com.", "\uff44ora@example.com", "dora@example.com", "Dora+second@Example.com",
]  # fmt: skip


@pytest.fixture(autouse=True)
def two_accounts(stage: Stage) -> None:
    """A second account of Dora's among the approvers, beside Emil's."""
    workspace = stage.slack.workspace
    workspace.add(Person("U0DORA0002", SECOND, "Dora W.", "dora+second@example.com"))
    for channel in ("databases", "rds-approvals"):
        workspace.join_channel(channel, SECOND)
    workspace.join_group("dbas", SECOND)


async def approve(play: Play, who: str) -> str:
    said = flat(await told(play.stage.slack.member(who), "/rds approve RDS-1001"))
    await play.quiet()
    return said


@pytest.mark.parametrize("address", sampled(SPELLINGS, quick=2), ids=ascii)
async def test_two_accounts_of_one_mailbox_are_one_vote(stage: Stage, address: str) -> None:
    stage.slack.workspace.change(SECOND, email=address)
    async with stage.bot(CONFIG) as play:
        await play.types(HIGH)
        await approve(play, "dora")

        said = await approve(play, SECOND)
        await play.quiet()

        request = await play.request()
        assert "You have already approved this request" in said
        assert (request.status, len(request.votes)) == (Status.PENDING, 1)
        assert changes(stage.aws) == []
        assert "already" in {row.event.result for row in await audited(play.bot)}

        assert "2 of 2" in await approve(play, "emil")
        await play.quiet()
        assert len(changes(stage.aws)) == 1


async def test_two_accounts_at_once_are_one_vote(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types(HIGH)

        await asyncio.gather(*(approve(play, who) for who in ("dora", SECOND)))

        assert len((await play.request()).votes) == 1
        assert changes(stage.aws) == []


async def test_a_second_account_does_not_reject_what_the_first_approved(stage: Stage) -> None:
    async with stage.bot(CONFIG) as play:
        await play.types(HIGH)
        await approve(play, "dora")

        line = "/rds reject RDS-1001 --reason no"
        said = flat(await told(stage.slack.member(SECOND), line))

        assert "One person has one say" in said
        assert (await play.request()).status is Status.PENDING


async def test_accounts_that_became_one_mailbox_are_one_vote_before_the_send(stage: Stage) -> None:
    """The second address changes after both have voted, while another change holds the lock."""
    stage.slack.workspace.change(SECOND, email="somebody@example.com")
    stage.aws.plan["reboot_db_instance"] = [("rebooting", 60)]
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-staging --reason first", who="ben")
        await told(stage.slack.member("emil"), "/rds approve RDS-1001")
        await play.quiet()
        await play.types(HIGH)
        for who in ("dora", SECOND):
            await told(stage.slack.member(who), "/rds approve RDS-1002")
        await play.quiet()
        assert (await play.request(1002)).status is Status.APPROVED
        stage.slack.workspace.change(SECOND, email="Dora+second@example.com")

        await play.later(300, steps=6)

        ended = await play.request(1002)
        assert (ended.status, ended.step.sent_at) == (Status.FAILED, None)
        assert ended.outcome is not None
        assert ended.outcome.code == "changed.approvers"
        assert "1 of 2" in ended.outcome.detail


@pytest.mark.parametrize("who", ["dora", SECOND])
async def test_an_address_changed_after_the_vote_makes_nobody_a_second_human(
    stage: Stage, who: str
) -> None:
    """One account votes and goes to another mailbox; the other one has the same that it had."""
    other = {"dora": SECOND, SECOND: "dora"}[who]
    async with stage.bot(CONFIG) as play:
        await play.types(HIGH)
        await approve(play, who)
        stage.slack.workspace.change(who, email="somebody@example.com")

        said = await approve(play, other)

        assert "You have already approved this request" in said
        assert len((await play.request()).votes) == 1
        assert "2 of 2" in await approve(play, "emil")


async def test_whoever_asked_stays_who_asked_under_another_address(stage: Stage) -> None:
    workspace = stage.slack.workspace
    async with stage.bot(CONFIG) as play:
        await play.types(HIGH)
        workspace.change("ana", email="somebody@example.com")
        workspace.change(SECOND, email="Ana+dba@example.com")

        assert "You cannot approve your own request" in await approve(play, SECOND)
        assert "ana@" not in str((await play.request()).facts)


async def test_two_accounts_of_one_mailbox_are_one_of_those_who_could_approve(
    stage: Stage,
) -> None:
    stage.slack.workspace.leave_group("dbas", "emil")
    async with stage.bot(CONFIG) as play:
        said = flat(await told(stage.slack.member("ana"), HIGH))

        assert "needs 2 approvals from people other than you" in said
        assert "only one person (" in said
        assert await filed(play.bot) == ()


async def test_the_card_counts_people_and_not_accounts(stage: Stage) -> None:
    stage.slack.workspace.change(SECOND, email="somebody@example.com")
    stage.slack.workspace.join_group("dbas", "pat")
    async with stage.bot(configured(policy={"rules": [{"approvals": 3}]})) as play:
        await play.types(HIGH)
        await approve(play, "dora")
        await approve(play, SECOND)
        stage.slack.workspace.change(SECOND, email="dora@example.com")
        await play.told()
        stage.clock.advance(600)

        await approve(play, "emil")
        await play.told()

        card = flat(await card_of(stage.slack.member("pat"), "RDS-1001"))
        assert "2 of 3: " in card
        assert "no longer counts: " in card


async def test_a_second_account_of_whoever_voted_is_not_reminded(stage: Stage) -> None:
    stage.slack.workspace.change("emil", tz="Europe/Berlin")
    stage.clock.advance((SOME_MORNING - stage.clock()) % (24 * 3600))
    async with stage.bot(CONFIG) as play:
        await play.types(HIGH)
        await approve(play, "dora")
        await play.told()

        stage.clock.advance(48 * 3600)
        await play.bot.jobs.run("remind")
        await play.told()

        def reminded(who: str) -> bool:
            seen = stage.slack.member(who).direct_messages()
            return any("waits for your approval" in it.words for it in seen)

        assert reminded("emil")
        assert not reminded("dora")
        assert not reminded(SECOND)


async def test_a_second_account_of_whoever_asked_neither_approves_nor_settles(
    stage: Stage,
) -> None:
    stage.slack.workspace.change(SECOND, email="ana+dba@example.com")
    stage.aws.plan["reboot_db_instance"] = [("rebooting", 1e6)]
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-test")
        assert "You cannot approve your own request" in await approve(play, SECOND)
        await approve(play, "dora")
        await play.later(31 * 60, steps=10)
        assert (await play.request()).status is Status.UNKNOWN

        settle = "/rds settle RDS-1001 succeeded --reason 'it is up'"
        said = flat(await told(stage.slack.member(SECOND), settle))

        assert "You cannot say how your own request ended" in said
        assert (await play.request()).status is Status.UNKNOWN
        assert (await audited(play.bot))[0].event.result == "self"


@pytest.mark.parametrize("outcome", ["succeeded", "failed"])
async def test_an_approver_does_not_settle_what_they_asked_for(stage: Stage, outcome: str) -> None:
    stage.aws.plan["reboot_db_instance"] = [("rebooting", 1e6)]
    async with stage.bot(CONFIG) as play:
        await play.types("/rds reboot orders-test", who="dora")
        await approve(play, "emil")
        await play.later(31 * 60, steps=10)
        assert (await play.request()).status is Status.UNKNOWN

        settle = f"/rds settle RDS-1001 {outcome} --reason 'it is up'"
        said = flat(await told(stage.slack.member("dora"), settle))

        assert "You cannot say how your own request ended" in said
        assert (await play.request()).status is Status.UNKNOWN
        [refused] = [row for row in await audited(play.bot) if row.event.action == "settle.refused"]
        assert refused.event.result == "self"
        await told(stage.slack.member("emil"), settle)
        assert (await play.request()).status.value == outcome


async def test_where_slack_shows_no_address_the_log_says_that_nobody_can_tell(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    app = stage.slack.workspace.app
    scopes = tuple(one for one in app.scopes if one != "users:read.email")
    stage.slack.workspace.app = replace(app, scopes=scopes)
    async with stage.bot(CONFIG) as play:
        await play.types(HIGH)
        await play.types("/rds approve RDS-1001", "dora")
        await play.types("/rds approve RDS-1001", "emil")

    said = [line for line in capsys.readouterr().out.splitlines() if "people.no_address" in line]
    assert any("U0DORA0001" in line and "may be the same person" in line for line in said)
    assert len([line for line in said if "U0DORA0001" in line]) == 1
