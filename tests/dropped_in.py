"""Claims about one operation that stands in no list but its own file.

Collected only by ``test_drop_in.py``, in a process whose ``bot`` has one more file.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.bootstrap import Bot
from bot.operation import Change
from bot.operations import CATALOGUE
from bot.sandbox.aws import AWSSandbox
from bot.sandbox.slack import SlackSandbox
from bot.setup import docs
from bot.values import Call
from tests.conftest import StartBot
from tests.stories.asking import (
    SOON,
    asks,
    card_of,
    changes,
    configured,
    filed,
    flat,
    told,
    told_on_click,
    told_on_submit,
)

FREELY = {"approvals": {"low": 0, "medium": 0, "high": 0}}
LINE = "/rds halt orders-dev OPS-7 --keep copy --reason 'nobody needs it'"
DATABASE = "orders-dev@main/us-east-1"


def _halt() -> type[Change]:
    found = CATALOGUE["halt_instance"]
    assert issubclass(found, Change)
    return found


async def test_the_parser_reads_it_and_explains_what_is_wrong(
    bot: Bot, slack: SlackSandbox
) -> None:
    said = flat(await told(slack.member("ana"), "/rds halt orders-dev seven"))
    meant = flat(await told(slack.member("ana"), "/rds hatl orders-dev OPS-7"))

    assert "isn't valid: a ticket reads OPS-7" in said
    assert "/rds halt orders-dev OPS-7" in meant


async def test_help_and_home_show_it(bot: Bot, slack: SlackSandbox) -> None:
    ana = slack.member("ana")
    await ana.opens_home()
    await ana.sees_home(lambda it: "launch.halt_instance" in str(it.blocks))

    about = flat(await told(ana, "/rds help halt"))

    assert "Other changes: halt" in flat(await told(ana, "/rds help change"))
    assert "/rds halt ID TICKET [--keep nothing|copy]" in about
    assert "Halt an instance for up to seven days." in about
    assert "It starts again by itself." in about


async def test_its_form_searches_the_fleet_checks_its_fields_and_files_it(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    await ana.types("/rds halt orders-dev", channel="databases")
    form = await ana.sees_modal("Halt")
    found = await ana.searches(form, "pick", "orders-d")

    wrong = await ana.submits(form, {"ticket": "seven"})
    said = await told_on_submit(ana, form, {"target": DATABASE, "ticket": "OPS-7", "keep": "copy"})

    assert found[0]["value"] == DATABASE
    assert wrong.errors == {"ticket": "A ticket reads OPS-7."}
    assert "RDS-1001: Halt orders-dev for OPS-7" in flat(said)


async def test_its_card_shows_it_and_its_row_gives_it_back(bot: Bot, slack: SlackSandbox) -> None:
    await asks(slack.member("ana"), LINE)

    dora = slack.member("dora")
    card = await card_of(dora, "RDS-1001")
    details = flat(await told_on_click(dora, card, "request.details"))

    assert "Halt orders-dev for OPS-7: needs 1 approval" in flat(card)
    assert "rds:StopDBInstance" in details
    assert f"/rds halt {DATABASE} OPS-7 --keep copy" in details
    [request] = await filed(bot)
    assert _halt().model_validate(request.step.params).model_dump() == {
        "target": DATABASE, "ticket": "OPS-7", "keep": "copy",
    }  # fmt: skip


async def test_it_is_approved_sent_once_and_followed_to_its_end(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    aws.plan["stop_db_instance"] = [("stopping", seconds) for _, seconds in SOON]
    await asks(slack.member("ana"), LINE)

    await told(slack.member("dora"), "/rds approve RDS-1001")

    await slack.member("ana").sees(lambda it: it.thread_ts and "succeeded" in it.text, within=15)
    [call] = changes(aws)
    assert call.name == "rds:StopDBInstance"


async def test_a_rule_can_name_it(start_bot: StartBot, slack: SlackSandbox) -> None:
    rules = [{"operation": ["halt_instance"], "deny": "Never."}, FREELY]
    async with start_bot(configured(policy={"rules": rules})):
        assert "Never." in flat(await told(slack.member("ana"), LINE))


async def test_an_aws_action_that_it_does_not_declare_is_stopped_before_aws(
    bot: Bot, aws: AWSSandbox
) -> None:
    target = (await bot.services.fleet.find("orders-dev")).target
    door = bot.services.accounts.door(target, _halt().permissions)
    deleting = Call(
        action="rds:DeleteDBInstance",
        arguments={"DBInstanceIdentifier": "orders-dev", "SkipFinalSnapshot": True},
    )

    with pytest.raises(PermissionError, match="rds:DeleteDBInstance is not among"):
        await door.act(deleting)
    with pytest.raises(PermissionError, match="rds:DescribeDBSnapshots"):
        await door.snapshot(target.kind, "any")
    assert changes(aws) == []


def test_the_iam_policy_and_the_docs_have_it(tmp_path: Path) -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "bot", "iam-policy"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip

    statements = {it["Sid"]: it for it in json.loads(printed.stdout)["Statement"]}
    assert "rds:StopDBInstance" in statements["Change"]["Action"]
    table = docs.operations_tables(CATALOGUE.values())
    assert "| `/rds halt ID TICKET [--keep nothing\\|copy]` | Halt an instance" in table
