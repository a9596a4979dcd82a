"""What stands in Slack already is found again, in the place where it stands."""

from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.values import Digest, Incident, Message, Place, Posted, Request, Siblings, Target
from handlers.delivery.channels import Channels
from handlers.delivery.cloudops import CloudOpsMessages
from handlers.delivery.failures import Failures
from handlers.delivery.files import Files
from handlers.delivery.links import Links
from handlers.delivery.messages import Messages, keyed
from storage.store import Store
from storage.tables.outbox import Delivery
from tests.storage.records import Clock

CARD = Posted(channel="C0CARD", ts="1.0")


class Slack:
    """One thread, with what an attempt without an answer has posted into it; nobody posts more."""

    async def conversations_history(self, **_: Any) -> dict[str, Any]:
        raise AssertionError("it stands in a thread")

    async def conversations_replies(self, *, channel: str, ts: str, **_: Any) -> dict[str, Any]:
        told = {"ts": "2.0", "metadata": dict(keyed("note:1"))}
        return {"messages": [told] if (channel, ts) == (CARD.channel, CARD.ts) else []}


class Uploads:
    """Takes every file; each has another id."""

    def __init__(self) -> None:
        self.count = 0

    async def put(self, *_: object) -> str:
        self.count += 1
        return f"F{self.count}"


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    database = await Store.open(database_url, Clock())
    yield database
    await database.close()


def again(message: Message) -> Delivery:
    """A second attempt at it."""
    return Delivery(id=1, message=message, attempts=1, revision=0, created_at=0)


async def test_a_note_is_looked_for_beside_its_card_wherever_others_go_by_now() -> None:
    note = Message(place=Place.CHANNEL, address="C0NEW", kind="incident_note", key="note:1")
    posting = Messages(cast(AsyncWebClient, Slack()), pause=0.001)

    found = await posting.once(again(note), CARD.channel, {"text": "x"}, thread_ts=CARD.ts)

    assert found == Posted(channel=CARD.channel, ts="2.0")


@pytest.mark.parametrize(("kind", "left"), [("digest_file", 0), ("file", 0), ("digest", 1)])
async def test_a_file_that_slack_never_takes_holds_up_no_channel(
    store: Store, kind: str, left: int
) -> None:
    async with store.write() as tx:
        await tx.post(Message(place=Place.CHANNEL, address="C1", kind=kind))
    [delivery] = await store.outbox.due(Clock().now, 1)

    refusal = SlackApiError("", {"error": "missing_scope"})  # type: ignore[no-untyped-call]
    await Failures(store, Clock()).refused(delivery, refusal)

    assert await store.outbox.depth() == left


async def alone(_: Incident) -> Siblings:
    return Siblings()


async def nobody(_: Target) -> tuple[Request, ...]:
    return ()


async def test_a_file_that_is_put_again_is_shared_once(store: Store) -> None:
    whole = Digest(title="Digest", at=0, scope="all", databases=0).json_value()
    message = Message(place=Place.CHANNEL, address="C1", kind="digest_file", key="digest:C1:1:file",
                      body={"digest": whole, "thread": "1.0"})  # fmt: skip
    client = cast(AsyncWebClient, Slack())
    posting, links = Messages(client, pause=0.001), Links(store, client)
    channels = Channels(
        store, posting, links, cast(Files, Uploads()), Clock(), lambda _: frozenset(), nobody,
        alone, CloudOpsMessages(store, posting, links, None),
    )  # fmt: skip

    for _ in range(2):
        assert await channels.tell(again(message)) is None

    [shared] = await store.outbox.due(Clock().now, 10)
    assert (shared.message.kind, shared.message.body["file"]) == ("file", "F2")
