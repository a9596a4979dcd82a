"""How many changes may be filed, by one person and for one database; whoever keeps on has to wait.

AWS takes 100 manual snapshots in a region, and a channel only so many cards. What has ended counts
like what is open. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

import humanize

from bot.errors import NotAllowedError
from bot.settings import LimitSettings, QuotaSettings
from bot.values import SECOND, Moment, PersonId, Request, Step, micros

MINUTE = 60 * SECOND


class Filings(Protocol):
    """Instants of filing after ``since``, newest first, and no more than ``most``."""

    async def filed_by(self, requester: PersonId, since: int, most: int) -> tuple[int, ...]: ...

    async def filed_on(self, lock: str, since: int, most: int) -> tuple[int, ...]:
        """For a database, or for a cluster with its members."""


class Full(NamedTuple):
    """A quota that is used up, and the instant from which on one more fits into it.

    ``name`` is the database's; "" where it is a person's quota.
    """

    quota: QuotaSettings
    free_at: int
    name: str = ""

    @property
    def key(self) -> str:
        return "limits.per_database" if self.name else "limits.per_person"


class TooManyError(NotAllowedError):
    """More was asked for than ``full`` allows."""

    def __init__(self, full: Full) -> None:
        why = f"{_why(full)} ({full.key}). Nothing was filed. Try again after "
        when = datetime.fromtimestamp(full.free_at / SECOND, UTC)
        plain = f"{why}{when:%Y-%m-%d %H:%M} UTC."
        super().__init__(plain, (why, Moment(at=full.free_at), "."), "limited")
        self.full = full

    @property
    def facts(self) -> dict[str, Any]:
        """For the audit trail."""
        full = self.full
        return {"limit": full.key, "most": full.quota.most, "free_at": full.free_at}


class Quotas:
    """Both checks raise TooManyError, and hold for as long as nobody else can file."""

    def __init__(self, limits: LimitSettings) -> None:
        self._limits = limits

    async def check(self, filings: Filings, draft: Request, now: int) -> None:
        person = await self._of_person(filings, draft.requester, now)
        database = await self._of_database(filings, draft.step, now)
        _refuse([*person, *database])

    async def check_person(self, filings: Filings, person: PersonId, now: int) -> None:
        """For what a person has others do, at no database of the bot."""
        _refuse(await self._of_person(filings, person, now))

    async def _of_person(self, filings: Filings, person: PersonId, now: int) -> list[Full]:
        read = [
            (quota, await filings.filed_by(person, now - micros(quota.within), quota.most))
            for quota in self._limits.per_person or ()
        ]
        return [Full(quota, free_at(quota, filed)) for quota, filed in read if _fill(quota, filed)]

    async def _of_database(self, filings: Filings, step: Step, now: int) -> list[Full]:
        read = [
            (quota, await filings.filed_on(step.lock, now - micros(quota.within), quota.most))
            for quota in self._limits.per_database or ()
        ]
        name = step.target.identifier
        return [
            Full(quota, free_at(quota, filed), name) for quota, filed in read if _fill(quota, filed)
        ]


def free_at(quota: QuotaSettings, filed: Sequence[int]) -> int:
    """When the oldest of those that fill it no longer counts, on the next full minute."""
    return -(-(filed[-1] + micros(quota.within)) // MINUTE) * MINUTE


def _fill(quota: QuotaSettings, filed: Sequence[int]) -> bool:
    return len(filed) == quota.most


def _refuse(full: Sequence[Full]) -> None:
    """The one that is free last is told: before that it would be refused anyway."""
    if full:
        raise TooManyError(max(full, key=lambda one: one.free_at))


def _why(full: Full) -> str:
    most, within = full.quota.most, humanize.precisedelta(full.quota.within)
    asked = f"{most} change{'' if most == 1 else 's'}"
    if full.name:
        asked += f" of {full.name} {'was' if most == 1 else 'were'} asked for"
        return f"{asked} within {within}, as many as one database takes"
    return f"You have asked for {asked} within {within}, as many as one person may"
