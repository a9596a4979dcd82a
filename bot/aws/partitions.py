"""AWS's partitions: China, GovCloud and others share no account, no name and no login.

Which region lies in which is botocore's own knowledge, by list and by how regions are called.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple
from urllib.parse import quote

from botocore.loaders import create_loader
from botocore.session import get_session

from bot.errors import SettingsError
from bot.settings import Settings
from bot.values import Kind, Target

COMMERCIAL = "aws"
#: Where the console of a partition is; of the others nobody here knows it.
#: https://docs.aws.amazon.com/awsconsolehelpdocs/latest/gsg/select-region.html
#: https://docs.amazonaws.cn/en_us/aws/latest/userguide/endpoints-Beijing.html
#: https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/using-govcloud-console.html
CONSOLES = {
    COMMERCIAL: "{}.console.aws.amazon.com",
    "aws-cn": "{}.console.amazonaws.cn",
    "aws-us-gov": "{}.console.amazonaws-us-gov.com",
}


class Said(NamedTuple):
    """A setting that tells a partition; None: AWS's libraries here do not know its region."""

    key: str
    value: str
    partition: str | None


def partition_of(region: str) -> str | None:
    """``aws``, ``aws-cn``, ``aws-us-gov``, …; None for a region that none of them has."""
    listed = (name for name, regions, _ in _partitions() if region in regions)
    called = (name for name, _, how in _partitions() if how.match(region))
    return next(listed, None) or next(called, None)


def partition(settings: Settings, region: str | None = None) -> str:
    """The one that everything in the settings lies in; ``region`` tells it where they do not.

    Raises SettingsError where they name several.
    """
    if problems := mistakes(settings):
        raise SettingsError(problems)
    told = next((one.partition for one in _said(settings)), None)
    return told or (partition_of(region) if region else None) or COMMERCIAL


def console(target: Target) -> str | None:
    """The page of a database in the AWS console; None where nobody here knows of one."""
    host = CONSOLES.get(partition_of(target.region) or "")
    if host is None:
        return None
    name = quote(target.identifier, safe="")
    is_cluster = str(target.kind is Kind.CLUSTER).lower()
    page = f"rds/home?region={target.region}#database:id={name};is-cluster={is_cluster}"
    return f"https://{host.format(target.region)}/{page}"


def profile_region() -> str | None:
    """Of the AWS profile in force; None where it names none."""
    found: str | None = get_session().get_config_variable("region")
    return found


def mistakes(settings: Settings) -> list[str]:
    """What does not lie in the partition of the first region, or in none at all."""
    found = list(_said(settings))
    unknown = [_unknown(one) for one in found if one.partition is None]
    known = [one for one in found if one.partition is not None]
    return [*unknown, *(_apart(one, known[0]) for one in known if _differs(one, known[0]))]


def misplaced(arn: str, settings: Settings, region: str | None) -> str:
    """Why an ARN cannot be meant, as a sentence; "" where it lies where everything does."""
    there, name = partition(settings, region), arn.split(":")[1:2]
    return "" if name == [there] else f"{arn} is not in the partition {there}, as all else is"


def _said(settings: Settings) -> Iterator[Said]:
    """Regions first: what else names a partition has to fit them."""
    accounts = list(enumerate(settings.accounts))
    for number, account in accounts:
        for region in account.regions:
            key = f"{settings.file}: accounts[{number}].regions"
            yield Said(key, region, partition_of(region))
    if settings.aws_region:
        yield Said("AWS_REGION", settings.aws_region, partition_of(settings.aws_region))
    for number, account in accounts:
        if account.role_arn:
            yield _named(f"{settings.file}: accounts[{number}].role_arn", account.role_arn)
    if topic := settings.notifications.sns_topic_arn:
        key = f"{settings.file}: notifications.sns_topic_arn"
        yield _named(key, topic)
        yield Said(key, topic.split(":")[3], partition_of(topic.split(":")[3]))


def _named(key: str, arn: str) -> Said:
    name = arn.split(":")[1]
    return Said(key, arn, name if name in {one for one, *_ in _partitions()} else None)


def _differs(one: Said, first: Said) -> bool:
    return one.partition != first.partition


def _unknown(one: Said) -> str:
    return (
        f"{one.key}: I know no AWS partition with {one.value}. Correct it, or install a newer "
        "version of the bot"
    )


def _apart(one: Said, first: Said) -> str:
    return (
        f"{one.key}: {one.value} is in the partition {one.partition}, but {first.value} "
        f"({first.key.rpartition(': ')[2]}) is in {first.partition}. One bot cannot reach "
        "both: correct it, or run one bot for each"
    )


@cache
def _partitions() -> tuple[tuple[str, frozenset[str], re.Pattern[str]], ...]:
    return tuple(
        (one["id"], frozenset(one["regions"]), re.compile(one["regionRegex"]))
        for one in create_loader().load_data("partitions")["partitions"]
    )
