"""A report in a picture."""

from collections.abc import Sequence

from bot.reports._figures import Figure, ReportFigures
from bot.reports._words import unit_of
from bot.values import Interval, Report, Scale

TITLE = "Report: operations and incidents"


def chart(found: ReportFigures, span: str, zone: str) -> Report | None:
    """Of what there are enough cases to say something of; None where of nothing there are."""
    shares = (found.successes, *found.operations)
    scales = (
        Scale(title="Operations", unit="%", intervals=_intervals(shares, 1)),
        _in_time("Approvals", (found.approval,)),
        # Means of different incidents: on one scale they would be read as one after the other.
        _in_time("Acknowledged incidents", (found.acknowledgement,)),
        _in_time("Ended incidents", (found.resolution,)),
    )
    told = tuple(one for scale in scales if (one := _told(scale)).intervals)
    about = f"Last {span}, beside the {span} before"
    return Report(title=TITLE, about=about, scales=told, zone=zone) if told else None


def _told(scale: Scale) -> Scale:
    """A figure of too few cases would be an empty line of the picture; the words say it."""
    known = tuple(one for one in scale.intervals if one.value is not None)
    return scale.model_copy(update={"intervals": known})


def _in_time(title: str, figures: Sequence[Figure]) -> Scale:
    """All in the unit in which the longest reads well."""
    unit, size = unit_of(max((one.now.value for one in figures if one.now), default=60.0))
    return Scale(title=title, unit=unit, intervals=_intervals(figures, size))


def _intervals(figures: Sequence[Figure], size: int) -> tuple[Interval, ...]:
    return tuple(_interval(one, size) for one in figures if one.now)


def _interval(figure: Figure, size: int) -> Interval:
    now = figure.now and figure.now.scaled(1 / size)
    return Interval(
        label=figure.label,
        count=figure.count,
        value=now and now.value,
        low=now and now.low,
        high=now and now.high,
        before=None if figure.before is None else figure.before / size,
    )
