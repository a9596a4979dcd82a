"""``python -m benchmarks.preview [FOLDER]``: the smallest type of each kind of picture in Slack.

Slack fits a picture into 360 px of height, and a phone into 341 px of width. Into FOLDER go the
pictures as they are seen there.
"""

import io
import math
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from PIL import Image

from bot.values import (
    SECOND,
    Chart,
    Curve,
    Drawable,
    HeatMap,
    HeatRow,
    Interval,
    Limit,
    Marker,
    Panel,
    Range,
    Report,
    Scale,
    Series,
    Strip,
    Strips,
    Window,
)
from charts.render import draw, figure

WIDE, TALL = 341, 360
LEAST = 11.0
#: What it was when a picture was drawn for its full size: px, of the same samples.
BEFORE: Mapping[str, float] = {"CPU burst": 3.8, "look-back": 3.8, "incident": 3.8,
                               "heat map, 40": 4.3}  # fmt: skip
BEFORE_ELSE = 5.0

NOON = 1_782_907_200 * SECOND
HOUR = 3600 * SECOND
DAY = Window.ending(NOON, Range.DAY.seconds, Range.DAY.period)
Shape = Callable[[float], float]
"""From the part of the window that is over, 0 to 1, to a value."""


def smallest(drawn: Figure) -> float:
    """The smallest type of it that can be seen, in px of the preview."""
    scale = min(WIDE / drawn.bbox.width, TALL / drawn.bbox.height)
    points = min(float(one.get_fontsize()) for one in _texts(drawn))
    return points * drawn.dpi / 72 * scale


def _texts(drawn: Figure) -> Iterator[Any]:
    """All of them with something to read."""
    every: list[Any] = [*drawn.texts]
    for axes in drawn.axes:
        every += axes.texts
        if axes.axison:
            every += [*axes.get_xticklabels(), *axes.get_yticklabels()]
    return (one for one in every if one.get_visible() and one.get_text().strip())


