"""Whoever is refused stands in the audit trail, whatever they asked for."""

from collections.abc import Callable, Mapping

import pytest

from bot.bootstrap import Bot
from bot.errors import DirectoryError, NotAllowedError, StorageError
from bot.policy.authorization import (
    AccessRule,
    Authorization,
    editors,
    members,
    requesters,
    settlers,
    viewers,
)
from bot.sandbox.slack import Refused, SlackSandbox
from bot.settings import Settings
from bot.values import AuditEvent, Person, PersonId
from tests.conftest import StartBot
from tests.storage.full import fill
from tests.stories.asking import audited, configured

DBAS = {"groups": ["S0DBAS0001"]}
ONLY_DBAS = configured(access={"approvers": DBAS, "viewers": DBAS, "requesters": DBAS})
RULES: Mapping[str, Callable[[Settings], AccessRule]] = {
    "members": lambda _: members("Only full members can."),
    "viewers": viewers,
    "requesters": requesters,
    "settlers": settlers,
    "editors": lambda settings: editors(settings, "schedule digests"),
}
#: What the trail says of them by each rule, in that order; None: they may.
PEOPLE: Mapping[str, tuple[str | None, ...]] = {
    "gil": ("guest", "guest", "guest", "refused", "not_approver"),
    "eve": ("external", "external", "external", "refused", "not_approver"),
    "workflow": ("bot", "bot", "bot", "refused", "not_approver"),
    "ana": (None, "not_viewer", "not_requester", "refused", "not_approver"),
    "dora": (None, None, None, None, None),
}


def attempt(result: str = "refused", text: str = "why not") -> AuditEvent:
    return AuditEvent(action="thing.refused", actor="T1/U1", result=result, operation="thing",
                      target="orders-test", facts={"thing": 7}, text=text)  # fmt: skip


async def require(bot: Bot, asker: PersonId, rule: AccessRule, text: str = "why not") -> Person:
    its = bot.services
    authorization = Authorization(its.store, its.directory)
    return await authorization.require(asker, rule, its.clock(), attempt(text=text))


async def code_of(bot: Bot, asker: PersonId, rule: AccessRule) -> str | None:
    try:
        assert (await require(bot, asker, rule)).id == asker
    except NotAllowedError as refusal:
        return str(refusal.code)
    return None


@pytest.mark.parametrize("name", RULES)
async def test_whoever_is_refused_stands_in_the_trail(
    start_bot: StartBot, slack: SlackSandbox, name: str
) -> None:
    expected = {who: codes[list(RULES).index(name)] for who, codes in PEOPLE.items()}
    async with start_bot(ONLY_DBAS) as bot:
        rule, team = RULES[name](bot.services.settings), bot.services.directory.own_team
        askers = {who: PersonId(team=team, user=slack.member(who).id) for who in PEOPLE}

        found = {who: await code_of(bot, asker, rule) for who, asker in askers.items()}

        assert found == expected
        rows = [row.event for row in reversed(await audited(bot, action="thing.refused"))]
        assert rows == [attempt(code) for code in expected.values() if code is not None]


async def test_nobody_is_refused_where_it_cannot_be_written_down(
    start_bot: StartBot, slack: SlackSandbox
) -> None:
    async with start_bot(ONLY_DBAS) as bot:
        gil = PersonId(team=bot.services.directory.own_team, user=slack.member("gil").id)
        await fill(bot.services.store)

        with pytest.raises(StorageError):
            await require(bot, gil, viewers(bot.services.settings), "more than a page " * 1000)


async def test_nobody_is_refused_by_what_slack_does_not_tell(
    start_bot: StartBot, slack: SlackSandbox
) -> None:
    async with start_bot(ONLY_DBAS) as bot:
        ana = PersonId(team=bot.services.directory.own_team, user=slack.member("ana").id)
        slack.faults.add("usergroups.users.list", Refused("fatal_error"), times=None)

        with pytest.raises(DirectoryError):
            await require(bot, ana, settlers(bot.services.settings))

        assert await audited(bot, action="thing.refused") == ()
