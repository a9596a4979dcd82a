"""Tags by which the bot judges others are not for the asking."""

from typing import Any

import pytest

from bot.bootstrap import Bot
from bot.sandbox.aws import AWSSandbox
from bot.sandbox.slack import SlackSandbox
from tests.conftest import StartBot
from tests.crossed import crossed
from tests.stories.asking import SOON, audited, changes, configured, filed, flat, told

TAGS = [
    "Environment=dev", "environment=dev", "ENV=dev", "stage=production", "Env=",
    "'Environment =dev'", "'\u200bEnvironment=dev'", "\uff25nvironment=dev",
    "'Environment\u00a0=dev'", "Envir\u043enment=dev", "ticket=OPS-7 --tag Stage=dev",
]  # fmt: skip


@pytest.mark.parametrize(("tags", "more"), crossed(TAGS, ["", " --dry-run"]), ids=ascii)
async def test_a_tag_that_decides_an_environment_is_refused(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox, tags: str, more: str
) -> None:
    said = flat(await told(slack.member("ana"), f"/rds snapshot orders-dev s1 --tag {tags}{more}"))

    assert "decides who may change what" in said
    assert (await filed(bot), changes(aws)) == ((), [])
    [row] = await audited(bot)
    assert (row.event.action, row.event.result) == ("request.refused", "deciding_tag")


@pytest.mark.parametrize("line", ["tag orders-dev ENV=dev", "untag orders-dev Team environment"])
async def test_nor_may_a_database_be_given_one_or_lose_one(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox, line: str
) -> None:
    said = flat(await told(slack.member("ana"), f"/rds {line} --reason x"))

    assert "decides who may change what" in said
    assert (await filed(bot), changes(aws)) == ((), [])
    [row] = await audited(bot)
    assert (row.event.action, row.event.result) == ("request.refused", "deciding_tag")


async def test_so_is_one_that_a_rule_of_the_policy_looks_at(
    start_bot: StartBot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    rules: Any = [{"tag": {"Data-Class": "secret"}, "deny": "No."}, {"approvals": 0}]
    async with start_bot(configured(policy={"rules": rules})):
        line = "/rds snapshot orders-dev s1 --tag data-class=open"
        assert "decides who may change what" in flat(await told(slack.member("ana"), line))
        assert changes(aws) == []


@pytest.mark.parametrize(
    "tag", ["'rds-bot:x =1'", "'\u200brds-bot:request-id=RDS-1'", "'\uff41ws:x=1'"]
)
async def test_a_reserved_key_is_reserved_however_it_is_written(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox, tag: str
) -> None:
    said = flat(await told(slack.member("ana"), f"/rds snapshot orders-dev s1 --tag {tag}"))

    assert "is reserved" in said
    assert changes(aws) == []


async def test_any_other_tag_is_taken_along(bot: Bot, slack: SlackSandbox, aws: AWSSandbox) -> None:
    aws.plan["create_db_snapshot"] = SOON
    await told(slack.member("ana"), "/rds snapshot orders-dev s1 --tag Environments=dev")
    await slack.until(lambda: changes(aws), what="the call")
