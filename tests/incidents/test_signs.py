"""What alarms and RDS events mean."""

from typing import Any

import pytest

from bot.incidents._signs import LATE, Mark, Sign, graver, is_own, sign
from bot.monitoring import firing, measured, rule, spoken
from bot.values import Alarm, AlarmState, Line, RDSEvent
from tests.samples import HOUR, MINUTE, NOW, sample_request, sample_step


def an_event(message: str = "DB instance restarted", *categories: str, at: int = NOW) -> RDSEvent:
    return RDSEvent(
        at=at, source_kind="db-instance", source="orders", message=message, categories=categories
    )


@pytest.mark.parametrize(
    ("category", "message", "is_over"),
    [
        ("failover", "Multi-AZ instance failover started.", False),
        ("failover", "Multi-AZ instance failover completed", True),
        ("failover", "Completed failover to DB instance: orders-2", True),
        ("failover", "Started cross AZ failover to DB instance: orders-2", False),
        ("availability", "DB instance shutdown", False),
        ("availability", "DB instance restarted", True),
        ("failure", "DB instance put into incompatible-network state.", False),
        ("recovery", "Recovery of the DB instance has started.", False),
        ("recovery", "Recovery of the DB instance is complete.", True),
        ("low storage", "Allocated storage has been exhausted.", False),
        ("maintenance", "Applying off-line patches to DB instance", False),
        ("maintenance", "Finished applying off-line patches to DB instance", True),
        ("maintenance", "The downtime started for the DB engine version upgrade.", False),
        ("notification", "The DB instance reached the storage-full threshold.", False),
        ("failure", "The upgrade could not be completed.", False),
    ],
)
def test_what_matters(category: str, message: str, is_over: bool) -> None:
    found = sign(an_event(message, category))

    assert found is not None
    assert (found.category, found.is_over) == (category, is_over)


@pytest.mark.parametrize(
    ("category", "message"),
    [
        ("backup", "Finished DB Instance backup"),
        ("configuration change", "Applying modification to allocated storage"),
        ("maintenance", "DB instance patched"),
        ("notification", "DB instance stopped"),
        ("failover", "Abandoning user requested failover since a failover recently occurred"),
    ],
)
def test_what_wakes_nobody(category: str, message: str) -> None:
    assert sign(an_event(message, category)) is None


def test_only_databases_count() -> None:
    event = an_event("DB snapshot failed", "failure")

    assert sign(event.model_copy(update={"source_kind": "db-snapshot"})) is None


@pytest.mark.parametrize(
    ("sent", "settled", "at", "own"),
    [
        (NOW, None, NOW + MINUTE, True),
        (NOW, NOW + HOUR, NOW + HOUR + MINUTE, True),
        (NOW, NOW + HOUR, NOW + 2 * HOUR, False),
        (NOW, None, NOW - MINUTE, False),
        (NOW, None, NOW + 48 * HOUR, False),
        (None, None, NOW, False),
    ],
)
def test_what_a_request_did_is_its_own(
    sent: int | None, settled: int | None, at: int, own: bool
) -> None:
    step = sample_step(sent_at=sent, settled_at=settled)
    seen = Sign(at, "failover", "Multi-AZ instance failover started.", is_over=False)

    assert is_own(seen, step.lock, [sample_request(step=step)]) is own
    assert not is_own(seen, "another", [sample_request(step=step)])


@pytest.mark.parametrize(
    ("operation", "category", "own"),
    [
        ("reboot_instance", "availability", True),
        ("reboot_instance", "recovery", True),
        ("reboot_instance", "failure", False),
        ("reboot_instance", "low storage", False),
        ("create_snapshot", "failover", False),
        ("an_operation_of_old", "failover", True),
    ],
)
def test_a_request_explains_only_what_such_a_change_does(
    operation: str, category: str, own: bool
) -> None:
    step = sample_step(operation=operation, sent_at=NOW)
    request = sample_request(operation=operation, step=step)

    assert is_own(Sign(NOW + MINUTE, category, "", is_over=False), step.lock, [request]) is own


def test_the_graver_category_names_it() -> None:
    assert graver("availability", "failure") == graver("failure", "maintenance") == "failure"


@pytest.mark.parametrize(
    ("metric", "words"),
    [
        ("CPUUtilization", "CPU utilization"),
        ("FreeStorageSpace", "free storage space"),
        ("ReadIOPS", "read IOPS"),
        ("EBSIOBalance%", "EBSIO balance %"),
        ("", ""),
    ],
)
def test_a_metric_in_words(metric: str, words: str) -> None:
    assert spoken(metric) == words


