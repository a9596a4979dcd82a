"""Charts before anybody draws them."""

from bot.values._base import Value
from bot.values._metrics import Series, Window


class Curve(Value):
    """A line of a panel. ``label`` stands beside it; empty where the panel has only one."""

    series: Series
    label: str = ""


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
    reach: float | None = None  #: a value that its scale has to reach, to be compared with others


class Chart(Value):
    """A picture before anybody draws it. ``title`` is what it shows, as a finding."""

    title: str
    about: str  #: how far back, and what a point stands for
    window: Window
    panels: tuple[Panel, ...]
    zone: str = "UTC"  #: the reader's
