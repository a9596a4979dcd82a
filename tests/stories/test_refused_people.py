"""Whoever is refused stands in the audit trail, whatever they asked for and however."""

import re

import pytest

from bot.bootstrap import Bot
from bot.desk import OPEN_TO_ALL
from bot.operation import Operation
from bot.operations import CATALOGUE
from bot.sandbox.slack import SlackSandbox
from bot.values import PersonId
from tests.stories.asking import asks, audited, flat, told

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
