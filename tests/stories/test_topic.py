"""Endings and requests for approval also go to an SNS topic, where one is configured."""

from bot.sandbox.aws import AWSSandbox
from bot.sandbox.slack import SlackSandbox
from tests.conftest import CONFIG, StartBot
from tests.stories.stage import until


async def test_a_topic_hears_of_what_waits_for_approval_and_of_endings(
    start_bot: StartBot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    topic = aws.client("sns").create_topic(Name="rds-bot")["TopicArn"]
    ana, dora = slack.member("ana"), slack.member("dora")

    async with start_bot(f"{CONFIG}\nnotifications: {{sns_topic_arn: {topic}}}\n"):
        await ana.types("/rds reboot orders-test", channel="databases")
        asked = await dora.sees(lambda it: "needs 1 approval" in it.text)
        await dora.clicks(asked, "request.approve")
        await ana.sees(lambda it: "succeeded" in it.text and it.thread_ts is None, within=20)
        await until(lambda: len(aws.calls("sns:Publish")) == 2)

    waiting, ended = (str(call.parameters["Message"]) for call in aws.calls("sns:Publish"))
    assert waiting.startswith("RDS-1001 needs 1 approval: Reboot orders-test")
    assert "succeeded" in ended
