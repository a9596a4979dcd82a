"""The printed policies are of the partition in which everything lies."""

import pytest

from bot import reference
from bot.errors import SettingsError
from bot.operations import CATALOGUE
from bot.settings import Settings
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
        reference.role_policy(catalogue, told),
        reference.bot_policy(catalogue, told),
        reference.trust_policy(told),
    ):
        assert arns(document) == {name}


@each
def test_where_no_account_is_listed_the_region_of_the_environment_tells(
    region: str, name: str
) -> None:
    told = Settings(aws_region=region)
    catalogue = CATALOGUE.values()

    assert arns(reference.role_policy(catalogue, told)) == {name}
    assert arns(reference.trust_policy(told)) == {name}
    profile = reference.Wanted(region=region)
    assert arns(reference.role_policy(catalogue, Settings(), profile)) == {name}


def test_nothing_is_printed_for_two_partitions_at_once() -> None:
    told = settings(AMERICAN, CHINESE)

    for print_policy in (reference.role_policy, reference.bot_policy):
        with pytest.raises(SettingsError, match="aws-cn"):
            print_policy(CATALOGUE.values(), told)
    with pytest.raises(SettingsError, match="aws-cn"):
        reference.trust_policy(told)
