"""The script that the benchmark compares with draws the same."""

from benchmarks import bare, drawing
from charts.render import figure
from tests.charts.looking import lines, points, said

GIVEN = drawing.chart(0)


def test_a_bare_script_draws_the_same_curves() -> None:
    ours, theirs = (
        [points(line) for one in drawn.axes for line in lines(one, linewidth=1.5) if points(line)]
        for drawn in (figure(GIVEN), bare.figure(GIVEN))
    )

    curves = [one for one in ours if len(one) > 1]
    assert curves == theirs
    assert len(curves) == 7


def test_it_says_the_same_and_is_as_large_and_as_sharp() -> None:
    ours, theirs = figure(GIVEN), bare.figure(GIVEN)

    titles = [one.get_title(loc="left") for one in theirs.axes]
    assert sorted(said(ours)) == sorted([*said(theirs), *titles])
    assert [round(one.bbox.height / 10) for one in (ours, theirs)] == [108, 108]
    assert ours.bbox.width == theirs.bbox.width
