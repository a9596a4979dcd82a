"""What each setting refuses, warns of and is risky by: the sentences that its author wrote."""

from collections.abc import Mapping
from typing import Any

import pytest

from bot.errors import PreflightError, UsageError
from bot.operation import Setting
from bot.operations import CATALOGUE
from bot.operations.modify_log_exports import ModifyLogExports
from bot.values import CertificateOffer, Database, Kind, Maintenance, Plan, Risk, Stage
from handlers.parser import Command, from_form, parse
from tests.operations.door import cluster, door, order, sent
from tests.samples import NOW, sample_database

#: A Friday, 14:03 UTC.
NOW_IN, NOT_NOW = "fri:14:00-fri:15:00", "sun:06:00-sun:06:30"
MEMBER = {"cluster": "shop-staging", "engine": "aurora-postgresql"}
FIRST, OFFICE = "sg-0a1b2c3d4e5f60718", "sg-0b2c3d4e5f6071829"
SWAP = f"security-groups x +{OFFICE} -{FIRST}"
BEHIND_FIRST: dict[str, Any] = {"security_groups": (FIRST,)}
OF_MULTI_AZ = {"cluster": "shop-staging", "engine": "postgres"}
PENDING = {"pending": {"DBInstanceClass": "db.m6g.xlarge"}}


def change(typed: str) -> Setting:
    found = parse(typed, CATALOGUE)
    assert isinstance(found, Command)
    assert isinstance(found.operation, Setting)
    return found.operation


def shown(asked: Setting, **facts: Any) -> Database:
    return (sample_database if Kind.INSTANCE in asked.kinds() else cluster)(**facts)


async def planned(typed: str, aws: Mapping[str, Any] | None = None, **facts: Any) -> Plan:
    database = shown(change(typed), **facts)
    return await change(typed).plan(door(database, **(aws or {})), order(database))


@pytest.mark.parametrize(
    ("typed", "facts", "risk"),
    [
        ("protect x on", {}, Risk.LOW),
        ("protect x off", {"deletion_protection": True}, Risk.HIGH),
        ("protect x deletionprotection=false", {"deletion_protection": True}, Risk.HIGH),
        (f"maintenance-window x {NOT_NOW}", {}, Risk.LOW),
        (f"maintenance-window x {NOT_NOW}", PENDING, Risk.LOW),
        (f"maintenance-window x {NOW_IN}", {}, Risk.LOW),
        (f"maintenance-window x {NOW_IN}", PENDING, Risk.HIGH),
        ("auto-upgrade x off", {}, Risk.LOW),
        ("iam-auth x on", {}, Risk.LOW),
        ("iam-auth x on", PENDING, Risk.HIGH),
        ("iam-auth x off", {}, Risk.MEDIUM),
        ("tier x 0", MEMBER, Risk.LOW),
        ("multi-az x on", {"multi_az": False}, Risk.MEDIUM),
        ("multi-az x off", {}, Risk.HIGH),
        ("capacity x 0.5-4", {"capacity": (0.5, 8.0)}, Risk.LOW),
        ("data-api x on", {}, Risk.HIGH),
        ("data-api x off", {"data_api": True}, Risk.MEDIUM),
        ("monitoring x off", {"monitoring_seconds": 60}, Risk.LOW),
    ],
)  # fmt: skip
def test_the_risk_is_that_of_what_is_asked_for(
    typed: str, facts: dict[str, Any], risk: Risk
) -> None:
    assessment = change(typed).risk_for(shown(change(typed), **facts))

    assert assessment.risk is risk
    assert assessment.reasons


