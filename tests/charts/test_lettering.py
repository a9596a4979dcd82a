import pytest

from charts.fonts import cut, inches, squeezed, wrapped

NAME = "orders-analytics-replica-in-frankfurt-number"


def test_what_fits_stays_as_it_is() -> None:
    assert cut("short", 2, 9) == squeezed("short", 2, 9) == "short"
    assert wrapped("short", 2, 9, 2) == ("short",)


def test_words_are_cut_where_the_room_ends() -> None:
    found = cut("word " * 40, 2, 9)

    assert found.endswith("…")
    assert 1.8 < inches(found, 9) <= 2


def test_names_keep_both_ends() -> None:
    found = {squeezed(f"{NAME}-{number}", 1.5, 9) for number in range(10)}

    assert len(found) == 10
    assert all(inches(one, 9) <= 1.5 for one in found)
    assert all(one.startswith("orders") for one in found)


def test_lines_are_parted_at_spaces_or_hyphens() -> None:
    assert wrapped(f"{NAME}: CPU", 1.6, 9, 3)[0] == "orders-analytics-replica-"
    assert wrapped("one two three four five", 0.8, 9, 2)[0] == "one two"


@pytest.mark.parametrize("text", ["", "W", "W" * 300, "数据库" * 60, "a\nb\tc"])
@pytest.mark.filterwarnings("ignore:Glyph .* missing from font")
def test_any_text_fits(text: str) -> None:
    for found in (cut(text, 2, 9), squeezed(text, 2, 9), *wrapped(text, 2, 9, 2)):
        assert inches(found, 9) <= 2
        assert "\n" not in found
