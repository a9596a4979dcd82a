"""What may become of an incident."""

from collections.abc import Callable

import pytest

from bot.incidents._lifecycle import (
    acknowledged,
    already,
    ended,
    repeated,
    resolved,
    snoozed,
    woken,
)
from bot.values import Incident, Origin, Phase
from handlers.blocks.text import plain
from tests.samples import ANA, DORA, HOUR, MINUTE, NOW

Move = Callable[[Incident], Incident | None]

FIRING = Incident(
    id=7, key="k", source=Origin.ALARM, title="t", place="main", started_at=NOW, fired_at=NOW
)
MOVES: dict[str, Move] = {
    "repeat": lambda it: repeated(it, NOW + MINUTE, "again"),
    "acknowledge": lambda it: acknowledged(it, ANA, NOW + 2 * MINUTE),
    "snooze": lambda it: snoozed(it, ANA, NOW + 3 * MINUTE, NOW + HOUR),
    "wake": lambda it: woken(it, NOW + HOUR),
    "resolve": lambda it: resolved(it, DORA, NOW + 2 * HOUR),
    "end": lambda it: ended(it, NOW + 2 * HOUR),
}


def after(*moves: str) -> Incident:
    one = FIRING
    for move in moves:
        moved = MOVES[move](one)
        assert moved is not None
        one = moved
    return one


@pytest.mark.parametrize(
    ("moves", "phase"),
    [
        ((), Phase.FIRING),
        (("repeat",), Phase.FIRING),
        (("acknowledge",), Phase.ACKNOWLEDGED),
        (("acknowledge", "repeat"), Phase.ACKNOWLEDGED),
        (("snooze",), Phase.SNOOZED),
        (("snooze", "repeat"), Phase.SNOOZED),
        (("snooze", "snooze"), Phase.SNOOZED),
        (("snooze", "wake"), Phase.ACKNOWLEDGED),
        (("snooze", "end"), Phase.ENDED),
        (("acknowledge", "resolve"), Phase.RESOLVED),
        (("resolve",), Phase.RESOLVED),
    ],
)
def test_where_it_stands(moves: tuple[str, ...], phase: Phase) -> None:
    assert after(*moves).phase is phase


@pytest.mark.parametrize(
    ("end", "minutes", "is_open"),
    [("end", 30, True), ("end", 31, False), ("resolve", 1, False)],
)
def test_what_comes_back_soon_after_it_ended_by_itself_had_not_ended(
    end: str, minutes: int, is_open: bool
) -> None:
    at = NOW + 2 * HOUR + minutes * MINUTE

    again = repeated(after("acknowledge", end), at, "again")

    assert again == (
        after("acknowledge").model_copy(update={"fired_at": at, "detail": "again", "repeats": 1})
        if is_open
        else None
    )


@pytest.mark.parametrize("end", ["end", "resolve"])
@pytest.mark.parametrize("move", [move for move in MOVES if move != "repeat"])
def test_nothing_becomes_of_what_is_over(move: str, end: str) -> None:
    assert MOVES[move](after(end)) is None


def test_it_is_acknowledged_once_and_by_whoever_takes_care_first() -> None:
    assert acknowledged(after("acknowledge"), DORA, NOW) is None
    assert acknowledged(after("snooze"), DORA, NOW) is None
    assert after("acknowledge", "resolve").acknowledged_by == ANA
    assert after("resolve").acknowledged_by == DORA


def test_it_does_not_end_before_it_began_nor_wake_before_its_time() -> None:
    early = ended(FIRING, NOW - MINUTE)
    assert early is not None
    assert early.resolved_at == NOW
    assert woken(after("snooze"), NOW + HOUR - 1) is None
    assert woken(FIRING, NOW) is None


def test_whoever_comes_too_late_is_told_who_was_there() -> None:
    assert plain(already(after("acknowledge"))).startswith("I-7 was already acknowledged by @U000A")
    assert plain(already(after("resolve"))).startswith("I-7 was already resolved by @U00DORA")
    assert plain(already(after("end"))).startswith("I-7 recovered by itself 2026")
