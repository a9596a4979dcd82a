"""From /rds to a truthful ending, as the people of the workspace see it."""

from bot.bootstrap import Bot
from bot.sandbox.aws import AWSSandbox
from bot.sandbox.slack import SlackSandbox


async def test_a_snapshot_of_a_development_database_runs_at_once_and_ends_truthfully(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    ana = slack.member("ana")

    await ana.types("/rds snapshot orders-dev pre-upgrade-1", channel="databases")

    ended = await ana.sees(lambda it: "succeeded" in it.text and it.thread_ts is None, within=20)
    assert "pre-upgrade-1 is available" in ended.words
    [call] = aws.calls("rds:CreateDBSnapshot")
    assert call.session_name == "rds-bot-1001-1"


async def test_a_reboot_with_failover_needs_two_other_people(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    ana, dora, emil = (slack.member(name) for name in ("ana", "dora", "emil"))
    await ana.types("/rds reboot orders-staging --failover --reason 'drill'", channel="databases")
    asked = await ana.sees(lambda it: "needs 2 approvals" in it.text)

    await ana.clicks(asked, "request.approve")
    await ana.sees(lambda it: it.ephemeral and "cannot approve your own request" in it.text)
    await dora.clicks(asked, "request.approve")
    await dora.sees(lambda it: "1 of 2" in it.words)
    await dora.clicks(asked, "request.approve")
    await dora.sees(lambda it: it.ephemeral and "already approved" in it.text)
    assert not aws.calls("rds:RebootDBInstance")
    await emil.clicks(asked, "request.approve")

    await ana.sees(lambda it: "succeeded" in it.text and it.thread_ts is None, within=20)
    [call] = aws.calls("rds:RebootDBInstance")
    assert call.parameters["ForceFailover"] is True
