"""China, GovCloud and the others: whatever names an ARN or an address names theirs."""

from typing import Any

import pytest
import yaml

from bot.aws.accounts import Accounts
from bot.aws.checks import resources_of, role_of
from bot.aws.partitions import console, mistakes, partition, partition_of
from bot.aws.session import Account, Acting, Sessions
from bot.errors import SettingsError
from bot.fleet.names import read
from bot.sandbox.aws import ANALYTICS, MAIN, AWSSandbox, role_arn
from bot.settings import Settings
from bot.setup.init import answered, settings_text
from bot.values import Kind
from tests.samples import sample_target

ID = "123456789012"
PARTITIONS = [
    ("us-east-1", "aws"), ("eu-central-1", "aws"), ("ap-southeast-7", "aws"),
    ("mx-central-1", "aws"), ("us-west-9", "aws"),
    ("cn-north-1", "aws-cn"), ("cn-northwest-1", "aws-cn"),
    ("us-gov-west-1", "aws-us-gov"), ("us-gov-east-1", "aws-us-gov"),
    ("us-iso-east-1", "aws-iso"), ("us-isob-east-1", "aws-iso-b"),
    ("eu-isoe-west-1", "aws-iso-e"), ("us-isof-south-1", "aws-iso-f"),
    ("eusc-de-east-1", "aws-eusc"),
]  # fmt: skip
each = pytest.mark.parametrize(("region", "name"), PARTITIONS)


def account(region: str, name: str = "aws", number: str = ID) -> dict[str, Any]:
    role = f"arn:{name}:iam::{number}:role/rds-bot"
    return {"id": number, "regions": [region], "role_arn": role, "external_id": "seven"}


def settings(*accounts: dict[str, Any], **sections: Any) -> Settings:
    return Settings.model_validate({"accounts": accounts, **sections})


def arns(document: object) -> set[str]:
    """The partition of everything in a document that reads like an ARN."""
    if isinstance(document, dict):
        return set().union(*map(arns, document.values()))
    if isinstance(document, list):
        return set().union(*map(arns, document))
    return {str(document).split(":")[1]} if str(document).startswith("arn:") else set()


@each
def test_a_region_tells_its_partition(region: str, name: str) -> None:
    assert partition_of(region) == name


def test_a_region_of_no_partition_is_said_to_be_unknown() -> None:
    assert partition_of("xx-nowhere-1") is None
    [sentence] = mistakes(settings({"id": ID, "regions": ["xx-nowhere-1"]}))
    assert "rds-bot.yml: accounts[0].regions: " in sentence
    assert "xx-nowhere-1" in sentence


@each
def test_what_is_simulated_is_of_the_partition_of_the_region(region: str, name: str) -> None:
    one = Account(id=ID, name="main", regions=(region,))
    needs = {"snapshot": ("rds:CreateDBSnapshot", "rds:AddTagsToResource")}

    assert arns([list(found) for found, _ in resources_of(needs, one)]) == {name}
    session = f"arn:{name}:sts::{ID}:assumed-role/rds-bot/x"
    assert role_of(session) == f"arn:{name}:iam::{ID}:role/rds-bot"


@each
def test_init_writes_roles_of_the_partition_of_the_regions(region: str, name: str) -> None:
    answers = answered({"accounts": f"{ID}=main", "regions": region}, None, print)

    [written] = yaml.safe_load(settings_text(answers))["accounts"]

    assert written["role_arn"] == f"arn:{name}:iam::{ID}:role/rds-bot"


CHINESE, AMERICAN = account("cn-north-1", "aws-cn", "210987654321"), account("us-east-1")


@pytest.mark.parametrize(
    ("told", "key", "words"),
    [
        (settings(AMERICAN, CHINESE), "accounts[1].regions", ("cn-north-1", "us-east-1")),
        (settings(CHINESE, AMERICAN), "accounts[1].regions", ("aws-cn", "is in aws-cn")),
        (settings(account("us-gov-west-1")), "accounts[0].role_arn", ("aws-us-gov",)),
        (settings(account("us-east-1", "aws-cn")), "accounts[0].role_arn", ("aws-cn",)),
        (settings(account("us-east-1", "aws-moon")), "accounts[0].role_arn", ("aws-moon",)),
        (settings({"id": ID, "regions": ["us-east-1", "us-gov-west-1"]}), "accounts[0].regions",
         ("us-gov-west-1",)),
        (settings(CHINESE, notifications={"sns_topic_arn": f"arn:aws:sns:us-east-1:{ID}:t"}),
         "notifications.sns_topic_arn", ("arn:aws:sns",)),
        (settings(AMERICAN, notifications={"sns_topic_arn": f"arn:aws:sns:cn-north-1:{ID}:t"}),
         "notifications.sns_topic_arn", ("cn-north-1",)),
        (settings(CHINESE, aws_region="us-east-1"), "AWS_REGION", ("us-east-1", "aws-cn")),
    ],
)  # fmt: skip
def test_two_partitions_are_an_error_that_names_the_key(
    told: Settings, key: str, words: tuple[str, ...]
) -> None:
    sentences = " ".join(mistakes(told))

    assert f"{key}: " in sentences
    assert [word for word in words if word not in sentences] == []
    with pytest.raises(SettingsError):
        partition(told)


