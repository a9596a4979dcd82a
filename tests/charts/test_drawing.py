"""What is drawn: looked at as data where that can be, and as a picture where it must."""

import io
import math
import random
from typing import Any

import pytest
from matplotlib.axes import Axes
from PIL import Image

from bot.values import SECOND, Chart, Limit, Panel
from charts.curves import lonely, spread, with_gaps
from charts.render import draw, figure
from tests.charts.looking import outside, said, upon_another
from tests.charts.samples import MINUTE, NOON, chart, panel, series, wave

EIGHT = chart(*(panel(wave(), title=f"Panel {number}") for number in range(8)))


def axes(given: Chart) -> Axes:
    return figure(given).axes[0]


def test_a_picture_is_a_png_of_at_most_200_kb() -> None:
    png = draw(EIGHT)

    image = Image.open(io.BytesIO(png))
    assert image.format == "PNG"
    assert image.size == (1023, 1080)
    assert len(png) <= 200_000


def test_a_noisy_picture_has_fewer_colours_and_is_no_larger() -> None:
    noise = random.Random(1)
    curves = [[noise.random() * 100 for _ in range(60)] for _ in range(6)]
    given = chart(*[panel(*curves, labels=["noise"] * 6)] * 2)

    assert len(draw(given)) <= 200_000
    small = draw(given, most=125_000)
    assert len(small) <= 125_000
    assert len(Image.open(io.BytesIO(small)).getcolors() or ()) <= 32


def test_it_is_opaque_and_dark_on_any_background() -> None:
    image = Image.open(io.BytesIO(draw(chart(panel(wave())))))

    assert "transparency" not in image.info
    paper = image.convert("RGB").getpixel((20, 20))
    assert isinstance(paper, tuple)
    assert max(paper) < 64


def test_what_was_not_measured_parts_the_line() -> None:
    times, values = with_gaps(series([1, 2, None, None, 5]).points, 60)

    assert [math.isnan(one) for one in values] == [False, False, True, False]
    assert times[3] - times[1] == 180


def test_a_point_without_neighbours_is_a_dot() -> None:
    times, values = with_gaps(series([1, None, None, 3, 4]).points, 60)

    assert lonely(times, values) == [(times[0], 1)]
    assert lonely(*with_gaps(series([7]).points, 60)) == [(NOON / SECOND - 60, 7)]


def test_above_a_plot_stand_its_curves_with_their_latest_values() -> None:
    texts = said(figure(chart(panel([40, 41], [2, 3], labels=("free", "swap")))))

    assert {"free 41 %", "swap 3 %"} <= set(texts)


def test_the_title_is_the_finding_and_the_zone_is_named() -> None:
    texts = said(figure(chart(panel(wave()), zone="Asia/Tokyo")))

    assert texts[0] == "orders-test: CPU reached 88 %"
    assert " ".join(texts[1].split()).endswith("to Wed 1 Jul 21:00, Asia/Tokyo time")
    assert "JST" in texts


def test_a_limit_is_drawn_once_the_curve_comes_near() -> None:
    limit = Limit(value=80, label="80 %")

    assert "80 %" in " ".join(said(figure(chart(panel([50.0, 60.0], limit=limit)))))
    assert "80 %" not in said(figure(chart(panel([5.0, 6.0], limit=limit))))


def test_a_scale_begins_at_nothing() -> None:
    assert axes(chart(panel([90.0, 95.0]))).get_ylim() == (0, 100)
    assert axes(chart(panel([0.0, 0.0]))).get_ylim()[0] == 0


def test_what_is_below_nothing_is_shown() -> None:
    plot = axes(chart(panel([-3.0, 2.0])))

    assert plot.get_ylim() == (-4, 3)
    assert [one.get_text() for one in plot.get_yticklabels()] == ["0", "-4 %", "1.5 %", "3 %"]


def test_curves_that_all_panels_have_alike_are_explained_once() -> None:
    names = [f"member-{number}" for number in range(6)]
    drawn = figure(chart(*[panel(*[[50.0, 50 + n] for n in range(6)], labels=names)] * 2))

    assert {"member-5", "55 %"} <= set(said(drawn))
    assert said(drawn).count("member-5") == 1
    assert upon_another(drawn) == []
    assert outside(drawn) == []


@pytest.mark.parametrize("count", [1, 4], ids=["one", "crowd"])
def test_long_names_of_panels_and_curves_stay_in_their_place(count: int) -> None:
    long = "orders-analytics-replica-in-frankfurt-for-the-reports-number-1"
    curves = [[50.0, 50.0 + number] for number in range(count)]
    drawn = figure(chart(*[panel(*curves, title=long, labels=[long] * count)] * 2))

    assert upon_another(drawn) == []
    assert outside(drawn) == []


def test_curves_differ_in_more_than_colour() -> None:
    lines: list[Any] = list(figure(chart(panel([1, 2], [3, 4], [5, 6]))).axes[-1].lines)

    curves = [one for one in lines if one.get_linewidth() == 1.5 and one.get_marker() == "None"]
    assert len({str(one._dash_pattern) for one in curves if len(one.get_xdata()) == 2}) == 3


@pytest.mark.parametrize(
    "odd",
    [
        panel(),
        panel([]),
        panel([5.0]),
        panel([0.0] * 60),
        panel([-3.0, -2.0]),
        panel([1e18] * 5, unit="B"),
        panel([1e-9] * 5, unit="s"),
        panel([None, 4.0, None], [None, None]),
        panel([1.0], title="$\\frac{1}{2}$ _x_ 数据"),
    ],
    ids=["no curve", "no point", "one point", "zero", "negative", "huge", "tiny", "sparse", "text"],
)
@pytest.mark.filterwarnings("ignore:Glyph .* missing from font")
def test_odd_figures_are_drawn_too(odd: Panel) -> None:
    assert draw(chart(odd)).startswith(b"\x89PNG")


@pytest.mark.parametrize("empty", [chart(panel([])), chart()], ids=["panel", "chart"])
def test_no_data_is_said(empty: Chart) -> None:
    assert "no data" in said(figure(empty))


@pytest.mark.parametrize("count", [1, 2, 8])
def test_no_text_lies_upon_another_or_outside(count: int) -> None:
    drawn = figure(
        chart(
            *(panel(wave(), [1.0] * 60, labels=("free", "swap")) for _ in range(count)),
            title="x " * 70,
        )
    )

    assert upon_another(drawn) == []
    assert outside(drawn) == []


def test_labels_keep_apart_and_inside() -> None:
    assert spread([0.1, 0.12], 0.2) == pytest.approx([0.1, 0.3])
    assert spread([0.95, 0.97], 0.2) == pytest.approx([0.8, 1.0])
    assert spread([0.1, 0.9, 0.95], 0.2) == pytest.approx([0.1, 0.8, 1.0])
    assert spread([], 0.2) == []


def test_the_window_is_the_whole_width() -> None:
    low, high = axes(chart(panel([1, 2]))).get_xlim()

    assert (low, high) == ((NOON - 60 * MINUTE) / SECOND, NOON / SECOND)