@pytest.mark.parametrize(
    ("comparison", "threshold", "words"),
    [
        ("LessThanThreshold", 2.0 * 2**30, "free storage space below 2 GiB"),
        ("GreaterThanOrEqualToThreshold", 2.0**30, "free storage space at or above 1 GiB"),
        ("LessThanLowerOrGreaterThanUpperThreshold", None, "free storage space is unusual"),
    ],
)
def test_what_an_alarm_watches_for(comparison: str, threshold: float | None, words: str) -> None:
    assert rule(watching(comparison, threshold)) == words


@pytest.mark.parametrize(
    ("threshold", "lately", "words"),
    [
        (
            2.0**31,
            (4e9, 3.5e9, 2e9, 1.5 * 2**30),
            "Free storage space lately: 3.26 GiB, 1.86 GiB, 1.5 GiB.",
        ),
        (2.0**31, (), ""),
        (None, (1.0, 2.0), ""),
    ],
)
def test_what_an_alarm_has_measured(
    threshold: float | None, lately: tuple[float, ...], words: str
) -> None:
    assert measured(watching("LessThanThreshold", threshold, lately)) == words


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"comparison": "LessThanThreshold", "threshold": 2.0**31, "statistic": "Average",
          "period": 60, "beyond": 5, "of": 5, "lately": (2.0**30,)},
         "Alarm a fires since …: free storage space below 2 GiB (average of 1 min, 5 of 5). "
         "Free storage space lately: 1 GiB."),
        ({"comparison": "GreaterThanThreshold", "threshold": 5.0, "statistic": "p95", "period": 10,
          "of": 1}, "Alarm a fires since …: free storage space above 5 B (p95 of 10 s)."),
        ({"comparison": "GreaterThanUpperThreshold", "computes": "ANOMALY_DETECTION_BAND(m1)",
          "lately": (2.0**30,)},
         "Alarm a fires since …: free storage space above the band that CloudWatch expects. "
         "Free storage space lately: 1 GiB."),
        ({"comparison": "LessThanThreshold", "computes": "m1 / m2", "level": 0.25,
          "lately": (0.125,)},
         "Alarm a fires since …: what it computes of free storage space, m1 / m2, is below 0.25. "
         "Computed lately: 0.12."),
        ({"comparison": "SomethingNew", "threshold": 1.0, "lately": (1.0,)},
         "Alarm a fires since …: free storage space is unusual. Free storage space lately: 1 B."),
        ({"comparison": "LessThanThreshold", "threshold": 1.0, "missing": "breaching",
          "lately": ()},
         "Alarm a fires since …: free storage space below 1 B. CloudWatch has no figures for it, "
         "and missing ones count as beyond its threshold."),
        ({"metric": "", "computes": "ALARM(x) OR ALARM(y)", "reason": "x fires"},
         "Alarm a fires since …: what it combines holds, ALARM(x) OR ALARM(y). x fires"),
    ],
)  # fmt: skip
def test_a_firing_alarm_is_told_by_its_own_line(changes: dict[str, Any], told: str) -> None:
    given = {"name": "a", "state": AlarmState.ALARM, "since": NOW, "metric": "FreeStorageSpace"}
    lines = list(firing(Alarm(**{**given, **changes})))

    assert " ".join(map(plain_but_moments, lines)) == told


def plain_but_moments(line: Line) -> str:
    return "".join(span if isinstance(span, str) else "…" for span in line)


def watching(comparison: str, threshold: float | None, lately: tuple[float, ...] = ()) -> Alarm:
    return Alarm(
        name="a", state=AlarmState.ALARM, since=NOW, metric="FreeStorageSpace",
        comparison=comparison, threshold=threshold, lately=lately,
    )  # fmt: skip


def test_events_are_taken_in_once_and_late_ones_too() -> None:
    first, second = an_event(at=NOW), an_event("DB instance shutdown", at=NOW)
    late = an_event("Recovery has started", at=NOW - LATE + MINUTE)

    fresh, mark = Mark(at=NOW - HOUR).read([second, first])
    assert fresh == (second, first)
    again, mark = mark.read([first, late, second])
    assert again == (late,)
    nothing, last = mark.read([late, first, second])
    assert (nothing, last) == ((), mark)
    assert Mark.model_validate_json(mark.model_dump_json()) == mark
