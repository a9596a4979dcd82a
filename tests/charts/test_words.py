from charts.words import ALT, alt
from tests.charts.samples import chart, panel


def test_who_cannot_see_the_picture_reads_its_numbers() -> None:
    said = alt(chart(panel([40.0, 88.0, 34.5]), zone="Europe/Berlin"))

    assert said == (
        "orders-test: CPU reached 88 %. The last hour, each minute. "
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
