"""Which panels a picture with room for four has: unusual ones first."""

from collections.abc import Mapping

import pytest

from bot.monitoring._findings import Finding
from bot.monitoring._order import unusual_first
from bot.monitoring._panels import RDS
from bot.values import SECOND, Kind, Measure, Series, Target

TARGET = Target(account="123456789012", region="us-east-1", kind=Kind.INSTANCE,
                identifier="orders", resource_id="db-1")  # fmt: skip
UNITS = {"cpu": "%", "memory": "B", "storage": "B", "iops": "1/s", "latency": "s", "lag": "s",
         "network": "B/s"}  # fmt: skip
STILL = {"cpu": 30.0, "connections": 90.0, "memory": 2e9, "storage": 4e10, "iops": 800.0,
         "latency": 0.002, "network": 4e6, "queue": 0.4, "lag": 0.0, "credits": 200.0,
         "transactions": 1e8}  # fmt: skip


def measured(ends: Mapping[str, float] = STILL, unread: str = "") -> dict[Measure, Series]:
    """Twelve hours each, still but for the last two of those in ``ends``."""
    found = {}
    for plot in RDS:
        for metric, _ in plot.metrics:
            values = [STILL[plot.word]] * 10 + [ends.get(plot.word, STILL[plot.word])] * 2
            series = Series(
                metric=metric, unit=UNITS.get(plot.word, ""),
                points=tuple((at * 3600 * SECOND, value) for at, value in enumerate(values)),
                unread="AWS says no." if plot.word == unread else "",
            )  # fmt: skip
            found[Measure(target=TARGET, metric=metric)] = series
    return found


def first(
    found: dict[Measure, Series],
    earlier: dict[Measure, Series] | None = None,
    fires: frozenset[str] = frozenset(),
    worth: tuple[str, ...] = (),
) -> list[str]:
    metrics = {plot.word: plot.metrics[0][0] for plot in RDS}
    told = [Finding(word, (word,), metrics[word]) for word in worth]
    return [one.word for one in unusual_first(RDS, found, earlier or {}, fires, told)]


def test_where_nothing_is_unusual_the_order_is_the_one_people_know() -> None:
    assert first(measured()) == [one.word for one in RDS]


@pytest.mark.parametrize(
    ("word", "end"),
    [
        ("transactions", 9e8), ("credits", 20.0), ("lag", 30.0), ("queue", 40.0),
        ("network", 9e7), ("latency", 0.05), ("iops", 9000.0), ("storage", 4e9),
    ],
)  # fmt: skip
def test_what_moved_in_its_window_comes_first(word: str, end: float) -> None:
    assert first(measured({word: end}))[0] == word


@pytest.mark.parametrize(
    ("word", "end"), [("queue", 0.9), ("lag", 0.002), ("latency", 0.004), ("iops", 1000.0)]
)
def test_twice_of_nearly_nothing_is_no_move(word: str, end: float) -> None:
    assert first(measured({word: end}))[0] == "cpu"


def test_what_moved_most_against_a_week_before_comes_first() -> None:
    earlier = measured()
    earlier = {
        key: one.model_copy(update={"points": tuple((at, 3 * value) for at, value in one.points)})
        if key.metric == "NetworkReceiveThroughput" else one
        for key, one in earlier.items()
    }  # fmt: skip

    assert first(measured(), earlier)[0] == "network"


def test_an_alarm_comes_before_what_is_worth_a_word_before_unread_before_moves() -> None:
    found = measured({"iops": 9000.0}, unread="queue")

    order = first(found, fires=frozenset({"ReplicaLag"}), worth=("credits", "cpu"))

    assert order[:5] == ["lag", "credits", "cpu", "queue", "iops"]


def test_figures_of_one_moment_or_none_move_nothing() -> None:
    lone = {
        key: one.model_copy(update={"points": one.points[:number % 2]})
        for number, (key, one) in enumerate(measured().items())
    }  # fmt: skip

    assert first(lone) == [one.word for one in RDS]