def previewed(png: bytes) -> bytes:
    """As Slack shows it."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    image.thumbnail((WIDE, TALL), Image.Resampling.LANCZOS)
    written = io.BytesIO()
    image.save(written, "PNG")
    return written.getvalue()


# -- samples ---------------------------------------------------------------------------------------


def curve(shape: Shape, unit: str = "%", label: str = "", window: Window = DAY) -> Curve:
    step = window.period * SECOND
    whole = window.until - window.since
    points = tuple(
        (at, max(0.0, shape((at - window.since) / whole) * _noise(at)))
        for at in range(window.since, window.until, step)
    )
    return Curve(series=Series(metric=label or "one", unit=unit, points=points), label=label)


def _noise(at: int) -> float:
    return 1 + 0.03 * math.sin(at / SECOND / 97) + 0.02 * math.sin(at / SECOND / 41)


def flat(value: float) -> Shape:
    return lambda part: value


def wave(value: float) -> Shape:
    return lambda part: value * (1 + 0.4 * math.sin(math.tau * part))


def rising(low: float, high: float) -> Shape:
    return lambda part: low + (high - low) * part


def burst(low: float, high: float, since: float = 0.7) -> Shape:
    return lambda part: high if since < part < since + 0.18 else low


def panel(title: str, *curves: Curve, limit: Limit | None = None) -> Panel:
    return Panel(title=title, unit=curves[0].series.unit, curves=curves, limit=limit)


CPU = panel("CPU", curve(wave(34)), limit=Limit(value=80, label="80 %"))
CONNECTIONS = panel("Connections", curve(wave(120), ""), limit=Limit(value=400, label="limit 400"))
MEMORY = panel("Memory", curve(wave(2.1e9), "B", "free"), curve(flat(1e8), "B", "swap"))
STORAGE = panel("Free storage", curve(rising(4e10, 3.9e10), "B"))
IOPS = panel("I/O per second", curve(wave(820), "1/s", "read"), curve(wave(210), "1/s", "write"))
LATENCY = panel("Latency", curve(wave(0.002), "s", "read"), curve(wave(0.005), "s", "write"))
NETWORK = panel("Network", curve(wave(4e6), "B/s", "in"), curve(wave(9e6), "B/s", "out"))
QUEUE = panel("Disk queue depth", curve(wave(1.4), ""))
EIGHT = (CPU, CONNECTIONS, MEMORY, STORAGE, IOPS, LATENCY, NETWORK, QUEUE)
OWN = Marker(at=NOON - 8 * HOUR, label="RDS-12 failover", is_own=True)
EVENT = Marker(at=NOON - 7 * HOUR, label="restarted")


def chart(title: str, *panels: Panel, **more: Any) -> Chart:
    return Chart(title=title, about="Last 24 hours, 5-minute averages", window=DAY,
                 zone="Europe/Berlin", panels=panels, **more)  # fmt: skip


def beside(one: Panel, shape: Shape) -> Panel:
    """With a week before."""
    before = curve(shape, one.unit).model_copy(update={"is_earlier": True})
    return one.model_copy(update={"curves": (*one.curves, before)})


def compared(count: int) -> Chart:
    panels = tuple(panel(f"orders-{number}-analytics", curve(wave(30 + 7 * number)))
                   for number in range(count))  # fmt: skip
    return chart(f"CPU: orders-0, orders-1 and {count - 2} more", *panels)


def members(count: int) -> Panel:
    curves = (curve(wave(20 + 9 * one), "%", f"{one}{' writer' * (not one)}")
              for one in range(count))  # fmt: skip
    return panel("CPU", *curves)


def heat(rows: int) -> HeatMap:
    window = Window.ending(NOON, 24 * 3600, 3600)
    return HeatMap(
        title="CPU by hour: orders-prod was the busiest, at 97 %", about="102 databases, last 24 h",
        window=window, zone="Europe/Berlin",
        rows=tuple(HeatRow(label=f"orders-staging-{row}", values=tuple(
            max(2.0, 97 - 2 * row - 6 * abs(12 - hour)) for hour in range(24)))
            for row in range(rows)),
    )  # fmt: skip


def strips() -> Strips:
    window = Window.ending(NOON, 28 * 24 * 3600, 24 * 3600)
    return Strips(
        title="Unlike the weeks before: billing-staging first of all", about="Four weeks, a day "
        "a point", window=window, zone="Europe/Berlin",
        strips=tuple(
            Strip(label=f"billing-staging-{one}: connections", said="327 yesterday, usually 18",
                  series=curve(burst(18, 327, 0.8), "", window=window).series) for one in range(5)
        ),
    )  # fmt: skip


def report() -> Report:
    some = (
        ("all", 120, 94.0),
        ("snapshot", 60, 98.0),
        ("reboot", 34, 91.0),
        ("failover", 12, 83.0),
    )
    return Report(
        title="94 % of 120 operations succeeded", about="The last 30 days with 95 % intervals, "
        "beside the 30 days before", zone="Europe/Berlin", scales=(
            Scale(title="Operations", unit="%", intervals=tuple(
                Interval(label=label, count=count, value=value, low=value - 7, high=value + 2,
                         before=value - 3) for label, count, value in some)),
            Scale(title="Approvals", unit="min", intervals=(
                Interval(label="time to approve", count=44, value=6.5, low=4, high=9, before=12),)),
        ),
    )  # fmt: skip


LEAK = chart(
    "orders-prod: connections keep rising, from 90 to 366; limit 400",
    panel("Connections", curve(rising(90, 366), ""), limit=Limit(value=400, label="limit 400")),
    MEMORY, CPU, LATENCY,
)  # fmt: skip
FULL = chart(
    "warehouse: storage is full in 2 days (Fri 03 Jul 14:00): 3.2 GiB are free",
    panel("Free storage", curve(rising(1.4e10, 3.4e9), "B")), CPU, CONNECTIONS, IOPS,
)  # fmt: skip
BURST = chart(
    "orders-prod: CPU reached 97 % (Wed 09:30) and was at 80 % or more for 4 h",
    panel("CPU", curve(burst(31, 96)), limit=Limit(value=80, label="80 %")),
    panel("Latency", curve(burst(0.002, 0.03), "s", "read"), curve(flat(0.004), "s", "write")),
    CONNECTIONS, MEMORY, markers=(OWN, EVENT),
)  # fmt: skip
LOOK_BACK = chart(
    "orders-staging 10 minutes after RDS-12: worse: read latency rose from 0.6 ms to 2.8 ms",
    panel("Latency", curve(lambda part: 0.0006 if part < 0.68 else 0.0028, "s", "read"),
          curve(flat(0.001), "s", "write")),
    panel("CPU", curve(lambda part: 20 if part < 0.68 else 41)), CONNECTIONS, MEMORY,
    markers=(OWN,), change=(NOON - 8 * HOUR, NOON - 7 * HOUR - HOUR // 2),
)  # fmt: skip
FIRING = chart(
    "warehouse: free storage space below 200 GiB, now 179 GiB",
    panel("Free storage", curve(rising(2.4e11, 1.92e11), "B"),
          limit=Limit(value=200 * 2.0**30, label="alarm 200 GiB")),
    markers=(Marker(at=NOON - 5 * HOUR, label="I-2 began", is_own=True),),
)  # fmt: skip
CALM = chart("orders-test: nothing unusual: CPU 34 %, 120 connections", CPU, CONNECTIONS, MEMORY,
             STORAGE)  # fmt: skip

SAMPLES: Mapping[str, Drawable] = {
    "metrics, 1 panel": chart("orders-test: CPU reached 71 %", CPU),
    "metrics, 2 panels": chart("orders-test: CPU reached 71 %", CPU, MEMORY),
    "metrics, 4 panels": CALM,
    "metrics, 8 panels": chart("orders-test: CPU reached 71 %", *EIGHT),
    "metrics, week before": chart("orders-test: CPU 34 % on average, 12 % last week",
                                  beside(CPU, wave(12)), beside(CONNECTIONS, wave(70))),
    "metrics, cluster of 6": chart("orders-prod-2: CPU reached 71 %", *[members(6)] * 4),
    **{f"compare, {count}": compared(count) for count in range(2, 9)},
    "top load": chart("orders-test: 6.2 sessions at work, of 2 processors",
                      panel("Sessions at work", curve(burst(1, 6.2), ""),
                            limit=Limit(value=2, label="2 processors"))),
    "connections": chart("orders-test: 327 connections, 82 % of its limit",
                         panel("Connections", curve(rising(18, 327), "", "1 writer"),
                               curve(wave(50), "", "2"),
                               limit=Limit(value=400, label="limit 400"))),
    "leak": LEAK, "full disk": FULL, "CPU burst": BURST, "look-back": LOOK_BACK,
    "incident": FIRING, "calm": CALM,
    "keep fresh": chart("orders-test: nothing unusual: CPU 34 %", CPU, CONNECTIONS, MEMORY, IOPS),
    "heat map, 3": heat(3), "heat map, 40": heat(40),
    "strips": strips(),
    "report": report(),
}  # fmt: skip


def main(folder: str = "") -> bool:
    """Whether everything can be read."""
    found = {name: smallest(figure(drawable)) for name, drawable in SAMPLES.items()}
    sys.stdout.write(f"{'kind':24}{'before':>8}{'now':>8}   smallest text at preview size, px\n")
    for name, size in found.items():
        before = BEFORE.get(name, BEFORE_ELSE)
        sys.stdout.write(f"{name:24}{before:>8.1f}{size:>8.1f}\n")
    if folder:
        for name, drawable in SAMPLES.items():
            png = draw(drawable)
            stem = name.replace(", ", "-").replace(" ", "-")
            (Path(folder) / f"{stem}.png").write_bytes(previewed(png))
            (Path(folder) / f"{stem}-full.png").write_bytes(png)
    return min(found.values()) >= LEAST - 0.05


if __name__ == "__main__":
    sys.exit(0 if main(*sys.argv[1:2]) else 1)
