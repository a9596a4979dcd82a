"""All accounts and regions that the bot works in."""

from collections.abc import Callable, Iterator
from typing import Any, Self

from bot.aws import AWS
from bot.aws.errors import reading
from bot.aws.region import Region
from bot.aws.session import Account, Acting, Sessions
from bot.errors import UnknownTargetError
from bot.values import Looked, Target

NOBODY = Acting(session_name="rds-bot", source_identity="rds-bot")


class Accounts:
    """Open with ``async with``; clients belong to one event loop."""

    def __init__(
        self, accounts: tuple[Account, ...], clock: Callable[[], int], region: str | None = None
    ) -> None:
        """``region`` is for accounts without regions; None: that of the AWS profile."""
        self._configured = accounts
        self._clock = clock
        self._sessions = Sessions(region)
        self._regions: dict[tuple[str, str], Region] = {}

    async def __aenter__(self) -> Self:
        accounts = self._configured or (await self._sessions.own_account(),)
        self._regions = {
            (account.id, region): Region(self._sessions, account, region, self._clock)
            for account in map(self._placed, accounts)
            for region in account.regions
        }
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._sessions.__aexit__()

    def __iter__(self) -> Iterator[Region]:
        return iter(self._regions.values())

    def _placed(self, account: Account) -> Account:
        regions = account.regions or (self._sessions.own_region(),)
        return account.model_copy(update={"regions": regions})

    def region(self, account: str, region: str) -> Region:
        """Raises UnknownTargetError for an account or region that is no longer configured."""
        found = self._regions.get((account, region))
        if found is None:
            raise UnknownTargetError(
                f"Account {account} in {region} is not among the configured accounts."
            )
        return found

    def door(self, target: Target, permissions: tuple[str, ...], identity: Acting = NOBODY) -> AWS:
        """AWS as an operation on that target may use it."""
        found = self.region(target.account, target.region)
        return AWS(found, frozenset(permissions), identity)

    async def look(self, target: Target) -> Looked:
        """A database and its cluster as of now. Raises AWSError where either cannot be read."""
        region = self.region(target.account, target.region)
        database = await region.database(target.kind, target.identifier)
        return Looked(database=database, cluster=await region.cluster_of(database))

    async def publish(self, topic_arn: str, subject: str, message: str) -> None:
        """Send to an SNS topic with the bot's own credentials. Raises AWSError."""
        region = topic_arn.split(":")[3]
        own = Account(id="", name="", regions=(region,))
        with reading():
            sns: Any = await self._sessions.client("sns", own, region)
            await sns.publish(TopicArn=topic_arn, Subject=subject[:100], Message=message)
