"""What AWS nests in its answers reaches people in words, never as Python writes it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.aws.rds import worded
from bot.values import Call

WORDED: dict[str, tuple[Any, str]] = {
    "a name": ("db.r6g.large", "db.r6g.large"),
    "a number": (200, "200"),
    "true": (True, "yes"),
    "false": (False, "no"),
    "nothing": (None, ""),
    "nothing nested": ({"LogTypesToEnable": [], "LogTypesToDisable": None}, ""),
    "logs to export": (
        {"LogTypesToEnable": ["audit", "error"], "LogTypesToDisable": ["slowquery"]},
        "LogTypesToEnable: audit, error; LogTypesToDisable: slowquery",
    ),
    "processor features": (
        [{"Name": "coreCount", "Value": "4"}, {"Name": "threadsPerCore", "Value": "1"}],
        "coreCount 4, threadsPerCore 1",
    ),
    "a capacity": ({"MinCapacity": 0.5, "MaxCapacity": 8.0}, "MinCapacity: 0.5; MaxCapacity: 8.0"),
    "an instant": (datetime(2026, 11, 20, 14, 3, tzinfo=UTC), "2026-11-20 14:03 UTC"),
    "deeply nested": ({"A": {"B": [{"C": True}, {"D": ()}]}}, "A: B: C: yes"),
}


@pytest.mark.parametrize(("value", "words"), WORDED.values(), ids=WORDED)
def test_a_nested_value_is_put_into_words(value: Any, words: str) -> None:
    assert worded(value) == words


def test_a_call_is_written_as_aws_does() -> None:
    arguments = {"Name": "it's", "ForceFailover": True, "Tags": [{"Key": "a", "Value": None}]}

    said = str(Call(action="rds:X", arguments=arguments))

    assert said == 'rds:X(Name="it\'s", ForceFailover=true, Tags=[{"Key": "a", "Value": null}])'
