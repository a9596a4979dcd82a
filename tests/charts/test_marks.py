"""Moments, changes and weeks before: in every panel, explained once."""

import pytest
from matplotlib.figure import Figure

from bot.values import SECOND, Chart, Curve, Panel
from charts.curves import EARLIER
from charts.markers import MOST, beside, chosen
from charts.paper import INK
from charts.render import figure
from tests.charts.looking import lines, outside, points, said, upon_another
from tests.charts.samples import MINUTE, NOON, chart, marked, marker, series, wave

REBOOT = marker(30)
STOPPED = marker(29, "DB instance stopped", is_own=False)


def upright(drawn: Figure) -> list[list[float]]:
    """Where the marks stand in each panel, in minutes before noon."""
    own = [lines(one, color=INK, linewidth=1.0) for one in drawn.axes if one.get_xlim()[0] > 1e9]
    return [[(NOON / SECOND - one.get_xdata()[0]) / 60 for one in panel] for panel in own]


def test_a_moment_stands_in_every_panel_and_is_told_once() -> None:
    drawn = figure(marked(REBOOT, panels=3))

    assert upright(drawn) == [[30.0]] * 3
    assert said(drawn).count("11:30 #12 reboot") == 1


def test_what_the_bot_did_looks_unlike_what_rds_says() -> None:
    plot = figure(marked(REBOOT, STOPPED)).axes[-1]

    own, event = lines(plot, color=INK, linewidth=1.0)
    assert (own.get_linestyle(), event.get_linestyle()) == ("-", "--")
    number, other = (one for one in plot.texts if one.get_text() in "12")
    assert number.get_color() != other.get_color()


def test_moments_outside_the_window_are_left_out() -> None:
    assert upright(figure(marked(marker(61), marker(-1), REBOOT))) == [[30.0]]


def test_the_bots_own_and_the_latest_moments_are_marked_and_the_rest_is_counted() -> None:
    events = [marker(59 - number, f"event {number}", is_own=False) for number in range(12)]

    kept = chosen([REBOOT, *events])

    assert len(kept) == MOST
    assert REBOOT in kept
    assert [one.at for one in kept] == sorted(one.at for one in kept)
    assert "and 9 more, not marked" in said(figure(marked(*events, REBOOT)))


def test_numbers_keep_apart_and_stay_above_their_panel() -> None:
    assert beside([0.0, 0.5, 1.0], 0.1) == pytest.approx([0.05, 0.5, 0.95])
    crowd = [marker(minutes, f"event {minutes}", is_own=False) for minutes in (5, 4, 3, 2, 1, 0)]

    drawn = figure(marked(*crowd, panels=4))

    assert upon_another(drawn) == []
    assert outside(drawn) == []


def test_a_change_is_shaded_from_its_start_to_its_end() -> None:
    drawn = figure(marked(change=(NOON - 40 * MINUTE, NOON - 35 * MINUTE)))

    (shade,) = drawn.axes[-1].patches
    assert [x * SECOND for x in shade.get_extents().transformed(
        drawn.axes[-1].transData.inverted()).intervalx] == [
        NOON - 40 * MINUTE, NOON - 35 * MINUTE]  # fmt: skip
    assert "the change, 11:20 to 11:25" in said(drawn)


def test_a_change_reaches_no_further_than_the_window() -> None:
    drawn = figure(marked(change=(NOON - 900 * MINUTE, NOON - 55 * MINUTE)))

    assert "the change, 11:00 to 11:05" in said(drawn)
    assert drawn.axes[-1].get_xlim()[0] == (NOON - 60 * MINUTE) / SECOND


def week_before(*values: float) -> Chart:
    before = Curve(series=series(values), is_earlier=True)
    return chart(Panel(title="CPU", unit="%", curves=(before, Curve(series=series(wave())))))


def test_the_week_before_is_an_area_behind_and_explained() -> None:
    drawn = figure(week_before(10, 20, 30))

    plot = drawn.axes[-1]
    grey, bold = lines(plot, **EARLIER)[0], lines(plot, linewidth=1.5)[0]
    assert [value for _, value in points(grey)] == [10, 20, 30]
    assert grey.get_zorder() < bold.get_zorder()
    assert grey.get_linestyle() == "-"
    assert len(plot.collections) == 1
    assert said(drawn).count("a week before") == 1
    assert "30 %" not in said(drawn)


def test_the_week_before_fits_the_scale_too() -> None:
    assert figure(week_before(95, 99)).axes[-1].get_ylim() == (0, 100)
