"""What changes a cluster: its settings, its writer, its members."""

from typing import Any

import pytest

from bot.sandbox.aws import AWSSandbox, ClusterSpec, InstanceSpec
from tests.sandbox.modelled import Modelled

SHOP = {"DBClusterIdentifier": "shop"}
TRIO = {"DBClusterIdentifier": "trio"}
FLEET = (
    ClusterSpec("shop", members=("shop-1", "shop-2", "shop-3")),
    ClusterSpec("lone", members=("lone-1",), serverless=(0.5, 8)),
    ClusterSpec("trio", members=("trio-1", "trio-2", "trio-3"), engine="postgres"),
    ClusterSpec("quad", members=("quad-1", "quad-2", "quad-3"), engine="mysql"),
    InstanceSpec("alone"),
)
DAY = 24 * 3600


@pytest.fixture
def aws(shared_aws: AWSSandbox) -> AWSSandbox:
    shared_aws.reset()
    shared_aws.seed(FLEET)
    return shared_aws


def writer(ask: Modelled, name: str = "shop") -> str:
    members = ask.cluster(name)["DBClusterMembers"]
    [found] = [one["DBInstanceIdentifier"] for one in members if one["IsClusterWriter"]]
    return str(found)


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({"BackupRetentionPeriod": 35}, {"BackupRetentionPeriod": 35}),
        ({"DeletionProtection": True}, {"DeletionProtection": True}),
        ({"CopyTagsToSnapshot": True}, {"CopyTagsToSnapshot": True}),
        ({"PreferredMaintenanceWindow": "Mon:06:00-Mon:06:30"},
         {"PreferredMaintenanceWindow": "mon:06:00-mon:06:30"}),
        ({"VpcSecurityGroupIds": ["sg-1", "sg-2"]},
         {"VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1", "Status": "active"},
                                {"VpcSecurityGroupId": "sg-2", "Status": "active"}]}),
        ({"CloudwatchLogsExportConfiguration": {"EnableLogTypes": ["postgresql"]}},
         {"EnabledCloudwatchLogsExports": ["postgresql"]}),
        ({"EnableIAMDatabaseAuthentication": True, "ApplyImmediately": True},
         {"IAMDatabaseAuthenticationEnabled": True}),
        ({"ServerlessV2ScalingConfiguration": {"MinCapacity": 0, "MaxCapacity": 4,
                                               "SecondsUntilAutoPause": 600}},
         {"ServerlessV2ScalingConfiguration": {"MinCapacity": 0.0, "MaxCapacity": 4.0,
                                               "SecondsUntilAutoPause": 600}}),
        ({"DatabaseInsightsMode": "advanced", "EnablePerformanceInsights": True,
          "PerformanceInsightsRetentionPeriod": 465},
         {"DatabaseInsightsMode": "advanced", "PerformanceInsightsRetentionPeriod": 465}),
        ({"EngineVersion": "16.8", "ApplyImmediately": True}, {"EngineVersion": "16.8"}),
    ],
)  # fmt: skip
def test_a_setting_is_seen_once_it_is_applied(
    aws: AWSSandbox, ask: Modelled, asked: dict[str, Any], shown: dict[str, Any]
) -> None:
    ask.modify_db_cluster(**SHOP, **asked)
    aws.advance(1000)

    found = ask.cluster("shop")
    assert {name: found[name] for name in shown} == shown
    assert found["Status"] == "available"
    assert found.get("PendingModifiedValues", {}) == {}


