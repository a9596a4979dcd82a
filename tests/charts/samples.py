"""Charts for the tests, from figures that anybody can follow."""

from collections.abc import Sequence

from bot.values import SECOND, Chart, Curve, Limit, Panel, Point, Series, Window

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
