"""Log files: which there are, and how they end; secrets are masked and cuts are told."""

import re
import time

from bot.bootstrap import Bot
from bot.operations.logs import _fitting, _masked
from bot.sandbox.aws import AWSSandbox, ClusterSpec
from bot.sandbox.slack import SlackSandbox
from tests.handlers.blocks.judging import assert_message
from tests.stories.asking import audited, flat, told


async def test_log_files_are_listed_with_size_and_time_and_one_is_shown_without_secrets(
    bot: Bot, slack: SlackSandbox
) -> None:
    ana = slack.member("ana")

    listed = await told(ana, "/rds logs orders-test")
    shown = await told(ana, "/rds logs orders-test error --lines 60")

    assert "orders-test: 24 log files" in flat(listed)
    assert "error/postgresql.log." in flat(listed)
    assert "the end of error/postgresql.log." in flat(shown)
    assert "ALTER USER app PASSWORD [masked]" in shown.words
    assert "sesame" not in shown.words
    for seen in (listed, shown):
        assert_message({"text": seen.text, "blocks": list(seen.blocks)})
    assert slack.member("dora").messages() == ()


async def test_what_no_message_holds_is_cut_at_the_front_and_said(
    bot: Bot, slack: SlackSandbox
) -> None:
    line = "/rds logs orders-test error/postgresql.log.{} --lines 500"
    listed = await told(slack.member("ana"), "/rds logs orders-test")
    hour = sorted(re.findall(r"postgresql\.log\.(\S+)", listed.words))[0]

    seen = await told(slack.member("ana"), line.format(hour))

    assert "of the 180 read; a message holds no more" in flat(seen)
    assert ":59:40 UTC" in seen.words
    assert ":00:00 UTC" not in seen.words
    assert_message({"text": seen.text, "blocks": list(seen.blocks)})


async def test_of_a_cluster_the_writers_files_are_listed_and_the_others_named(
    bot: Bot, slack: SlackSandbox
) -> None:
    said = flat(await told(slack.member("ana"), "/rds logs shop-staging"))

    assert "shop-staging-1: 24 log files" in said
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
    gone = await told(ana, "/rds logs orders-test error")
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
