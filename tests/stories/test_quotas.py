"""Whoever keeps filing has to wait, and so has a database for which everybody files."""

import asyncio
from datetime import timedelta

import pytest

from bot.sandbox.slack import SeenMessage
from bot.settings import LimitSettings
from bot.values import Status
from tests.stories.asking import told_on_submit
from tests.stories.stage import FREE, Play, Stage

SNAPSHOT = "rds:CreateDBSnapshot"
PER_PERSON = f"{FREE}\nlimits: {{per_person: 3/1h, per_database: null}}\n"
PER_DATABASE = f"{FREE}\nlimits: {{per_person: null, per_database: [2/1h, 3/1d]}}\n"


async def answered(stage: Stage, play: Play, line: str, who: str = "ana") -> SeenMessage:
    """What the bot says privately to a command."""
    member = stage.slack.member(who)
    before = {seen.ts for seen in member.messages()}
    await play.types(line, who)
    return await member.sees(lambda it: it.ephemeral and it.ts not in before)


async def snapshots(play: Play, names: range, who: str = "ana") -> None:
    for number in names:
        await play.types(f"/rds snapshot orders-test s{number}", who)


async def count(play: Play) -> int:
    return len(await play.bot.services.store.requests.find(limit=100))


async def refusals(play: Play) -> list[tuple[str, str | None]]:
    rows = await play.bot.services.store.audit.rows(action="request.refused")
    return [(row.event.result, row.event.facts.get("limit")) for row in rows]


async def test_one_more_than_one_person_may_is_refused_audited_and_never_sent(
    any_stage: Stage,
) -> None:
    async with any_stage.bot(PER_PERSON) as play:
        await snapshots(play, range(3))

        said = await answered(any_stage, play, "/rds snapshot orders-test s3")

        assert "asked for 3 changes within 1 hour" in said.text
        assert "limits.per_person" in said.text
        assert "Nothing was filed. Try again after" in said.text
        assert await refusals(play) == [("limited", "limits.per_person")]
        assert await count(play) == 3
    assert len(any_stage.aws.calls(SNAPSHOT)) <= 3


async def test_somebody_else_may_still_file(stage: Stage) -> None:
    async with stage.bot(PER_PERSON) as play:
        await snapshots(play, range(4))
        await snapshots(play, range(4, 6), "dora")

        assert await count(play) == 5


async def test_the_sentence_says_from_when_on_it_is_filed(any_stage: Stage) -> None:
    async with any_stage.bot(PER_PERSON) as play:
        await play.types("/rds snapshot orders-test s0")
        any_stage.clock.advance(1800)
        await snapshots(play, range(1, 4))
        assert await refusals(play) == [("limited", "limits.per_person")]
        [row] = await play.bot.services.store.audit.rows(action="request.refused")

        any_stage.clock.advance(row.event.facts["free_at"] / 1e6 - any_stage.clock() - 61)
        await snapshots(play, range(4, 5))
        assert await count(play) == 3
        any_stage.clock.advance(61)
        await snapshots(play, range(4, 5))

        assert await count(play) == 4


async def test_what_has_ended_counts_like_what_is_open(any_stage: Stage) -> None:
    line = "/rds snapshot orders-test --reason again"
    config = PER_PERSON.replace("low: 0", "low: 1")
    async with any_stage.bot(config) as play:
        for number in range(3):
            await play.types(line)
            request = await play.request(1001 + number)
            await play.types(f"/rds cancel {request.label}")
            assert (await play.request(request.id)).status is Status.CANCELLED

        await play.types(line)

        assert (await count(play), len(await refusals(play))) == (3, 1)


async def test_the_same_again_is_answered_with_what_is_open(stage: Stage) -> None:
    config = PER_PERSON.replace("low: 0", "low: 1")
    async with stage.bot(config) as play:
        await snapshots(play, range(3))

        said = await answered(stage, play, "/rds snapshot orders-test s2")

        assert "RDS-1003" in said.text
        assert await refusals(play) == []


