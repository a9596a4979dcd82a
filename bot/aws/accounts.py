"""All accounts and regions that the bot works in."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Self, TypeVar

from bot.aws import AWS, cloudwatch
from bot.aws.errors import observed, reading
from bot.aws.partitions import partition
from bot.aws.region import Region
from bot.aws.session import Account, Acting, Answered, Sessions
from bot.errors import AWSError, AWSNotFoundError, AWSUnavailableError, UnknownTargetError
from bot.masking import mask
from bot.settings import Settings, SnapshotSettings
from bot.values import (
    Database,
    Datum,
    Looked,
    Plan,
    Relative,
    Role,
    Target,
    Touch,
    Touched,
    Unread,
    family,
)


def accounts_of(settings: Settings) -> tuple[Account, ...]:
    """As the door to AWS wants them. Raises SettingsError where they lie in several partitions."""
    partition(settings)
    return tuple(
        Account(
            id=one.id,
            name=one.name or one.id,
            regions=one.regions,
            role_arn=one.role_arn,
            external_id=one.external_id,
        )
        for one in settings.accounts
    )


Read = TypeVar("Read")
TOGETHER = 8  #: databases that one change touches are looked at so many at a time
NOBODY = Acting(session_name="rds-bot", source_identity="rds-bot")


class Accounts:
    """Open with ``async with``; clients belong to one event loop."""

    def __init__(
        self,
        accounts: tuple[Account, ...],
        clock: Callable[[], int],
        region: str | None = None,
        answered: Answered = lambda *_: None,
        *,
        together: int = 0,
        observes: bool = False,
        snapshots: SnapshotSettings = SnapshotSettings(),  # noqa: B008 - frozen
        monitoring: Sequence[str] = (),
    ) -> None:
        """``region`` is for accounts without regions; None: that of the AWS profile.

        ``answered`` is told of every call. ``together``: as ``Region`` wants it. With ``observes``
        nothing that changes anything is sent. ``monitoring``: the role of each account by which
        Enhanced Monitoring writes.
        """
        self.observes = observes
        self._together = together
        self._snapshots = snapshots
        self._monitoring = {arn.split(":")[4]: arn for arn in monitoring}
        self._configured = accounts
        self._clock = clock
        named = (one for account in accounts for one in account.regions)
        self._sessions = Sessions(region, answered, nearest=next(named, None))
        self._regions: dict[tuple[str, str], Region] = {}

    async def __aenter__(self) -> Self:
        accounts = self._configured or (await self._sessions.own_account(),)
        self._regions = {
            (account.id, region): Region(
                self._sessions,
                account,
                region,
                self._clock,
                together=self._together,
                observes=self.observes,
            )
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
        role = self._monitoring.get(account.id, "")
        return account.model_copy(update={"regions": regions, "monitoring_role": role})

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
        return AWS(found, frozenset(permissions), identity, snapshot_settings=self._snapshots)

    async def look(self, target: Target) -> Looked:
        """A database and its family as of now. Raises AWSError where itself cannot be read."""
        region = self.region(target.account, target.region)
        database = await region.database(target.kind, target.identifier)
        known: dict[Relative, Database | Unread] = {}
        looked, missing = family(database, known)
        while missing:
            read = await asyncio.gather(*map(self._relative, missing))
            known |= dict(zip(missing, read, strict=True))
            looked, missing = family(database, known)
        return looked

    async def reach(self, looked: Looked, plan: Plan) -> Looked:
        """The same with all that the plan touches beside it and that is there, as of now.

        Nothing is raised: what cannot be read says why.
        """
        gate = asyncio.Semaphore(TOGETHER)

        async def seen(touch: Touch) -> Touched:
            async with gate:
                found = await _readable(touch.unread, self.look(touch.target))
            return Touched(touch=touch, looked=found)

        there = (one for one in plan.beside(looked.database.target) if one.role is not Role.MAKES)
        touched = tuple(await asyncio.gather(*map(seen, there)))
        return looked.model_copy(update={"touched": touched})

    async def _relative(self, relative: Relative) -> Database | Unread:
        return await _readable(str(relative), self._read(relative))

    async def _read(self, relative: Relative) -> Database:
        region, origin = self.region(relative.account, relative.region), relative.origin
        if origin and origin.resource_id:
            return await region.of_resource(origin.kind, origin.resource_id)
        return await _either(region, relative)

    async def publish(self, topic_arn: str, subject: str, message: str) -> None:
        """Send to an SNS topic with the bot's own credentials, secrets masked. Raises AWSError."""
        with self._publishing():
            sns = await self._own("sns", topic_arn.split(":")[3])
            # SNS refuses a longer subject:
            # https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
            await sns.publish(
                TopicArn=topic_arn, Subject=mask(subject)[:100], Message=mask(message)
            )

    @property
    def own_region(self) -> str:
        """Where the bot's own figures go. Raises SettingsError where nothing names it."""
        return self._sessions.own_region()

    async def put_figures(self, namespace: str, data: Sequence[Datum]) -> None:
        """At most 1,000, as metrics of the bot's own account. Raises AWSError.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
        """
        with self._publishing():
            client = await self._own("cloudwatch", self.own_region)
            raw = [cloudwatch.metric_datum(one) for one in data]
            await client.put_metric_data(Namespace=namespace, MetricData=raw)

    async def put_alarm(self, alarm: Mapping[str, Any]) -> None:
        """Make an alarm of the bot's own account, or replace it. Raises AWSError."""
        with self._publishing():
            client = await self._own("cloudwatch", self.own_region)
            await client.put_metric_alarm(**alarm)

    @contextmanager
    def _publishing(self) -> Iterator[None]:
        """Harmless to repeat, as a read is; but nothing for a bot that only observes."""
        if self.observes:
            raise observed()
        with reading():
            yield

    async def _own(self, service: str, region: str) -> Any:
        return await self._sessions.client(
            service, Account(id="", name="", regions=(region,)), region
        )


async def _readable(what: str, reading: Awaitable[Read]) -> Read | Unread:
    try:
        return await reading
    except UnknownTargetError:
        why = "it is not among the regions of accounts in rds-bot.yml; add it there"
        return Unread(what=what, why=why)
    except AWSNotFoundError:
        why = "AWS names it and does not show it; look there"
        return Unread(what=what, why=why, is_gone=True)
    except AWSUnavailableError as error:
        return Unread(what=what, why=f"{error}; try again in a minute", is_passing=True)
    except AWSError as error:
        return Unread(what=what, why=f"{error}; see rds-bot iam-policy")


async def _either(region: Region, relative: Relative) -> Database:
    """The first of its kinds that AWS knows. Raises what the last of them raises."""
    *others, last = relative.kinds
    for kind in others:
        with suppress(AWSNotFoundError):
            return await region.database(kind, relative.name)
    return await region.database(last, relative.name)
