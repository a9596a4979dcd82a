import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NoReturn, cast

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.values import Decision, Message, Place, Request
from handlers.delivery.links import Links
from handlers.delivery.notifier import Notifier
from handlers.directory import Identity, SlackDirectory
from storage.store import Store
from tests.storage.records import HOUR, MINUTE, Clock
from tests.stories.stage import until

DAY = 24 * HOUR
OWN = Identity(team="T1", enterprise=None, user="UBOT", bot="BBOT")


class Channels:
    """A Slack in which messages for the channel ``stuck`` are never answered."""

    def __init__(self) -> None:
        self.stuck = "C0STUCK"
        self.asked: list[str] = []
        self.posted: list[str] = []

    async def chat_postMessage(self, *, channel: str, **_: Any) -> dict[str, str]:  # noqa: N802
        self.asked.append(channel)
        if channel == self.stuck:
            await asyncio.Event().wait()
        self.posted.append(channel)
        return {"channel": channel, "ts": "1.0"}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(database_url: str, clock: Clock) -> AsyncIterator[Store]:
    database = await Store.open(database_url, clock)
    yield database
    await database.close()


@pytest.fixture
def channels() -> Channels:
    return Channels()


def a_notifier(store: Store, channels: Channels, clock: Clock, patience: float) -> Notifier:
    client = cast(AsyncWebClient, channels)
    directory = SlackDirectory(client, OWN, None, clock)

    async def publish(*_: object) -> NoReturn:
        raise AssertionError("nothing here goes to a topic or to a Home, or has a picture")

    def ruling(request: Request) -> Decision:
        return request.decision

    return Notifier(
        store, client, Links(store, client), directory, ruling, publish, publish, publish, clock,
        pause=0.001, patience=patience, denied=lambda _: frozenset(),
        trouble=publish, around=publish, siblings=publish,
    )  # fmt: skip


@asynccontextmanager
async def delivering(notifier: Notifier) -> AsyncIterator[None]:
    task = asyncio.create_task(notifier.run())
    yield
    task.cancel()
    await asyncio.wait([task])


async def say(store: Store, channel: str) -> None:
    async with store.write() as tx:
        message = Message(place=Place.CHANNEL, address=channel, kind="test", body={"text": "x"})
        await tx.post(message)


async def test_a_delivery_without_an_answer_holds_up_no_other_destination(
    store: Store, channels: Channels, clock: Clock
) -> None:
    async with delivering(a_notifier(store, channels, clock, patience=40)):
        await say(store, "C0STUCK")
        await until(lambda: channels.asked)
        await say(store, "C1")
        await say(store, "C2")
        await say(store, "C1")

        await until(lambda: sorted(channels.posted) == ["C1", "C1", "C2"])


async def test_a_delivery_without_an_answer_ends_in_time_and_is_tried_again(
    store: Store, channels: Channels, clock: Clock
) -> None:
    notifier = a_notifier(store, channels, clock, patience=0.02)
    await say(store, "C0STUCK")

    assert await notifier.deliver_due() == 1
    assert (channels.posted, await store.outbox.depth()) == ([], 1)
    channels.stuck = ""
    clock.now += MINUTE
    assert await a_notifier(store, channels, clock, patience=40).deliver_due() == 1

    assert (channels.posted, await store.outbox.depth()) == (["C0STUCK"], 0)


@pytest.mark.parametrize("step", [-400 * DAY, -3 * HOUR, -2 * MINUTE, 2 * MINUTE, 3 * HOUR, DAY])
async def test_a_clock_that_is_set_during_a_delivery_begins_no_second_one(
    store: Store, channels: Channels, clock: Clock, step: int
) -> None:
    """Its lease looks over then, and Slack would show the message twice."""
    async with delivering(a_notifier(store, channels, clock, patience=40)):
        await say(store, "C0STUCK")
        await until(lambda: channels.asked)
        clock.now += step
        for _ in range(2):
            await say(store, "C1")
            await until(lambda: channels.posted)
            channels.posted.clear()

        assert channels.asked.count("C0STUCK") == 1
