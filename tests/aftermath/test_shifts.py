"""After a change against before it: what counts as worse, and what nobody can say."""

from collections.abc import Sequence

import pytest

from bot.aftermath import (
    Stretch,
    Turn,
    against_week_before,
    gravest_first,
    overall,
    picture_title,
    shifts,
    told,
    verdict,
)
from bot.values import Button, Curve, Measure, Mention, Panel, Series
from handlers.blocks.text import plain
from handlers.errors import query_in
from tests.samples import ANA, HOUR, MINUTE, NOW, sample_database, sample_request, sample_target

SENT = NOW // MINUTE * MINUTE
ENDED = SENT + 2 * MINUTE
WEEK = 7 * 24 * HOUR
UNITS = {"CPUUtilization": "%", "ReadLatency": "s", "DatabaseConnections": "", "ReplicaLag": "s"}
Values = Sequence[float]


def around(minutes: int = 15) -> Stretch:
    return Stretch.around(SENT, ENDED, ENDED + minutes * MINUTE)


def series(metric: str, before: Values, after: Values, within: float = 999.0) -> Series:
    """A point a minute until the send, the worst while it ran, and on from its end."""
    points = [(SENT - (len(before) - n) * MINUTE, value) for n, value in enumerate(before)]
    points += [(SENT, within), (SENT + MINUTE, within)]
    points += [(ENDED + n * MINUTE, value) for n, value in enumerate(after)]
    return Series(metric=metric, unit=UNITS[metric], points=tuple(points))


def judged(metric: str, before: Values, after: Values, name: str = "orders-staging") -> Turn:
    measure = Measure(target=sample_target(identifier=name), metric=metric)
    found = {measure: series(metric, before, after)}
    return overall(shifts("orders-staging", found, around()))


@pytest.mark.parametrize(
    ("metric", "before", "after", "turn"),
    [
        ("CPUUtilization", [31.0] * 30, [33.0] * 13, Turn.SAME),
        ("CPUUtilization", [31.0] * 30, [62.0] * 13, Turn.WORSE),
        ("CPUUtilization", [62.0] * 30, [31.0] * 13, Turn.BETTER),
        ("CPUUtilization", [4.0] * 30, [12.0] * 13, Turn.SAME),  # three times of next to nothing
        ("CPUUtilization", [70.0] * 30, [88.0] * 13, Turn.SAME),  # not half as much again
        ("CPUUtilization", [20.0, 70.0] * 15, [68.0] * 13, Turn.SAME),  # it swings that far
        ("CPUUtilization", [31.0] * 30, [95.0] * 4 + [32.0] * 9, Turn.SAME),  # it warmed up
        ("ReadLatency", [0.0006] * 30, [0.0031] * 13, Turn.WORSE),
        ("ReadLatency", [0.0002] * 30, [0.0008] * 13, Turn.SAME),  # nobody feels that
        ("DatabaseConnections", [120.0] * 30, [118.0] * 13, Turn.SAME),
        ("DatabaseConnections", [120.0] * 30, [3.0] * 13, Turn.WORSE),  # they have not come back
        ("DatabaseConnections", [0.0] * 30, [50.0] * 13, Turn.WORSE),
        ("DatabaseConnections", [6.0] * 30, [0.0] * 13, Turn.SAME),
        ("ReplicaLag", [1.0] * 30, [40.0] * 13, Turn.WORSE),
        ("ReplicaLag", [30.0] * 30, [-1.0] * 13, Turn.WORSE),  # nothing is replicated any more
        ("ReplicaLag", [-1.0] * 30, [20.0] * 13, Turn.BETTER),
        ("ReplicaLag", [-1.0] * 30, [-1.0] * 13, Turn.SAME),
        ("CPUUtilization", [31.0] * 4, [62.0] * 13, Turn.UNKNOWN),
        ("CPUUtilization", [31.0] * 30, [31.0] * 2, Turn.UNKNOWN),
        ("CPUUtilization", [], [], Turn.UNKNOWN),
    ],
)
def test_what_counts_as_worse(metric: str, before: Values, after: Values, turn: Turn) -> None:
    assert judged(metric, before, after) is turn


