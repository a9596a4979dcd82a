"""What metrics measured, in figures."""

import pytest

from bot.aws.cloudwatch import UNITS
from bot.values import Curve, Panel, Series, figure
from bot.values._metrics import COUNTED
from charts.panels import figure as drawn
from charts.words import alt
from tests.charts.looking import said
from tests.charts.samples import NOON, chart

#: Without a unit, and yet may be a part of one: sessions and operations at a time, on average.
LOADS = {"DBLoad", "DiskQueueDepth"}


def test_every_metric_without_a_unit_is_a_count_or_a_load() -> None:
    assert {metric for metric, unit in UNITS.items() if not unit} == {*COUNTED, *LOADS}


@pytest.mark.parametrize("metric", COUNTED)
@pytest.mark.parametrize(("mean", "whole"), [(24.8, "25"), (0.4, "0"), (1_240.6, "1,241")])
def test_a_count_is_whole_in_sentences_and_in_pictures(
    metric: str, mean: float, whole: str
) -> None:
    curve = Curve(series=Series(metric=metric, unit="", points=((NOON - 60, mean), (NOON, mean))))
    given = chart(Panel(title="Counted", unit="", curves=(curve,)))

    assert figure(metric, mean, "", short=True) == whole
    assert f"now {whole}," in alt(given)
    picture = drawn(given)
    assert whole in said(picture)
    assert all(float(at).is_integer() for axes in picture.axes for at in axes.get_yticks())


def test_a_load_may_be_a_part_of_one() -> None:
    assert figure("DBLoad", 0.43, "") == "0.43"
    assert figure("SomebodysOwn", 0.43, "") == "0.43", "nobody knows what it counts"
