"""What the card leaves out stands in its thread, and endings reach who asked wherever they are."""

from bot.bootstrap import Bot
from bot.sandbox.slack import Lost, SeenMessage, ServerError, SlackSandbox
from tests.conftest import StartBot
from tests.stories.asking import asks, card_of, configured, everything_is_told, flat, told

REBOOT = "/rds reboot orders-staging --reason 'new parameter group'"
APPROVALS = configured(channels={"approvals": "C0APPROVAL"})


def thread_of(slack: SlackSandbox, card: SeenMessage, who: str = "dora") -> list[SeenMessage]:
    seen = slack.member(who).messages(card.channel.id)
    return [it for it in seen if it.thread_ts == card.ts and not it.ephemeral]


def direct(slack: SlackSandbox, who: str) -> list[SeenMessage]:
    return [it for it in slack.member(who).direct_messages() if it.author.is_bot]


async def test_the_detail_stands_in_the_thread_once(bot: Bot, slack: SlackSandbox) -> None:
    await asks(slack.member("ana"), f"{REBOOT} --failover")
    card = await card_of(slack.member("dora"), "RDS-1001")
    await told(slack.member("dora"), "/rds approve RDS-1001")
    await everything_is_told(bot)

    [detail] = thread_of(slack, card)

    assert detail.text.startswith("RDS-1001 in detail: Reboot orders-staging")
    assert "RebootDBInstance" in flat(detail)
    assert "Checked:" in flat(detail)


async def test_a_whole_request_makes_three_messages(bot: Bot, slack: SlackSandbox) -> None:
    await asks(slack.member("ana"), REBOOT)
    card = await card_of(slack.member("dora"), "RDS-1001")

    await told(slack.member("dora"), "/rds reject RDS-1001 --reason no")
    await everything_is_told(bot)

    assert len(thread_of(slack, card)) == 2
    assert len(slack.called("chat.postMessage")) == 3


async def test_a_detail_that_slack_did_not_take_is_posted_later(
    bot: Bot, slack: SlackSandbox
) -> None:
    in_thread = {"where": lambda it: "thread_ts" in it}
    slack.faults.add("chat.postMessage", ServerError(500), times=2, **in_thread)

    await asks(slack.member("ana"), REBOOT)
    card = await card_of(slack.member("dora"), "RDS-1001")
    await everything_is_told(bot)

    assert len(thread_of(slack, card)) == 1


async def test_a_card_whose_answer_was_lost_has_one_detail(
    start_bot: StartBot, slack: SlackSandbox
) -> None:
    app = slack.workspace.app
    slack.workspace.app = type(app)(
        **{name: getattr(app, name) for name in app.__slots__}
        | {"scopes": (*app.scopes, "channels:history")}
    )
    slack.faults.add("chat.postMessage", Lost())

    async with start_bot() as bot:
        await asks(slack.member("ana"), REBOOT)
        card = await card_of(slack.member("dora"), "RDS-1001")
        await everything_is_told(bot)

        cards = [it for it in slack.member("dora").messages() if "· RDS-1001," in it.text]
        assert len(cards) == 1
        assert len(thread_of(slack, card)) == 1


async def test_a_restart_posts_nothing_again(start_bot: StartBot, slack: SlackSandbox) -> None:
    async with start_bot() as bot:
        await asks(slack.member("ana"), REBOOT)
        card = await card_of(slack.member("dora"), "RDS-1001")
        await everything_is_told(bot)

    async with start_bot() as bot:
        await told(slack.member("dora"), "/rds reject RDS-1001 --reason no")
        await everything_is_told(bot)

    detail, ending = thread_of(slack, card)
    assert "in detail" in detail.text
    assert "rejected" in ending.text


async def test_who_is_not_in_the_channel_is_told_the_ending_directly(
    start_bot: StartBot, slack: SlackSandbox
) -> None:
    async with start_bot(APPROVALS) as bot:
        await asks(slack.member("ana"), REBOOT)
        await asks(slack.member("dora"), "/rds reject RDS-1001 --reason 'not today'")
        await everything_is_told(bot)

        [ending] = direct(slack, "ana")
        assert "rejected" in flat(ending)


async def test_who_reads_the_thread_is_not_told_again(bot: Bot, slack: SlackSandbox) -> None:
    await asks(slack.member("ana"), REBOOT)

    await asks(slack.member("dora"), "/rds reject RDS-1001 --reason 'not today'")
    await everything_is_told(bot)

    assert direct(slack, "ana") == []


async def test_of_a_channel_that_it_was_removed_from_it_tells_directly(
    bot: Bot, slack: SlackSandbox
) -> None:
    await asks(slack.member("ana"), REBOOT)
    await card_of(slack.member("dora"), "RDS-1001")
    await everything_is_told(bot)

    slack.workspace.leave_channel("databases", "rds-bot")
    await slack.member("dora").types("/rds reject RDS-1001 --reason 'not today'", "cloudops")
    await slack.member("ana").sees(lambda it: it.channel.is_im and "rejected" in it.text)
    await everything_is_told(bot)

    [ending] = direct(slack, "ana")
    assert "not today" in flat(ending)


async def test_removed_before_the_detail_it_says_nothing_wrong(
    bot: Bot, slack: SlackSandbox
) -> None:
    in_thread = {"where": lambda it: "thread_ts" in it}
    slack.faults.add("chat.postMessage", ServerError(500), times=1, **in_thread)
    await asks(slack.member("ana"), REBOOT)
    await card_of(slack.member("dora"), "RDS-1001")

    slack.workspace.leave_channel("databases", "rds-bot")
    await everything_is_told(bot)

    assert direct(slack, "ana") == []


async def test_a_card_in_a_direct_message_has_no_detail_beside_it(
    start_bot: StartBot, slack: SlackSandbox
) -> None:
    config = configured(channels=None, policy={"rules": [{"approvals": 0}]})
    async with start_bot(config) as bot:
        await slack.member("ana").types("/rds snapshot orders-test", None)
        await slack.member("ana").sees(lambda it: "· RDS-1001," in it.text)
        await everything_is_told(bot)

        assert [it for it in direct(slack, "ana") if "in detail" in it.text] == []
