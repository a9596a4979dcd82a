"""The process is killed at every point of a request's life: one call, and a truthful ending."""

import asyncio
import re
import time
from pathlib import Path

import pytest

from bot.bootstrap import DRAIN, LAST_WORDS
from bot.sandbox.aws import AWSSandbox
from bot.sandbox.slack import Hang, SlackSandbox, Slow
from tests.conftest import CONFIG, Home
from tests.crossed import sampled
from tests.stories.process import Process, process
from tests.stories.stage import LONG, until

REBOOT, SNAPSHOT, WINDOW = "rds:RebootDBInstance", "rds:CreateDBSnapshot", "rds:ModifyDBInstance"
#: Seconds for which a process is stopped: longer than it may take from the note to the call.
HELD_UP = 7.0
#: Seconds in which a bot on a busy machine surely ends; what hangs takes longer.
BUSY = 18.0
COMMANDS = {
    REBOOT: "/rds reboot orders-test",
    SNAPSHOT: "/rds snapshot orders-test before-1",
    WINDOW: "/rds backup-window orders-test 22:00-23:00",
}


async def asks(slack: SlackSandbox, line: str, who: str = "ana") -> None:
    delivery = await slack.member(who).types(line, channel="databases")
    assert delivery.acknowledged


def hangs(slack: SlackSandbox, method: str) -> list[object]:
    """Slack is silent to the next such call; what comes back is filled when that has begun."""
    struck: list[object] = []

    def strikes(call: object) -> bool:
        struck.append(call)
        return True

    slack.faults.add(method, Hang(30), where=strikes)
    return struck


async def succeeds(slack: SlackSandbox, number: int = 1001, within: float = 30) -> None:
    """As the bot says when it is asked: a card may wait for what the dead process left behind."""
    ana, deadline = slack.member("ana"), time.monotonic() + within
    ended = re.compile(rf"RDS-{number} [^\n]*: succeeded")
    while time.monotonic() < deadline:
        await asks(slack, f"/rds status RDS-{number}")
        await asyncio.sleep(0.3)
        if any(ended.search(it.words) for it in ana.messages()):
            return
    raise AssertionError(f"RDS-{number} has not succeeded: {ana.screen()}")


