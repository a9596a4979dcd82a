"""What is written for spreadsheets, against what they take for a formula."""

import csv
import io

import pytest

from bot.spreadsheets import csv_line

#: Plain, of full width, small, raised, and the true minus.
SIGNS = (
    "=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\ufe66", "\ufe62", "\ufe63",
    "\ufe6b", "\u207c", "\u207a", "\u207b", "\u2212",
)  # fmt: skip
#: What is cut off or not shown before a sign: blanks of every kind, controls, what has no width.
HIDING = (
    "", " ", "   ", "\t", "\r", "\n", "\r\n", "\v", "\f", "\0", "\x1f", "\x85", "\xa0", "\u1680",
    "\u2003", "\u2028", "\u202f", "\u3000", "\u200b", "\u200d", "\u2060", "\ufeff", "\xad",
    "\u202e", "\u034f", "\u3164", "\u2800", "\ufe0f", " \u200b\t",
)  # fmt: skip


def read(line: str) -> list[str]:
    [row] = csv.reader(io.StringIO(line, newline=""))
    return row


@pytest.mark.parametrize("hiding", HIDING, ids=ascii)
@pytest.mark.parametrize("sign", SIGNS, ids=ascii)
def test_no_sign_begins_a_formula_whatever_stands_before_it(sign: str, hiding: str) -> None:
    text = f"{hiding}{sign}cmd|' /C calc'!A0"

    assert read(csv_line([text])) == [f"'{text}"]


@pytest.mark.parametrize("hiding", HIDING[1:], ids=ascii)
def test_what_begins_with_nothing_to_see_is_marked_as_text(hiding: str) -> None:
    assert read(csv_line([f"{hiding}=1"]))[0].startswith("'")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"], ids=ascii)
def test_no_cell_can_begin_another_one(separator: str) -> None:
    """As in the countries where a spreadsheet separates cells by semicolons."""
    line = csv_line([f'said "so"{separator}=1+1', "next"])

    rows = list(csv.reader(io.StringIO(line, newline=""), delimiter=separator))
    assert not [cell for row in rows for cell in row if cell.startswith("=")]


@pytest.mark.parametrize(
    "text",
    [
        "orders-test", "snapshot orders-test before-1", '{"risk": "low"}', "<@U0ANA>", "`SELECT 1`",
        "Größe: 3\nzwei", "数据库", "2026-11-20 14:03 UTC", "(unknown)", "⚠ storage", "#databases",
        "/rds list", "", "a=b", "1+1",
    ],
)  # fmt: skip
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert read(csv_line([text])) == [text]


def test_numbers_stay_numbers_and_nothing_stays_empty() -> None:
    assert csv_line([1, -2.5, None]) == '1,-2.5,""\r\n'
