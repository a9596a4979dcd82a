"""What becomes of snapshots: copied near and far, shared, exported, deleted or kept."""

from typing import Any

import pytest

from bot.sandbox.aws import ANALYTICS, AWSSandbox, ClusterSpec, InstanceSpec
from tests.sandbox.modelled import Modelled

FLEET = (InstanceSpec("alone", backups=2), ClusterSpec("shop", members=("s-1",), backups=1))
HERE = "arn:aws:rds:us-east-1:123456789012"
AUTOMATED = "rds:alone-2026-07-01-03-00"
FAR = "eu-west-1"


@pytest.fixture
def aws(shared_aws: AWSSandbox) -> AWSSandbox:
    shared_aws.reset()
    shared_aws.seed(FLEET)
    rds = shared_aws.client("rds")
    rds.create_db_snapshot(DBInstanceIdentifier="alone", DBSnapshotIdentifier="one")
    rds.create_db_cluster_snapshot(DBClusterIdentifier="shop", DBClusterSnapshotIdentifier="all")
    shared_aws.advance(300)
    rds.create_db_snapshot(DBInstanceIdentifier="alone", DBSnapshotIdentifier="busy")
    return shared_aws


def key(aws: AWSSandbox, region: str = "us-east-1") -> str:
    made: str = aws.client("kms", region=region).create_key()["KeyMetadata"]["Arn"]
    return made


def snapshot(ask: Modelled, name: str) -> dict[str, Any]:
    return dict(ask.describe_db_snapshots(DBSnapshotIdentifier=name)["DBSnapshots"][0])


def copy(source: str = "one", target: str = "two", **more: Any) -> dict[str, Any]:
    return {"SourceDBSnapshotIdentifier": source, "TargetDBSnapshotIdentifier": target, **more}


def test_a_copy_names_its_source_and_takes_its_time(aws: AWSSandbox, ask: Modelled) -> None:
    copying = ask.copy_db_snapshot(**copy(CopyTags=True))["DBSnapshot"]
    kept = ask.refusal("delete_db_snapshot", DBSnapshotIdentifier="one")
    aws.advance(300)

    assert (copying["Status"], snapshot(ask, "two")["Status"]) == ("copying", "available")
    assert copying["SourceDBSnapshotIdentifier"] == f"{HERE}:snapshot:one"
    assert kept == "InvalidDBSnapshotState"
    assert ask.told("two") == [
        "Started copy of snapshot one from region us-east-1",
        "Finished copy of snapshot one from region us-east-1",
    ]
    ask.delete_db_snapshot(DBSnapshotIdentifier="one")


def test_a_copy_comes_from_another_region_with_a_key_of_this_one(aws: AWSSandbox) -> None:
    far = Modelled(aws, region=FAR)
    one = copy(f"{HERE}:snapshot:one", SourceRegion="us-east-1")
    without = far.refusal("copy_db_snapshot", **one)
    made = far.copy_db_snapshot(**one, KmsKeyId=key(aws, FAR))["DBSnapshot"]
    clustered = far.copy_db_cluster_snapshot(
        SourceDBClusterSnapshotIdentifier=f"{HERE}:cluster-snapshot:all",
        TargetDBClusterSnapshotIdentifier="all",
        SourceRegion="us-east-1",
        KmsKeyId=key(aws, FAR),
    )["DBClusterSnapshot"]
    aws.advance(300)

    assert without == "InvalidParameterCombination"
    assert (made["SourceRegion"], made["DBSnapshotArn"].split(":")[3]) == ("us-east-1", FAR)
    assert clustered["SourceDBClusterSnapshotArn"] == f"{HERE}:cluster-snapshot:all"
    assert snapshot(far, "two")["Status"] == "available"
    assert far.told("all")[1] == "Finished copy of cluster snapshot all from region us-east-1"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (copy("nothing"), "DBSnapshotNotFound"),
        (copy("busy"), "InvalidDBSnapshotState"),
        (copy(target="busy"), "DBSnapshotAlreadyExists"),
        (copy(target="2nd"), "InvalidParameterValue"),
        (copy(KmsKeyId="nothing"), "KMSKeyNotAccessibleFault"),
        (copy(f"arn:aws:rds:us-east-1:{ANALYTICS}:snapshot:one"), "DBSnapshotNotFound"),
    ],
)
def test_a_copy_that_cannot_be_is_refused(ask: Modelled, asked: dict[str, Any], code: str) -> None:
    assert ask.refusal("copy_db_snapshot", **asked) == code


def test_a_copy_may_fail_and_the_quota_stops_it(aws: AWSSandbox, ask: Modelled) -> None:
    aws.will_end("copy_db_snapshot", "failed")
    ask.copy_db_snapshot(**copy())
    aws.advance(300)
    aws.limit_snapshots(1)

    assert snapshot(ask, "two")["Status"] == "failed"
    assert ask.told("two") == ["Started copy of snapshot one from region us-east-1"]
    assert ask.refusal("copy_db_snapshot", **copy(target="three")) == "SnapshotQuotaExceeded"


def test_one_with_a_key_of_its_own_is_shared_and_then_copied_by_the_other_account(
    aws: AWSSandbox, ask: Modelled
) -> None:
    ask.copy_db_snapshot(**copy(KmsKeyId=key(aws)))
    aws.advance(300)
    share = {"DBSnapshotIdentifier": "two", "AttributeName": "restore"}
    ask.modify_db_snapshot_attribute(**share, ValuesToAdd=[ANALYTICS])
    shown = ask.describe_db_snapshot_attributes(DBSnapshotIdentifier="two")
    other = Modelled(aws, account=ANALYTICS)
    theirs = other.copy_db_snapshot(**copy(f"{HERE}:snapshot:two", "theirs"))["DBSnapshot"]
    ask.modify_db_snapshot_attribute(**share, ValuesToRemove=[ANALYTICS])

    [attribute] = shown["DBSnapshotAttributesResult"]["DBSnapshotAttributes"]
    assert attribute == {"AttributeName": "restore", "AttributeValues": [ANALYTICS]}
    assert theirs["DBSnapshotArn"].split(":")[4] == ANALYTICS
    again = copy(f"{HERE}:snapshot:two", "again")
    assert other.refusal("copy_db_snapshot", **again) == "DBSnapshotNotFound"