@pytest.mark.parametrize(
    ("typed", "facts", "why"),
    [
        ("maintenance-window x sun:04:15-sun:05:00", {}, "overlaps the backup window"),
        ("maintenance-window x sun:06:00-sun:06:30", OF_MULTI_AZ, "maintenance-window shop-st"),
        ("iam-auth x on", {"engine": "oracle-ee"}, "oracle-ee"),
        ("iam-auth x on", MEMBER, "/rds iam-auth shop-staging on"),
        ("certificate x", OF_MULTI_AZ, "of which AWS changes no member by itself"),
        ("certificate x rds-ca-2015", {}, "by rds-ca-rsa2048-g1, rds-ca-rsa4096-g1, not by"),
        ("certificate x", {"certificate": "rds-ca-rsa2048-g1"}, "already"),
        (f"security-groups x +{OFFICE}", MEMBER, "/rds security-groups shop-staging"),
        (f"security-groups x -{FIRST}", BEHIND_FIRST, "one has to stay"),
        ("security-groups x +sg-0123abcd", BEHIND_FIRST, "EC2 knows no security group"),
        ("tier x 0", {}, "belongs to no Aurora cluster"),
        ("tier x 0", OF_MULTI_AZ, "of which AWS changes no member by itself"),
        ("multi-az x on", MEMBER, "Give the cluster a reader"),
        ("multi-az x on", OF_MULTI_AZ, "of which AWS changes no member by itself"),
        ("data-api x on", {"engine": "mysql"}, "Aurora alone"),
        ("insights x off", {**MEMBER, "insights": True}, "/rds insights shop-staging off"),
        ("log-exports x +upgrade", MEMBER, r"/rds log-exports shop-staging \+upgrade"),
        ("log-exports x +slowquery", {}, "It sends: iam-db-auth-error, postgresql, upgrade"),
        ("log-exports x +alert", {"engine": "custom-oracle-ee"}, "I know no logs"),
        ("monitoring x 60", MEMBER | OF_MULTI_AZ, "/rds monitoring shop-staging 60"),
        ("capacity x 1-2", {}, "no cluster of Aurora Serverless v2"),
    ],
)  # fmt: skip
async def test_what_aws_would_refuse_is_refused_before(
    typed: str, facts: dict[str, Any], why: str
) -> None:
    with pytest.raises(PreflightError, match=why):
        await planned(typed, **facts)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("protect x 2", "on or off"),
        ("maintenance-window x sun:06:00-sun:06:29", "at least 30 minutes"),
        ("maintenance-window x 06:00-06:30", "ddd:HH:MM"),
        ("maintenance-window x son:06:00-son:06:30", "ddd:HH:MM"),
        ("insights x medium", "standard, advanced or off"),
        ("log-exports x postgresql", r"begin each with \+"),
        ("log-exports x +audit -audit", "given twice"),
        ("log-exports x --upgrade", 'know "--upgrade"'),
        ("monitoring x 7", "AWS takes 0, 1, 5, 10, 15, 30, 60"),
        ("security-groups x +databases", "sg- and 8 or 17"),
        (f"security-groups x {OFFICE}", "begin each with"),
        ("tier x 16", "15"),
        ("tier x first", "whole number"),
        ("capacity x 8", "MIN-MAX"),
        ("capacity x 0.3-8", "halves"),
        ("capacity x 0-0.5", "MAX from 1"),
        ("capacity x 8-4", "from 0 to MAX"),
        ("capacity x 1-300", "256"),
    ],
)  # fmt: skip
def test_what_is_no_such_value_is_told_in_a_sentence(typed: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        parse(typed, CATALOGUE)


@pytest.mark.parametrize(
    ("typed", "facts", "warning"),
    [
        ("protect x off", {"deletion_protection": True}, "can delete orders-staging"),
        (f"maintenance-window x {NOW_IN}", PENDING, "begins at once with what is pending"),
        (f"maintenance-window x {NOT_NOW}", PENDING, "waits for the new window"),
        ("auto-upgrade x on", {}, "may restart orders-staging in sun:05:00-sun:05:30 UTC"),
        ("auto-upgrade x off", {}, "by hand"),
        ("data-api x on", {}, "only permissions of IAM"),
        ("insights x off", {"insights": True}, "/rds top"),
        ("insights x standard", {"insights": True, "insights_mode": "advanced",
                                 "insights_days": 465}, "older than 7 days are removed"),
        ("log-exports x +upgrade", {}, "reads upgrade too"),
        ("log-exports x -upgrade", {"log_exports": ("upgrade",)}, "never fire"),
        ("certificate x", {}, "do not know rds-ca-rsa2048-g1"),
        (SWAP, BEHIND_FIRST, f"Whoever databases-from-office ({OFFICE}) lets in"),
        (SWAP, BEHIND_FIRST, f"comes by databases ({FIRST}) alone"),
        ("tier x 0", {**MEMBER, "instance_class": "db.serverless"}, "as large as the writer"),
        ("multi-az x on", {"multi_az": False}, "twice as much"),
        ("capacity x 0-4", {"capacity": (0.5, 8.0)}, "next connection"),
        ("capacity x 0-4", {"capacity": (0.5, 8.0)}, "takes fewer connections"),
        ("capacity x 1-16", {"capacity": (0.5, 8.0)}, "16 capacity units"),
    ],
)  # fmt: skip
async def test_what_an_approver_should_know_stands_on_the_card(
    typed: str, facts: dict[str, Any], warning: str
) -> None:
    assert warning in " ".join((await planned(typed, **facts)).warnings)


async def test_a_window_that_would_begin_with_what_is_due_is_refused() -> None:
    due = (
        Maintenance(arn="arn", action="system-update", description="New OS update.", due_at=NOW),
    )

    with pytest.raises(PreflightError, match=r"begin at once with what is due for .*New OS update"):
        await planned(f"maintenance-window x {NOW_IN}", {"due": due})
    later = await planned(f"maintenance-window x {NOT_NOW}", {"due": due})
    assert "due in its window: New OS update" in later.checks


async def test_capacity_is_said_as_it_is_typed_and_sent_as_two_figures() -> None:
    plan = await planned("capacity x 1-16", capacity=(0.5, 8.0))

    assert [(one.current, one.wanted) for one in plan.differences] == [("0.5-8 ACU", "1-16 ACU")]
    wanted = {"MinCapacity": 1.0, "MaxCapacity": 16.0}
    assert plan.call.arguments["ServerlessV2ScalingConfiguration"] == wanted


async def test_logs_are_added_and_taken_away_and_the_others_stay() -> None:
    plan = await planned(
        "log-exports x +upgrade -postgresql", log_exports=("instance", "postgresql")
    )

    then = "Send upgrade of orders-staging to CloudWatch, and no longer postgresql"
    less = await planned("log-exports x -postgresql", log_exports=("postgresql",))
    assert plan.effect == then
    assert less.effect == "Stop sending postgresql of orders-staging to CloudWatch"
    said = {"EnableLogTypes": ["upgrade"], "DisableLogTypes": ["postgresql"]}
    assert plan.call.arguments["CloudwatchLogsExportConfiguration"] == said
    assert change("log-exports x +upgrade -postgresql").as_typed().startswith("/rds log-exports x")
    back = plan.baseline["back"]
    assert back == {"logs": "+postgresql,-upgrade"}
    undone = from_form(ModifyLogExports, {"target": "x", **back}).operation
    assert undone == change("log-exports x +postgresql -upgrade")


async def test_monitoring_takes_the_role_of_the_settings_and_refuses_without_one() -> None:
    plan = await planned("monitoring x 60", monitoring_seconds=0)
    off = await planned("monitoring x off", {"monitoring_role": ""}, monitoring_seconds=60)

    assert plan.call.arguments["MonitoringRoleArn"].endswith("role/rds-monitoring")
    assert "MonitoringRoleArn" not in off.call.arguments
    with pytest.raises(PreflightError, match=r"Set roles\.monitoring"):
        await planned("monitoring x 60", {"monitoring_role": ""}, monitoring_seconds=0)


async def test_advanced_is_asked_for_with_all_that_it_needs() -> None:
    plan = await planned("insights x advanced", insights=True, insights_days=465)

    said = plan.call.arguments
    assert said["EnablePerformanceInsights"] is True
    assert (said["DatabaseInsightsMode"], said["PerformanceInsightsRetentionPeriod"]) == (
        "advanced",
        465,
    )


async def test_the_authority_is_aws_choice_where_none_is_said_and_a_restart_is_told() -> None:
    known = ("rds-ca-rsa2048-g1",)
    offers = {
        said: CertificateOffer(authorities=known, in_place=said) for said in (True, False, None)
    }
    plans = {
        said: await planned("certificate x", {"certified": offer}, certificate="rds-ca-2019")
        for said, offer in offers.items()
    }

    asked = {one.call.arguments["CACertificateIdentifier"] for one in plans.values()}
    assert asked == {"rds-ca-rsa2048-g1"}
    assert plans[True].downtime.startswith("none")
    assert plans[False].downtime.startswith("one to two minutes")
    assert plans[None].downtime.startswith("perhaps")
    database = sample_database(certificate="rds-ca-rsa2048-g1")
    sent_one = sent(plans[True], database)
    done = await change("certificate x").poll(door(database), sent_one)
    assert done.stage is Stage.SUCCEEDED
    still = sample_database(certificate="rds-ca-2019")
    waiting = await change("certificate x").poll(door(still), sent_one)
    assert waiting.stage is Stage.WAITING


async def test_groups_go_out_as_a_whole_list_and_are_named_where_that_can_be_read() -> None:
    typed = f"security-groups x +{OFFICE}"
    plan = await planned(typed, **BEHIND_FIRST)
    unread = await planned(typed, {"groups": None}, **BEHIND_FIRST)

    assert plan.effect == f"Add databases-from-office ({OFFICE}) to orders-staging"
    assert unread.effect == f"Add {OFFICE} to orders-staging"
    assert plan.call.arguments["VpcSecurityGroupIds"] == [FIRST, OFFICE]
    assert f"{OFFICE} is databases-from-office" in plan.checks
    assert "could not be read" in " ".join(unread.checks)
    assert plan.call == unread.call


async def test_groups_are_done_once_all_of_them_are_active() -> None:
    typed = f"security-groups x +{OFFICE}"
    plan = await planned(typed, **BEHIND_FIRST)
    both = sample_database(security_groups=(FIRST, OFFICE))
    adding = sample_database(security_groups=(FIRST, OFFICE), security_groups_wait=True)
    others = sample_database(security_groups=("sg-0c3d4e5f607182930",))

    stages = [
        (await change(typed).poll(door(one), sent(plan, one))).stage
        for one in (both, adding, others)
    ]
    assert stages == [Stage.SUCCEEDED, Stage.WAITING, Stage.FAILED]


async def test_a_long_name_of_a_group_does_not_fill_the_card() -> None:
    names = {FIRST: "x" * 255, OFFICE: "y" * 255}
    plan = await planned(f"security-groups x +{OFFICE}", {"groups": names}, **BEHIND_FIRST)

    assert plan.effect == f"Add {'y' * 40}… ({OFFICE}) to orders-staging"


async def test_what_aws_does_not_say_of_insights_is_not_off_already() -> None:
    database = cluster(insights=None)
    asked = change("insights shop-staging off")
    plan = await asked.plan(door(database), order(database))

    assert plan.call.arguments["EnablePerformanceInsights"] is False
    assert plan.undo.startswith("Nothing undoes it")
    assert asked.back(plan) is None
