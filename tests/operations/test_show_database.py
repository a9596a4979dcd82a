from typing import Any

import pytest

from bot.desk import barred
from bot.operation import Change
from bot.operations.create_snapshot import CreateSnapshot
from bot.operations.modify_storage import ModifyStorage
from bot.operations.show_database import _facts
from bot.values import Classified, Environment
from handlers.blocks.text import plain
from tests.samples import NOW, sample_database, sample_person

ANA_IN_BERLIN = sample_person(timezone="Europe/Berlin")


def told(what: str, **facts: Any) -> str:
    classified = Classified(environment=Environment.STAGING, rule="tag Environment=staging")
    shown = dict(_facts(sample_database(**facts), classified, ANA_IN_BERLIN, NOW))
    return plain(shown[what]) if what in shown else ""


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


@pytest.mark.parametrize(
    ("window", "said"),
    [("", "none"), ("03:00-04:00", "03:00\N{EN DASH}04:00 UTC (4:00 yours)")],
)
def test_a_window_is_named_only_where_there_is_one(window: str, said: str) -> None:
    assert told("Backup window", backup_window=window) == said


@pytest.mark.parametrize(
    ("engine", "said"), [("postgres", "1 GiB"), ("aurora-mysql", ""), ("aurora-postgresql", "")]
)
def test_storage_is_left_out_where_aws_names_a_figure_that_means_nothing(
    engine: str, said: str
) -> None:
    assert told("Storage", engine=engine, storage_gib=1) == said


@pytest.mark.parametrize(
    ("change", "facts", "is_barred"),
    [
        pytest.param(ModifyStorage, {}, False, id="what is missing is asked for in the form"),
        pytest.param(ModifyStorage, {"engine": "aurora-mysql"}, True, id="it never fits"),
        pytest.param(CreateSnapshot, {}, False, id="nothing is missing"),
        pytest.param(CreateSnapshot, {"cluster": "shop"}, True, id="a member"),
    ],
)
def test_a_form_is_offered_unless_no_value_would_fit(
    change: type[Change], facts: dict[str, Any], is_barred: bool
) -> None:
    assert barred(change, sample_database(**facts)) is is_barred
