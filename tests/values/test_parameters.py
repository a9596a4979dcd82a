"""What a parameter's own list has room for."""

import pytest

from bot.values import DBParameter


@pytest.mark.parametrize(
    ("allowed", "value", "fits"),
    [
        ("1-100000", "450", True),
        ("1-100000", "0", False),
        ("1-100000", "many", False),
        ("1-100000", "1e3", False),
        ("-1-2147483647", "-1", True),
        ("0-1.0", "0.9", True),
        ("0, 5-9", "6", True),
        ("0, 5-9", "4", False),
        ("ROW,STATEMENT,MIXED", "MIXED", True),
        ("ROW,STATEMENT,MIXED", "ROW,MIXED", False),
        ("1-100000", "{DBInstanceClassMemory/12582880}", True),
        ("1-100000", "LEAST({DBInstanceClassMemory/9531392},5000)", True),
        ("", "anything", True),
    ],
)
def test_a_value_is_held_against_ranges_and_words_and_a_formula_is_not(
    allowed: str, value: str, fits: bool
) -> None:
    assert DBParameter(name="x", allowed=allowed).allows(value) is fits


def test_each_item_of_a_list_is_held_against_them() -> None:
    libraries = DBParameter(name="x", data_type="list", allowed="auto_explain,pg_cron,pgaudit")

    assert libraries.allows("pgaudit, pg_cron")
    assert not libraries.allows("pgaudit,pg_corn")
