"""ModifyDBInstance over HTTP: what changes when, what events tell, what AWS refuses.

Every answer is held against botocore's model, and so is the code of every refusal.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.sandbox.aws import AWSSandbox, ClusterSpec, InstanceSpec
from bot.sandbox.aws.modifications import MODIFIERS, RENAMED, SETTINGS
from bot.sandbox.aws.modify_steps import AT_ONCE, STEPS
from bot.sandbox.aws.plans import default_plan
from tests.sandbox.modelled import codes, faults
from tests.sandbox.refusals import refused

HOUR = 3600
DAY = 24 * HOUR
LONG = 2 * HOUR
"""Seconds within which every modification is over, the optimisation of storage too."""
ROLE = "arn:aws:iam::123456789012:role/rds-monitoring"
FLEET = (
    InstanceSpec("db", instance_class="db.m6g.large", storage_gib=100),
    InstanceSpec("big", storage_gib=800, multi_az=True),
    InstanceSpec("shop", engine="mysql"),
    InstanceSpec("shop-copy", engine="mysql", replica_of="shop"),
    InstanceSpec("custom", parameters={"work_mem": "64"}),
    InstanceSpec("ledger", engine="oracle-se2"),
    InstanceSpec("asleep", status="stopped"),
    InstanceSpec("full", storage_gib=20, status="storage-full"),
    ClusterSpec("cluster", members=("member",)),
)
Values = Mapping[str, Any]


@pytest.fixture
def aws(shared_aws: AWSSandbox) -> AWSSandbox:
    """The same server for all of these tests, with a fleet as new."""
    shared_aws.reset()
    shared_aws.seed(FLEET)
    return shared_aws


def shown(aws: AWSSandbox, name: str = "db") -> dict[str, Any]:
    answer = aws.client("rds").describe_db_instances(DBInstanceIdentifier=name)
    assert faults("DescribeDBInstances", answer) == ""
    found: dict[str, Any] = answer["DBInstances"][0]
    return found


def modify(aws: AWSSandbox, name: str = "db", **values: Any) -> dict[str, Any]:
    answer = aws.client("rds").modify_db_instance(DBInstanceIdentifier=name, **values)
    assert faults("ModifyDBInstance", answer) == ""
    found: dict[str, Any] = answer["DBInstance"]
    return found


def events(aws: AWSSandbox, name: str = "db") -> list[str]:
    answer = aws.client("rds").describe_events(
        SourceIdentifier=name, SourceType="db-instance", Duration=20_000
    )
    return [one["Message"] for one in answer["Events"]]


def later(aws: AWSSandbox, *seconds: float, name: str = "db") -> list[str]:
    """The status after each of these waits."""
    seen = []
    for one in seconds:
        aws.advance(one)
        seen.append(shown(aws, name)["DBInstanceStatus"])
    return seen


def told(members: Mapping[str, Any], wanted: Values) -> dict[str, Any]:
    return {name: members.get(name) for name in wanted}


def test_every_parameter_that_is_taken_is_played_and_every_step_has_its_time() -> None:
    played = AT_ONCE.union(*(step.attributes for step in STEPS))

    assert {RENAMED.get(one, one) for one in SETTINGS} == played
    assert {step.plan for step in STEPS} <= set(default_plan())


def test_what_cannot_be_played_is_not_taken(aws: AWSSandbox) -> None:
    assert "domain" not in MODIFIERS
    with refused("InvalidAction"):
        modify(aws, Domain="d-1234567890")


@pytest.mark.parametrize(
    ("asked", "after"),
    [
        ({"CopyTagsToSnapshot": True}, {"CopyTagsToSnapshot": True}),
        ({"DeletionProtection": True}, {"DeletionProtection": True}),
        ({"AutoMinorVersionUpgrade": False}, {"AutoMinorVersionUpgrade": False}),
        ({"MaxAllocatedStorage": 500}, {"MaxAllocatedStorage": 500}),
        ({"PromotionTier": 3}, {"PromotionTier": 3}),
    ],
)
def test_some_values_are_changed_in_the_answer(
    aws: AWSSandbox, asked: Values, after: Values
) -> None:
    answer = modify(aws, **asked)

    assert told(answer, after) == after
    assert (answer["DBInstanceStatus"], later(aws, 10)) == ("available", ["available"])


@pytest.mark.parametrize(
    ("asked", "busy", "after"),
    [
        ({"PreferredMaintenanceWindow": "Mon:06:00-Mon:07:00"}, "modifying",
         {"PreferredMaintenanceWindow": "mon:06:00-mon:07:00"}),
        ({"BackupRetentionPeriod": 14}, "modifying", {"BackupRetentionPeriod": 14}),
        ({"PubliclyAccessible": True}, "modifying", {"PubliclyAccessible": True}),
        ({"EnablePerformanceInsights": False}, "modifying",
         {"PerformanceInsightsEnabled": False, "PerformanceInsightsRetentionPeriod": None}),
        ({"PerformanceInsightsRetentionPeriod": 465, "DatabaseInsightsMode": "advanced"},
         "modifying",
         {"PerformanceInsightsRetentionPeriod": 465, "DatabaseInsightsMode": "advanced"}),
        ({"MonitoringInterval": 60, "MonitoringRoleArn": ROLE}, "configuring-enhanced-monitoring",
         {"MonitoringInterval": 60, "MonitoringRoleArn": ROLE}),
        ({"CloudwatchLogsExportConfiguration": {"EnableLogTypes": ["postgresql"]}},
         "configuring-log-exports", {"EnabledCloudwatchLogsExports": ["postgresql"]}),
    ],
)  # fmt: skip
def test_some_values_are_changed_within_a_minute_whatever_apply_immediately_says(
    aws: AWSSandbox, asked: Values, busy: str, after: Values
) -> None:
    before = shown(aws)

    answer = modify(aws, **asked)
    assert told(answer, after) == told(before, after)
    assert set(answer["PendingModifiedValues"]) <= {"PendingCloudwatchLogsExports"}

    assert later(aws, 10) == [busy]
    assert told(shown(aws), after) == told(before, after)
    assert later(aws, 60) == ["available"]
    assert told(shown(aws), after) == after
    assert shown(aws)["PendingModifiedValues"] == {}


@pytest.mark.parametrize(
    ("asked", "pending", "busy", "told_by"),
    [
        ({"DBInstanceClass": "db.r6g.large"}, {"DBInstanceClass": "db.r6g.large"}, "modifying",
         ["Applying modification to database instance class", "DB instance shutdown",
          "Finished applying modification to DB instance class", "DB instance restarted"]),
        ({"AllocatedStorage": 200}, {"AllocatedStorage": 200}, "modifying",
         ["Applying modification to allocated storage",
          "Finished applying modification to allocated storage"]),
        ({"StorageType": "io2", "Iops": 2000}, {"StorageType": "io2", "Iops": 2000}, "modifying",
         ["Applying modification to allocated storage",
          "Finished applying modification to allocated storage"]),
        ({"MultiAZ": True}, {"MultiAZ": True}, "modifying",
         ["Applying modification to convert to a Multi-AZ DB instance",
          "Finished applying modification to convert to a Multi-AZ DB instance"]),
        ({"EngineVersion": "16.9"}, {"EngineVersion": "16.9"}, "upgrading",
         ["The pre-check started for the DB engine version upgrade.",
          "The pre-check finished for the DB engine version upgrade.",
          "The downtime started for the DB instance.",
          "The engine version upgrade started.",
          "The engine version upgrade finished.",
          "The post-upgrade tasks are in progress.",
          "DB instance shutdown", "Database instance patched", "DB instance restarted"]),
        ({"CACertificateIdentifier": "rds-ca-rsa4096-g1"},
         {"CACertificateIdentifier": "rds-ca-rsa4096-g1"}, "modifying", []),
        ({"EnableIAMDatabaseAuthentication": True}, {"IAMDatabaseAuthenticationEnabled": True},
         "configuring-iam-database-auth", []),
        ({"BackupRetentionPeriod": 0}, {"BackupRetentionPeriod": 0}, "modifying",
         ["Disabled automated backups"]),
    ],
)  # fmt: skip
def test_some_values_wait_for_the_window_or_for_the_next_immediate_change(
    aws: AWSSandbox, asked: Values, pending: Values, busy: str, told_by: list[str]
) -> None:
    before = told(shown(aws), pending)

    assert modify(aws, **asked)["PendingModifiedValues"] == pending
    assert later(aws, HOUR) == ["available"]
    assert told(shown(aws), pending) == before

    modify(aws, ApplyImmediately=True)
    assert later(aws, 0, 10) == ["available", busy]
    assert shown(aws)["PendingModifiedValues"] == pending
    aws.advance(LONG)
    after = shown(aws)

    assert told(after, pending) == pending
    assert (after["PendingModifiedValues"], after["DBInstanceStatus"]) == ({}, "available")
    assert events(aws) == told_by


def test_a_window_that_opens_takes_all_that_waits(aws: AWSSandbox) -> None:
    modify(aws, DBInstanceClass="db.r6g.large")
    modify(aws, MultiAZ=True)
    aws.advance(8 * DAY)
    after = shown(aws)

    assert (after["DBInstanceClass"], after["MultiAZ"]) == ("db.r6g.large", True)
    assert after["PendingModifiedValues"] == {}


def test_what_is_asked_back_waits_no_longer(aws: AWSSandbox) -> None:
    modify(aws, DBInstanceClass="db.r6g.large", MultiAZ=True)

    assert modify(aws, DBInstanceClass="db.m6g.large")["PendingModifiedValues"] == {"MultiAZ": True}


def test_a_standby_comes_and_goes_with_multi_az(aws: AWSSandbox) -> None:
    assert shown(aws, "big")["SecondaryAvailabilityZone"] == "us-east-1b"
    modify(aws, "big", MultiAZ=False, ApplyImmediately=True)
    aws.advance(LONG)

    assert "SecondaryAvailabilityZone" not in shown(aws, "big")
    assert events(aws, "big") == [
        "Applying modification to convert to a standard (Single-AZ) DB instance",
        "Finished applying modification to convert to a standard (Single-AZ) DB instance",
    ]


def test_storage_is_rounded_up_optimised_and_then_cools(aws: AWSSandbox) -> None:
    answer = modify(aws, AllocatedStorage=101, ApplyImmediately=True)
    assert answer["PendingModifiedValues"] == {"AllocatedStorage": 110}
    assert later(aws, 10, 60, 1800) == ["modifying", *["storage-optimization"] * 2]
    assert 45 <= int(shown(aws)["PercentProgress"]) <= 55

    modify(aws, CopyTagsToSnapshot=True, BackupRetentionPeriod=10)
    assert later(aws, 10, 60) == ["modifying", "storage-optimization"]
    with refused("InvalidParameterCombination"):
        modify(aws, AllocatedStorage=200)
    assert later(aws, HOUR) == ["available"]
    with refused("InvalidParameterCombination"):
        modify(aws, StorageType="gp2")
    aws.advance(6 * HOUR)

    assert modify(aws, AllocatedStorage=200)["PendingModifiedValues"] == {"AllocatedStorage": 200}


def test_a_full_disk_takes_more_storage_alone(aws: AWSSandbox) -> None:
    with refused("InvalidDBInstanceState"):
        modify(aws, "full", AllocatedStorage=40, MultiAZ=True)
    modify(aws, "full", AllocatedStorage=40, ApplyImmediately=True)

    assert later(aws, 10, 60, HOUR, name="full") == [
        "modifying",
        "storage-optimization",
        "available",
    ]


def test_a_major_upgrade_takes_its_flag_and_a_parameter_group_of_the_new_family(
    aws: AWSSandbox,
) -> None:
    wanted = {"EngineVersion": "17.5", "ApplyImmediately": True}
    with refused("InvalidParameterCombination"):
        modify(aws, "custom", **wanted)
    wanted |= {"AllowMajorVersionUpgrade": True}
    with refused("InvalidParameterCombination"):
        modify(aws, "custom", **wanted)
    modify(aws, "custom", **wanted, DBParameterGroupName="default.postgres17")
    aws.advance(LONG)
    after = shown(aws, "custom")

    assert after["EngineVersion"] == "17.5"
    assert after["DBParameterGroups"] == [
        {"DBParameterGroupName": "default.postgres17", "ParameterApplyStatus": "in-sync"}
    ]


def test_a_new_authority_moves_the_end_of_the_certificate(aws: AWSSandbox) -> None:
    modify(aws, "ledger", CACertificateIdentifier="rds-ca-rsa4096-g1", ApplyImmediately=True)
    aws.advance(HOUR)
    details = shown(aws, "ledger")["CertificateDetails"]
    now = datetime.fromtimestamp(aws.clock(), UTC)

    assert details["CAIdentifier"] == "rds-ca-rsa4096-g1"
    assert timedelta(days=364) < details["ValidTill"] - now <= timedelta(days=365)
    assert "DB instance restarted" in events(aws, "ledger")


def test_security_groups_join_and_leave(aws: AWSSandbox) -> None:
    listed = aws.client("ec2").describe_security_groups(GroupIds=["sg-0b2c3d4e5f6071829"])
    assert [one["GroupName"] for one in listed["SecurityGroups"]] == ["databases-from-office"]

    def groups() -> dict[str, str]:
        return {one["VpcSecurityGroupId"]: one["Status"] for one in shown(aws)["VpcSecurityGroups"]}

    modify(aws, VpcSecurityGroupIds=["sg-0b2c3d4e5f6071829"])
    between = groups()
    aws.advance(60)

    assert between == {"sg-0b2c3d4e5f6071829": "adding", "sg-0a1b2c3d4e5f60718": "removing"}
    assert groups() == {"sg-0b2c3d4e5f6071829": "active"}


@pytest.mark.parametrize(
    ("ending", "seen"),
    [
        (None, ["applying", "pending-reboot", "in-sync"]),
        ("refused", ["applying", "failed-to-apply", "in-sync"]),
    ],
)
def test_an_attached_parameter_group_waits_for_a_restart(
    aws: AWSSandbox, ending: str | None, seen: list[str]
) -> None:
    if ending:
        aws.will_end("attach_parameter_group", ending)
    aws.client("rds").create_db_parameter_group(
        DBParameterGroupName="tuned", DBParameterGroupFamily="postgres16", Description="tuned"
    )

    def status() -> str:
        [group] = shown(aws)["DBParameterGroups"]
        assert group["DBParameterGroupName"] == "tuned"
        return str(group["ParameterApplyStatus"])

    modify(aws, DBParameterGroupName="tuned")
    statuses = [status()]
    aws.advance(60)
    statuses.append(status())
    aws.client("rds").reboot_db_instance(DBInstanceIdentifier="db")
    aws.advance(60)
    statuses.append(status())

    assert statuses == seen


def test_log_exports_are_pending_until_they_flow(aws: AWSSandbox) -> None:
    modify(aws, CloudwatchLogsExportConfiguration={"EnableLogTypes": ["postgresql"]})
    aws.advance(60)
    answer = modify(
        aws,
        CloudwatchLogsExportConfiguration={
            "EnableLogTypes": ["upgrade", "postgresql"],
            "DisableLogTypes": ["postgresql"],
        },
    )
    aws.advance(60)

    assert answer["PendingModifiedValues"]["PendingCloudwatchLogsExports"] == {
        "LogTypesToEnable": ["upgrade"],
        "LogTypesToDisable": ["postgresql"],
    }
    assert shown(aws)["EnabledCloudwatchLogsExports"] == ["upgrade"]


def versions(aws: AWSSandbox) -> dict[str, list[str]]:
    arn = shown(aws)["MasterUserSecret"]["SecretArn"]
    found = aws.client("secretsmanager").describe_secret(SecretId=arn)
    return {one: it for one, it in found["VersionIdsToStages"].items() if "AWSCURRENT" in it}


def test_a_managed_password_is_made_rotated_and_may_be_impaired(aws: AWSSandbox) -> None:
    def status() -> str:
        return str(shown(aws)["MasterUserSecret"]["SecretStatus"])

    rotate: Values = {"RotateMasterUserPassword": True, "ApplyImmediately": True}
    modify(aws, ManageMasterUserPassword=True)
    seen = [status()]
    assert later(aws, 10) == ["resetting-master-credentials"]
    aws.advance(60)
    seen.append(status())
    first = versions(aws)
    modify(aws, **rotate)
    seen.append(status())
    assert versions(aws) == first
    aws.advance(60)
    second = versions(aws)
    seen.append(status())
    aws.will_end("rotate_password", "refused", "db")
    modify(aws, **rotate)
    aws.advance(60)
    seen.append(status())

    assert seen == ["creating", "active", "rotating", "active", "impaired"]
    assert first.keys().isdisjoint(second)
    assert versions(aws) == second
    assert events(aws) == [
        "Reset master credentials",
        "Reset master credentials",
        "Unable to reset your password. Error information: the secret could not be reached",
    ]


def test_a_renamed_instance_stays_the_same_resource(aws: AWSSandbox) -> None:
    before = shown(aws, "shop")
    answer = modify(aws, "shop", NewDBInstanceIdentifier="Store", ApplyImmediately=True)
    assert answer["PendingModifiedValues"] == {"DBInstanceIdentifier": "store"}
    assert later(aws, 10, name="shop") == ["renaming"]
    assert later(aws, 60, 60, name="store") == ["rebooting", "available"]
    with refused("DBInstanceNotFound"):
        shown(aws, "shop")
    after = shown(aws, "store")

    assert after["DbiResourceId"] == before["DbiResourceId"]
    assert after["DBInstanceArn"].endswith(":db:store")
    assert after["Endpoint"]["Address"].startswith("store.")
    assert shown(aws, "shop-copy")["ReadReplicaSourceDBInstanceIdentifier"] == "store"


def test_monitoring_names_its_stream(aws: AWSSandbox) -> None:
    modify(aws, MonitoringInterval=60, MonitoringRoleArn=ROLE)
    aws.advance(120)

    assert shown(aws)["EnhancedMonitoringResourceArn"].endswith(shown(aws)["DbiResourceId"])
    assert events(aws) == ["Monitoring Interval changed to 60"]


@pytest.mark.parametrize(
    ("step", "word", "name", "asked", "sentence"),
    [
        ("modify_class", "refused", "db", {"DBInstanceClass": "db.r6g.large"},
         "Unable to modify the DB instance class."),
        ("modify_multi_az", "refused", "db", {"MultiAZ": True},
         "Unable to convert the DB instance to Multi-AZ:"),
        ("upgrade_engine", "refused", "db", {"EngineVersion": "16.9"},
         "Database instance is in a state that cannot be upgraded:"),
        ("upgrade_engine", "rolled-back", "db", {"EngineVersion": "16.9"},
         "The DB engine version upgrade failed. The engine version upgrade rollback succeeded."),
        ("upgrade_engine", "rolled-back", "shop-copy", {"EngineVersion": "8.0.42"},
         "The DB instance is in a state that can't be upgraded. It was rolled back to 8.0.40."),
        ("configure_monitoring", "refused", "db",
         {"MonitoringInterval": 60, "MonitoringRoleArn": ROLE},
         "Amazon RDS has been unable to configure enhanced monitoring on your instance: db"),
        ("configure_monitoring", "no-credentials", "db",
         {"MonitoringInterval": 60, "MonitoringRoleArn": ROLE},
         "Amazon RDS has been unable to create credentials for enhanced monitoring"),
        ("manage_password", "refused", "db", {"ManageMasterUserPassword": True},
         "Unable to reset your password."),
    ],
)  # fmt: skip
def test_what_aws_could_not_do_is_told_by_an_event_alone(
    aws: AWSSandbox, step: str, word: str, name: str, asked: Values, sentence: str
) -> None:
    before = shown(aws, name)
    aws.will_end(step, word, name)
    modify(aws, name, **asked, ApplyImmediately=True)
    aws.advance(LONG)
    after = shown(aws, name)

    assert told(after, asked) == told(before, asked)
    assert (after["DBInstanceStatus"], after["PendingModifiedValues"]) == ("available", {})
    assert events(aws, name)[-1].startswith(sentence)


def test_log_exports_that_fail_are_pending_no_longer(aws: AWSSandbox) -> None:
    aws.will_end("configure_log_exports", "refused")
    modify(aws, CloudwatchLogsExportConfiguration={"EnableLogTypes": ["postgresql"]})
    aws.advance(120)

    assert shown(aws).get("EnabledCloudwatchLogsExports", []) == []
    assert shown(aws)["PendingModifiedValues"] == {}


def test_a_change_may_end_in_a_bad_status(aws: AWSSandbox) -> None:
    aws.will_end("modify_class", "incompatible-parameters", "db")
    modify(aws, DBInstanceClass="db.t4g.micro", ApplyImmediately=True)

    assert later(aws, LONG) == ["incompatible-parameters"]
    assert any("incompatible-parameters" in one for one in events(aws))


LOGS = "CloudwatchLogsExportConfiguration"


REFUSALS: tuple[tuple[str, Values, str], ...] = (
    ("nobody", {"MultiAZ": True}, "DBInstanceNotFound"),
    ("asleep", {"MultiAZ": True}, "InvalidDBInstanceState"),
    ("full", {"DBInstanceClass": "db.r6g.large"}, "InvalidDBInstanceState"),
    ("db", {"DBInstanceClass": "db.x9.huge"}, "InvalidParameterCombination"),
    ("db", {"AllocatedStorage": 50}, "InvalidParameterCombination"),
    ("db", {"AllocatedStorage": 70_000}, "InvalidParameterValue"),
    ("db", {"Iops": 5000}, "InvalidParameterCombination"),
    ("db", {"StorageType": "io1"}, "InvalidParameterCombination"),
    ("db", {"StorageType": "tape"}, "StorageTypeNotSupported"),
    ("db", {"MaxAllocatedStorage": 50}, "InvalidParameterCombination"),
    ("db", {"EngineVersion": "15.12"}, "InvalidParameterCombination"),
    ("db", {"EngineVersion": "17.5"}, "InvalidParameterCombination"),
    ("shop", {"EngineVersion": "8.0.42"}, "DBUpgradeDependencyFailure"),
    ("db", {"CACertificateIdentifier": "rds-ca-0"}, "CertificateNotFound"),
    ("db", {"BackupRetentionPeriod": 36}, "InvalidParameterValue"),
    ("shop", {"BackupRetentionPeriod": 0}, "InvalidParameterCombination"),
    ("db", {"PreferredMaintenanceWindow": "some day"}, "InvalidParameterValue"),
    ("db", {"VpcSecurityGroupIds": ["sg-0"]}, "InvalidParameterValue"),
    ("db", {"DBParameterGroupName": "nothing"}, "DBParameterGroupNotFound"),
    ("shop", {"DBParameterGroupName": "custom-parameters"}, "InvalidParameterCombination"),
    ("db", {"MonitoringInterval": 7}, "InvalidParameterValue"),
    ("db", {"MonitoringInterval": 60}, "InvalidParameterCombination"),
    ("db", {"MonitoringRoleArn": ROLE}, "InvalidParameterCombination"),
    ("db", {"PerformanceInsightsRetentionPeriod": 8}, "InvalidParameterValue"),
    ("db", {"DatabaseInsightsMode": "advanced"}, "InvalidParameterCombination"),
    ("db", {LOGS: {"EnableLogTypes": ["slowquery"]}}, "InvalidParameterCombination"),
    ("shop", {"ManageMasterUserPassword": True}, "InvalidParameterCombination"),
    ("db", {"ManageMasterUserPassword": False}, "InvalidParameterCombination"),
    ("db", {"RotateMasterUserPassword": True}, "InvalidParameterCombination"),
    ("db", {"RotateMasterUserPassword": True, "ApplyImmediately": True},
     "InvalidParameterCombination"),
    ("db", {"NewDBInstanceIdentifier": "big"}, "DBInstanceAlreadyExists"),
    ("db", {"NewDBInstanceIdentifier": "2-fast-"}, "InvalidParameterValue"),
    ("db", {"PromotionTier": 16}, "InvalidParameterValue"),
    *(("member", asked, "InvalidParameterCombination") for asked in (
        {"AllocatedStorage": 200}, {"BackupRetentionPeriod": 9}, {"DeletionProtection": True},
        {"EngineVersion": "16.8"}, {"EnableIAMDatabaseAuthentication": True},
        {"MultiAZ": True}, {LOGS: {"EnableLogTypes": ["postgresql"]}},
        {"VpcSecurityGroupIds": ["sg-0a1b2c3d4e5f60718"]},
        {"ManageMasterUserPassword": True})),
)  # fmt: skip


def test_what_aws_refuses_it_refuses_with_a_code_of_the_model_and_changes_nothing(
    aws: AWSSandbox,
) -> None:
    before = aws.client("rds").describe_db_instances()["DBInstances"]

    assert {code for _, _, code in REFUSALS} <= codes("ModifyDBInstance")
    for name, asked, code in REFUSALS:
        with refused(code):
            modify(aws, name, **asked)

    assert aws.client("rds").describe_db_instances()["DBInstances"] == before


@pytest.mark.parametrize("code", ["InsufficientDBInstanceCapacity", "StorageQuotaExceeded"])
async def test_a_lack_of_capacity_or_quota_is_a_fault_of_the_model(
    aws: AWSSandbox, rds: Any, code: str
) -> None:
    aws.fault("rds:ModifyDBInstance", "code", code=code)

    assert code in codes("ModifyDBInstance")
    with refused(code):
        await rds.modify_db_instance(DBInstanceIdentifier="db", DBInstanceClass="db.r6g.large")


def test_a_member_takes_a_class_and_a_tier_of_its_own(aws: AWSSandbox) -> None:
    modify(aws, "member", DBInstanceClass="db.r6g.xlarge", PromotionTier=0, ApplyImmediately=True)
    aws.advance(LONG)
    after = shown(aws, "member")

    assert (after["DBInstanceClass"], after["PromotionTier"]) == ("db.r6g.xlarge", 0)
