"""How the team does, asked of the real stack."""

import pytest

from bot.bootstrap import Bot
from bot.sandbox.slack import SlackSandbox
from bot.values import SECOND, Incident, Origin
from tests.stories.asking import flat, presses, told
from tests.stories.test_metrics import file_of, picture

MINUTE = 60 * SECOND


async def incidents(bot: Bot, count: int) -> None:
    """So many that went by in the last hour, each ended by itself after ten minutes."""
    now = bot.services.clock()
    async with bot.services.store.write() as tx:
        for number in range(count):
            at = now - 3600 * SECOND + number * MINUTE
            await tx.open_incident(
                Incident(
                    key=f"alarm-{number}", source=Origin.ALARM, title="CPU above 90 %",
                    place="main us-east-1", started_at=at, fired_at=at,
                    resolved_at=at + 10 * MINUTE,
                )
            )  # fmt: skip


async def test_a_bot_that_did_nothing_yet_says_so(bot: Bot, slack: SlackSandbox) -> None:
    words = await told(slack.member("ana"), "/rds report")

    assert "Nothing to report" in words.words


async def test_few_cases_are_counted_in_a_few_lines_and_drawn_nowhere(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    await incidents(bot, 2)
    await told(ana, "/rds reboot orders-test")
    await told(slack.member("dora"), "/rds reject RDS-1001 --reason 'not now'")

    seen = await told(ana, "/rds report")

    said = flat(seen)
    assert "The last 30 days: no operation was executed" in said
    assert "Besides: 1 rejected." in said
    assert "2 incidents, all over by now." in said
    assert not [block for block in seen.blocks if block["type"] == "table"]
    assert "picture" not in said
    await ana.clicks(seen, "query.run.howisthiscomputed")
    await ana.sees(lambda it: "significant at 1 %" in it.words)
    await ana.clicks(seen, "query.run.last7days")
    await ana.sees(lambda it: it.words.startswith("The last 7 days: no operation"))


async def test_who_asks_reads_the_figures_and_sees_them_in_direct_messages(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    await incidents(bot, 12)
    await told(ana, "/rds reboot warehouse")

    words = await told(ana, "/rds report --since 30d")
    seen = await picture(ana)
    await presses(ana, seen, "picture.7d")
    after = await picture(ana, other_than=file_of(seen))

    assert "0 requests and 1 denial" in flat(words)
    assert "How is this computed? /rds report --since 30d --methods" in flat(words)
    assert "Wilson" not in flat(words)
    assert "Wilson" in flat(await told(ana, "/rds report --methods"))
    assert "12 incidents: 0 acknowledged by somebody, 12 recovered" in flat(words)
    assert "10 min" in flat(words)
    assert "In the 30 days before: 0 requests" in flat(words)
    assert "In the 7 days before: 0 requests" in flat(after)


@pytest.mark.parametrize(
    ("since", "says"),
    [("yesterday", "a duration reads 90m, 24h or 7d"), ("99999d", "at most 3650 days")],
)
async def test_a_time_that_is_none_is_explained(
    bot: Bot, slack: SlackSandbox, since: str, says: str
) -> None:
    words = await told(slack.member("ana"), f"/rds report --since {since}")

    assert says in flat(words)
