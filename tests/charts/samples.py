"""Charts for the tests, from figures that anybody can follow."""

from collections.abc import Sequence

from bot.values import (
    SECOND,
    Chart,
    Curve,
    HeatMap,
    HeatRow,
    Interval,
    Limit,
    Marker,
    Panel,
    Point,
    Report,
    Scale,
    Series,
    Strip,
    Strips,
    Window,
)

#: 2026-07-01 12:00 UTC
NOON = 1_782_907_200 * SECOND
MINUTE = 60 * SECOND


def series(
    values: Sequence[float | None], unit: str = "%", metric: str = "CPUUtilization"
) -> Series:
    """One value a minute until noon; None: not measured."""
    since = NOON - len(values) * MINUTE
    points: list[Point] = [
        (since + number * MINUTE, value) for number, value in enumerate(values) if value is not None
    ]
    return Series(metric=metric, unit=unit, points=tuple(points))


def panel(
    *values: Sequence[float | None], title: str = "CPU", unit: str = "%",
    labels: Sequence[str] = ("", "swap", "more"), limit: Limit | None = None,
) -> Panel:  # fmt: skip
    curves = tuple(
        Curve(series=series(one, unit), label=label)
        for one, label in zip(values, labels, strict=False)
    )
    return Panel(title=title, unit=unit, curves=curves, limit=limit)


def chart(*panels: Panel, title: str = "orders-test: CPU reached 88 %", zone: str = "UTC") -> Chart:
    window = Window(since=NOON - 60 * MINUTE, until=NOON, period=60)
    return Chart(title=title, about="The last hour, each minute", window=window,
                 panels=panels, zone=zone)  # fmt: skip


def wave(length: int = 60) -> list[float | None]:
    return [40 + 30 * ((number % 20) / 20) for number in range(length)]


def marker(minutes: int, label: str = "#12 reboot", *, is_own: bool = True) -> Marker:
    """So many minutes before noon."""
    return Marker(at=NOON - minutes * MINUTE, label=label, is_own=is_own)


def marked(*markers: Marker, change: tuple[int, int] | None = None, panels: int = 1) -> Chart:
    drawn = chart(*[panel(wave())] * panels)
    return drawn.model_copy(update={"markers": markers, "change": change})


def heat(*rows: HeatRow, zone: str = "UTC") -> HeatMap:
    """Four cells of a quarter of an hour each."""
    window = Window(since=NOON - 60 * MINUTE, until=NOON, period=900)
    return HeatMap(title="3 databases: orders-prod reached 97 %", about="CPU, the last hour",
                   window=window, rows=rows, zone=zone)  # fmt: skip


def row(label: str, *values: float | None) -> HeatRow:
    return HeatRow(label=label, values=values)


def strips(*given: Strip) -> Strips:
    window = Window(since=NOON - 60 * MINUTE, until=NOON, period=60)
    return Strips(title="orders-prod is the busiest", about="CPU, the last hour",
                  window=window, strips=given)  # fmt: skip


def strip(label: str, *values: float | None, said: str = "now 34 %, 79 % at most") -> Strip:
    return Strip(label=label, series=series(values), said=said)


def report(*intervals: Interval, unit: str = "%") -> Report:
    scale = Scale(title="Operations that succeeded", unit=unit, intervals=intervals)
    return Report(title="94 % of all operations succeeded", about="The last 30 days",
                  scales=(scale,))  # fmt: skip


ALL = Interval(label="all", count=120, value=94, low=88.5, high=97, before=91)
FEW = Interval(label="reboot", count=2)
FLEET = heat(
    row("orders-prod", 50, 97, 60, 61),
    row("orders-test", 10, None, 12, 11),
    row("idle", 0, 0, 1, 0),
)
BUSY = strips(strip("orders-prod", *wave()), strip("orders-test", 5, None, None, 6, 7, 8))
REPORT = report(ALL, FEW)
