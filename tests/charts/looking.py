"""What stands in a picture before it is pixels."""

from itertools import combinations
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


def said(drawn: Figure) -> list[str]:
    own = [one.get_text() for one in drawn.texts]
    return own + [text.get_text() for one in drawn.axes for text in one.texts]


def lines(axes: Axes, **look: object) -> list[Any]:
    """Those with this colour, width, style and whatever else."""
    drawn: list[Any] = list(axes.lines)
    return [
        one
        for one in drawn
        if all(getattr(one, f"get_{name}")() == value for name, value in look.items())
    ]


def points(line: Any) -> list[tuple[float, float]]:
    return [
        (float(x), float(y))
        for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
        if not np.isnan(y)
    ]


def upon_another(drawn: Figure) -> list[tuple[str, str]]:
    """The texts that share a pixel."""
    boxes = _boxes(drawn)
    return [(a, b) for (a, one), (b, other) in combinations(boxes, 2) if one.overlaps(other)]


def outside(drawn: Figure) -> list[str]:
    """The texts that do not fit on the paper."""
    paper: Any = drawn.bbox
    return [
        text
        for text, box in _boxes(drawn)
        if box.x0 < 0 or box.y0 < 0 or box.x1 > paper.x1 or box.y1 > paper.y1
    ]


def _boxes(drawn: Figure) -> list[tuple[str, Any]]:
    canvas: Any = FigureCanvasAgg(drawn)
    canvas.draw()
    texts: list[Any] = [*drawn.texts, *(text for one in drawn.axes for text in _texts(one))]
    renderer = canvas.get_renderer()
    return [(one.get_text(), one.get_window_extent(renderer)) for one in texts if one.get_text()]


def _texts(one: Axes) -> list[Any]:
    ticks = [*one.get_xticklabels(), *one.get_yticklabels()] if one.axison else []
    return [*one.texts, *ticks]
