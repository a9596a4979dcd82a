"""A group or a person that the settings name and Slack does not have, or does not tell of now."""

from typing import Any

import pytest

from bot.sandbox.slack import Garbled, Hang, RateLimited, Refused, Reset, SeenMessage, ServerError
from bot.values import Status
from tests.crossed import sampled
from tests.stories.asking import configured
from tests.stories.stage import Play, Stage

DBAS, OTHERS = "S0DBAS0001", "S0PLAT0001"
#: Slack's words for that a group, or a person, is not there for the bot; the last is a new one.
GONE = [
    "no_such_subteam",
    "permission_denied",
    "plan_upgrade_required",
    "missing_scope",
    "tomorrow",
]
SILENT = sampled(
    [ServerError(503), Garbled(), Reset(), Refused("fatal_error"),
     Garbled(200, "", "application/json"), Hang(0.05), Refused("token_revoked")],
    quick=4,
)  # fmt: skip


def settings(stage: Stage, *users: str) -> str:
    people = {"groups": [DBAS, OTHERS], "users": list(users)}
    return configured(access={"approvers": people, "admins": {"users": [id_of(stage, "pat")]}})


def id_of(stage: Stage, who: str) -> str:
    return stage.slack.member(who).id


def refuse_group(stage: Stage, group: str, fault: Any) -> None:
    stage.slack.faults.add(
        "usergroups.users.list", fault, times=None, where=lambda it: it["usergroup"] == group
    )


def refuse_person(stage: Stage, user: str, fault: Any) -> None:
    stage.slack.faults.add("users.info", fault, times=None, where=lambda it: it["user"] == user)


async def asked(stage: Stage, play: Play, line: str = "/rds reboot orders-test") -> SeenMessage:
    await play.types(line)
    return await stage.slack.member("dora").sees(lambda it: it.actions)


def told_admin(stage: Stage) -> list[str]:
    return [it.words for it in stage.slack.member("pat").direct_messages() if OTHERS in it.words]


@pytest.mark.parametrize("word", GONE)
async def test_a_group_that_is_gone_adds_nobody_and_stops_nobody(stage: Stage, word: str) -> None:
    refuse_group(stage, OTHERS, Refused(word))
    async with stage.bot(settings(stage)) as play:
        card = await asked(stage, play)

        await play.clicks("pat", card, "request.approve")
        assert (await play.request()).status is Status.PENDING
        assert (await play.actions())[-1] == "vote.refused"
        await play.clicks("dora", card, "request.approve")

        assert (await play.request()).status is Status.RUNNING


@pytest.mark.parametrize("word", ["user_not_found", "user_not_visible", "tomorrow"])
async def test_a_person_whom_slack_does_not_have_stops_nobody(stage: Stage, word: str) -> None:
    refuse_person(stage, "U0GONE0001", Refused(word))
    async with stage.bot(settings(stage, "U0GONE0001")) as play:
        card = await asked(stage, play)
        await play.clicks("dora", card, "request.approve")

        assert (await play.request()).status is Status.RUNNING


async def test_who_agreed_and_is_gone_counts_no_more_and_stops_nobody(stage: Stage) -> None:
    async with stage.bot(settings(stage)) as play:
        card = await asked(stage, play, "/rds reboot orders-staging --failover")
        await play.clicks("pat", card, "request.approve")
        refuse_person(stage, id_of(stage, "pat"), Refused("user_not_found"))

        await play.clicks("dora", card, "request.approve")
        assert (await play.request()).status is Status.PENDING
        await play.clicks("emil", card, "request.approve")

        assert (await play.request()).status is Status.RUNNING


@pytest.mark.parametrize("word", ["user_not_found", "user_not_visible"])
async def test_what_somebody_asked_for_who_is_gone_is_decided_and_settled_all_the_same(
    stage: Stage, word: str
) -> None:
    """Else an unknown one would hold the lock of its database for ever."""
    stage.aws.plan["reboot_db_instance"] = [("rebooting", 1e6)]
    async with stage.bot(settings(stage)) as play:
        card = await asked(stage, play)
        refuse_person(stage, id_of(stage, "ana"), Refused(word))

        await play.clicks("dora", card, "request.approve")
        assert (await play.request()).status is Status.RUNNING
        await play.later(31 * 60, steps=10)
        assert (await play.request()).status is Status.UNKNOWN
        await play.types("/rds settle RDS-1001 failed --reason 'it hangs'", who="dora")

        assert (await play.request()).status is Status.FAILED


