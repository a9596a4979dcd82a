"""Links to cards: whom they open for, what they cost, and what holds without them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.values import PersonId, Posted
from handlers.blocks.rich import lines, rich_text
from handlers.delivery.links import Links
from storage.store import Store
from tests.storage.records import ANN, BOB, Clock, filed

CARD = Posted(channel="C1", ts="1.5")


class Slack:
    """Names a link, none, or never answers."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.links: dict[str, str] | None = {CARD.ts: "https://acme.slack.com/p15"}

    async def chat_getPermalink(self, *, channel: str, message_ts: str) -> dict[str, Any]:  # noqa: N802
        self.asked.append(f"{channel}/{message_ts}")
        if self.links is None:
            await asyncio.Event().wait()
        return {"permalink": (self.links or {}).get(message_ts)}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    database = await Store.open(f"sqlite:///{tmp_path}/bot.db", Clock())
    yield database
    await database.close()


async def a_card(store: Store, **changes: Any) -> str:
    request = await filed(store, requester=ANN, **changes)
    async with store.write() as tx:
        await tx.set_card(request.id, CARD)
    return request.label


async def is_linked(links: Links, label: str, reader: PersonId | None = None) -> bool:
    drawn = {"text": label, "blocks": [rich_text(lines((f"See {label} and RDS-999999.",)))]}
    put = await links.put_into(drawn, reader)
    assert put["text"] == label
    return any(one["type"] == "link" for one in put["blocks"][0]["elements"][0]["elements"])


async def test_a_link_is_asked_for_until_slack_names_it_and_never_again(store: Store) -> None:
    slack = Slack()
    links, label = Links(store, cast(AsyncWebClient, slack)), await a_card(store)
    named, slack.links = slack.links, {}

    assert not await is_linked(links, label)
    slack.links = named
    assert [await is_linked(links, label) for _ in range(2)] == [True, True]
    assert slack.asked == ["C1/1.5"] * 2


async def test_a_slack_that_does_not_answer_leaves_the_words_as_they_are(store: Store) -> None:
    slack = Slack()
    slack.links = None
    links = Links(store, cast(AsyncWebClient, slack), patience=0.01)

    assert not await is_linked(links, await a_card(store))


async def test_a_card_in_direct_messages_is_a_link_for_its_asker_alone(store: Store) -> None:
    links = Links(store, cast(AsyncWebClient, Slack()))
    label = await a_card(store, card_channel=None)

    who = (None, BOB, ANN)
    assert [await is_linked(links, label, one) for one in who] == [False, False, True]
