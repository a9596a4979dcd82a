"""Tags over HTTP: set, removed, listed, shown, refused."""

from typing import Any

import pytest

from bot.sandbox.aws import AWSSandbox, ClusterSpec, InstanceSpec
from tests.sandbox.modelled import Modelled

FLEET = (InstanceSpec("alone", tags={"Environment": "dev"}), ClusterSpec("shop", members=("s-1",)))
ACCOUNT = "arn:aws:rds:us-east-1:123456789012"


@pytest.fixture
def aws(shared_aws: AWSSandbox) -> AWSSandbox:
    shared_aws.reset()
    shared_aws.seed(FLEET)
    return shared_aws


def tag(key: str, value: str = "x") -> dict[str, str]:
    return {"Key": key, "Value": value}


def test_tags_are_shown_at_once_wherever_they_are_told(aws: AWSSandbox, ask: Modelled) -> None:
    ask.create_db_snapshot(DBInstanceIdentifier="alone", DBSnapshotIdentifier="kept")
    aws.advance(300)
    for kind, name in (("db", "alone"), ("cluster", "shop"), ("snapshot", "kept")):
        arn = {"ResourceName": f"{ACCOUNT}:{kind}:{name}"}
        ask.add_tags_to_resource(**arn, Tags=[tag("Owner", "ana"), tag("Environment", "test")])
        ask.remove_tags_from_resource(**arn, TagKeys=["Owner", "absent"])
        assert ask.list_tags_for_resource(**arn)["TagList"] == [tag("Environment", "test")]

    snapshot = ask.describe_db_snapshots(DBSnapshotIdentifier="kept")["DBSnapshots"][0]
    for found in (ask.instance("alone"), ask.cluster("shop"), snapshot):
        assert found["TagList"] == [tag("Environment", "test")]


@pytest.mark.parametrize(
    ("name", "tags", "code"),
    [
        ("db:nobody", [tag("a")], "DBInstanceNotFound"),
        ("cluster:nobody", [tag("a")], "DBClusterNotFoundFault"),
        ("snapshot:nothing", [tag("a")], "DBSnapshotNotFound"),
        ("pg:nothing", [tag("a")], "InvalidParameterValue"),
        ("db:alone", [tag("aws:owner")], "InvalidParameterValue"),
        ("db:alone", [tag("k" * 129)], "InvalidParameterValue"),
        ("db:alone", [tag("a", "v" * 257)], "InvalidParameterValue"),
        ("db:alone", [tag(f"k{number}") for number in range(50)], "InvalidParameterValue"),
    ],
)
def test_what_cannot_be_tagged_is_refused_and_nothing_is_set(
    ask: Modelled, name: str, tags: list[dict[str, str]], code: str
) -> None:
    arn: dict[str, Any] = {"ResourceName": f"{ACCOUNT}:{name}"}

    assert ask.refusal("add_tags_to_resource", **arn, Tags=tags) == code
    assert ask.instance("alone")["TagList"] == [tag("Environment", "dev")]