@pytest.mark.parametrize(
    ("name", "asked", "code"),
    [
        ("shop", {"BackupRetentionPeriod": 0}, "InvalidParameterValue"),
        ("shop", {"BackupRetentionPeriod": 36}, "InvalidParameterValue"),
        ("shop", {"PreferredBackupWindow": "04:10-04:40"}, "InvalidParameterValue"),
        ("lone", {"ServerlessV2ScalingConfiguration": {"MinCapacity": 9}}, "InvalidParameterValue"),
        ("lone", {"ServerlessV2ScalingConfiguration": {"MaxCapacity": 8.3}},
         "InvalidParameterValue"),
        ("lone", {"ServerlessV2ScalingConfiguration": {"SecondsUntilAutoPause": 600}},
         "InvalidParameterValue"),
        ("shop", {"CloudwatchLogsExportConfiguration": {"EnableLogTypes": ["slowquery"]}},
         "InvalidParameterCombination"),
        ("shop", {"DBClusterInstanceClass": "db.r6g.large"}, "InvalidParameterCombination"),
        ("shop", {"DBClusterParameterGroupName": "nothing"}, "DBClusterParameterGroupNotFound"),
        ("shop", {"EngineVersion": "15.1"}, "InvalidParameterCombination"),
        ("shop", {"StorageType": "gp3"}, "StorageTypeNotSupported"),
        ("shop", {"DatabaseInsightsMode": "advanced"}, "InvalidParameterCombination"),
        ("trio", {"EnableIAMDatabaseAuthentication": True}, "InvalidParameterCombination"),
        ("nobody", {}, "DBClusterNotFoundFault"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_and_changes_nothing(
    aws: AWSSandbox, ask: Modelled, name: str, asked: dict[str, Any], code: str
) -> None:
    clusters = ask.describe_db_clusters()["DBClusters"]

    assert ask.refusal("modify_db_cluster", DBClusterIdentifier=name, **asked) == code
    aws.advance(10)
    assert [one["Status"] for one in ask.describe_db_clusters()["DBClusters"]] == [
        one["Status"] for one in clusters
    ]


def test_what_waits_is_applied_in_the_window_and_alone(aws: AWSSandbox, ask: Modelled) -> None:
    """On a cluster, ApplyImmediately takes only its own request's values."""
    ask.modify_db_cluster(**SHOP, EngineVersion="16.8")
    ask.modify_db_cluster(**SHOP, EnableIAMDatabaseAuthentication=True, ApplyImmediately=True)
    aws.advance(1000)

    waiting = ask.cluster("shop")
    aws.advance(7 * DAY)
    done = ask.cluster("shop")

    assert waiting["IAMDatabaseAuthenticationEnabled"]
    assert waiting["PendingModifiedValues"] == {"EngineVersion": "16.8"}
    assert (waiting["EngineVersion"], done["EngineVersion"]) == ("16.6", "16.8")
    assert ask.instance("shop-2")["EngineVersion"] == "16.8"
    assert ask.told("shop", 8 * 24 * 60) == [
        "Database cluster upgrade is in progress",
        "Database cluster engine version has been upgraded",
    ]
    [begun, _] = ask.describe_events(Duration=8 * 24 * 60)["Events"]
    assert (begun["Date"].strftime("%a"), begun["Date"].hour) == ("Sun", 4)


def test_the_class_of_a_multi_az_cluster_is_that_of_its_members(
    aws: AWSSandbox, ask: Modelled
) -> None:
    ask.modify_db_cluster(**TRIO, DBClusterInstanceClass="db.r6g.xlarge", ApplyImmediately=True)
    aws.advance(60)
    busy = ask.instance("trio-3")["DBInstanceStatus"]
    aws.advance(1000)

    assert busy == "modifying"
    assert ask.cluster("trio")["DBClusterInstanceClass"] == "db.r6g.xlarge"
    assert ask.instance("trio-3")["DBInstanceClass"] == "db.r6g.xlarge"


def test_io_optimized_storage_comes_again_after_thirty_days(aws: AWSSandbox, ask: Modelled) -> None:
    def becomes(kind: str) -> None:
        ask.modify_db_cluster(**SHOP, StorageType=kind, ApplyImmediately=True)
        aws.advance(120)

    becomes("aurora-iopt1")
    found = ask.cluster("shop")
    becomes("aurora")
    again = {**SHOP, "StorageType": "aurora-iopt1", "ApplyImmediately": True}

    next_time = found["IOOptimizedNextAllowedModificationTime"].timestamp()
    assert 0 <= aws.clock() + 30 * DAY - next_time < 300
    assert ask.refusal("modify_db_cluster", **again) == "InvalidParameterCombination"
    aws.advance(30 * DAY)
    becomes("aurora-iopt1")
    assert ask.cluster("shop")["StorageType"] == "aurora-iopt1"


def test_a_new_parameter_group_waits_for_the_restart_of_each_member(
    aws: AWSSandbox, ask: Modelled
) -> None:
    ask.create_db_cluster_parameter_group(
        DBClusterParameterGroupName="tuned",
        DBParameterGroupFamily="aurora-postgresql16",
        Description="tuned",
    )
    ask.modify_db_cluster(**SHOP, DBClusterParameterGroupName="tuned")
    aws.advance(100)
    ask.reboot_db_instance(DBInstanceIdentifier="shop-2")
    aws.advance(100)

    found = ask.cluster("shop")
    waits = {
        one["DBInstanceIdentifier"]: one["DBClusterParameterGroupStatus"]
        for one in found["DBClusterMembers"]
    }
    assert found["DBClusterParameterGroup"] == "tuned"
    assert waits == {"shop-1": "pending-reboot", "shop-2": "in-sync", "shop-3": "pending-reboot"}


def test_the_data_api_is_switched_on_and_off(aws: AWSSandbox, ask: Modelled) -> None:
    arn = {"ResourceArn": ask.cluster("shop")["DBClusterArn"]}
    for action, on in (("enable_http_endpoint", True), ("disable_http_endpoint", False)):
        assert getattr(ask, action)(**arn) == {**arn, "HttpEndpointEnabled": on}
        aws.advance(100)
        assert ask.cluster("shop")["HttpEndpointEnabled"] is on

    trio = ask.cluster("trio")["DBClusterArn"]
    assert ask.refusal("enable_http_endpoint", ResourceArn=trio) == "InvalidResourceStateFault"
    assert ask.refusal("enable_http_endpoint", ResourceArn="arn:no") == "ResourceNotFoundFault"


def test_a_failover_moves_the_writer_or_fails_and_says_so(aws: AWSSandbox, ask: Modelled) -> None:
    to = {"TargetDBInstanceIdentifier": "shop-3"}
    aws.decline_failover("shop")
    ask.failover_db_cluster(**SHOP, **to)
    aws.advance(60)
    declined = writer(ask)
    ask.failover_db_cluster(**SHOP, **to)
    aws.advance(60)

    started = "Started cross AZ failover to DB instance: shop-3"
    assert (declined, writer(ask)) == ("shop-1", "shop-3")
    assert ask.told("shop") == [
        started,
        "Cluster failover failed, check the health of your cluster instances and try again",
        started,
        "Completed failover to DB instance: shop-3",
    ]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({**SHOP, "TargetDBInstanceIdentifier": "shop-1"}, "InvalidParameterValue"),
        ({**SHOP, "TargetDBInstanceIdentifier": "nobody"}, "InvalidParameterValue"),
        ({"DBClusterIdentifier": "quad", "TargetDBInstanceIdentifier": "quad-2"},
         "InvalidParameterCombination"),
        ({"DBClusterIdentifier": "lone"}, "InvalidDBClusterStateFault"),
        ({"DBClusterIdentifier": "nobody"}, "DBClusterNotFoundFault"),
    ],
)  # fmt: skip
def test_a_failover_to_nowhere_is_refused(ask: Modelled, asked: dict[str, Any], code: str) -> None:
    assert ask.refusal("failover_db_cluster", **asked) == code


def test_a_reader_that_is_down_takes_no_failover(aws: AWSSandbox, ask: Modelled) -> None:
    ask.reboot_db_instance(DBInstanceIdentifier="shop-2")
    aws.advance(10)

    asked = {**SHOP, "TargetDBInstanceIdentifier": "shop-2"}
    assert ask.refusal("failover_db_cluster", **asked) == "InvalidDBInstanceState"
    ask.failover_db_cluster(**SHOP)
    aws.advance(60)
    assert writer(ask) == "shop-3"


def test_a_reader_is_added_and_removed_and_a_deleted_writer_replaced(
    aws: AWSSandbox, ask: Modelled
) -> None:
    ask.create_db_instance(
        DBInstanceIdentifier="shop-4",
        DBClusterIdentifier="shop",
        DBInstanceClass="db.r6g.large",
        Engine="aurora-postgresql",
        PromotionTier=0,
    )
    creating = ask.instance("shop-4")["DBInstanceStatus"]
    aws.advance(420)
    added = ask.instance("shop-4")
    ask.delete_db_instance(DBInstanceIdentifier="shop-2", SkipFinalSnapshot=True)
    ask.delete_db_instance(DBInstanceIdentifier="shop-1")
    aws.advance(300)

    assert (creating, added["DBInstanceStatus"]) == ("creating", "available")
    assert (added["PromotionTier"], added["DBClusterIdentifier"]) == (0, "shop")
    assert added["EngineVersion"] == "16.6"
    assert ask.told("shop-4") == ["DB instance created"]
    assert writer(ask) == "shop-4"
    assert len(ask.cluster("shop")["DBClusterMembers"]) == 2


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"Engine": "aurora-mysql"}, "InvalidParameterCombination"),
        ({"PromotionTier": 16}, "InvalidParameterValue"),
        ({"AllocatedStorage": 20}, "InvalidParameterCombination"),
        ({"DBClusterIdentifier": "nobody"}, "DBClusterNotFoundFault"),
        ({"DBInstanceIdentifier": "shop-1"}, "DBInstanceAlreadyExists"),
        ({"DBInstanceIdentifier": "1st"}, "InvalidParameterValue"),
    ],
)
def test_a_member_that_does_not_fit_is_refused(
    ask: Modelled, more: dict[str, Any], code: str
) -> None:
    asked = {
        "DBInstanceIdentifier": "shop-4",
        "DBClusterIdentifier": "shop",
        "DBInstanceClass": "db.r6g.large",
        "Engine": "aurora-postgresql",
        **more,
    }

    assert ask.refusal("create_db_instance", **asked) == code


def test_a_member_leaves_no_final_snapshot(ask: Modelled) -> None:
    asked = {"DBInstanceIdentifier": "shop-2", "FinalDBSnapshotIdentifier": "last"}

    assert ask.refusal("delete_db_instance", **asked) == "InvalidParameterCombination"
