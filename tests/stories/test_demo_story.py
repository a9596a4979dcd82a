"""The demo's story: it is told by the real bot, and notices when anything is not as it says."""

import asyncio
import io
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from bot.sandbox.aws import AWSSandbox
from bot.sandbox.narrator import Narrator
from bot.sandbox.performance import Performance
from bot.sandbox.process import BOT, BotProcess
from bot.sandbox.prompt import Prompt
from bot.sandbox.slack import Refused, SlackSandbox
from bot.sandbox.stage import Stage, staged
from bot.sandbox.story import STORY, Step
from bot.sandbox.terminal import Terminal
from bot.sandbox.visit import Visit
from tests.crossed import sampled
from tests.stories.stage import until

#: As the fixture's AWS goes.
PACE = 60.0
DEMO = (*BOT, "demo")
Meddle = Callable[[Stage], Awaitable[None]]


@pytest.fixture
async def stage(aws: AWSSandbox, tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(aws, PACE, tmp_path) as ready:
        yield ready


@pytest.fixture
async def silent(slack: SlackSandbox, aws: AWSSandbox, tmp_path: Path) -> Stage:
    """A stage whose bot does not come: for what needs none."""
    bot = await BotProcess.start({}, tmp_path / "bot.log")
    await bot.kill()
    return Stage(slack, aws, bot, tmp_path, {}, PACE)


def up_to(last: str, *, without: str = "") -> tuple[Step, ...]:
    """The steps that this one needs before it, which need not be all of those before it."""
    names = [step.name for step in STORY]
    return tuple(it for it in STORY[: names.index(last) + 1] if it.name != without)


async def told(stage: Stage, steps: tuple[Step, ...], **before: Meddle) -> tuple[int, str]:
    out = io.StringIO()
    code = await Performance(stage, Terminal(out), steps, before).tell()
    return code, " ".join(out.getvalue().split())


# -- somebody else's hand, always from outside the bot


async def the_snapshot_fails(stage: Stage) -> None:
    stage.aws.will_end("create_db_snapshot", "failed")


async def staging_is_tagged_production(stage: Stage) -> None:
    await _tag(stage, "orders-staging", "production")


async def production_is_tagged_development(stage: Stage) -> None:
    await _tag(stage, "orders-prod", "dev")


async def slack_does_not_say_who_people_are(stage: Stage) -> None:
    stage.slack.faults.add("users.info", Refused("fatal_error"), times=None)


async def dora_leaves_the_group(stage: Stage) -> None:
    stage.slack.workspace.leave_group("dbas", "dora")


async def emil_approves_too_early(stage: Stage) -> None:
    emil = stage.slack.member("emil")
    card = await emil.sees("needs 1 more")
    await emil.clicks(card, "request.approve")


async def aws_refuses_the_reboot(stage: Stage) -> None:
    stage.aws.fault("rds:RebootDBInstance", "denied")


async def somebody_deletes_the_card(stage: Stage) -> None:
    world = stage.slack.world
    [card] = [it for it in world.messages if it.text.startswith("Reboot") and not it.is_reply]
    world.erase(card)


async def gil_becomes_a_member(stage: Stage) -> None:
    stage.slack.workspace.change("gil", is_restricted=False)


async def private_answers_do_not_go_through(stage: Stage) -> None:
    for method in ("response_url", "chat.postEphemeral"):
        stage.slack.faults.add(method, Refused("fatal_error"), times=None)


async def a_row_is_tampered_with(stage: Stage) -> None:
    with closing(sqlite3.connect(stage.folder / "bot.db")) as database, database:
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in names.fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute("UPDATE audit SET actor = 'nobody' WHERE seq = 2")


async def the_bot_is_killed(stage: Stage) -> None:
    await until(lambda: "bot.running" in stage.bot.tail())
    await stage.bot.kill()


async def _tag(stage: Stage, name: str, environment: str) -> None:
    rds = stage.aws.client("rds")
    arn = f"arn:aws:rds:us-east-1:123456789012:db:{name}"
    tags = [{"Key": "Environment", "Value": environment}]
    await asyncio.to_thread(rds.add_tags_to_resource, ResourceName=arn, Tags=tags)


@pytest.mark.parametrize(
    ("step", "meddle", "needed"),
    sampled(
        [
            # at AWS, in the database, in Slack, by the bot's end
            ("second", aws_refuses_the_reboot, up_to("second", without="snapshot")),
            ("verify", a_row_is_tampered_with, up_to("verify")[-4:]),
            ("guest", gil_becomes_a_member, up_to("guest")[-1:]),
            ("goodbye", the_bot_is_killed, up_to("guest")[-1:]),
            # and every other step
            ("snapshot", the_snapshot_fails, up_to("snapshot")),
            ("ask", staging_is_tagged_production, up_to("ask", without="snapshot")),
            ("own", slack_does_not_say_who_people_are, up_to("own", without="snapshot")),
            ("first", dora_leaves_the_group, up_to("first", without="snapshot")),
            ("again", emil_approves_too_early, up_to("again", without="snapshot")),
            ("ending", somebody_deletes_the_card, up_to("ending", without="snapshot")),
            ("production", production_is_tagged_development, up_to("production")[-1:]),
            ("audit", private_answers_do_not_go_through, up_to("audit")[-2:]),
        ],
        quick=4,
    ),
)
async def test_a_broken_step_is_noticed(
    stage: Stage, step: str, meddle: Meddle, needed: tuple[Step, ...]
) -> None:
    code, said = await told(stage, needed, **{step: meddle})

    assert code == 1
    assert said.count("differs from the story") == 1
    assert f"differs from the story ({step})" in said


async def test_what_differs_is_said_with_what_was_there_instead(stage: Stage) -> None:
    before = {"production": production_is_tagged_development}

    _, said = await told(stage, up_to("production")[-1:], **before)

    assert "Ben should be told, visible to Ben alone" in said
    assert "It needs 1 approval" in said.partition("differs from the story")[2]


async def test_a_bot_that_ends_by_itself_is_noticed_at_once(stage: Stage) -> None:
    code, said = await told(stage, up_to("guest")[-1:], guest=the_bot_is_killed)

    assert code == 1
    assert "The bot ended by itself, with exit code -9." in said
    assert "bot.running" in said  # the end of its log


async def test_an_untold_change_at_aws_is_noticed(stage: Stage) -> None:
    async def dora_takes_a_snapshot(stage: Stage) -> None:
        await stage.slack.member("dora").types("/rds snapshot orders-dev own", channel="databases")
        await stage.slack.until(lambda: stage.aws.calls("rds:CreateDBSnapshot"))

    code, said = await told(stage, up_to("guest")[-1:], guest=dora_takes_a_snapshot)

    assert code == 1
    assert "Nobody should be told anything else. But Dora sees:" in said


# -- the command


@pytest.mark.timeout(120)
def test_the_story_is_played_without_a_terminal_and_exits_0() -> None:
    ended = subprocess.run(
        [*DEMO, "--story"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )

    assert (ended.returncode, ended.stderr) == (0, "")
    assert "✔ 12 of 12 steps went as the story has it" in ended.stdout
    assert "\x1b" not in ended.stdout


def closes_its_input() -> None:
    os.close(0)


def is_under_nohup() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


@pytest.mark.parametrize(
    ("begin", "spared", "ending"),
    sampled(
        [
            (is_under_nohup, signal.SIGHUP, signal.SIGTERM),
            (closes_its_input, None, signal.SIGINT),
            (None, None, signal.SIGHUP),  # the terminal is closed
        ],
        quick=1,
    ),
)
def test_the_page_stays_without_a_terminal_until_it_is_told_to_end(
    begin: Callable[[], None] | None, spared: signal.Signals | None, ending: signal.Signals
) -> None:
    with subprocess.Popen(
        [*DEMO, "--no-browser"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        text=True,
        preexec_fn=begin,
    ) as demo:
        page = _address(demo)
        if spared:
            demo.send_signal(spared)
        typed = _asked(f"{page}api/people/ana/type", line="/rds list", channel="C0DATABASE")
        before, opening = _descendants(demo.pid), _opening(page)
        _asked(f"{page}api/demo/start-over")
        assert _address(demo) == page
        reopened, started = _opening(page) != opening, _descendants(demo.pid)
        demo.send_signal(ending)
        said, _ = demo.communicate(timeout=30)

    assert typed == {"ok": True, "acknowledged": True}
    assert reopened
    assert (demo.returncode, len(started)) == (0, 1), said  # the bot, and no story
    assert "Traceback" not in said
    assert not any(Path(f"/proc/{pid}").exists() for pid in (*before, *started))


async def test_a_bot_that_ends_by_itself_ends_the_visit(stage: Stage) -> None:
    out = io.StringIO()
    visit = asyncio.create_task(Visit(stage, Terminal(out)).stay())
    await the_bot_is_killed(stage)

    assert await visit == 1
    assert "The bot ended by itself, with exit code -9." in out.getvalue()


async def test_at_the_keyboard_a_visit_ends_with_the_input(stage: Stage) -> None:
    out = io.StringIO()

    assert await Visit(stage, Terminal(out)).stay(Typist()) == 0
    assert "There is no more input, so this ends here." in out.getvalue()


def test_a_page_that_cannot_be_served_is_said_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = subprocess.run(
            [*DEMO, "--port", port], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            check=False,
        )  # fmt: skip

    assert (ended.returncode, ended.stderr) == (1, "")
    assert "✘ The demo needs a port on 127.0.0.1" in ended.stdout


@pytest.mark.parametrize(("display", "ci", "opened"), [
    (":0", "", True), ("", "", False), (":0", "true", False),
])  # fmt: skip
def test_a_browser_is_opened_only_where_somebody_can_see_it(
    tmp_path: Path, display: str, ci: str, opened: bool
) -> None:
    program, shown = tmp_path / "browser", tmp_path / "shown"
    program.write_text(f"#!/bin/sh\necho $1 > {shown}\n")
    program.chmod(0o755)
    offering = (
        "import threading\nfrom bot.sandbox import browser\n"
        "browser.offer('http://127.0.0.1:1/')\n"
        "[it.join() for it in threading.enumerate() if it.name == 'browser']"
    )
    environment = {**os.environ, "BROWSER": f"{program} %s", "DISPLAY": display, "CI": ci}
    environment.pop("WAYLAND_DISPLAY", None)

    subprocess.run([sys.executable, "-c", offering], env=environment, check=True, timeout=30)

    assert shown.exists() is opened


def _address(demo: "subprocess.Popen[str]") -> str:
    """Of the page: in the last line of the frame. Fails with what the demo said instead, as where
    the page is not built."""
    assert demo.stdout is not None
    lines: list[str] = []
    for line in demo.stdout:
        if line.startswith("╰"):
            found = re.search(r"│ Open  (http\S+) ", lines[-1])
            assert found, lines
            return found[1]
        lines.append(line)
    raise AssertionError(f"The demo ended without its frame: {''.join(lines)}")


def _asked(address: str, **body: str) -> object:
    with urlopen(Request(address, json.dumps(body).encode()), timeout=10) as answer:
        return json.load(answer)


def _opening(address: str) -> object:
    with urlopen(f"{address}api/workspace", timeout=10) as answer:
        return json.load(answer)["opening"]


def _descendants(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    children = [int(child) for task in tasks for child in task.read_text().split()]
    return [*children, *(it for child in children for it in _descendants(child))]


# -- the keyboard


class Typist:
    """A keyboard on which these lines are typed."""

    is_terminal = False

    def __init__(self, *lines: str) -> None:
        self._lines = iter(lines)

    async def line(self) -> str | None:
        return next(self._lines, None)


async def typed(stage: Stage, *lines: str) -> str:
    out = io.StringIO()
    narrator = Narrator(stage.slack, stage.people, Terminal(out))
    await Prompt(stage, Terminal(out), narrator).run(Typist(*lines))
    return " ".join(out.getvalue().split())


async def test_people_can_type_click_and_fill_in(stage: Stage) -> None:
    ana, dora = stage.slack.member("ana"), stage.slack.member("dora")

    said = await typed(stage, "/rds reboot")
    await ana.sees_modal("A database instance")
    await typed(stage, "fill instance=orders-test reason='a drill'")
    await dora.sees("needs 1 approval")
    await typed(stage, "as dora", "click Reject")
    await dora.sees_modal("others read it")
    await typed(stage, "as dora", "fill reason='not today'")

    assert "ana @ #databases> /rds reboot" in said
    rejected = await ana.sees(lambda it: "rejected" in it.text and it.thread_ts is None)
    assert "not today" in rejected.words


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("hello", "I do not know 'hello'"),
        ("/hello", "/hello is not a valid command"),
        ("as zoe", "There is no zoe"),
        ("in #dba-only", "Ana is not in #dba-only"),
        ("click Approve", "Ana sees no button Approve here"),
        ("fill a=b", "Ana has no form open"),
        ("see", "Ana sees nothing here yet"),
        ("help", "click WORD"),
        ("people", "gil: Gil Guest (guest)"),
    ],
)
async def test_every_line_gets_a_sentence(silent: Stage, line: str, answer: str) -> None:
    assert answer in await typed(silent, line)