@pytest.mark.parametrize("fault", SILENT)
async def test_a_silent_group_stops_nobody_whom_another_names_and_denies_nobody(
    stage: Stage, fault: Any
) -> None:
    refuse_group(stage, OTHERS, fault)
    async with stage.bot(settings(stage)) as play:
        card = await asked(stage, play)

        await play.clicks("pat", card, "request.approve")
        await stage.slack.member("pat").sees(lambda it: it.ephemeral and "not tell me" in it.text)
        assert "vote.refused" not in await play.actions()
        await play.clicks("dora", card, "request.approve")

        assert (await play.request()).status is Status.RUNNING


async def test_nobody_is_counted_by_a_group_that_cannot_be_read(stage: Stage) -> None:
    async with stage.bot(settings(stage)) as play:
        card = await asked(stage, play, "/rds reboot orders-staging --failover")
        await play.clicks("pat", card, "request.approve")
        refuse_group(stage, OTHERS, ServerError(500))

        await play.clicks("dora", card, "request.approve")

        await stage.slack.member("dora").sees(lambda it: it.ephemeral and "not tell me" in it.text)
        assert (await play.request()).status is Status.PENDING
        stage.slack.faults.clear()
        await play.clicks("dora", card, "request.approve")
        assert (await play.request()).status is Status.RUNNING


@pytest.mark.parametrize("fault", SILENT)
async def test_a_silent_voter_of_before_matters_only_where_their_vote_does(
    stage: Stage, fault: Any
) -> None:
    async with stage.bot(settings(stage)) as play:
        card = await asked(stage, play, "/rds reboot orders-staging --failover")
        await play.clicks("pat", card, "request.approve")
        refuse_person(stage, id_of(stage, "pat"), fault)

        await play.clicks("dora", card, "request.approve")

        assert (await play.request()).status is Status.PENDING
        stage.slack.faults.clear()
        await play.clicks("dora", card, "request.approve")
        assert (await play.request()).status is Status.RUNNING


async def test_where_too_few_are_known_silence_refuses_nothing(stage: Stage) -> None:
    refuse_group(stage, DBAS, ServerError(500))
    async with stage.bot(settings(stage)) as play:
        await play.types("/rds reboot orders-staging --failover")

        said = await stage.slack.member("ana").sees(lambda it: it.ephemeral)

        assert "did not tell me" in said.words
        rows = await play.bot.services.store.audit.rows()
        assert not [row for row in rows if row.event.action == "request.refused"]


async def test_admins_hear_once_of_each_change_whatever_restarts(stage: Stage) -> None:
    refuse_group(stage, OTHERS, Refused("no_such_subteam"))
    for _ in range(2):
        async with stage.bot(settings(stage, "U0GONE0001")) as play:
            for _ in range(2):
                stage.clock.advance(301)
                await play.bot.jobs.run("look_at_people")
                await play.told()
    assert len(told_admin(stage)) == 1
    assert "no_such_subteam" in told_admin(stage)[0]
    assert "access.approvers" in told_admin(stage)[0]
    assert "U0GONE0001" in told_admin(stage)[0]

    async with stage.bot(settings(stage, "U0GONE0001")) as play:
        for fault in (ServerError(500), RateLimited(1), None, Refused("no_such_subteam")):
            stage.slack.faults.clear()
            if fault:
                stage.slack.faults.add(
                    "usergroups.users.list", fault, times=None if fault != RateLimited(1) else 1
                )
            stage.clock.advance(301)
            await play.bot.jobs.run("look_at_people")
            await play.told()

    assert len(told_admin(stage)) == 2


async def test_home_and_whoami_say_what_they_can(stage: Stage) -> None:
    refuse_group(stage, OTHERS, ServerError(500))
    async with stage.bot(settings(stage)) as play:
        await play.types("/rds whoami", who="ben")

        said = await stage.slack.member("ben").sees(lambda it: it.ephemeral)

        assert "ask for changes" in said.words
        assert "whether you may approve and reject" in said.words
        await stage.slack.member("ben").opens_home()
        await play.told()
        home = stage.slack.member("ben").home()
        assert home is not None
        assert "Snapshot…" in home.words
