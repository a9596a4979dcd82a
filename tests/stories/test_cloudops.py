"""What a rule forbids: the answer in the policy's words, and a request to hand on."""

import pytest

from bot.bootstrap import Bot
from bot.sandbox.aws import AWSSandbox
from bot.sandbox.slack import SeenMessage, SlackSandbox
from tests.conftest import StartBot
from tests.handlers.blocks.judging import assert_message
from tests.stories.asking import (
    audited,
    changes,
    configured,
    everything_is_told,
    filed,
    flat,
    told,
    told_on_click,
)

DENIED = "Operations not allowed on production instances. Please create a CloudOps request."
CREATE = "cloudops.create"


@pytest.mark.parametrize("line", ["reboot", "snapshot", "backup-window", "reboot --failover"])
async def test_production_is_denied_in_the_policys_words(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox, line: str
) -> None:
    verb, _, flag = line.partition(" ")
    window = " 07:00-08:00" if verb == "backup-window" else ""

    said = await told(slack.member("ana"), f"/rds {verb} orders-prod{window} {flag}")

    assert DENIED in flat(said)
    assert "tag Environment=production" in flat(said)
    assert (await filed(bot), changes(aws)) == ((), [])
    assert [row.event.result for row in await audited(bot)] == ["denied"]


async def test_a_database_that_no_rule_knows_counts_as_production_and_says_so(
    bot: Bot, slack: SlackSandbox
) -> None:
    said = await told(slack.member("ana"), "/rds snapshot warehouse")

    assert DENIED in flat(said)
    assert "default, because no tag, name or account says what it is" in flat(said)


async def test_a_denial_speaks_before_the_databases_state_does(
    bot: Bot, slack: SlackSandbox
) -> None:
    said = await told(slack.member("ana"), "/rds reboot warehouse --failover")

    assert DENIED in flat(said)
    assert "Single-AZ" not in flat(said)


async def test_the_button_posts_a_request_that_is_ready_to_be_carried_out(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    line = "/rds reboot orders-prod --failover --reason 'the standby is *newer*'"

    await told_on_click(ana, await told(ana, line), CREATE)

    posted = await slack.member("pat").sees(_in_cloudops)
    for word in (
        "@ana asks: reboot orders-prod: ", "orders-prod@main/us-east-1", "the standby is *newer*",
        "rds:RebootDBInstance", "ForceFailover = true",
        "aws rds reboot-db-instance --region us-east-1 --db-instance-identifier orders-prod",
        "/rds reboot orders-prod", "tag Environment=production",
    ):  # fmt: skip
        assert word in flat(posted), word
    assert_message({"text": posted.text, "blocks": list(posted.blocks)})


async def test_two_clicks_post_once(bot: Bot, slack: SlackSandbox) -> None:
    ana = slack.member("ana")
    denial = await told(ana, "/rds reboot orders-prod")

    await told_on_click(ana, denial, CREATE)
    await everything_is_told(bot)
    await told_on_click(ana, denial, CREATE)
    await everything_is_told(bot)

    assert len([it for it in ana.messages() if _in_cloudops(it)]) == 1


async def test_where_no_channel_is_set_the_request_is_shown_to_who_asked(
    start_bot: StartBot, slack: SlackSandbox
) -> None:
    async with start_bot(configured(channels=None)):
        ana = slack.member("ana")

        shown = await told_on_click(ana, await told(ana, "/rds snapshot orders-prod"), CREATE)

        assert "rds:CreateDBSnapshot" in flat(shown)
        assert not [it for it in ana.messages() if _in_cloudops(it)]


async def test_every_denial_can_be_handed_on(bot: Bot, slack: SlackSandbox) -> None:
    ana = slack.member("ana")

    for _ in range(2):
        await told_on_click(ana, await told(ana, "/rds reboot orders-prod"), CREATE)
        await everything_is_told(bot)

    assert len([it for it in ana.messages() if _in_cloudops(it)]) == 2
    assert len(await audited(bot, action="cloudops.asked")) == 2


async def test_a_denial_of_somebody_else_cannot_be_handed_on(bot: Bot, slack: SlackSandbox) -> None:
    ana, ben = slack.member("ana"), slack.member("ben")
    await told(ana, "/rds reboot orders-prod")
    of_ben = await told(ben, "/rds reboot orders-prod")
    forged = _pointing_to(of_ben, seq=1)

    said = await told_on_click(ben, forged, CREATE)

    assert "Only who was denied can hand that on" in flat(said)
    assert not [it for it in ben.messages() if _in_cloudops(it)]


def _in_cloudops(seen: SeenMessage) -> bool:
    return seen.channel.name == "cloudops" and "CloudOps request" in seen.text


def _pointing_to(denial: SeenMessage, seq: int) -> SeenMessage:
    """The same message with another denial behind its button, as a forger would send it."""
    [button] = [
        one for block in denial.blocks for one in block.get("elements", ()) if "value" in one
    ]
    button["value"] = str(seq)
    return denial