def test_one_partition_is_no_mistake() -> None:
    topic = f"arn:aws-cn:sns:cn-northwest-1:{ID}:t"
    told = settings(CHINESE, aws_region="cn-north-1", notifications={"sns_topic_arn": topic})

    assert mistakes(told) == []


def test_init_asks_again_for_regions_of_two_partitions() -> None:
    with pytest.raises(SettingsError, match=r"--regions: .*cn-north-1.*aws-cn"):
        answered({"accounts": ID, "regions": "us-east-1, cn-north-1"}, None, print)


# -- where roles are assumed -----------------------------------------------------------------------


@pytest.mark.parametrize("setting", ["legacy", "regional", None])
@pytest.mark.parametrize(
    ("region", "address"),
    [("us-east-1", "https://sts.us-east-1.amazonaws.com"),
     ("eu-central-1", "https://sts.eu-central-1.amazonaws.com"),
     ("us-gov-west-1", "https://sts.us-gov-west-1.amazonaws.com"),
     ("cn-north-1", "https://sts.cn-north-1.amazonaws.com.cn")],
)  # fmt: skip
async def test_sts_is_asked_in_a_region_and_never_at_its_global_address(
    monkeypatch: pytest.MonkeyPatch, setting: str | None, region: str, address: str
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "nobody's")
    if setting:
        monkeypatch.setenv("AWS_STS_REGIONAL_ENDPOINTS", setting)
    async with Sessions(region) as sessions:
        client = await sessions.client("sts", Account(id="", name="", regions=(region,)), region)

        assert client.meta.endpoint_url == address


def assumed(aws: AWSSandbox) -> set[str]:
    return {call.region for call in aws.calls("sts:AssumeRole")}


FAR = Account(id=MAIN, name="main", regions=("eu-west-1", "us-east-1"), role_arn=role_arn(MAIN))
STEP = Acting(session_name="rds-bot-1001-1", source_identity="U0ANA00001")


@pytest.mark.parametrize("home", ["us-east-1", "ap-south-1"])
async def test_roles_are_assumed_at_the_bots_home_for_reads_and_for_steps(
    aws: AWSSandbox, home: str
) -> None:
    async with Accounts((FAR,), lambda: 0, home) as accounts:
        for region in accounts:
            await region.databases(Kind.INSTANCE)
            await region.mark(STEP)

    assert assumed(aws) == {home}
    assert {call.region for call in aws.calls("rds:*")} == set(FAR.regions)


async def test_without_a_home_roles_are_assumed_where_the_first_account_is(
    aws: AWSSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(variable, raising=False)
    other = FAR.model_copy(update={"id": ANALYTICS, "name": "other", "regions": ("us-west-2",),
                                   "role_arn": role_arn(ANALYTICS)})  # fmt: skip
    async with Accounts((FAR, other), lambda: 0) as accounts:
        for region in accounts:
            await region.mark(STEP)

    assert assumed(aws) == {"eu-west-1"}


@pytest.mark.parametrize(
    ("region", "kind", "page"),
    [
        ("us-east-1", Kind.INSTANCE,
         "https://us-east-1.console.aws.amazon.com/rds/home?region=us-east-1"
         "#database:id=orders;is-cluster=false"),
        ("eu-central-1", Kind.CLUSTER,
         "https://eu-central-1.console.aws.amazon.com/rds/home?region=eu-central-1"
         "#database:id=orders;is-cluster=true"),
        ("cn-north-1", Kind.INSTANCE,
         "https://cn-north-1.console.amazonaws.cn/rds/home?region=cn-north-1"
         "#database:id=orders;is-cluster=false"),
        ("us-gov-west-1", Kind.CLUSTER,
         "https://us-gov-west-1.console.amazonaws-us-gov.com/rds/home?region=us-gov-west-1"
         "#database:id=orders;is-cluster=true"),
        ("us-iso-east-1", Kind.INSTANCE, None),
        ("moon-north-1", Kind.INSTANCE, None),
    ],
)  # fmt: skip
def test_the_console_has_a_page_of_each_database_and_the_bot_reads_it_back(
    region: str, kind: Kind, page: str | None
) -> None:
    target = sample_target(identifier="orders", region=region, kind=kind)

    assert console(target) == page
    if page is not None:
        named = read(page)
        assert named is not None
        assert (named.identifier, named.region, named.kind) == ("orders", region, kind)
