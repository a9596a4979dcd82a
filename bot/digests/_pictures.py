"""What shows a fleet at a glance: each picture with the words that hold without it."""

from collections import Counter
from collections.abc import Iterable, Mapping

from bot.digests._facts import DigestFacts
from bot.digests._metrics import DAY, HOUR, WEEKS
from bot.digests._movers import Mover, movers
from bot.digests._unread import lacking
from bot.values import (
    SECOND,
    Answer,
    Concern,
    HeatMap,
    HeatRow,
    Paragraph,
    Series,
    Strip,
    Strips,
    Strong,
    Target,
    Window,
    paragraph,
)

ROWS, NAMED = 12, 3  #: databases of the picture, and in words
CPU = "CPUUtilization"


def pictures(facts: DigestFacts, told: Iterable[Concern], zone: str) -> tuple[Answer, ...]:
    """For a digest of what is ``told``; their times are those of ``zone``."""
    moved = any(one.key.startswith("moved-") for one in told)
    drawn = (heat(facts, zone), moves(facts, zone) if moved else None)
    return tuple(one for one in drawn if one)


def heat(facts: DigestFacts, zone: str) -> Answer | None:
    """CPU by database and hour of the last day, the busiest first; None where nothing is known."""
    until = facts.now // (HOUR * SECOND) * HOUR * SECOND
    window = Window(since=until - DAY * SECOND, until=until, period=HOUR)
    names = _names(facts)
    found = ((name, facts.day.get((target, CPU))) for target, name in names.items())
    known = {name: whole for name, one in found if one and (whole := _within(one, window)).points}
    if not known:
        return None
    lacks = lacking((name, facts.day.get((target, CPU))) for target, name in names.items())
    busiest = sorted(known.items(), key=lambda one: _peak(one[1]), reverse=True)[:ROWS]
    title = f"CPU by hour: {_first(busiest[0][0], lacks)}, at {_peak(busiest[0][1]):.0f} %"
    chart = HeatMap(
        title="CPU by database and hour",
        about=_counted(len(known), len(names)) + ("; not all read" if facts.unseen else ""),
        window=window,
        others=len(known) - len(busiest),
        rows=tuple(HeatRow(label=name, values=_hours(one, window)) for name, one in busiest),
        zone=zone,
        unread=lacks and f"CPU of {lacks}",
    )
    said = [_said(name, series) for name, series in busiest[:NAMED]]
    missing = [paragraph(f"{chart.unread}.")] if chart.unread else []
    return Answer(title=title, parts=(*said, *missing), chart=chart)


def _first(name: str, lacks: str) -> str:
    return f"{name} was the busiest{' that could be read' if lacks else ''}"


def moves(facts: DigestFacts, zone: str) -> Answer | None:
    """Four weeks of whatever did much more or less than usual; None where nothing did."""
    found, names = movers(facts), _names(facts)
    if not found:
        return None
    title = f"Biggest change: {_moved(names[found[0].database.target], found[0])}"
    chart = Strips(
        title="What moved, week by week",
        about="Four weeks, a day a point",
        window=Window.ending(facts.now, WEEKS, DAY),
        strips=tuple(_strip(names[one.database.target], one) for one in found),
        zone=zone,
        unread=lacking((names[target], one) for (target, _), one in facts.weeks.items()),
    )
    said = paragraph("Four weeks of each database that the trends name.")
    return Answer(title=title, parts=(said,), chart=chart)


def _moved(name: str, mover: Mover) -> str:
    """``billing-staging, 327 connections (usually 18)``"""
    return f"{name}, {mover.said(mover.now)} {mover.what} (usually {mover.said(mover.usual)})"


def _strip(name: str, mover: Mover) -> Strip:
    said = f"{mover.said(mover.now)} yesterday, usually {mover.said(mover.usual)}"
    return Strip(label=f"{name}: {mover.what}", series=mover.series, said=said)


def _within(series: Series, window: Window) -> Series:
    """Without the hour that is not over: it is a few minutes old, and says little."""
    points = tuple(one for one in series.points if window.since <= one[0] < window.until)
    return series.model_copy(update={"points": points})


def _hours(series: Series, window: Window) -> tuple[float | None, ...]:
    """One for each hour; None where nothing was measured."""
    known, step = dict(series.points), window.period * SECOND
    return tuple(known.get(at) for at in range(window.since, window.until, step))


def _peak(series: Series) -> float:
    return series.highest[1] if series.highest else 0.0


def _said(name: str, series: Series) -> Paragraph:
    figures = f": {_peak(series):.0f} % in its busiest hour, {series.mean or 0:.0f} % over the day"
    return paragraph(Strong(text=name), figures)


def _counted(count: int, all_of_them: int) -> str:
    """Of those that could be read; the others are said, for they may be the busiest."""
    silent = all_of_them - count
    without = f"; {silent} without figures" if silent else ""
    return f"{count:,} database{'' if count == 1 else 's'}, last 24 hours{without}"


def _names(facts: DigestFacts) -> Mapping[Target, str]:
    """Of all instances, short where that is clear."""
    count = Counter(one.name for one in facts.instances)
    return {
        one.target: one.name if count[one.name] == 1 else one.address for one in facts.instances
    }
