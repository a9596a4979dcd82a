"""What burns where a change is asked for: of its family, lately, and never nothing for unknown."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.fleet.now import around
from bot.requests.trouble import RECENT, open_around, trouble_at
from bot.values import (
    Incident,
    Inventory,
    Look,
    OpenIncidents,
    Origin,
    Request,
    Status,
    Target,
    Turn,
    Unwatched,
)
from storage.store import Store
from tests.samples import sample_database
from tests.storage.records import MINUTE, START, Clock, a_target, filed, moved

OWN, COPY, OTHER = (a_target(one) for one in ("orders-test", "orders-copy", "billing-test"))


def seen(target: Target, **changes: Any) -> Any:
    return sample_database(target=target, account_name="main", **changes)


FLEET = Inventory(
    databases=(seen(OWN, replicas=("orders-copy",)), seen(COPY, source="orders-test"), seen(OTHER)),
    seen_at=START,
)


def burns(number: int, target: Target | None, **changes: Any) -> Incident:
    return Incident(
        id=number, key=f"k{number}", source=Origin.ALARM, title="CPU above 80 %", target=target,
        place="main/us-east-1", started_at=START, fired_at=START, **changes,
    )  # fmt: skip


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    database = await Store.open(f"sqlite:///{tmp_path}/bot.db", Clock())
    yield database
    await database.close()


async def changed(store: Store, turn: Turn, identifier: str, ended_at: int) -> Request:
    request = await filed(store, identifier=identifier, status=Status.RUNNING)
    request = await moved(store, request, Status.SUCCEEDED, ended_at=ended_at)
    async with store.write() as tx:
        await tx.look_back(request.id, 15, "told", Look(minutes=15, turn=turn))
    return request


def test_its_own_alarm_stands_before_those_of_its_family_and_no_others_do() -> None:
    found = (burns(1, COPY), burns(2, OTHER), burns(3, None), burns(4, OWN))

    its = around(OWN, FLEET, OpenIncidents(found=found))

    assert [one.id for one in its.found] == [4, 1]


def test_only_what_may_hide_something_there_is_unread() -> None:
    unread = (Unwatched(what="the alarms", place="main/us-east-1"),
              Unwatched(what="the alarms", place="main/eu-west-1"))  # fmt: skip
    incidents = OpenIncidents(unread=unread)

    assert around(OWN, FLEET, incidents).unread == unread[:1]
    assert around(OWN, Inventory(databases=(), seen_at=0), incidents).unread == unread


async def test_a_change_that_made_its_family_worse_lately_is_told(store: Store) -> None:
    worse = [await changed(store, Turn.WORSE, one, START) for one in ("orders-test", "orders-copy")]
    await changed(store, Turn.WORSE, "billing-test", START)
    await changed(store, Turn.SAME, "orders-test", START)
    await changed(store, Turn.WORSE, "orders-test", START - RECENT)
    asked = await filed(store, identifier="orders-test")

    trouble = await trouble_at(store, FLEET, OpenIncidents(), asked, START + MINUTE)

    assert {one.id for one in trouble.worse} == {one.id for one in worse}
    assert (trouble.incidents, trouble.unread) == ((), ())


async def test_what_opens_or_ends_reaches_the_open_requests_of_its_family(store: Store) -> None:
    await changed(store, Turn.SAME, "orders-test", START)
    on_it = [await filed(store, identifier=one) for one in ("orders-test", "orders-copy")]
    await filed(store, identifier="billing-test")

    found = await open_around(store, COPY, FLEET)

    assert {one.id for one in found} == {one.id for one in on_it}


async def test_alarms_that_nobody_could_read_are_said_to_be_unread(store: Store) -> None:
    asked = await filed(store, identifier="orders-test")
    silent = OpenIncidents(unread=(Unwatched(what="the alarms", place="main/us-east-1"),))

    trouble = await trouble_at(store, FLEET, silent, asked, START)

    assert trouble.unread == ("Not read lately: the alarms in main/us-east-1.",)
