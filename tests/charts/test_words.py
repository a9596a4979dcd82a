import pytest

from bot.values import Curve, Drawable, Limit, Panel
from charts.words import ALT, alt
from tests.charts.samples import (
    BUSY,
    FLEET,
    MINUTE,
    NOON,
    REPORT,
    chart,
    heat,
    marked,
    marker,
    panel,
    report,
    row,
    series,
)


def test_who_cannot_see_the_picture_reads_its_numbers() -> None:
    said = alt(chart(panel([40.0, 88.0, 34.5]), zone="Europe/Berlin"))

    assert said == (
        "orders-test: CPU reached 88 %. The last hour, each minute, Europe/Berlin time. "
        "CPU: now 34.5 %, highest 88 % at Wed 13:58, lowest 34.5 %."
    )


def test_each_curve_is_named() -> None:
    said = alt(chart(panel([1.0], [2.0], title="Memory", labels=("free", "swap"))))

    assert "Memory: free now 1 %" in said
    assert "; swap now 2 %" in said


def test_a_curve_without_points_has_no_data() -> None:
    assert "CPU: no data." in alt(chart(panel([])))


def test_it_stays_within_what_slack_keeps() -> None:
    assert len(alt(chart(*(panel([1.0], title="Long " * 9) for _ in range(20))))) <= ALT


def test_moments_and_a_change_are_told_before_the_figures() -> None:
    change = (NOON - 30 * MINUTE, NOON - 22 * MINUTE)

    said = alt(marked(marker(30), change=change))

    assert (
        "each minute, UTC time. The change: 11:30 to 11:38. Marked: #12 reboot at Wed 11:30. CPU:"
        in said
    )


def test_lines_of_alarms_are_told_with_their_panel() -> None:
    lines = (Limit(value=80, label="alarm 80 %"), Limit(value=95, label="alarm 95 %"))
    given = panel([40.0]).model_copy(update={"alarms": lines})

    assert "CPU (alarm 80 %, alarm 95 %): now 40 %" in alt(chart(given))


def test_panels_without_room_are_told_too() -> None:
    given = chart(panel([40.0])).model_copy(update={"rest": (panel([7.0], title="Queue"),)})

    assert "Queue: now 7 %" in alt(given)


def test_a_week_before_is_told_by_its_mean() -> None:
    before = Curve(series=series([10.0, 20.0]), is_earlier=True)

    assert alt(chart(Panel(title="CPU", unit="%", curves=(before,)))).endswith(
        "CPU: a week before 15 % on average."
    )


def test_a_heat_map_is_told_by_the_highest_of_each() -> None:
    assert alt(FLEET).endswith(
        "The highest of each: orders-prod 97 % at Wed 11:15; orders-test 12 % at Wed 11:30; "
        "idle 1 % at Wed 11:30."
    )
    assert alt(heat(row("new", None))).endswith("The highest of each: new no data.")
    assert alt(heat()).endswith("The highest of each: no data.")


def test_strips_are_told_in_their_own_words() -> None:
    assert "orders-prod: now 34 %, 79 % at most. orders-test:" in alt(BUSY)


def test_a_report_is_told_with_what_is_certain_of_it() -> None:
    assert alt(REPORT).endswith(
        "Operations that succeeded: all 94 %, 88.5 to 97 %, n = 120, before 91 %; "
        "reboot too few to say, n = 2."
    )
    assert alt(report()).endswith("Operations that succeeded: no data.")


@pytest.mark.parametrize(
    "large",
    [heat(*[row("name" * 20, 1)] * 40), report(*[REPORT.scales[0].intervals[0]] * 40)],
    ids=["heat", "report"],
)
def test_large_pictures_stay_within_it_too(large: Drawable) -> None:
    assert len(alt(large)) == ALT