@pytest.mark.parametrize(("week_before", "turn"), [(60.0, Turn.USUAL), (32.0, Turn.WORSE)])
def test_what_rises_at_that_hour_each_week_is_usual(week_before: float, turn: Turn) -> None:
    measure = Measure(target=sample_target(), metric="CPUUtilization")
    now = {measure: series("CPUUtilization", [31.0] * 30, [62.0] * 13)}
    then = {measure: series("CPUUtilization", [30.0] * 30, [week_before] * 13)}
    found, earlier = (shifts("orders-staging", one, around()) for one in (now, then))

    assert overall(against_week_before(found, earlier)) is turn
    assert overall(against_week_before(found, ())) is Turn.WORSE


def test_the_week_before_is_the_same_hours() -> None:
    assert around().week_before == Stretch.around(
        SENT - WEEK, ENDED - WEEK, ENDED - WEEK + 15 * MINUTE
    )


def said(*given: Series, name: str = "orders-staging") -> str:
    target = sample_target(identifier=name)
    found = {Measure(target=target, metric=one.metric): one for one in given}
    return plain(verdict(shifts("orders-staging", found, around())))


AS_EVER = series("CPUUtilization", [31.2] * 30, [33.4] * 13)
SLOW = series("ReadLatency", [0.0006] * 30, [0.0031] * 13)
SILENT = series("DatabaseConnections", [120.0] * 30, [])


def test_the_verdict_is_one_line_with_the_gravest_first() -> None:
    assert said(AS_EVER) == "As before: CPU 31 % → 33 %."
    assert said(AS_EVER, SLOW) == (
        "Read latency rose from 0.6 ms to 3.1 ms (5.2 times as much). As before: CPU 31 % → 33 %."
    )


def test_what_is_not_known_is_never_said_to_be_fine() -> None:
    assert said(AS_EVER, SILENT) == (
        "As before: CPU 31 % → 33 %. Too few figures to say: connections (none after)."
    )
    empty = Series(metric="CPUUtilization", unit="%")
    assert said(empty) == "Too few figures to say: CPU (none before and after)."
    assert said() == "CloudWatch has no figures of it."


def lacking(given: Series, why: str = "CloudWatch erred.") -> Series:
    return given.model_copy(update={"unread": why})


NOTHING = Series(metric="CPUUtilization", unit="%", unread="CloudWatch erred.")


@pytest.mark.parametrize(
    ("given", "turn", "says"),
    [
        ([NOTHING], Turn.UNREAD,
         "Could not be read: CPU. CloudWatch erred."),
        ([NOTHING, series("ReadLatency", [0.0006] * 30, [0.0006] * 13)], Turn.UNREAD,
         "As before: read latency 0.6 ms. Could not be read: CPU. "
         "CloudWatch erred."),
        ([NOTHING, SLOW], Turn.WORSE,
         "Read latency rose from 0.6 ms to 3.1 ms (5.2 times as much). Could not be read: "
         "CPU. CloudWatch erred."),
        ([lacking(AS_EVER)], Turn.UNREAD,
         "Could not be read: CPU. CloudWatch erred."),
        ([lacking(SLOW)], Turn.WORSE,
         "Read latency rose from 0.6 ms to 3.1 ms (5.2 times as much). CloudWatch erred."),
        ([lacking(Series(metric="ReplicaLag", unit="s"))], Turn.UNREAD,
         "Could not be read: replica lag. CloudWatch erred."),
    ],
)  # fmt: skip
def test_what_could_not_be_read_is_neither_the_same_nor_better(
    given: list[Series], turn: Turn, says: str
) -> None:
    found = {Measure(target=sample_target(), metric=one.metric): one for one in given}

    assert overall(shifts("orders-staging", found, around())) is turn
    assert said(*given) == says


