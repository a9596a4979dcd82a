"""A refusal says what is so: who can, where to invite the bot, and it leaves a trace."""

from bot.bootstrap import Bot
from bot.sandbox.slack import SeenMessage, ServerError, SlackSandbox
from tests.conftest import StartBot
from tests.stories.asking import (
    asks,
    audited,
    card_of,
    configured,
    filed,
    flat,
    told,
    told_on_click,
)


async def test_who_is_deactivated_is_not_named_among_those_who_can(
    bot: Bot, slack: SlackSandbox
) -> None:
    await asks(slack.member("ana"), "/rds reboot orders-staging")
    ben = slack.member("ben")

    said = flat(await told_on_click(ben, await card_of(ben, "RDS-1001"), "request.approve"))

    assert "These can: @dora, @emil." in said


async def test_one_approver_who_is_unknown_to_slack_refuses_nothing(
    start_bot: StartBot, slack: SlackSandbox
) -> None:
    access = {"approvers": {"groups": ["S0DBAS0001"], "users": ["U0GONE0001"]}}
    async with start_bot(configured(access=access)):
        await asks(slack.member("ana"), "/rds reboot orders-staging")

        await card_of(slack.member("dora"), "RDS-1001")


async def test_the_approvals_channel_without_the_bot_is_named_as_what_is_missing(
    start_bot: StartBot, slack: SlackSandbox
) -> None:
    random = slack.workspace.channel("random").id
    async with start_bot(configured(channels={"approvals": random})) as bot:
        said = flat(await told(slack.member("ana"), "/rds reboot orders-staging"))

        assert "Invite me to that channel (channels.approvals)" in said
        assert await filed(bot) == ()


async def test_a_slack_that_fails_is_not_taken_for_a_channel_that_is_missing(
    bot: Bot, slack: SlackSandbox
) -> None:
    slack.faults.add("conversations.info", ServerError(500), times=None)

    said = flat(await told(slack.member("ana"), "/rds reboot orders-staging"))

    assert "Slack did not tell me what the channel" in said
    assert "Try again in a minute" in said
    assert await filed(bot) == ()


async def test_pressing_the_button_of_somebody_elses_denial_is_audited(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana, ben = slack.member("ana"), slack.member("ben")
    await told(ana, "/rds reboot orders-prod")
    of_ben = _pointing_to(await told(ben, "/rds reboot orders-prod"), seq=1)

    await told_on_click(ben, of_ben, "cloudops.create")

    [row] = await audited(bot, action="cloudops.refused")
    assert row.event.actor.endswith(ben.id)
    assert row.event.facts == {"denial": 1}


def _pointing_to(denial: SeenMessage, seq: int) -> SeenMessage:
    """The same message with another denial behind its button, as a forger would send it."""
    [button] = [
        one for block in denial.blocks for one in block.get("elements", ()) if "value" in one
    ]
    button["value"] = str(seq)
    return denial
