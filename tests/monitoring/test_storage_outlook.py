"""``/rds metrics`` and digests judge alike when storage is full, also where it grows by itself."""

from typing import Any

import pytest

from bot.digests._concerns import concerns
from bot.monitoring._findings import findings
from bot.values import Moment, Series, Window
from tests.digests.test_digests import GIB, falling, said, storage
from tests.samples import HOUR, NOW, sample_database


def _charted(free: list[float], **database: Any) -> str:
    first = NOW - (len(free) - 1) * HOUR
    points = tuple((first + number * HOUR, value * GIB) for number, value in enumerate(free))
    series = Series(metric="FreeStorageSpace", unit="B", points=points)
    window = Window.ending(NOW, len(free) * 3_600, 3_600)
    lines = findings(sample_database(**database), {"FreeStorageSpace": series}, window)
    spans = [one for found in lines for one in (*found.said, " ")]
    return "".join("…" if isinstance(one, Moment) else str(one) for one in spans)


def _digested(free: list[float], **database: Any) -> str:
    return " ".join(map(said, concerns(storage(*free, **database))))


CASES = [
    ({}, falling(100, 5), "about 6 days"),
    ({"storage_limit_gib": 100}, falling(100, 5), "about 6 days"),
    ({"storage_limit_gib": 110}, falling(100, 5), "about 8 days"),
    ({"storage_limit_gib": 200}, falling(100, 5), "about 26 days"),
    ({"storage_limit_gib": 400}, falling(100, 5), None),
    ({"storage_limit_gib": 90}, falling(100, 5), "about 6 days"),
    ({"storage_gib": None, "storage_limit_gib": 400}, falling(100, 5), "about 6 days"),
    ({}, falling(100, 0.5), None),
    ({}, [50.0] * 300, None),
    ({"engine": "aurora-mysql"}, falling(100, 5), None),
    ({"engine": "aurora-postgresql", "storage_limit_gib": 100}, falling(100, 5), None),
]


@pytest.mark.parametrize(("database", "free", "days"), CASES)
def test_both_say_the_same(database: dict[str, Any], free: list[float], days: str | None) -> None:
    charted, digested = _charted(free, **database), _digested(free, **database)

    assert ("full in" in charted, "full in" in digested) == (days is not None, days is not None)
    if days:
        assert f"Storage is full in {days}" in charted
        assert f"full in {days}" in digested
    added = "more that AWS adds by itself"
    assert (added in charted) is (added in digested)


def test_that_none_is_left_is_unusual_in_both() -> None:
    free = [*falling(100, 7), 0.0]

    assert "It has no storage left." in _charted(free)
    assert "has no storage left." in _digested(free)
