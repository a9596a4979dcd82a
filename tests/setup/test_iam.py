"""The printed policies: of the partition in which everything lies, and without changes at all."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from botocore.loaders import create_loader

from bot.errors import SettingsError
from bot.operations import CATALOGUE
from bot.settings import Settings
from bot.setup import iam
from bot.setup.iam import Wanted
from tests.aws.test_partitions import AMERICAN, CHINESE, ID, account, arns, each, settings


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
        assert statement.keys().isdisjoint({"NotAction", "NotResource"})
        if statement["Effect"] == "Allow":
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
