"""Nothing private is printed: whatever breaks at whatever moment, the log tells no secret."""

import json
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import pytest
from sqlalchemy import make_url

from bot.sandbox.aws import AWSSandbox
from bot.sandbox.slack import (
    ImpossibleError,
    Refused,
    Reset,
    SeenMessage,
    SeenView,
    ServerError,
    SlackSandbox,
)
from storage import migrations
from tests.conftest import CONFIG, Home
from tests.crossed import sampled
from tests.stories.process import Process, process
from tests.stories.stage import SharedHome, until

pytestmark = pytest.mark.timeout(240)

#: One in each input. None looks like a secret, so that nothing but keeping it back hides it.
COMMAND, UNREADABLE, REASON = "canary-command", "canary-unreadable", "canary-reason"
MENTION, MESSAGE, FIELD = "canary-mention", "canary-message", "canary-field"
PASSWORD, AUDIT_KEY, SECRET_KEY = "canary-password-7", "canary-audit-key-" * 3, "canary-secret-key"
SAID_BY_AWS = "canary-said-by-aws"
TYPED = (COMMAND, UNREADABLE, REASON, MENTION, MESSAGE, FIELD)
CONFIGURED = {"AUDIT_KEY": AUDIT_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}

TABLES = ("inbox", "texts", "outbox")


class People:
    """Who gives the bot every kind of input; ``handed`` is what Slack hands out on the way."""

    def __init__(self, slack: SlackSandbox, card: SeenMessage) -> None:
        self._slack, self._card = slack, card
        self.handed: set[str] = {slack.bot_token, slack.app_token}

    async def open_a_form(self) -> None:
        """The first try may meet a connection that remembers tables as they were."""
        ana = self._slack.member("ana")
        for _ in range(3):
            await ana.types("/rds backup-window orders-test", channel="databases")
            with suppress(ImpossibleError):
                await self._slack.until(lambda: any(map(_can_be_sent, ana.views()[-1:])), within=5)
                return
        raise AssertionError("no form was opened")

    async def say_everything(self) -> None:
        ana, emil = self._slack.member("ana"), self._slack.member("emil")
        for line in (
            f"/rds snapshot orders-test {COMMAND} --reason '{REASON}'",
            f"/rds {UNREADABLE} 'cut",
            f"/rds list {UNREADABLE}",
        ):
            self._keep((await ana.types(line, channel="databases")).payload)
        await ana.mentions(f"snapshot orders-test {MENTION}", channel="databases")
        await ana.says(f"snapshot orders-test {MESSAGE}")
        self._keep((await emil.clicks(self._card, "request.cancel")).payload)
        if any(map(_can_be_sent, ana.views()[-1:])):
            await ana.submits(values={"window": "04:00-05:00", "reason": FIELD})

    def _keep(self, payload: Any) -> None:
        self.handed |= {
            payload[name] for name in ("response_url", "trigger_id") if payload.get(name)
        }


def _can_be_sent(form: SeenView) -> bool:
    return "submit" in form.view.body and "Backup" in form.title


@asynccontextmanager
async def people(home: Home, slack: SlackSandbox) -> AsyncIterator[tuple[Process, People]]:
    """A bot of its own, a card that waits for a click, and a form that is open."""
    async with process(home, CONFIG, **CONFIGURED) as bot:
        ana = slack.member("ana")
        await ana.types("/rds reboot orders-test", channel="databases")
        card = await slack.member("dora").sees(lambda it: "needs" in it.text and it.actions)
        crowd = People(slack, card)
        await crowd.open_a_form()
        yield bot, crowd
        assert await bot.stop() == 0


def events(printed: str) -> Sequence[dict[str, Any]]:
    """Each line is one event. Raises ValueError where one is not."""
    read = [json.loads(line) for line in printed.splitlines()]
    assert all({"event", "level", "timestamp"} <= event.keys() for event in read)
    return read


def told(printed: str, secrets: Sequence[str]) -> list[str]:
    """Which of them were printed, and where."""
    lines = printed.splitlines()
    return [f"{one}: {line[:2000]}" for one in secrets for line in lines if one in line]


@contextmanager
def sqlite(file: Path) -> Iterator[sqlite3.Connection]:
    database = sqlite3.connect(file, timeout=10)
    try:
        with database:
            yield database
    finally:
        database.close()


async def execute(url: str, sql: str) -> None:
    dsn = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        pytest.param(
            "ALTER TABLE {} ADD CONSTRAINT broken CHECK (false) NOT VALID",
            "ALTER TABLE {} DROP CONSTRAINT broken",
            marks=pytest.mark.deep,  # minutes: what cannot be kept is tried again
        ),
        ("ALTER TABLE {} RENAME TO gone", "ALTER TABLE gone RENAME TO {}"),
    ],
    ids=["refuses", "is gone"],
)
async def test_a_postgresql_that_fails_tells_no_secret(
    home: Home, slack: SlackSandbox, postgres_url: str, broken: str, mended: str
) -> None:
    url = make_url(postgres_url).set(password=PASSWORD).render_as_string(hide_password=False)
    shared = SharedHome(home.folder, slack, url)
    async with people(shared, slack) as (bot, crowd):
        for table in TABLES:
            await execute(postgres_url, broken.format(table))
            await crowd.say_everything()
            await execute(postgres_url, mended.format(table))
            await crowd.open_a_form()

    assert told(bot.printed, [*TYPED, *CONFIGURED.values(), PASSWORD, *crowd.handed]) == []
    assert "listening.not_kept" in {it["event"] for it in events(bot.printed)}


