from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes

from bot.values import SECOND, HeatMap
from charts.heat import MOST, ramp
from charts.render import figure
from tests.charts.looking import outside, said, upon_another
from tests.charts.samples import FLEET, MINUTE, NOON, heat, row


def plot(given: HeatMap) -> Axes:
    return figure(given).axes[-1]


def shown(image: Any) -> list[list[float]]:
    """What was not measured as -1."""
    return list(np.ma.filled(image.get_array(), -1).tolist())


def test_each_database_is_a_row_and_each_period_a_cell() -> None:
    (image,) = plot(FLEET).images

    assert tuple(image.get_extent()) == ((NOON - 60 * MINUTE) / SECOND, NOON / SECOND, 3, 0)
    assert shown(image) == [[50, 97, 60, 61], [10, -1, 12, 11], [0, 0, 1, 0]]
    assert image.get_clim() == (0, 100)


def test_each_row_says_its_name_and_its_highest_value() -> None:
    texts = said(figure(FLEET))

    assert {"orders-prod", "97 %", "orders-test", "12 %", "idle", "1 %"} <= set(texts)


def test_what_was_not_measured_is_hatched_and_said() -> None:
    assert "not measured" in said(figure(FLEET))
    assert "not measured" not in said(figure(heat(row("full", 1, 2, 3, 4))))
    assert ramp().get_bad()[3] == 0
    assert plot(FLEET).patches[0].get_hatch()


def test_rows_that_do_not_fill_the_window_or_exceed_it_keep_their_places() -> None:
    (image,) = plot(heat(row("short", 7), row("long", 1, 2, 3, 4, 5), row("none"))).images

    assert shown(image) == [[7, -1, -1, -1], [1, 2, 3, 4], [-1, -1, -1, -1]]


def test_more_databases_than_can_be_read_are_counted() -> None:
    drawn = figure(heat(*(row(f"db-{number}", 1, 2, 3, 4) for number in range(MOST + 3))))

    assert "+3 more, none higher" in said(drawn)
    assert f"db-{MOST}" not in said(drawn)


def test_no_database_at_all_is_said() -> None:
    assert "no data" in said(figure(heat()))


@pytest.mark.parametrize("count", [1, 40])
def test_long_names_are_told_apart_and_nothing_lies_upon_another(count: int) -> None:
    name = "orders-analytics-replica-in-frankfurt-for-the-reports-number"
    drawn = figure(heat(*(row(f"{name}-{one}", 1, None, 3, 100) for one in range(count))))

    assert upon_another(drawn) == []
    assert outside(drawn) == []
    named = {one for one in said(drawn) if one.startswith("orders-")}
    assert len(named) == min(count, MOST)
