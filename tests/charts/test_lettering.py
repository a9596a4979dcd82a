import pytest

from charts.fonts import cut, pixels, squeezed, wrapped

NAME = "orders-analytics-replica-in-frankfurt-number"


def test_what_fits_stays_as_it_is() -> None:
    assert cut("short", 144, 9) == squeezed("short", 144, 9) == "short"
    assert wrapped("short", 144, 9, 2) == ("short",)


def test_words_are_cut_where_the_room_ends() -> None:
    found = cut("word " * 40, 144, 9)

    assert found.endswith("…")
    assert 130 < pixels(found, 9) <= 144


def test_names_keep_both_ends() -> None:
    found = {squeezed(f"{NAME}-{number}", 108, 9) for number in range(10)}

    assert len(found) == 10
    assert all(pixels(one, 9) <= 108 for one in found)
    assert all(one.startswith("orders") for one in found)


def test_lines_are_parted_at_spaces_or_hyphens() -> None:
    assert wrapped(f"{NAME}: CPU", 115, 9, 3)[0] == "orders-analytics-replica-"
    assert wrapped("one two three four five", 58, 9, 2)[0] == "one two"
    assert wrapped("orders 15 minutes after RDS-1001: worse", 150, 9, 3)[0].endswith("after")


@pytest.mark.parametrize("figure", ["60 %", "179 GiB", "0.6 ms", "3 B/s", "15 min"])
def test_a_figure_stays_with_its_unit(figure: str) -> None:
    for width in range(60, 300, 5):
        assert any(figure in one for one in wrapped(f"the value is {figure} now", width, 9, 6))


@pytest.mark.parametrize("text", ["", "W", "W" * 300, "数据库" * 60, "a\nb\tc"])
@pytest.mark.filterwarnings("ignore:Glyph .* missing from font")
def test_any_text_fits(text: str) -> None:
    for found in (cut(text, 144, 9), squeezed(text, 144, 9), *wrapped(text, 144, 9, 2)):
        assert pixels(found, 9) <= 144
        assert "\n" not in found
