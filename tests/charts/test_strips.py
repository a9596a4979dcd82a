from bot.values import SECOND
from charts.paper import COLOURS
from charts.render import figure
from charts.strips import MOST, TALL
from tests.charts.looking import lines, outside, points, said, upon_another
from tests.charts.samples import BUSY, NOON, strip, strips, wave


def test_each_strip_rises_from_nothing_to_its_own_highest() -> None:
    plot = figure(strips(strip("large", 0, 50, 100), strip("small", 0, 1, 2))).axes[-1]

    upper, lower = lines(plot, color=COLOURS[0], linewidth=1.4)
    assert [y for _, y in points(upper)] == [1, 1 + TALL / 2, 1 + TALL]
    assert [y for _, y in points(lower)] == [0, TALL / 2, TALL]
    assert points(upper)[-1][0] == NOON / SECOND - 60


def test_what_was_not_measured_parts_the_strip() -> None:
    plot = figure(strips(strip("one", 1, None, None, 1))).axes[-1]

    (line,) = lines(plot, color=COLOURS[0], linewidth=1.4)
    assert len(line.get_xdata()) == 3
    assert len(points(line)) == 2


def test_values_below_nothing_stay_in_their_line() -> None:
    plot = figure(strips(strip("one", -4, 0, 4))).axes[-1]

    (line,) = lines(plot, color=COLOURS[0], linewidth=1.4)
    assert [y for _, y in points(line)] == [0, TALL / 2, TALL]


def test_each_says_its_name_and_its_figures() -> None:
    drawn = figure(BUSY)

    assert {"orders-prod", "now 34 %, 79 % at most"} <= set(said(drawn))
    assert upon_another(drawn) == []


def test_long_words_are_shortened() -> None:
    drawn = figure(strips(strip("name-" * 20, *wave(), said="words " * 30), strip("empty")))

    assert upon_another(drawn) == []
    assert outside(drawn) == []


def test_what_has_no_room_is_counted_and_no_strip_is_said() -> None:
    crowd = figure(strips(*[strip("one", 1, 2)] * (MOST + 1)))

    assert crowd.texts[1].get_text().startswith("1 more are not shown")
    assert "no data" in said(figure(strips()))
