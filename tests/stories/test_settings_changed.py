"""Who may approve is asked now and not then: the settings as they stand hold for what is open."""

from typing import Any

import pytest

from bot.values import AuditEntry, Status
from tests.stories.asking import audited, card_of, changes, configured, flat, told
from tests.stories.stage import Play, Stage

DORA, EMIL, PAT = "U0DORA0001", "U0EMIL0001", "U0PAT00001"
HIGH = "/rds reboot orders-staging --failover --reason 'new parameter group'"


def approvers(*users: str) -> str:
    return configured(access={"approvers": {"users": list(users)}})


def ruled(*rules: Any, users: tuple[str, ...] = (DORA, EMIL, PAT)) -> str:
    deny = {"environment": "production", "deny": "Not on production."}
    return configured(
        access={"approvers": {"users": list(users)}}, policy={"rules": [deny, *rules]}
    )


BOTH, AS_USUAL = approvers(DORA, EMIL), {"approvals": {"low": 0, "medium": 1, "high": 2}}


async def approve(play: Play, who: str) -> str:
    said = flat(await told(play.stage.slack.member(who), "/rds approve RDS-1001"))
    await play.quiet()
    return said


async def compared(play: Play) -> list[AuditEntry]:
    rows = await audited(play.bot, request_id=1001)
    return [row for row in rows if row.event.action == "request.policy_changed"]


async def test_an_approver_taken_out_of_the_settings_has_not_agreed(stage: Stage) -> None:
    async with stage.bot(approvers(DORA, EMIL, PAT)) as play:
        await play.types(HIGH)
        assert "1 of 2" in await approve(play, "dora")

    async with stage.bot(approvers(EMIL, PAT)) as play:
        again = await approve(play, "dora")
        assert "1 of 2" in await approve(play, "emil")
        assert (await play.request()).status is Status.PENDING
        assert changes(stage.aws) == []

        assert "2 of 2" in await approve(play, "pat")
        assert len(changes(stage.aws)) == 1
    assert "Only those who were approvers then and still are" in again


async def test_an_approver_who_was_none_when_it_was_asked_for_does_not_count(stage: Stage) -> None:
    async with stage.bot(BOTH) as play:
        await play.types(HIGH)

    async with stage.bot(approvers(DORA, EMIL, PAT)) as play:
        said = await approve(play, "pat")

        assert "Only those who were approvers then and still are" in said
        assert (await play.request()).votes == ()


async def test_who_was_taken_out_does_not_reject_either(stage: Stage) -> None:
    async with stage.bot(BOTH) as play:
        await play.types(HIGH)

    async with stage.bot(approvers(EMIL)) as play:
        await told(stage.slack.member("dora"), "/rds reject RDS-1001 --reason no")

        assert (await play.request()).status is Status.PENDING


async def test_what_was_approved_and_waits_is_not_sent_without_its_approvers(stage: Stage) -> None:
    stage.aws.plan["reboot_db_instance"] = [("rebooting", 60)]
    async with stage.bot(BOTH) as play:
        await play.types("/rds reboot orders-staging --reason first", who="ben")
        await told(stage.slack.member("emil"), "/rds approve RDS-1001")
        await play.quiet()
        await play.types(HIGH)
        for who in ("dora", "emil"):
            await told(stage.slack.member(who), "/rds approve RDS-1002")
        await play.quiet()
        assert (await play.request(1002)).status is Status.APPROVED

    async with stage.bot(approvers(EMIL, PAT)) as play:
        await play.later(300, steps=6)

        ended = await play.request(1002)
        assert (ended.status, ended.step.sent_at) == (Status.FAILED, None)
        assert ended.outcome is not None
        assert ended.outcome.code == "changed.approvers"
    assert len(changes(stage.aws)) == 1


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ({"environment": "staging", "deny": "Not this week."}, "is denied now"),
        ({"environment": "staging", "approvals": 3}, "It needed 2 approvals and needs 3 now"),
        ({"risk": "high", "approvals": 3}, "It needed 2 approvals and needs 3 now"),
        ({"tag": {"environment": "staging"}, "approvals": 3}, "and needs 3 now"),
    ],
)
async def test_stricter_rules_hold_for_what_was_asked_before(
    stage: Stage, rule: Any, sentence: str
) -> None:
    async with stage.bot(ruled(AS_USUAL)) as play:
        await play.types(HIGH)
        await approve(play, "dora")
        await play.told()

    async with stage.bot(ruled(rule, AS_USUAL)) as play:
        assert sentence in await approve(play, "emil")
        await play.told()
        card = flat(await card_of(stage.slack.member("dora"), "RDS-1001"))
        request = await play.request()

    assert (request.status, len(request.votes)) == (Status.PENDING, 1)
    assert "Who decides has changed since this was asked for" in card
    assert sentence in card
    assert changes(stage.aws) == []


async def test_approvers_of_its_rule_are_asked_now_too(stage: Stage) -> None:
    own = {"environment": "staging", "approvals": {"low": 0, "medium": 1, "high": 2}}
    async with stage.bot(ruled({**own, "approvers": {"users": [DORA, EMIL]}}, AS_USUAL)) as play:
        await play.types(HIGH)
        await approve(play, "dora")

    async with stage.bot(ruled({**own, "approvers": {"users": [EMIL, PAT]}}, AS_USUAL)) as play:
        said = await approve(play, "emil")

        assert (await play.request()).status is Status.PENDING
        assert "1 of 2" in said


async def test_a_change_of_who_decides_is_shown_and_audited_once(stage: Stage) -> None:
    async with stage.bot(BOTH) as play:
        await play.types(HIGH)
        await play.told()
        request = await play.request()
        assert await compared(play) == []

    for _ in range(2):
        async with stage.bot(approvers(EMIL, PAT)) as play:
            await play.told()
            card = flat(await card_of(stage.slack.member("dora"), "RDS-1001"))
            [row] = await compared(play)

    assert row.event.result == "changed"
    assert row.event.facts["policy_hash"] != request.policy_hash
    assert "only who was one then and is one now counts" in card
    assert "0 of 2 · ask @emil · until" in card

    async with stage.bot(BOTH) as play:
        await play.told()
        card = flat(await card_of(stage.slack.member("dora"), "RDS-1001"))
        assert [one.event.result for one in await compared(play)] == ["as_before", "changed"]
    assert "Who decides has changed" not in card


async def test_settings_that_decide_nothing_else_of_it_are_not_told(stage: Stage) -> None:
    async with stage.bot(BOTH) as play:
        await play.types(HIGH)

    access = {"approvers": {"users": [EMIL, DORA]}, "admins": {"users": [PAT]}}
    async with stage.bot(configured(access=access)) as play:
        assert await compared(play) == []
        await approve(play, "dora")
        await approve(play, "emil")
        assert len(changes(stage.aws)) == 1


async def test_the_home_shows_what_waits_for_those_who_may_approve_by_now(stage: Stage) -> None:
    async with stage.bot(BOTH) as play:
        await play.types(HIGH)

    async with stage.bot(approvers(EMIL)) as play:
        for who in ("dora", "emil"):
            await stage.slack.member(who).opens_home()
        await play.told()

    homes = {who: stage.slack.member(who).home() for who in ("dora", "emil")}
    waiting = {who: home is not None and "[Approve]" in flat(home) for who, home in homes.items()}
    assert waiting == {"dora": False, "emil": True}
