"""What is read of AWS's answers: only what its own model has, and each date by what it means."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import botocore.session
import pytest
from botocore.model import ListShape, Shape, StructureShape

from bot.aws import rds
from bot.aws.region import QUOTAS, SNAPSHOTS
from bot.aws.session import Account
from bot.aws.snapshots import RESOURCE
from bot.fleet.maintenance import when
from bot.values import SECOND, Kind, Maintenance, Moment

MODEL = botocore.session.get_session().get_service_model("rds")
ACCOUNT = Account(id="123456789012", name="main", regions=("us-east-1",))
NOON = int(datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()) * SECOND
DAY = 86_400 * SECOND


class Answer(dict[str, Any]):
    """An answer with every member of its shape; asking for another one is an error."""

    def __init__(self, shape: StructureShape) -> None:
        super().__init__({name: _sample(name, one) for name, one in shape.members.items()})
        self.shape = shape

    def get(self, name: str, default: Any = None) -> Any:
        assert name in self.shape.members, f"{self.shape.name} has no {name}"
        return self[name]


def _sample(name: str, shape: Shape) -> Any:
    if name == "PendingModifiedValues":
        return {}  # what stands in there is shown whatever it is called
    if isinstance(shape, StructureShape):
        return Answer(shape)
    if isinstance(shape, ListShape):
        return [_sample(name, shape.member)]
    samples: Mapping[str, Any] = {
        "timestamp": datetime.fromtimestamp(NOON / SECOND, UTC), "boolean": True, "integer": 7,
        "double": 0.5, "long": 7, "float": 0.5,
    }  # fmt: skip
    return samples.get(shape.type_name, name)


def _shape(name: str) -> StructureShape:
    shape = MODEL.shape_for(name)
    assert isinstance(shape, StructureShape)
    return shape


def test_of_a_database_only_what_the_model_has_is_read() -> None:
    instance = rds.instance(Answer(_shape("DBInstance")), ACCOUNT, "us-east-1", NOON)
    cluster = rds.cluster(Answer(_shape("DBCluster")), ACCOUNT, "us-east-1", NOON)

    assert instance.endpoints == ("address",)
    assert cluster.endpoints == ("endpoint", "readerendpoint", "customendpoints")
    assert (instance.insights_mode, instance.copies_tags) == ("DatabaseInsightsMode", True)
    assert (instance.target.resource_id, cluster.target.resource_id) == (
        "DbiResourceId", "DbClusterResourceId",
    )  # fmt: skip


def test_of_what_surrounds_it_too() -> None:
    for kind, shape in ((Kind.INSTANCE, "DBSnapshot"), (Kind.CLUSTER, "DBClusterSnapshot")):
        snapshot = rds.snapshot(Answer(_shape(shape)), kind)
        assert snapshot.resource_id == RESOURCE[kind]
    [pending] = rds.maintenance(Answer(_shape("ResourcePendingMaintenanceActions")))
    assert pending.asked_for == "OptInStatus"
    rds.event(Answer(_shape("Event")) | {"EventId": ""})


def test_what_is_asked_for_is_a_parameter_of_the_call() -> None:
    calls = {Kind.INSTANCE: "DescribeDBSnapshots", Kind.CLUSTER: "DescribeDBClusterSnapshots"}
    for kind, call in calls.items():
        asked = MODEL.operation_model(call).input_shape
        assert asked is not None
        assert RESOURCE[kind] in asked.members
        assert SNAPSHOTS[kind][0].replace("_", "") == call.lower()
    asked = MODEL.operation_model("DescribePendingMaintenanceActions").input_shape
    assert asked is not None
    assert "ResourceIdentifier" in asked.members
    assert all(f"<code>{name}</code>" in _shape("AccountQuota").documentation for name in QUOTAS)


def _raw(**dates: int) -> dict[str, Any]:
    given = {name: datetime.fromtimestamp((NOON + at * DAY) / SECOND, UTC) for name, at in
             dates.items()}  # fmt: skip
    return {
        "ResourceIdentifier": "arn",
        "PendingMaintenanceActionDetails": [{"Action": "system-update", **given}],
    }


@pytest.mark.parametrize(
    ("dates", "due"),
    [
        ({"CurrentApplyDate": 3}, 3),
        ({"CurrentApplyDate": 3, "AutoAppliedAfterDate": 9, "ForcedApplyDate": 20}, 3),
        ({"CurrentApplyDate": 9, "AutoAppliedAfterDate": 3}, 9),
        ({"CurrentApplyDate": 12, "AutoAppliedAfterDate": 9, "ForcedApplyDate": 5}, 12),
        ({"AutoAppliedAfterDate": 9, "ForcedApplyDate": 20}, 9),
        ({"ForcedApplyDate": 20}, 20),
        ({}, None),
    ],
)
def test_the_date_that_holds_is_the_current_one(dates: dict[str, int], due: int | None) -> None:
    [pending] = rds.maintenance(_raw(**dates))

    assert pending.due_at == (None if due is None else NOON + due * DAY)
    assert (pending.forced_at is None) is ("ForcedApplyDate" not in dates)
    assert (pending.auto_after is None) is ("AutoAppliedAfterDate" not in dates)


def _said(pending: Maintenance) -> str:
    def text() -> Iterator[str]:
        for span in when(pending, NOON):
            assert isinstance(span, str | Moment)
            days = f"day {(span.at - NOON) // DAY}" if isinstance(span, Moment) else ""
            yield span if isinstance(span, str) else days

    return "".join(text())


@pytest.mark.parametrize(
    ("pending", "said"),
    [
        ({}, "Nothing makes AWS apply it yet."),
        ({"due_at": 3}, "AWS applies it by itself, from day 3 on."),
        ({"due_at": 3, "forced_at": 3}, "AWS applies it by itself, from day 3 on."),
        ({"due_at": 3, "forced_at": 20},
         "AWS applies it by itself, from day 3 on; whatever the window, from day 20 on."),
        ({"due_at": 3, "asked_for": "next-maintenance"},
         "AWS applies it by itself, from day 3 on (somebody asked for it: next-maintenance)."),
        ({"due_at": -1}, "AWS applies it by itself, in the next maintenance window."),
        ({"due_at": -1, "asked_for": "immediate"},
         "AWS applies it now (somebody asked for it: immediate)."),
    ],
)  # fmt: skip
def test_all_dates_are_said(pending: dict[str, Any], said: str) -> None:
    at = {name: NOON + one * DAY for name, one in pending.items() if isinstance(one, int)}

    assert _said(Maintenance(arn="arn", action="system-update", **pending | at)) == said
