"""Pictures as they were when somebody looked at them, small, and compared with a tolerance."""

import io

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.image import PNGImageSnapshotExtension
from syrupy.types import SerializableData

from bot.values import Curve, Drawable, Limit, Panel, Report
from charts.paper import COLOURS
from charts.render import MOST, draw
from tests.charts.samples import (
    ALL,
    BUSY,
    FEW,
    FLEET,
    MINUTE,
    NOON,
    REPORT,
    chart,
    marked,
    marker,
    panel,
    report,
    series,
    wave,
)

SHRUNK = 4
TOLERANCE = 0.5  #: root of the mean square of what a colour, 0 to 255, differs by

BEFORE = Curve(series=series([30.0] * 60), is_earlier=True)
CHART = chart(
    Panel(title="CPU", unit="%", curves=(Curve(series=series(wave())), BEFORE)),
    panel([30.0] * 40 + [95.0] * 20, title="Utilization", limit=Limit(value=80, label="80 %")),
    panel(wave(), [5.0] * 60, labels=("free", "swap"), title="Memory"),
    panel([*wave(20), *[None] * 10, *wave(30)], title="Gaps"),
)
CHANGED = marked(
    marker(30), marker(29, "DB instance stopped", is_own=False),
    change=(NOON - 30 * MINUTE, NOON - 22 * MINUTE), panels=2,
)  # fmt: skip
PICTURES = {
    "chart": CHART, "marks": CHANGED, "heat": FLEET, "strips": BUSY, "report": REPORT,
}  # fmt: skip


class Looked(PNGImageSnapshotExtension):
    """Alike to the eye: a processor may round the shade of an edge in its own way."""

    def matches(
        self, *, serialized_data: SerializableData, snapshot_data: SerializableData
    ) -> bool:
        return difference(bytes(serialized_data), bytes(snapshot_data)) <= TOLERANCE


def difference(one: bytes, other: bytes) -> float:
    """Infinite where the pictures are not of one size."""
    first, second = _pixels(one), _pixels(other)
    if first.shape != second.shape:
        return float("inf")
    return float(np.sqrt(np.mean((first - second) ** 2)))


def _pixels(png: bytes) -> np.typing.NDArray[np.float64]:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), dtype=np.float64)


def shrunk(png: bytes) -> bytes:
    return _png(Image.open(io.BytesIO(png)).convert("RGB").reduce(SHRUNK))


def _png(image: Image.Image) -> bytes:
    written = io.BytesIO()
    image.save(written, "PNG", optimize=True)
    return written.getvalue()


@pytest.mark.parametrize("drawable", PICTURES.values(), ids=PICTURES)
def test_a_picture_looks_as_it_did(drawable: Drawable, snapshot: SnapshotAssertion) -> None:
    png = draw(drawable)

    assert len(png) <= MOST
    assert shrunk(png) == snapshot(extension_class=Looked)


def test_another_shade_at_an_edge_is_no_other_picture() -> None:
    before = Image.open(io.BytesIO(draw(REPORT))).convert("RGB")

    after = before.point(lambda shade: max(0, shade - 1) if shade > 70 else shade)

    assert 0 < difference(_png(before), _png(after)) <= TOLERANCE


@pytest.mark.parametrize(
    "other",
    [
        REPORT.model_copy(update={"title": "95 % of all operations succeeded"}),
        report(ALL.model_copy(update={"value": 90.0}), FEW),
        REPORT.model_copy(update={"about": "The last 30 days and more"}),
    ],
    ids=["title", "figure", "foot"],
)
def test_another_word_or_figure_is_another_picture(other: Report) -> None:
    assert difference(shrunk(draw(REPORT)), shrunk(draw(other))) > TOLERANCE


def test_another_colour_is_another_picture() -> None:
    drawn = _pixels(draw(CHART))
    blue, green = ([round(255 * one) for one in to_rgb(name)] for name in COLOURS[:3:2])

    recoloured = np.where(np.abs(drawn - blue).max(axis=2, keepdims=True) < 12, green, drawn)

    assert np.any(recoloured != drawn)
    other = _png(Image.fromarray(recoloured.astype(np.uint8)))
    assert difference(shrunk(draw(CHART)), shrunk(other)) > TOLERANCE
