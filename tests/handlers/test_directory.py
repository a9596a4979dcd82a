from typing import Any, cast

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import DirectoryError
from bot.policy.approvers import known_electorate, read_electorate
from bot.policy.eligibility import Bar
from bot.values import SECOND, Access, PersonId, Verdict
from handlers.directory import Identity, Reads, SlackDirectory
from tests.samples import ANA, DORA, NOW, TEAM, sample_decision, sample_request, sample_vote

OWN = Identity(team=TEAM, enterprise=None, user="UBOT", bot="BBOT")
GONE = PersonId(team=TEAM, user="UGONE")


class Refusing:
    """A Slack that knows everybody but one, and refuses that one with ``code``."""

    def __init__(self, code: str) -> None:
        self.code = code

    async def users_info(self, user: str) -> dict[str, Any]:
        if user == GONE.user:
            raise refused(self.code)
        return {"user": {"id": user, "team_id": TEAM, "name": user}}

    async def conversations_info(self, channel: str) -> dict[str, Any]:
        raise refused(self.code)


def refused(code: str) -> SlackApiError:
    return SlackApiError("no", {"error": code})  # type: ignore[no-untyped-call]


def a_directory(code: str) -> SlackDirectory:
    return SlackDirectory(cast(AsyncWebClient, Refusing(code)), OWN, None, lambda: NOW)


async def test_an_approver_whom_slack_no_longer_knows_is_no_approver_and_stops_nobody() -> None:
    approvers = Access(users=(DORA.user, GONE.user))
    request = sample_request(decision=sample_decision(approvers=approvers))

    electorate = await known_electorate(a_directory("user_not_found"), request, request.decision)

    assert [one.id for one in electorate.standing(request)] == [DORA]


async def test_what_slack_does_not_say_of_an_approver_for_now_is_nobodys_absence() -> None:
    request = sample_request(decision=sample_decision(approvers=Access(users=(GONE.user,))))

    electorate = await known_electorate(a_directory("fatal_error"), request, request.decision)

    assert "fatal_error" in electorate.silence
    assert not electorate.standing(request)


async def test_a_silent_requester_is_no_crash() -> None:
    request = sample_request(
        requester=GONE, decision=sample_decision(approvers=Access(users=(DORA.user,)))
    )

    electorate = await known_electorate(a_directory("fatal_error"), request, request.decision)

    assert "fatal_error" in electorate.silence
    assert [one.id for one in electorate.standing(request)] == [DORA]


async def test_nothing_is_decided_by_a_person_whom_slack_does_not_know() -> None:
    with pytest.raises(DirectoryError, match="user_not_found"):
        await a_directory("user_not_found").person(GONE, NOW)


@pytest.mark.parametrize("code", ["channel_not_found", "missing_scope", "not_in_channel"])
async def test_a_channel_that_the_bot_cannot_see_holds_no_card(code: str) -> None:
    assert await a_directory(code).card_channel("C1") is None


async def test_a_channel_of_which_slack_says_nothing_for_now_is_not_said_to_be_missing() -> None:
    with pytest.raises(DirectoryError, match="what the channel C1 is"):
        await a_directory("internal_error").card_channel("C1")


async def test_what_was_read_before_the_clock_was_set_back_is_read_again() -> None:
    now, asked = NOW, []

    async def read(key: str) -> str:
        asked.append(now)
        return key

    reads = Reads(read, lambda: now)
    await reads.since(ANA.user, now)
    now -= 3600 * SECOND
    await reads.since(ANA.user, now)
    await reads.lately(ANA.user)

    assert asked == [NOW, NOW - 3600 * SECOND]


class Grid(Refusing):
    """A Slack of an Enterprise Grid, which knows Dora by an id of the workspace and by its own."""

    async def users_info(self, user: str) -> dict[str, Any]:
        if user not in ("U0LOCAL", "W0DORA"):
            return await super().users_info(user)
        enterprise = {"id": "W0DORA", "enterprise_id": "E1"}
        return {"user": {"id": "U0LOCAL", "team_id": TEAM, "enterprise_user": enterprise}}


@pytest.mark.parametrize("named", [("U0LOCAL",), ("W0DORA",), ("U0LOCAL", "W0DORA")])
async def test_two_ids_of_one_account_are_one_approver(named: tuple[str, ...]) -> None:
    directory = SlackDirectory(cast(AsyncWebClient, Grid("")), OWN, None, lambda: NOW)
    decision = sample_decision(approvers=Access(users=named))
    request = sample_request(decision=decision)

    electorate = await known_electorate(directory, request, decision)

    dora = PersonId(team=TEAM, user="W0DORA")
    assert [one.id for one in electorate.standing(request)] == [dora]
    voted = sample_request(decision=decision, votes=(sample_vote(dora),))
    for user in ("U0LOCAL", "W0DORA"):
        person = await directory.person(PersonId(team=TEAM, user=user), NOW)
        again = await read_electorate(directory, voted, decision, {person.id}, NOW)
        assert again.judge(person, Verdict.APPROVE, voted).bar is Bar.ALREADY
        assert len(again.agreed(voted)) == 1
