"""Whoever is refused stands in the audit trail, whatever they asked for and however."""

import re

import pytest

from bot.bootstrap import Bot
from bot.desk import OPEN_TO_ALL
from bot.operation import Operation
from bot.operations import CATALOGUE
from bot.sandbox.slack import SlackSandbox
from bot.values import PersonId
from tests.conftest import StartBot
from tests.stories.asking import asks, audited, configured, flat, told

ASKED = [one for one in CATALOGUE.values() if one.name not in OPEN_TO_ALL]


@pytest.mark.parametrize("operation", ASKED, ids=lambda one: one.name)
async def test_a_guest_who_asks_for_anything_stands_in_the_trail(
    bot: Bot, slack: SlackSandbox, operation: type[Operation]
) -> None:
    await asks(slack.member("ana"), "/rds reboot orders-staging --reason 'new parameters'")
    gil, line = slack.member("gil"), re.sub(r"RDS-\d+", "RDS-1001", operation.example)

    said = flat(await told(gil, f"/rds {line}"))

    actor = PersonId(team=bot.services.directory.own_team, user=gil.id)
    [row] = await audited(bot, actor=str(actor))
    assert row.event.action.endswith(".refused"), said


HIDDEN = [
    "show orders-prod", "logs orders-prod", "reboot orders-prod --reason 'new parameters'",
    "digest preview --environment production", "digest now --environment production",
    "digest schedule '30 8 * * *' --environment production",
]  # fmt: skip


@pytest.mark.parametrize("line", HIDDEN)
async def test_who_may_look_elsewhere_only_stands_in_the_trail_too(
    start_bot: StartBot, slack: SlackSandbox, line: str
) -> None:
    dbas, devs = {"groups": ["S0DBAS0001"]}, {"groups": ["S0DEVS0001"]}
    narrow = {"approvers": dbas, "viewers": {"environments": {"production": devs}}}
    async with start_bot(configured(access=narrow)) as bot:
        dora = slack.member("dora")

        said = flat(await told(dora, f"/rds {line}"))

        assert "not among those who may look at" in said
        actor = PersonId(team=bot.services.directory.own_team, user=dora.id)
        [row] = await audited(bot, actor=str(actor))
        assert row.event.action.endswith(".refused")
        assert row.event.result == "not_viewer"
