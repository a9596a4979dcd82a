"""How a database does: words at once and to nobody else, the picture in direct messages."""

from pathlib import Path

import pytest

from bot.bootstrap import Bot
from bot.sandbox.aws import AWSSandbox
from bot.sandbox.slack import Member, Refused, SeenMessage, SlackSandbox
from tests.conftest import StartBot
from tests.stories.asking import audited, flat, presses, told


def file_of(seen: SeenMessage) -> str | None:
    """The id of the picture that a message shows."""
    images = (block for block in seen.blocks if block["type"] == "image")
    return next((block["slack_file"]["id"] for block in images), None)


async def picture(member: Member, *, other_than: str | None = None) -> SeenMessage:
    return await member.sees(
        lambda it: not it.ephemeral and file_of(it) not in (None, other_than), within=30
    )


async def test_who_asks_reads_the_words_at_once_and_sees_the_picture_in_direct_messages(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")

    words = await told(ana, "/rds metrics orders-test")
    seen = await picture(ana)

    assert words.text == "orders-test: nothing unusual in the last 24 hours"
    assert "CPU" in words.words
    assert "Open chart" in str(words.blocks)
    assert seen.channel.is_im
    [image] = [block for block in seen.blocks if block["type"] == "image"]
    assert "Free storage: now " in image["alt_text"]
    file = slack.world.files.find(image["slack_file"]["id"])
    assert file.content is not None
    assert file.content.startswith(b"\x89PNG")
    assert len(file.content) <= 200_000
    assert slack.member("dora").messages() == ()


async def test_a_button_shows_another_time_in_the_same_message(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    await told(ana, "/rds metrics warehouse")
    before = await picture(ana)

    await presses(ana, before, "picture.7d")
    after = await picture(ana, other_than=file_of(before))

    assert after.ts == before.ts
    assert after.text == "warehouse: storage full in about 12 days"
    assert "Last 7 days." in flat(after)
    assert "Storage is full in about 12 days" in flat(after)


async def test_a_button_lays_the_week_before_beside_it_and_takes_it_away_again(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    await told(ana, "/rds metrics orders-test cpu")
    alone = await picture(ana)

    await presses(ana, alone, "picture.week")
    beside = await picture(ana, other_than=file_of(alone))
    await presses(ana, beside, "picture.week")
    again = await picture(ana, other_than=file_of(beside))

    assert beside.ts == alone.ts
    assert "last week. CPU: " in flat(beside)
    assert "last week. CPU: " not in flat(again)


async def test_a_button_shows_every_panel_and_the_unusual_ones_again(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    await told(ana, "/rds metrics warehouse --range 7d")
    unusual = await picture(ana)

    await ana.clicks(unusual, "picture.all")
    every = await picture(ana, other_than=file_of(unusual))
    await ana.clicks(every, "picture.all")
    again = await picture(ana, other_than=file_of(every))

    assert every.ts == unusual.ts
    assert "All panels" in flat(unusual)
    assert "Unusual panels" in flat(every)
    assert "All panels" in flat(again)
    for seen in (unusual, every):
        [image] = [block for block in seen.blocks if block["type"] == "image"]
        assert "Disk queue depth: now " in image["alt_text"]


async def test_the_leak_is_told(bot: Bot, slack: SlackSandbox) -> None:
    words = await told(slack.member("ana"), "/rds metrics billing-staging connections --range 7d")

    assert "likely connection leak" in flat(words)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("metrics nowhere", 'I know no database "nowhere"'),
        ("metrics orders-test speed", 'I have no metric "speed" of orders-test'),
        ("compare a b c d e f g h i", "compare 2 to 8 databases; those are 9"),
        ("compare orders-test orders-test", "orders-test is there twice"),
        ("metrics orders-test --range 5y", "it must be 1h, 3h, 6h, 12h, 24h, 3d or 7d"),
    ],
)
async def test_what_cannot_be_shown_is_explained(
    bot: Bot, slack: SlackSandbox, line: str, says: str
) -> None:
    words = await told(slack.member("ana"), f"/rds {line}")

    assert says in flat(words)


async def test_a_guest_sees_nothing(bot: Bot, slack: SlackSandbox, aws: AWSSandbox) -> None:
    words = await told(slack.member("gil"), "/rds metrics orders-test")

    assert "Only full members" in words.words
    assert aws.calls("cloudwatch:*") == []
    assert (await audited(bot))[0].event.operation == "show_metrics"


@pytest.mark.parametrize(
    ("method", "fault", "why"),
    [
        ("files.getUploadURLExternal", Refused("missing_scope"), "missing_scope"),
        ("files.completeUploadExternal", Refused("file_uploads_disabled"), "uploads_disabled"),
        ("files.info", Refused("missing_scope"), "missing_scope"),
    ],
)
async def test_words_hold_where_slack_does_not_take_the_picture(
    bot: Bot, slack: SlackSandbox, method: str, fault: Refused, why: str
) -> None:
    slack.faults.add(method, fault)
    ana = slack.member("ana")

    words = await told(ana, "/rds metrics orders-test")
    seen = await ana.sees(lambda it: "Slack did not take the chart" in it.words)

    assert "CPU" in words.words
    assert why in seen.words
    assert "Refresh" in seen.words


async def test_words_hold_where_the_picture_cannot_be_drawn(
    start_bot: StartBot, slack: SlackSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "matplotlib.py").write_text("raise ImportError('there is none')", "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    async with start_bot():
        ana = slack.member("ana")

        words = await told(ana, "/rds metrics orders-test")
        seen = await ana.sees(lambda it: "could not draw the picture" in it.words, within=30)

    assert "CPU" in words.words
    assert "The words above hold without it." in seen.words


async def test_cloudwatch_being_away_is_said_and_nothing_follows(
    start_bot: StartBot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    async with start_bot():
        aws.fault("cloudwatch:*", "code", code="AccessDenied", status=403, times=None)
        ana = slack.member("ana")

        words = await told(ana, "/rds metrics orders-test")

    assert "AWS says AccessDenied" in flat(words)
    assert [it for it in ana.messages() if it.channel.is_im] == []


async def test_a_file_is_shown_as_soon_as_slack_knows_it(bot: Bot, slack: SlackSandbox) -> None:
    slack.faults.add("files.info", Refused("file_not_found"), times=3)
    ana = slack.member("ana")

    await told(ana, "/rds metrics orders-test")

    assert file_of(await picture(ana)) is not None


async def test_three_databases_are_compared(bot: Bot, slack: SlackSandbox) -> None:
    words = await told(
        slack.member("ana"), "/rds compare orders-test orders-staging billing-staging"
    )

    assert "has the most: CPU" in words.text
    assert "orders-test, orders-staging and billing-staging, the last 24 hours" in flat(words)


async def test_two_databases_are_compared_on_one_scale(bot: Bot, slack: SlackSandbox) -> None:
    ana = slack.member("ana")

    words = await told(ana, "/rds compare orders-test orders-prod --metric connections")
    before = await picture(ana)
    await presses(ana, before, "picture.6h")
    after = await picture(ana, other_than=file_of(before))

    assert flat(words).index("orders-prod: Connections") < flat(words).index("orders-test: Conn")
    assert "orders-test and orders-prod, the last 6 hours" in flat(after)


@pytest.mark.parametrize("line", ["metrics bare cpu", "metrics bare cpu --week-before",
                                  "compare bare orders-test --metric cpu"])  # fmt: skip
async def test_a_cluster_without_instances_is_neither_an_error_nor_calm(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox, line: str
) -> None:
    aws.client("rds").create_db_cluster(
        DBClusterIdentifier="bare", Engine="aurora-postgresql", MasterUsername="app",
        MasterUserPassword="not-a-secret",
    )  # fmt: skip
    await bot.services.fleet.refresh()

    said = flat(await told(slack.member("ana"), f"/rds {line}"))

    assert "no instance of which" in said or "bare: no figures of cpu" in said
    assert "nothing unusual" not in said
