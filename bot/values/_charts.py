"""Pictures before anybody draws them."""

from typing import Annotated, Literal

from pydantic import Field

from bot.values._base import Value
from bot.values._metrics import COUNTED, Series, Window


class Curve(Value):
    """A line of a panel. ``label`` stands beside it; empty where the panel has only one."""

    series: Series
    label: str = ""
    is_earlier: bool = False  #: of the week before, moved to now: drawn faintly, to compare with


class Limit(Value):
    """A value worth a line of its own, like what a policy allows or a size allows."""

    value: float
    label: str


class Panel(Value):
    """One plot of a chart: curves of one unit."""

    title: str
    unit: str
    curves: tuple[Curve, ...]
    limit: Limit | None = None
    alarms: tuple[Limit, ...] = ()  #: thresholds of alarms, always within the scale
    reach: float | None = None  #: a value that its scale has to reach, to be compared with others
    period: int | None = None  #: seconds from point to point, where other than the chart's

    @property
    def is_measured(self) -> bool:
        return any(one.series.points for one in self.curves)

    @property
    def is_counted(self) -> bool:
        """All of it counts what is whole, and so does its scale."""
        return all(one.series.metric in COUNTED for one in self.curves)

    @property
    def is_unread(self) -> bool:
        """Whether something of it is not known."""
        return any(one.series.unread for one in self.curves)


class Marker(Value):
    """A moment that stands in every panel: what the bot did, or what RDS said had happened."""

    at: int
    label: str
    is_own: bool = False  #: a request or an incident of the bot: of many, the last to be left out


class Chart(Value):
    """Panels over one stretch of time. ``title`` is what they show, as a finding."""

    type: Literal["chart"] = "chart"
    title: str
    about: str  #: how far back, and what a point stands for
    window: Window
    panels: tuple[Panel, ...]
    zone: str = "UTC"  #: the reader's
    markers: tuple[Marker, ...] = ()  #: oldest first
    change: tuple[int, int] | None = None  #: when what is looked at began and ended: shaded
    unread: str = ""  #: what of it could not be read, in words for the caption
    rest: tuple[Panel, ...] = ()  #: measured as well, and told in words: there is no room for them


class HeatRow(Value):
    """One value for each period of the map's window; None where nothing was measured."""

    label: str
    values: tuple[float | None, ...]


class HeatMap(Value):
    """Many databases over one stretch of time: a row for each, a cell for each period."""

    type: Literal["heat"] = "heat"
    title: str
    about: str
    window: Window
    rows: tuple[HeatRow, ...]  #: the most telling first
    others: int = 0  #: rows that are left out, none of them more telling
    unit: str = "%"
    most: float = 100.0  #: the value of the strongest colour
    zone: str = "UTC"
    unread: str = ""  #: as of a chart


class Strip(Value):
    """A small curve in one line with what is said of it: ``now 34 %, 79 % at most``."""

    label: str
    series: Series
    said: str


class Strips(Value):
    type: Literal["strips"] = "strips"
    title: str
    about: str
    window: Window
    strips: tuple[Strip, ...]
    zone: str = "UTC"
    unread: str = ""  #: as of a chart


class Interval(Value):
    """A figure with the interval in which it lies with 95 % confidence, out of ``count`` cases.

    None where there are too few cases to say; ``before``: of the period before.
    """

    label: str
    count: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    before: float | None = None


class Scale(Value):
    """Figures of one unit, drawn on one scale."""

    title: str
    unit: str
    intervals: tuple[Interval, ...]


class Report(Value):
    type: Literal["report"] = "report"
    title: str
    about: str
    scales: tuple[Scale, ...]
    zone: str = "UTC"


Drawable = Annotated[Chart | HeatMap | Strips | Report, Field(discriminator="type")]