async def test_a_database_has_a_limit_for_all_who_ask_and_the_longest_wait_is_told(
    any_stage: Stage,
) -> None:
    async with any_stage.bot(PER_DATABASE) as play:
        await snapshots(play, range(1))
        await snapshots(play, range(1, 2), "dora")
        said = await answered(any_stage, play, "/rds snapshot orders-test s2", "emil")
        assert "2 changes of orders-test were asked for within 1 hour" in said.text
        await play.types("/rds snapshot orders-dev s2", "emil")
        assert await count(play) == 3

        any_stage.clock.advance(4000)
        await snapshots(play, range(3, 4))
        assert await count(play) == 4
        any_stage.clock.advance(4000)
        said = await answered(any_stage, play, "/rds snapshot orders-test s4", "emil")

        assert "3 changes of orders-test were asked for within 1 day" in said.text
        assert set(await refusals(play)) == {("limited", "limits.per_database")}


async def test_a_dry_run_says_it_and_does_not_count(stage: Stage) -> None:
    async with stage.bot(PER_PERSON) as play:
        for number in range(5):
            await play.types(f"/rds snapshot orders-test s{number} --dry-run")
        await snapshots(play, range(3))

        said = await answered(stage, play, "/rds snapshot orders-test s3 --dry-run")

        assert "In the way: You have asked for 3 changes within 1 hour" in said.words
        assert await count(play) == 3


async def test_a_form_is_refused_like_a_command(stage: Stage) -> None:
    async with stage.bot(PER_PERSON) as play:
        await snapshots(play, range(3))
        ana = stage.slack.member("ana")
        await ana.types("/rds snapshot", channel="databases")
        form = await ana.sees_modal("Snapshot")

        said = await told_on_submit(ana, form, {"target": "orders-test@main/us-east-1"})

        assert "asked for 3 changes within 1 hour" in said.words
        assert await count(play) == 3


@pytest.mark.parametrize("limit", ["per_person", "per_database"])
async def test_simultaneous_commands_at_one_bot_do_not_pass_together(
    any_stage: Stage, limit: str
) -> None:
    async with any_stage.bot(f"{FREE}\nlimits: {{{limit}: 3/1h}}\n") as play:
        ana = any_stage.slack.member("ana")
        lines = (f"/rds snapshot orders-test s{number}" for number in range(12))
        await asyncio.gather(*(ana.types(line, channel="databases") for line in lines))
        await play.quiet()

        assert (await count(play), len(await refusals(play))) == (3, 9)


async def test_simultaneous_commands_at_two_replicas_do_not_pass_together(
    shared_stage: Stage,
) -> None:
    stage = shared_stage
    async with stage.bot(PER_PERSON) as play, stage.bot(PER_PERSON) as other:
        await stage.slack.until(lambda: stage.slack.connections == 2)
        ana = stage.slack.member("ana")
        lines = (f"/rds snapshot orders-test s{number}" for number in range(12))
        await asyncio.gather(*(ana.types(line, channel="databases") for line in lines))
        await asyncio.gather(play.quiet(), other.quiet())

        assert (await count(play), len(await refusals(play))) == (3, 9)


async def test_what_is_denied_and_handed_on_counts_too(stage: Stage) -> None:
    """A channel of people is no more to be flooded than AWS."""
    async with stage.bot(PER_PERSON) as play:
        ana = stage.slack.member("ana")
        for number in range(4):
            said = await answered(stage, play, f"/rds snapshot orders-prod s{number}")
            before = {seen.ts for seen in ana.messages()}
            await play.clicks("ana", said, "cloudops.create")

        said = await ana.sees(lambda it: it.ephemeral and it.ts not in before)
        assert "asked for 3 changes within 1 hour" in said.text
        rows = await play.bot.services.store.audit.rows(action="cloudops.")
        assert [row.event.result for row in rows] == ["limited", *["posted"] * 3]


async def test_by_default_an_hour_of_one_member_has_an_end(stage: Stage) -> None:
    async with stage.bot() as play:
        await snapshots(play, range(21))

        assert (await count(play), len(await refusals(play))) == (20, 1)


def test_by_default_a_day_of_one_member_leaves_snapshots_for_others() -> None:
    """AWS takes 100 manual ones in a region."""
    most = [
        quota.most
        for quota in LimitSettings().per_person or ()
        if quota.within == timedelta(days=1)
    ]

    assert most
    assert max(most) < 100
