from typing import Any

import pytest

from bot.operations.show_database import _facts
from bot.values import Classified, Environment
from handlers.blocks.text import plain
from tests.samples import sample_database


def told(what: str, **facts: Any) -> str:
    classified = Classified(environment=Environment.STAGING, rule="tag Environment=staging")
    return plain(dict(_facts(sample_database(**facts), classified))[what])


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"zone": ""}, "no"),
        ({"zone": "us-east-1a"}, "no, in us-east-1a"),
        ({"zone": "", "secondary_zone": "", "multi_az": True}, "yes, standby in another zone"),
        (
            {"zone": "us-east-1a", "secondary_zone": "us-east-1b", "multi_az": True},
            "yes, in us-east-1a, standby in us-east-1b",
        ),
    ],
)
def test_a_zone_is_named_only_where_aws_names_one(facts: dict[str, Any], said: str) -> None:
    assert told("Multi-AZ", **{"multi_az": False, **facts}) == said


@pytest.mark.parametrize(("window", "said"), [("", "none"), ("03:00-04:00", "03:00-04:00 UTC")])
def test_a_window_is_named_only_where_there_is_one(window: str, said: str) -> None:
    assert told("Backup window", backup_window=window) == said