@pytest.mark.parametrize(
    ("name", "values", "code"),
    [
        ("one", [ANALYTICS], "InvalidParameterValue"),
        ("one", ["all"], "InvalidParameterValue"),
        ("one", ["12"], "InvalidParameterValue"),
        ("busy", [ANALYTICS], "InvalidDBSnapshotState"),
        ("nothing", [ANALYTICS], "DBSnapshotNotFound"),
    ],
)
def test_what_must_not_be_shared_is_refused(
    ask: Modelled, name: str, values: list[str], code: str
) -> None:
    asked = {"DBSnapshotIdentifier": name, "AttributeName": "restore", "ValuesToAdd": values}

    assert ask.refusal("modify_db_snapshot_attribute", **asked) == code


def test_automated_snapshots_are_listed_and_nobody_deletes_them(
    aws: AWSSandbox, ask: Modelled
) -> None:
    found = ask.describe_db_snapshots(SnapshotType="automated")["DBSnapshots"]
    clusters = ask.describe_db_cluster_snapshots(SnapshotType="automated")["DBClusterSnapshots"]

    assert [one["DBSnapshotIdentifier"] for one in found] == [
        "rds:alone-2026-06-30-03-00",
        AUTOMATED,
    ]
    assert found[1]["SnapshotCreateTime"].hour == 3
    [clustered] = [one["DBClusterSnapshotIdentifier"] for one in clusters]
    assert clustered == "rds:shop-2026-07-01-02-00"
    for action, more, code in (
        ("delete_db_snapshot", {"DBSnapshotIdentifier": AUTOMATED}, "InvalidDBSnapshotState"),
        ("delete_db_cluster_snapshot", {"DBClusterSnapshotIdentifier": clustered},
         "InvalidDBClusterSnapshotStateFault"),
        ("delete_db_snapshot", {"DBSnapshotIdentifier": "busy"}, "InvalidDBSnapshotState"),
        ("delete_db_snapshot", {"DBSnapshotIdentifier": "nothing"}, "DBSnapshotNotFound"),
    ):  # fmt: skip
        assert ask.refusal(action, **more) == code


def export(source: str = "snapshot:one", **more: Any) -> dict[str, Any]:
    return {
        "ExportTaskIdentifier": "out",
        "SourceArn": f"{HERE}:{source}",
        "S3BucketName": "exports",
        "IamRoleArn": "arn:aws:iam::123456789012:role/export",
        "KmsKeyId": "alias/exports",
        **more,
    }


@pytest.mark.parametrize(
    ("source", "ending", "told"),
    [
        ("snapshot:one", "", "DB snapshot export task completed"),
        ("snapshot:one", "FAILED", "DB snapshot export task failed"),
        ("cluster-snapshot:all", "", "DB cluster snapshot export task completed"),
    ],
)
def test_an_export_runs_to_its_end(
    aws: AWSSandbox, ask: Modelled, source: str, ending: str, told: str
) -> None:
    if ending:
        aws.will_end("start_export_task", ending, "out")
    started = ask.start_export_task(**export(source))
    aws.advance(900)
    [during] = ask.describe_export_tasks()["ExportTasks"]
    aws.advance(900)
    [ended] = ask.describe_export_tasks(ExportTaskIdentifier="out")["ExportTasks"]

    statuses = [one["Status"] for one in (started, during, ended)]
    assert statuses == ["STARTING", "IN_PROGRESS", ending or "COMPLETE"]
    assert (during["PercentProgress"], ended["PercentProgress"]) == (
        (0, 0) if ending else (50, 100)
    )
    assert ("FailureCause" in ended, "TaskEndTime" in during) == (bool(ending), False)
    assert ended["TaskEndTime"].timestamp() == aws.clock()
    assert ask.told(source.partition(":")[2])[-1] == told


def test_an_export_is_cancelled_until_it_ends(aws: AWSSandbox, ask: Modelled) -> None:
    ask.start_export_task(**export())
    canceling = ask.cancel_export_task(ExportTaskIdentifier="out")["Status"]
    aws.advance(3600)
    [ended] = ask.describe_export_tasks()["ExportTasks"]

    assert (canceling, ended["Status"]) == ("CANCELING", "CANCELED")
    assert "DB snapshot export task canceled" in ask.told("one", 90)
    assert "DB snapshot export task completed" not in ask.told("one", 90)
    asked = {"ExportTaskIdentifier": "out"}
    assert ask.refusal("cancel_export_task", **asked) == "InvalidExportTaskStateFault"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"SourceArn": f"{HERE}:snapshot:nothing"}, "DBSnapshotNotFound"),
        ({"SourceArn": f"{HERE}:snapshot:busy"}, "InvalidExportSourceState"),
        ({"IamRoleArn": "export"}, "IamRoleNotFound"),
        ({"S3BucketName": "No"}, "InvalidS3BucketFault"),
    ],
)
def test_an_export_that_cannot_be_is_refused(
    ask: Modelled, more: dict[str, str], code: str
) -> None:
    assert ask.refusal("start_export_task", **export(**more)) == code
    assert ask.refusal("describe_export_tasks", ExportTaskIdentifier="out") == "ExportTaskNotFound"
