"""Log files: which there are, and how they end; secrets are masked and cuts are told."""

import re
import time

import pytest

from bot.bootstrap import Bot
from bot.operations.logs import _fitting, _masked
from bot.sandbox.aws import AWSSandbox, ClusterSpec, InstanceSpec
from bot.sandbox.aws.logfiles import File
from bot.sandbox.slack import SeenMessage, SlackSandbox
from tests.handlers.blocks.judging import assert_message
from tests.stories.asking import audited, flat, told


async def test_what_is_wrong_is_counted_and_the_tail_is_shown_without_secrets(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")

    wrong = await told(ana, "/rds logs orders-test")
    shown = await told(ana, "/rds logs orders-test error --lines 60")

    said = flat(wrong)
    assert re.match(r"orders-test: \d+ errors in the last 3 hours", said)
    assert wrong.text == said[: len(wrong.text)], "the notification says it too"
    assert re.search(
        r'FATAL password authentication failed for user "reporting": \d+ times, last ', said
    )
    assert re.search(r"ERROR canceling statement due to lock timeout: \d+ times, last ", said)
    assert said.index("FATAL") < said.index("ERROR")
    assert "checkpoint" not in said
    assert "24 log files" in said
    assert "tail of error/postgresql.log." in flat(shown)
    assert "ALTER USER app PASSWORD [masked]" in shown.words
    assert "sesame" not in shown.words
    for seen in (wrong, shown):
        assert_message({"text": seen.text, "blocks": list(seen.blocks)})
    assert slack.member("dora").messages() == ()


async def test_other_hours_and_the_tail_of_a_file_are_a_choice_away(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")
    wrong = await told(ana, "/rds logs orders-test")
    before = {it.ts for it in ana.messages()}

    await ana.chooses(wrong, "menu.Other hours", "Last 1h")
    hour = await ana.sees(lambda it: it.ts not in before and "in the last hour" in it.words)
    menu = next(it for block in hour.blocks for it in block.get("elements", ())
                if it.get("action_id") == "menu.Tail of…")  # fmt: skip
    await ana.chooses(hour, "menu.Tail of…", menu["options"][0]["value"])
    await ana.sees(lambda it: "tail of error/postgresql.log." in it.words)

    assert _counted(hour, "FATAL") < _counted(wrong, "FATAL")


def _counted(seen: SeenMessage, gravity: str) -> int:
    found = re.search(rf"{gravity} [^:]*: (\d+) times", flat(seen))
    assert found
    return int(found[1])


async def test_a_part_of_a_name_narrows_it_to_those_files(bot: Bot, slack: SlackSandbox) -> None:
    said = flat(await told(slack.member("ana"), "/rds logs billing-staging slow"))

    assert "WARNING slow query, … s: " in said
    assert "Access denied" not in said


async def test_a_log_that_cannot_be_read_hides_no_other_and_is_said(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    aws.fault("rds:DownloadDBLogFilePortion", "code", code="DBLogFileNotFoundFault")

    said = flat(await told(slack.member("ana"), "/rds logs orders-test"))

    assert re.match(r"orders-test: at least \d+ errors in the last 3 hours", said)
    assert re.search(r"I could not read error/postgresql\.log\.\S+: This was made to fail", said)


async def test_where_none_can_be_read_nothing_is_called_well(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    aws.fault("rds:DownloadDBLogFilePortion", "denied", times=None)

    said = flat(await told(slack.member("ana"), "/rds logs orders-test"))

    assert "nothing wrong in its logs of the last 3 hours, as far as I could read" in said
    assert said.count("I could not read") >= 3


async def test_a_format_that_nobody_knows_is_said_and_its_end_shown(
    bot: Bot, slack: SlackSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(File, "lines", lambda _: ["what", "is", "password=sesame"])

    said = flat(await told(slack.member("ana"), "/rds logs orders-test --since 1h"))

    assert "as far as I could read" in said
    assert re.search(r"I don't know how error/postgresql\.log\.\S+ is written", said)
    assert "what is password=[masked]" in said


async def test_what_is_longer_than_what_can_be_read_says_since_when(
    bot: Bot, slack: SlackSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = File.lines
    monkeypatch.setattr(File, "lines", lambda file: lines(file) * 400)

    said = flat(await told(slack.member("ana"), "/rds logs orders-test --since 1h"))

    assert re.search(r"Of error/postgresql\.log\.\S+ I read only what was written since ", said)


async def test_a_database_without_logs_says_so(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    aws.seed([InstanceSpec("asleep-dev", status="stopped")])
    await bot.services.fleet.refresh()
    for line in ("logs asleep-dev", "logs asleep-dev error", "logs asleep-dev --lines 5"):
        said = flat(await told(slack.member("ana"), f"/rds {line}"))
        assert "AWS knows no log file of it. A stopped or new database has none." in said


async def test_what_no_message_holds_is_cut_at_the_front_and_said(
    bot: Bot, slack: SlackSandbox
) -> None:
    line = "/rds logs orders-test error/postgresql.log.{} --lines 500"
    listed = await told(slack.member("ana"), "/rds logs orders-test")
    hour = sorted(re.findall(r"postgresql\.log\.([\d-]+)", str(listed.blocks)))[0]

    seen = await told(slack.member("ana"), line.format(hour))

    assert "of the 180 read; a message holds no more" in flat(seen)
    assert ":59:40 UTC" in seen.words
    assert ":00:00 UTC" not in seen.words
    assert_message({"text": seen.text, "blocks": list(seen.blocks)})


async def test_of_a_cluster_the_writers_files_are_listed_and_the_others_named(
    bot: Bot, slack: SlackSandbox
) -> None:
    said = flat(await told(slack.member("ana"), "/rds logs shop-staging"))

    assert re.match(r"shop-staging-1: \d+ errors in the last 3 hours", said)
    assert "24 log files" in said
    assert "shop-staging-2, shop-staging-3 have files of their own" in said


async def test_what_cannot_be_shown_is_explained(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    aws.seed([ClusterSpec("empty-test", members=())])
    await bot.services.fleet.refresh()
    ana = slack.member("ana")
    for line, says in (
        ("logs nowhere", 'I know no database "nowhere"'),
        ("logs orders-test nonsense", 'no log file with "nonsense" in its name'),
        ("logs orders-test --lines 0", "say how many lines, 1 to 500"),
        ("logs orders-test --lines many", "--lines"),
        ("logs empty-test", "empty-test has no instance, so it has no log files"),
    ):
        assert says in flat(await told(ana, f"/rds {line}"))
    assert aws.calls("rds:Download*") == []


async def test_a_file_that_is_gone_and_a_read_that_aws_refuses_are_sentences(
    bot: Bot, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    ana = slack.member("ana")
    aws.fault("rds:DownloadDBLogFilePortion", "code", code="DBLogFileNotFoundFault")
    gone = await told(ana, "/rds logs orders-test error --lines 5")
    aws.fault("rds:DescribeDBLogFiles", "denied", times=None)
    denied = await told(ana, "/rds logs orders-test")

    assert "AWS says DBLogFileNotFoundFault" in flat(gone)
    assert "AWS says AccessDenied" in flat(denied)


async def test_a_guest_reads_no_logs(bot: Bot, slack: SlackSandbox, aws: AWSSandbox) -> None:
    said = flat(await told(slack.member("gil"), "/rds logs orders-test error"))

    assert "Only full members" in said
    assert aws.calls("rds:*Log*") == []
    assert (await audited(bot))[0].event.operation == "show_logs"


def test_a_line_of_a_megabyte_holds_nobody_up_and_is_cut() -> None:
    written = ["password=sesame", "-eyJ" * 250_000, "the last"]

    began = time.thread_time()
    shown = _fitting(_masked(written))

    assert time.thread_time() - began < 2
    assert shown == ["password=[masked]", "-eyJ" * 125 + "…", "the last"]
