"""Reads that come together share calls."""

import asyncio
from collections.abc import Mapping

import pytest

from bot.aws.batch import SIZE, Batch


class Shop:
    """Counts what it is asked for."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, ...]] = []
        self.begun, self.open = asyncio.Event(), asyncio.Event()
        self.open.set()

    async def fetch(self, keys: tuple[str, ...]) -> Mapping[str, str]:
        self.calls.append(keys)
        self.begun.set()
        await self.open.wait()
        if "broken" in keys:
            raise ConnectionError("no answer")
        return {key: key.upper() for key in keys if key != "missing"}


async def test_all_who_ask_in_one_turn_share_a_call() -> None:
    shop = Shop()
    batch = Batch(shop.fetch)

    found = await asyncio.gather(*(batch.get(key) for key in ("a", "b", "missing")))

    assert (found, shop.calls) == (["A", "B", None], [("a", "b", "missing")])


async def test_the_same_key_is_asked_for_once() -> None:
    shop = Shop()
    batch = Batch(shop.fetch)

    found = await asyncio.gather(*(batch.get("a") for _ in range(5)))

    assert (found, shop.calls) == (["A"] * 5, [("a",)])


async def test_more_than_fit_are_asked_for_in_several_calls() -> None:
    shop = Shop()
    batch = Batch(shop.fetch)
    keys = [f"db-{number}" for number in range(2 * SIZE + 50)]

    found = await asyncio.gather(*map(batch.get, keys))

    assert found == [key.upper() for key in keys]
    assert [len(call) for call in shop.calls] == [SIZE, SIZE, 50]


async def test_who_asks_after_a_call_has_begun_gets_a_newer_one() -> None:
    shop = Shop()
    batch = Batch(shop.fetch)
    shop.open.clear()
    first = asyncio.create_task(batch.get("a"))
    await shop.begun.wait()
    second = asyncio.create_task(batch.get("a"))
    shop.open.set()

    assert [await first, await second] == ["A", "A"]
    assert shop.calls == [("a",), ("a",)]


async def test_a_call_that_fails_fails_for_all_who_shared_it_and_for_no_later_one() -> None:
    shop = Shop()
    batch = Batch(shop.fetch)

    failed = await asyncio.gather(batch.get("broken"), batch.get("a"), return_exceptions=True)

    assert [type(one) for one in failed] == [ConnectionError, ConnectionError]
    assert await batch.get("a") == "A"


async def test_who_gives_up_takes_nothing_from_the_others() -> None:
    shop = Shop()
    batch = Batch(shop.fetch)
    shop.open.clear()
    one, other = asyncio.create_task(batch.get("a")), asyncio.create_task(batch.get("a"))
    await shop.begun.wait()
    one.cancel()
    shop.open.set()

    with pytest.raises(asyncio.CancelledError):
        await one
    assert await other == "A"
