"""The printed policies: of the partition in which everything lies, and without changes at all."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from botocore.loaders import create_loader

from bot.errors import SettingsError
from bot.operation import Change, Dependent
from bot.operations import CATALOGUE
from bot.settings import Settings
from bot.setup import iam
from bot.setup.iam import Wanted
from tests.aws.test_partitions import AMERICAN, CHINESE, ID, account, arns, each, settings
from tests.iam import Resource, may


@each
def test_every_policy_is_of_the_partition_of_the_regions(region: str, name: str) -> None:
    topic = f"arn:{name}:sns:{region}:{ID}:rds"
    told = settings(
        account(region, name), notifications={"sns_topic_arn": topic},
        environments={"accounts": {ID: "development", "210987654321": "production"},
                      "instances": {"legacy": "production"}},
    )  # fmt: skip
    catalogue = CATALOGUE.values()

    for document in (
        iam.role_policy(catalogue, told),
        iam.bot_policy(catalogue, told),
        iam.trust_policy(told),
    ):
        assert arns(document) == {name}


@each
def test_where_no_account_is_listed_the_region_of_the_environment_tells(
    region: str, name: str
) -> None:
    told = Settings(aws_region=region)
    catalogue = CATALOGUE.values()

    assert arns(iam.role_policy(catalogue, told)) == {name}
    assert arns(iam.trust_policy(told)) == {name}
    profile = iam.Wanted(region=region)
    assert arns(iam.role_policy(catalogue, Settings(), profile)) == {name}


def test_nothing_is_printed_for_two_partitions_at_once() -> None:
    told = settings(AMERICAN, CHINESE)

    for print_policy in (iam.role_policy, iam.bot_policy):
        with pytest.raises(SettingsError, match="aws-cn"):
            print_policy(CATALOGUE.values(), told)
    with pytest.raises(SettingsError, match="aws-cn"):
        iam.trust_policy(told)


#: How operations of these services are called that change nothing. GetX of RDS does not exist, and
#: DownloadX only copies: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html
READING = ("Describe", "Download", "Get", "List", "Lookup")
EVERYTHING = {
    "notifications": {"sns_topic_arn": f"arn:aws:sns:us-east-1:{ID}:rds"},
    "telemetry": {"namespace": "rds-bot"},
    "environments": {"default": "development"},
}
OWN, WITH_ROLE = {"id": ID, "regions": ["us-east-1"]}, account("us-east-1")


def allowed(policy: Mapping[str, Any]) -> Iterator[str]:
    for statement in policy["Statement"]:
        if statement["Effect"] == "Allow":
            assert statement.keys().isdisjoint({"NotAction", "NotResource"})
            yield from statement["Action"]


@pytest.mark.parametrize("accounts", [[], [OWN], [WITH_ROLE]], ids=["none", "own", "role"])
@pytest.mark.parametrize("how", ["flag", "setting"])
def test_an_observing_role_changes_nothing_and_still_reads_all(
    accounts: list[dict[str, Any]], how: str
) -> None:
    told = settings(*accounts, **EVERYTHING, observe=how == "setting")
    wanted = Wanted(observe=True) if how == "flag" else Wanted()
    catalogue = CATALOGUE.values()
    role = set(allowed(iam.role_policy(catalogue, told, wanted)))
    bot = set(allowed(iam.bot_policy(catalogue, told, wanted)))

    becoming = {"sts:AssumeRole", "sts:SetSourceIdentity"} if accounts == [WITH_ROLE] else set()
    for action in role | (bot - becoming):
        service, _, verb = action.partition(":")
        known = create_loader().load_service_model(service, "service-2")["operations"]
        assert verb in known, action
        assert verb.startswith(READING), action
    acting = Wanted(observe=False)
    reads = {
        one
        for one in allowed(iam.role_policy(catalogue, told, acting))
        if one.partition(":")[2].startswith(READING)
    }
    assert role == reads
    assert bot >= becoming


def test_the_flag_beats_the_setting_both_ways() -> None:
    told = settings(observe=True)

    acting = iam.role_policy(CATALOGUE.values(), told, Wanted(observe=False))

    assert "rds:RebootDBInstance" in set(allowed(acting))


MONITORING = f"arn:aws:iam::{ID}:role/rds-monitoring"
OTHERS = "arn:aws:iam::210987654321:role/rds-monitoring"
TO_MONITORING = {"iam:PassedToService": "monitoring.rds.amazonaws.com"}


def passes_role(policy: Mapping[str, Any], role: str, told: Mapping[str, str]) -> bool:
    return may(policy, "iam:PassRole", [Resource(role)], told=told)


def test_a_role_is_passed_to_its_service_alone_and_only_where_one_is_set() -> None:
    catalogue = CATALOGUE.values()
    told = settings(WITH_ROLE, roles={"monitoring": [MONITORING, OTHERS]})
    policy = iam.role_policy(catalogue, told, Wanted(account=ID))

    assert passes_role(policy, MONITORING, TO_MONITORING)
    assert not passes_role(policy, MONITORING, {"iam:PassedToService": "ec2.amazonaws.com"})
    assert not passes_role(policy, MONITORING, {})
    assert not passes_role(policy, OTHERS, TO_MONITORING)
    assert not passes_role(policy, MONITORING.replace("monitoring", "admin"), TO_MONITORING)
    for quiet in (
        iam.role_policy(catalogue, settings(WITH_ROLE)),
        iam.role_policy(catalogue, told, Wanted(observe=True)),
        iam.role_policy(catalogue, told, Wanted(operations=("reboot",))),
    ):
        assert not passes_role(quiet, MONITORING, TO_MONITORING)


class Restore(Change):
    """Names groups beside its database, and AWS makes a secret for whoever calls."""

    verb, name = "restore", "restore_instance"
    permissions = ("rds:DescribeDBInstances", "rds:RestoreDBInstanceFromDBSnapshot")
    dependent = Dependent(
        actions=("kms:CreateGrant", "rds:AddTagsToResource", "secretsmanager:CreateSecret"),
        on={"rds:RestoreDBInstanceFromDBSnapshot": ("og", "pg", "subgrp")},
    )


def test_what_aws_asks_for_beside_a_call_is_printed_and_no_more() -> None:
    told = settings(WITH_ROLE, policy={"rules": [{"approvals": 1}]})
    policy = iam.role_policy([Restore], told)
    call, place = "rds:RestoreDBInstanceFromDBSnapshot", f"arn:aws:rds:us-east-1:{ID}"

    for kind in ("db", "og", "pg", "subgrp"):
        assert may(policy, call, [Resource(f"{place}:{kind}:new")]), kind
    assert not may(policy, call, [Resource(f"{place}:cluster-pg:new")])
    assert not may(policy, "rds:ModifyDBParameterGroup", [Resource(f"{place}:pg:new")])
    secret = Resource(f"arn:aws:secretsmanager:us-east-1:{ID}:secret:rds!db-1")
    theirs = Resource(f"arn:aws:secretsmanager:us-east-1:{ID}:secret:payroll")
    key = Resource(f"arn:aws:kms:us-east-1:{ID}:key/1")
    assert may(policy, "secretsmanager:CreateSecret", [secret])
    assert not may(policy, "secretsmanager:CreateSecret", [theirs])
    via = {"kms:ViaService": "rds.us-east-1.amazonaws.com"}
    assert may(policy, "kms:CreateGrant", [key], told=via)
    assert not may(policy, "kms:CreateGrant", [key])


def test_a_change_of_a_cluster_brings_what_aws_does_to_its_members() -> None:
    policy = iam.role_policy(CATALOGUE.values(), settings(), Wanted(operations=("capacity",)))

    changing = {one for one in allowed(policy) if not iam.only_reads(one)}
    assert changing == {"rds:ModifyDBCluster", "rds:ModifyDBInstance"}


def test_a_policy_of_some_operations_is_for_those_by_verb_or_name() -> None:
    catalogue = CATALOGUE.values()
    by_verb = iam.role_policy(catalogue, settings(), Wanted(operations=("reboot",)))
    by_name = iam.role_policy(catalogue, settings(), Wanted(operations=("reboot_instance",)))

    assert by_verb == by_name
    assert {one for one in allowed(by_verb) if not iam.only_reads(one)} == {"rds:RebootDBInstance"}
    assert set(allowed(by_verb)) >= set(iam.READS)
    with pytest.raises(SettingsError, match="--operations rebot: there are"):
        iam.role_policy(catalogue, settings(), Wanted(operations=("rebot",)))