async def test_killed_while_a_command_is_read_it_is_taken_up_again(
    home: Home, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    async with process(home) as bot:
        struck = hangs(slack, "users.info")
        await asks(slack, COMMANDS[REBOOT])
        await until(lambda: struck)
        await bot.kill()

    async with process(home):
        await succeeds(slack)
    assert len(aws.calls(REBOOT)) == 1


async def test_killed_while_a_click_is_judged_it_counts_after_the_restart(
    home: Home, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    async with process(home, CONFIG) as bot:
        await asks(slack, COMMANDS[REBOOT])
        asked = await slack.member("dora").sees(lambda it: "needs" in it.text and it.actions)
        struck = hangs(slack, "usergroups.*")
        assert (await slack.member("dora").clicks(asked, "request.approve")).acknowledged
        await until(lambda: struck)
        await bot.kill()

    async with process(home, CONFIG):
        await succeeds(slack)
    assert len(aws.calls(REBOOT)) == 1


async def test_killed_between_claim_and_send_it_is_sent_after_the_restart(
    home: Home, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    async with process(home, CONFIG) as bot:
        await asks(slack, COMMANDS[REBOOT])
        asked = await slack.member("dora").sees(lambda it: "needs" in it.text and it.actions)
        check = aws.fault("rds:DescribeDBInstances", "timeout", times=1)
        await slack.member("dora").clicks(asked, "request.approve")
        await until(lambda: check.times == 0)
        await slack.member("dora").sees(lambda it: "about to be sent" in it.text)
        await bot.kill()
        assert not aws.calls(REBOOT)

    async with process(home, CONFIG):
        await succeeds(slack)
    assert len(aws.calls(REBOOT)) == 1


@pytest.mark.parametrize("call", sampled(COMMANDS, quick=1))
async def test_killed_between_send_and_receipt_it_finds_out_that_it_was_sent(
    home: Home, slack: SlackSandbox, aws: AWSSandbox, call: str
) -> None:
    async with process(home) as bot:
        sent = aws.fault(call, "slow", delay=LONG)
        await asks(slack, COMMANDS[call])
        await until(lambda: sent.times == 0)
        await bot.kill()
    aws.release()
    await until(lambda: aws.calls(call))

    async with process(home):
        await succeeds(slack)
    assert [made.answer for made in aws.calls(call)] == ["ok"]


async def test_killed_while_following_it_follows_to_the_end(
    home: Home, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    aws.plan["create_db_snapshot"] = [("creating", 300)]
    async with process(home) as bot:
        await asks(slack, COMMANDS[SNAPSHOT])
        await slack.member("dora").sees(lambda it: "creating" in it.words)
        await bot.kill()

    async with process(home):
        await succeeds(slack)
    assert len(aws.calls(SNAPSHOT)) == 1


async def test_killed_while_one_waits_for_another_both_end_in_turn(
    home: Home, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    aws.plan["create_db_snapshot"] = [("creating", 300)]
    async with process(home) as bot:
        await asks(slack, COMMANDS[SNAPSHOT])
        await until(lambda: aws.calls(SNAPSHOT))
        await asks(slack, COMMANDS[WINDOW], who="ben")
        await slack.member("dora").sees(lambda it: "waits for RDS-1001" in it.text)
        await bot.kill()

    async with process(home):
        await succeeds(slack, 1001)
        await succeeds(slack, 1002)
    assert (len(aws.calls(SNAPSHOT)), len(aws.calls(WINDOW))) == (1, 1)


async def test_killed_before_the_card_was_posted_it_is_posted_after_the_restart(
    home: Home, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    async with process(home, CONFIG) as bot:
        struck = hangs(slack, "chat.postMessage")
        await asks(slack, COMMANDS[REBOOT])
        await until(lambda: struck)
        await slack.member("ana").sees(lambda it: it.ephemeral and "RDS-1001" in it.words)
        await bot.kill()

    async with process(home, CONFIG):
        await slack.member("dora").sees(lambda it: it.actions)


async def test_asked_to_end_it_ends_well_within_ten_seconds_whatever_hangs(
    home: Home, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    async with process(home) as bot:
        sent = aws.fault(REBOOT, "slow", delay=LONG)
        await asks(slack, COMMANDS[REBOOT])
        await until(lambda: sent.times == 0)
        slack.faults.add("*", Slow(60), times=None)
        await asks(slack, "/rds whoami", who="pat")
        began = time.monotonic()

        code = await bot.stop()

        assert code == 0
        assert DRAIN + LAST_WORDS < 9
        assert time.monotonic() - began < BUSY, "more is waited for than what is planned"
    slack.faults.clear()
    aws.release()
    await until(lambda: aws.calls(REBOOT))
    async with process(home):
        await succeeds(slack)
    assert len(aws.calls(REBOOT)) == 1


async def test_a_second_process_on_the_same_file_is_refused_and_told_why(
    home: Home, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    async with process(home):
        second = await Process.begun(home)
        async with asyncio.timeout(20):
            code, said = await second.ended()

    assert code == 2
    assert "Another process" in said
    assert "PostgreSQL" in said


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="tells a stopped process by /proc")
async def test_stopped_between_the_note_and_the_call_it_does_not_call_when_it_goes_on(
    home: Home, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    async with process(home, module="tests.stories.stopping") as bot:
        await asks(slack, COMMANDS[REBOOT])
        await until(lambda: bot.is_stopped)
        await asyncio.sleep(HELD_UP)
        assert not aws.calls(REBOOT)

        bot.go_on()  # when it is sent again, held clocks tell: test_late_sends
        await slack.member("dora").sees(lambda it: "waiting to be sent" in it.words, within=10)
        assert not aws.calls(REBOOT)
