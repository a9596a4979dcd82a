"""What can be read and told where most people see a picture: in Slack's preview, on a phone."""

import pytest

from benchmarks.preview import LEAST, SAMPLES, TALL, WIDE, chart, flat, heat, members, smallest
from benchmarks.preview import curve as drawn_curve
from benchmarks.preview import panel as drawn_panel
from bot.values import Drawable, Interval, Limit, Report, Scale, Strip
from charts.render import draw, figure
from tests.charts.looking import outside, said, upon_another
from tests.charts.samples import BUSY, marked, marker, panel, row, strips, wave
from tests.charts.samples import chart as small
from tests.charts.samples import heat as small_heat

LONG = "orders-analytics-replica-in-frankfurt-for-the-reports-number-1 "
LACKS = "CPU, Connections, Memory, Latency and 4 more could not be read; Network only in part"
WORDY = {"title": LONG * 9, "unread": LONG * 9}


def crowded(panels: int, curves: int) -> Drawable:
    one = drawn_panel(LONG, *(drawn_curve(flat(2.0**30 * n + 1), "B/s", f"{LONG}{n}")
                              for n in range(curves)))  # fmt: skip
    return chart(LONG * 9, *[one] * panels, unread=LACKS)


HOSTILE = {
    **{f"{panels} panels of {curves}": crowded(panels, curves)
       for panels in (1, 2, 3, 4, 5, 8) for curves in (1, 2, 6)},
    "twelve moments": marked(*(marker(5 * one, f"{LONG} {one}") for one in range(12)), panels=8),
    "far below nothing": small(*[panel([-4e12, 3e12], unit="B")] * 4),
    "no panel": small(title=LONG * 9),
    "no figures": small(*[panel([])] * 8),
    "a zone without letters": small(panel(wave()), zone="America/Sao_Paulo"),
    "a zone of half an hour": small(*[panel(wave())] * 8, zone="Asia/Kathmandu"),
    "long words of a heat map": heat(40).model_copy(update=WORDY),
    "long words of strips": strips(*BUSY.strips * 9).model_copy(update=WORDY),
    "300 rows": small_heat(*(row(f"{LONG}{one}", 1, None, 3, 100) for one in range(300))),
    "40 strips": strips(*[Strip(label=LONG, said=LONG, series=drawn_curve(flat(1)).series)] * 40),
    "40 figures": Report(title=LONG * 9, about=LONG * 9, scales=tuple(
        Scale(title=LONG, unit="min", intervals=(
            Interval(label=LONG, count=10**6, value=1e7, low=9e6, high=1.1e7, before=1.0),) * 8)
        for _ in range(5))),
}  # fmt: skip


@pytest.mark.parametrize("drawable", [*SAMPLES.values(), *HOSTILE.values()],
                         ids=[*SAMPLES, *HOSTILE])  # fmt: skip
def test_no_type_is_smaller_than_eleven_px_in_the_preview(drawable: Drawable) -> None:
    drawn = figure(drawable)

    assert smallest(drawn) >= LEAST - 0.01
    assert drawn.bbox.width / WIDE == pytest.approx(3)
    assert drawn.bbox.height <= 3 * TALL + 1
    assert upon_another(drawn) == []
    assert outside(drawn) == []


@pytest.mark.parametrize("kind", ["metrics, 8 panels", "metrics, cluster of 6", "heat map, 40"])
def test_a_file_stays_small(kind: str) -> None:
    assert len(draw(SAMPLES[kind])) <= 200_000


@pytest.mark.parametrize(("panels", "size"), [(1, 14.0), (2, 12.5), (4, 11.0), (8, 11.0)])
def test_few_panels_have_larger_type(panels: int, size: float) -> None:
    drawn = figure(small(*[panel(wave())] * panels))

    assert next(one.get_fontsize() for one in drawn.axes[-1].get_xticklabels()) == size


@pytest.mark.parametrize(
    ("zone", "named"),
    [("Europe/Berlin", "CEST"), ("America/New_York", "EDT"), ("America/Sao_Paulo", "UTC-3"),
     ("Asia/Kathmandu", "UTC+5:45"), ("UTC", "UTC"), ("nowhere", "UTC")],
)  # fmt: skip
@pytest.mark.parametrize("panels", [1, 4, 8])
def test_whose_time_it_is_stands_at_the_axis(zone: str, named: str, panels: int) -> None:
    drawn = figure(small(*[panel(wave())] * panels, zone=zone))

    assert named in said(drawn)


def test_panels_below_each_other_have_one_axis_of_times() -> None:
    drawn = figure(small(*[panel(wave())] * 4))

    times = [[one.get_text() for one in each.get_xticklabels() if one.get_text()]
             for each in drawn.axes]  # fmt: skip
    assert times[:3] == [[], [], []]
    assert "11:30" in times[3]


def test_panels_without_room_are_counted() -> None:
    given = small(panel(wave())).model_copy(update={"rest": (panel(wave()), panel(wave()))})

    assert "2 more are not shown" in said(figure(given))[1]


@pytest.mark.parametrize("alarms", [1, 2], ids=["one", "two that are close"])
def test_the_lines_of_alarms_are_drawn_however_far_the_curve_is(alarms: int) -> None:
    lines = tuple(Limit(value=900.0 + one, label=f"alarm {900 + one}") for one in range(alarms))
    given = panel([4.0, 5.0], unit="").model_copy(update={"alarms": lines})

    drawn = figure(small(*[given] * 4))

    assert said(drawn).count("alarm 900") == 4
    assert drawn.axes[-1].get_ylim()[1] >= 900
    assert upon_another(drawn) == []


def test_names_without_room_are_counted() -> None:
    given = drawn_panel("CPU", *(drawn_curve(flat(9), "B", f"a-long-name-{n}") for n in range(6)))

    alone = figure(chart("x", given, *[drawn_panel("CPU", drawn_curve(flat(9)))] * 7))

    assert any(one.startswith("+") for one in said(alone)) or "a-long-name-5" in said(alone)


def test_members_are_named_once_and_told_in_every_panel() -> None:
    drawn = figure(chart("x", *[members(6)] * 4))

    assert said(drawn).count("0 writer") == 1
    assert len([one for one in said(drawn) if one.endswith("%")]) >= 4 * 6


def test_a_heat_map_of_a_large_fleet_shows_the_worst_and_counts_the_rest() -> None:
    drawn = figure(heat(40).model_copy(update={"others": 62}))

    assert "orders-staging-11" in said(drawn)
    assert "orders-staging-12" not in said(drawn)
    assert "+90 more, none higher" in said(drawn)
