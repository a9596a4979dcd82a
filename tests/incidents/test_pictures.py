"""What the picture of an incident says to whoever sees no more than its preview."""

import pytest

from bot.incidents._chart import now_of, with_its_start
from bot.monitoring import with_lines
from bot.values import (
    Alarm,
    AlarmState,
    Chart,
    Curve,
    Incident,
    Marker,
    Origin,
    Panel,
    Series,
    Window,
)
from charts.render import figure
from tests.charts.looking import said
from tests.samples import HOUR, MINUTE, NOW

GIB = 2.0**30
TITLE = "warehouse: free storage space below 200 GiB"
INCIDENT = Incident(
    id=7, key="k", source=Origin.ALARM, title="t", place="main", started_at=NOW - HOUR,
    fired_at=NOW - HOUR,
)  # fmt: skip


def alarm(below: float = 200, metric: str = "FreeStorageSpace") -> Alarm:
    return Alarm(name=f"free-{below}", state=AlarmState.ALARM, since=NOW, metric=metric,
                 comparison="LessThanThreshold", threshold=below * GIB)  # fmt: skip


def panel(*values: float, metric: str = "FreeStorageSpace", curves: int = 1) -> Panel:
    points = tuple((NOW - (len(values) - n) * MINUTE, one) for n, one in enumerate(values))
    series = Series(metric=metric, unit="B", points=points)
    return Panel(title="Free storage", unit="B", curves=(Curve(series=series),) * curves)


def chart(*panels: Panel, markers: int = 0) -> Chart:
    events = tuple(Marker(at=NOW - n * MINUTE, label="restarted") for n in range(markers, 0, -1))
    window = Window(since=NOW - 3 * HOUR, until=NOW, period=60)
    return Chart(
        title="warehouse, last 3 hours",
        about="Last 3 hours",
        window=window,
        panels=panels,
        markers=events,
    )


def test_the_title_says_what_fires_and_how_it_stands_now() -> None:
    drawn = with_its_start(
        chart(panel(190 * GIB, 179 * GIB)),
        INCIDENT.model_copy(update={"watched": alarm()}),
    )

    assert drawn.title == "I-7: warehouse, last 3 hours, now 179 GiB"


@pytest.mark.parametrize(
    ("first", "fires"),
    [
        pytest.param(panel(179 * GIB), None, id="no alarm"),
        pytest.param(panel(), alarm(), id="no figure"),
        pytest.param(panel(1.0, metric="FreeableMemory"), alarm(), id="another metric"),
        pytest.param(panel(1.0, curves=2), alarm(), id="several members"),
    ],
)
def test_what_is_not_known_now_is_not_said(first: Panel, fires: Alarm | None) -> None:
    assert now_of(chart(first), fires) == ""


def test_the_start_is_marked_however_many_events_there_were() -> None:
    drawn = with_its_start(chart(panel(1.0, 2.0), markers=12), INCIDENT)

    assert any(one.endswith("I-7 began") for one in said(figure(drawn)))


def test_every_alarm_on_a_metric_has_its_line() -> None:
    given = with_lines(chart(panel(179 * GIB)), (alarm(200), alarm(100), alarm(200)))

    assert [one.label for one in given.panels[0].alarms] == ["alarm 200 GiB", "alarm 100 GiB"]
    assert {"alarm 200 GiB", "alarm 100 GiB"} <= set(said(figure(given)))
