"""Growth as it is said and as AWS rounds it, its cooldown, and what a full disk still takes."""

from typing import Any

import pytest

from bot.errors import PreflightError
from bot.operations.modify_storage import ModifyStorage
from bot.values import Database, Stage
from tests.operations.door import door, event, order, sent
from tests.samples import HOUR, NOW, sample_database


def storage(**params: Any) -> ModifyStorage:
    return ModifyStorage(target="orders-staging", **params)


def database(**changes: Any) -> Database:
    return sample_database(**{"storage_type": "gp3", "storage_gib": 100, **changes})


@pytest.mark.parametrize(
    ("typed", "gib"),
    [
        ("200", 200), ("200GiB", 200), ("200 gb", 200), ("1TiB", 1024),
        ("+50", 150), ("+20%", 120), ("+10%", 110),
        ("105", 110), ("+1", 110), ("+1%", 110),  # AWS rounds up to 10 %
    ],
)  # fmt: skip
async def test_the_size_that_is_approved_is_the_one_that_aws_makes(typed: str, gib: int) -> None:
    plan = await storage(size=typed).plan(door(database()), order())

    assert plan.call.arguments["AllocatedStorage"] == gib
    assert plan.differences[0].wanted == f"{gib} GiB"
    assert plan.undo.startswith("Nothing undoes it")


@pytest.mark.parametrize("typed", ["", "much", "20%", "-5", "+", "1.5TiB", "200 PB", "1000000000"])
def test_what_is_no_size_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"size|percentage"):
        storage(size=typed)


@pytest.mark.parametrize(
    ("asked", "shown", "why"),
    [
        ({}, {}, "Say what to change"),
        ({"size": "90"}, {}, "never shrinks"),
        ({"size": "200"}, {"engine": "aurora-postgresql"}, "by itself"),
        ({"ceiling": 105}, {}, "at least 10 % more"),
        ({"size": "200", "iops": 4000}, {"status": "storage-full"}, "the size alone"),
        ({"size": "200"}, {"status": "storage-optimization", "optimized": 40}, r"40 % done"),
        ({"type": "gp9"}, {}, 'no storage type "gp9"'),
        ({"size": "99999"}, {}, "AWS takes 20 to 16384"),
    ],
)
async def test_what_aws_would_refuse_is_refused_before(
    asked: dict[str, Any], shown: dict[str, Any], why: str
) -> None:
    with pytest.raises(PreflightError, match=why):
        await storage(**asked).plan(door(database(**shown)), order())


async def test_a_full_disk_takes_more_of_it_at_once() -> None:
    plan = await storage(size="+20%").plan(door(database(status="storage-full")), order())

    assert plan.busy == ""
    still_full = door(database(status="storage-full"))
    assert (await storage(size="+20%").poll(still_full, sent(plan))).stage is Stage.WAITING


@pytest.mark.parametrize(("hours", "refused"), [(1, True), (5, True), (7, False)])
async def test_after_a_change_aws_wants_six_hours_of_rest(hours: int, refused: bool) -> None:
    said = event("Finished applying modification to allocated storage", NOW - hours * HOUR)
    aws = door(database(), events_of=(said,))

    if refused:
        with pytest.raises(PreflightError, match="six hours"):
            await storage(size="+20%").plan(aws, order())
    else:
        assert await storage(size="+20%").plan(aws, order())
    assert await storage(ceiling=500).plan(aws, order())  # only a number


async def test_a_growth_is_done_once_however_large_it_is_by_then() -> None:
    """The percentage is of the size that people saw, not of the one it has become."""
    change = storage(size="+20%")
    call = sent(await change.plan(door(database()), order()))

    for gib in (120, 300):
        grown = door(database(storage_gib=gib, status="storage-optimization"))
        assert (await change.poll(grown, call)).stage is Stage.SUCCEEDED
