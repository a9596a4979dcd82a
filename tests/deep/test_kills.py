"""A process that is killed again and again at any moment, while people go on asking."""

import asyncio
import random
import sqlite3
from collections import Counter
from contextlib import closing

import pytest

from bot.sandbox.aws import AWSSandbox
from bot.sandbox.slack import SlackSandbox
from tests.conftest import Home
from tests.stories.process import process
from tests.stories.stage import until
from tests.stories.test_crashes import asks

pytestmark = [pytest.mark.deep, pytest.mark.timeout(900)]
DATABASES = ("orders-dev", "orders-test", "orders-staging", "billing-staging", "ledger-test")
KILLS = 8


def stored(home: Home) -> list[tuple[str, str]]:
    """Status and session name of every request."""
    query = "SELECT status, session_name FROM requests JOIN steps ON request_id = id"
    with closing(sqlite3.connect(home.folder / "bot.db")) as database:
        return [(status, session) for status, session in database.execute(query)]


@pytest.mark.parametrize("seed", range(4))
async def test_kills_at_any_moment_neither_lose_nor_repeat_a_change(
    home: Home, slack: SlackSandbox, aws: AWSSandbox, seed: int
) -> None:
    dice = random.Random(seed)
    for life in range(KILLS):
        async with process(home):
            for database in dice.sample(DATABASES, 2):
                await asks(slack, f"/rds snapshot {database} {database}-{life}")
            await asyncio.sleep(dice.uniform(0, 1.5))

    async with process(home):
        await until(lambda: not {"approved", "running"} & set(dict(stored(home))), within=200)
        ended = stored(home)
    taken = Counter(call.session_name for call in aws.calls("rds:CreateDBSnapshot"))
    assert ended
    assert taken == Counter(session for status, session in ended if status == "succeeded")


async def test_a_card_left_behind_by_a_killed_process_comes_to_the_truth(
    home: Home, slack: SlackSandbox, aws: AWSSandbox
) -> None:
    async with process(home) as bot:
        await asks(slack, "/rds snapshot orders-test before-1")
        await slack.member("dora").sees(lambda it: "creating" in it.words)
        await bot.kill()

    async with process(home):
        await slack.member("dora").sees(
            lambda it: "succeeded" in it.text and not it.thread_ts, within=120
        )