async def test_a_postgresql_that_closes_its_connections_tells_no_secret(
    home: Home, slack: SlackSandbox, postgres_url: str
) -> None:
    url = make_url(postgres_url).set(password=PASSWORD).render_as_string(hide_password=False)
    admin = make_url(postgres_url).set(database="postgres").render_as_string(hide_password=False)
    name = make_url(postgres_url).database
    async with people(SharedHome(home.folder, slack, url), slack) as (bot, crowd):
        await execute(admin, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        await execute(
            admin,
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
        )
        await crowd.say_everything()
        await execute(admin, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')

    assert told(bot.printed, [*TYPED, *CONFIGURED.values(), PASSWORD, *crowd.handed]) == []
    assert "listening.not_kept" in {it["event"] for it in events(bot.printed)}


async def test_a_sqlite_that_fails_tells_no_secret(home: Home, slack: SlackSandbox) -> None:
    await migrations.upgrade(home.database_url)
    async with people(home, slack) as (bot, crowd):
        for table in TABLES:
            with sqlite(home.folder / "bot.db") as database:
                database.execute(
                    f"CREATE TRIGGER broken BEFORE INSERT ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'broken'); END"
                )
            await crowd.say_everything()
            with sqlite(home.folder / "bot.db") as database:
                database.execute("DROP TRIGGER broken")
            await crowd.open_a_form()

    assert told(bot.printed, [*TYPED, *CONFIGURED.values(), *crowd.handed]) == []
    assert "listening.not_kept" in {it["event"] for it in events(bot.printed)}


@pytest.mark.parametrize(
    "fault",
    sampled(
        [Refused("fatal_error"), Reset(), Refused("invalid_blocks"), ServerError(502)], quick=2
    ),
)
async def test_a_slack_that_fails_tells_no_secret(
    home: Home, slack: SlackSandbox, fault: Refused | ServerError | Reset
) -> None:
    async with people(home, slack) as (bot, crowd):
        for method in ("users.*", "usergroups.*", "chat.*", "views.*", "response_url"):
            slack.faults.add(method, fault)
            await crowd.say_everything()
            slack.faults.clear()
            await crowd.open_a_form()

    assert told(bot.printed, [*TYPED, *CONFIGURED.values(), *crowd.handed]) == []
    assert events(bot.printed)


@pytest.mark.parametrize("fault", sampled(["code", "reset", "denied", "500"], quick=2))
async def test_an_aws_that_fails_tells_no_secret(
    home: Home, slack: SlackSandbox, aws: AWSSandbox, fault: str
) -> None:
    """What AWS says of a signature that is wrong holds all that was signed, tokens among it."""
    said = f"should have been 'POST\\nx-amz-security-token:{SAID_BY_AWS}-0123456789\\n'"
    async with people(home, slack) as (bot, crowd):
        aws.fault("rds:*", fault, times=None, message=said)
        await crowd.say_everything()
        await until(lambda: len(aws.calls("rds:*")) > 3)
        aws.mend_all()

    secrets = [*TYPED, *CONFIGURED.values(), *crowd.handed, SAID_BY_AWS]
    assert told(bot.printed, secrets) == []
    assert events(bot.printed)


async def test_a_log_that_is_read_through_tells_no_secret(home: Home, slack: SlackSandbox) -> None:
    """Start, work and stop with everything that Python itself can be made to say."""
    loud = {"PYTHONASYNCIODEBUG": "1", "PYTHONWARNINGS": "always", "PYTHONDEVMODE": "1"}
    async with process(home, CONFIG, "bot", **CONFIGURED, **loud) as bot:
        await slack.member("ana").types("/rds metrics orders-test", channel="databases")
        await slack.disconnect()
        await slack.disconnected()
        await slack.connected(within=30)
        await bot.stop()

    assert told(bot.printed, [*CONFIGURED.values(), "ticket=ticket", slack.bot_token]) == []
    assert {it.get("logger") for it in events(bot.printed)} > {"slack_bolt.AsyncApp"}


#: An environment, and a line of the settings, each with a secret where none belongs or a wrong one.
WRONG: tuple[tuple[dict[str, str], str], ...] = (
    ({"SLACK_BOT_TOKEN": f"xoxb-{'1' * 12}-{PASSWORD}"}, ""),
    ({"SLACK_BOT_TOKEN": f"bot-{PASSWORD}"}, ""),
    ({"SLACK_APP_TOKEN": f"xapp-1-{PASSWORD}"}, ""),
    ({"DATABASE_URL": f"postgresql://bot:{PASSWORD}@127.0.0.1:1/bot"}, ""),
    ({"DATABASE_URL": f"mysql://bot:{PASSWORD}@127.0.0.1:1/bot"}, ""),
    ({"AUDIT_KEY": PASSWORD}, ""),
    ({}, f"slack_bot_token: xoxb-{PASSWORD}-0"),
    ({}, f"health: {{listen: 'postgresql://bot:{PASSWORD}@db/bot'}}"),
    ({}, f"{{password: {PASSWORD}"),
)


@pytest.mark.parametrize(("names", "line"), WRONG)
async def test_a_wrong_setting_is_named_without_its_secret(
    home: Home, names: dict[str, str], line: str
) -> None:
    bot = await Process.begun(home, f"{CONFIG}\n{line}\n", **names)

    code, _ = await bot.ended()

    assert code == 2
    assert events(bot.printed)
    assert told(bot.printed, [PASSWORD]) == []


@pytest.mark.parametrize("words", [("check",), ("check", "--json"), ("audit", "verify")])
async def test_a_command_tells_no_password_of_the_database(
    home: Home, words: tuple[str, ...]
) -> None:
    names = {"DATABASE_URL": f"postgresql://bot:{PASSWORD}@127.0.0.1:1/bot"}
    bot = await Process.begun(home, CONFIG, *words, **names)

    assert (await bot.ended())[0] > 0
    assert told(bot.printed, [PASSWORD]) == []