def test_a_week_before_that_was_read_only_in_part_excuses_nothing() -> None:
    measure = Measure(target=sample_target(), metric="CPUUtilization")
    now = {measure: series("CPUUtilization", [31.0] * 30, [62.0] * 13)}
    then = {measure: lacking(series("CPUUtilization", [30.0] * 30, [60.0] * 13))}
    found, earlier = (shifts("orders-staging", one, around()) for one in (now, then))

    assert overall(against_week_before(found, earlier)) is Turn.WORSE


def test_a_metric_that_only_replicas_have_is_not_missed() -> None:
    assert "lag" not in said(AS_EVER, Series(metric="ReplicaLag", unit="s"))


def test_a_replica_that_follows_nobody_has_no_lag_that_could_be_said() -> None:
    broken = series("ReplicaLag", [2.0] * 30, [-1.0] * 13)
    mended = series("ReplicaLag", [-1.0] * 30, [2.0] * 13)

    assert said(broken) == "Replica lag rose from 2 s to endless (replication has stopped)."
    assert said(mended) == "Better: replica lag fell from endless (replication has stopped) to 2 s."


def test_of_a_cluster_the_member_is_named() -> None:
    assert said(SLOW, name="orders-2").startswith("Read latency of orders-2 rose")


def test_what_takes_days_is_looked_at_more_coarsely() -> None:
    stretch = Stretch.around(SENT, SENT + 3000 * MINUTE, SENT + 3015 * MINUTE)

    assert stretch.window.period == 300
    assert around().window.period == 60
    assert around().window.since == SENT - 30 * MINUTE


@pytest.mark.parametrize("is_worse", [True, False])
def test_only_a_worsening_calls_who_asked_and_offers_what_to_look_at(is_worse: bool) -> None:
    found = {Measure(target=sample_target(), metric="ReadLatency"): SLOW} if is_worse else {}
    answer = told(
        sample_request(), sample_database(), shifts("orders-staging", found, around()), None, 15,
        None,
    )  # fmt: skip

    [words] = answer.parts
    assert (Mention(person=ANA) in words.line) is is_worse  # type: ignore[union-attr]
    looks = [one for one in answer.buttons if isinstance(one, Button) and query_in(one.value)]
    back = [one.label for one in answer.buttons if isinstance(one, Button) and one not in looks]
    assert len(looks) == (4 if is_worse else 1)
    assert back == (["Fail over again…"] if is_worse else [])


def test_the_picture_has_a_name_and_leaves_the_finding_to_the_words() -> None:
    request = sample_request()

    assert picture_title(request, "orders-staging") == (
        f"orders-staging before and after {request.label}"
    )


@pytest.mark.parametrize("given", [(AS_EVER,), (SLOW,), (SILENT,), (AS_EVER, SLOW)])
def test_the_words_do_not_say_again_what_the_title_has_said(given: tuple[Series, ...]) -> None:
    found = {Measure(target=sample_target(), metric=one.metric): one for one in given}
    judged = shifts("orders-staging", found, around())

    answer = told(sample_request(), sample_database(), judged, None, 15, None)

    below = plain(answer.parts[0].line).casefold()  # type: ignore[union-attr]
    said = answer.title.rpartition(": ")[2].casefold()
    assert not below.startswith(said[:9])
    assert "as before: " not in below or "as before" not in said


def test_the_panel_of_what_got_worse_comes_first_and_of_what_nobody_can_tell_next() -> None:
    unread = lacking(series("ReplicaLag", [0.0] * 30, [0.0] * 13))
    panels = [
        Panel(title=one.metric, unit=one.unit, curves=(Curve(series=one),))
        for one in (AS_EVER, SILENT, unread, SLOW)
    ]
    found = {Measure(target=sample_target(), metric=one.metric): one for one in (SLOW, unread)}

    busy = series("CPUUtilization", [20.0] * 30, [50.0] * 13)
    found[Measure(target=sample_target(), metric="CPUUtilization")] = busy

    ordered = gravest_first(panels, shifts("orders-staging", found, around()))

    assert [one.title for one in ordered] == [
        "ReadLatency", "CPUUtilization", "ReplicaLag", "DatabaseConnections",
    ]  # fmt: skip
