from bot.values import Interval
from charts.paper import COLOURS, PAPER
from charts.render import figure
from tests.charts.looking import lines, outside, points, said, upon_another
from tests.charts.samples import ALL, FEW, REPORT, report


def test_a_figure_is_a_point_in_its_interval_beside_what_was_before() -> None:
    plot = figure(report(ALL)).axes[-1]

    (bar,) = lines(plot, color=COLOURS[0], linewidth=2.2)
    assert points(bar) == [(88.5, 0.5), (97, 0.5)]
    before, now = lines(plot, marker="o")
    assert (points(before), points(now)) == ([(91, 0.5)], [(94, 0.5)])
    assert before.get_markerfacecolor() == PAPER
    assert now.get_markerfacecolor() == COLOURS[0]


def test_the_figures_are_said_with_how_many_cases_they_rest_on() -> None:
    texts = said(figure(report(ALL)))

    assert {"all", "94 %", "88.5 to 97 %, n = 120"} <= set(texts)
    assert {"in its 95 % interval", "the period before"} <= set(texts)


def test_too_few_cases_are_no_point() -> None:
    drawn = figure(report(ALL, FEW))

    assert len(lines(drawn.axes[-1], marker="o")) == 2
    assert {"too few to say", "n = 2"} <= set(said(drawn))


def test_a_share_has_the_whole_scale_and_a_time_what_it_needs() -> None:
    slow = Interval(label="reboot", count=9, value=40, low=20, high=95)

    assert figure(report(ALL)).axes[-1].get_xlim() == (0, 100)
    assert figure(report(slow, unit="min")).axes[-1].get_xlim() == (0, 150)


def test_a_report_without_figures_says_so() -> None:
    assert "no data" in said(figure(report()))
    assert "no data" in said(figure(report(FEW)))
    assert "no data" in said(figure(REPORT.model_copy(update={"scales": ()})))


def test_a_scale_of_which_nothing_is_known_has_no_empty_axes() -> None:
    drawn = figure(REPORT.model_copy(update={"scales": report(ALL).scales + report(FEW).scales}))

    assert len([one for one in drawn.axes if one.axison]) == 1


def test_no_text_of_a_report_lies_upon_another() -> None:
    large = Interval(label="a-very-long-name-of-an-operation " * 2, count=12_345, value=1e7,
                     low=9e6, high=1.1e7, before=1e7)  # fmt: skip
    drawn = figure(REPORT.model_copy(update={"scales": report(ALL, FEW, large).scales * 3}))

    assert upon_another(drawn) == []
    assert outside(drawn) == []
