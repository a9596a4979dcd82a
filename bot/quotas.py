"""How many changes may be filed, by one person and for one database; whoever keeps on has to wait.

AWS takes 100 manual snapshots in a region, and a channel only so many cards. What has ended counts
like what is open.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

import humanize

from bot.errors import NotAllowedError
from bot.settings import Limits, Quota
from bot.values import SECOND, Moment, PersonId, Request, micros

MINUTE = 60 * SECOND


class Filings(Protocol):
    """Instants of filing after ``since``, newest first, and no more than ``most``."""

    async def filed_by(self, requester: PersonId, since: int, most: int) -> tuple[int, ...]: ...

    async def filed_on(self, lock: str, since: int, most: int) -> tuple[int, ...]:
        """For a database, or for a cluster with its members."""


class Full(NamedTuple):
    """A quota that is used up, and the instant from which on one more fits into it."""

    key: str
    quota: Quota
    free_at: int


class Quotas:
    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    async def refusal(
        self, filings: Filings, draft: Request, now: int
    ) -> tuple[Full, NotAllowedError] | None:
        """The quota that is free last of those that are used up, and the sentence; None: file it.

        It holds for as long as nobody else can file.
        """
        found = [one async for one in self._used_up(filings, draft, now)]
        if not found:
            return None
        full = max(found, key=lambda one: one.free_at)
        return full, _too_many(full, draft)

    async def _used_up(self, filings: Filings, draft: Request, now: int) -> AsyncIterator[Full]:
        for quota in self._limits.per_person or ():
            filed = await filings.filed_by(draft.requester, _since(quota, now), quota.most)
            if len(filed) == quota.most:
                yield Full("limits.per_person", quota, free_at(quota, filed))
        for quota in self._limits.per_database or ():
            filed = await filings.filed_on(draft.step.lock, _since(quota, now), quota.most)
            if len(filed) == quota.most:
                yield Full("limits.per_database", quota, free_at(quota, filed))


def free_at(quota: Quota, filed: Sequence[int]) -> int:
    """When the oldest of those that fill it no longer counts, on the next full minute."""
    return -(-(filed[-1] + micros(quota.within)) // MINUTE) * MINUTE


def _since(quota: Quota, now: int) -> int:
    return now - micros(quota.within)


def _too_many(full: Full, draft: Request) -> NotAllowedError:
    most, within = full.quota.most, humanize.precisedelta(full.quota.within)
    asked = f"{most} change{'' if most == 1 else 's'}"
    if full.key == "limits.per_person":
        why = f"You have asked for {asked} within {within}, as many as one person may"
    else:
        name = draft.step.target.identifier
        why = f"{asked} of {name} were asked for within {within}, as many as one database takes"
    why = f"{why} ({full.key}). Nothing was filed. Try again after "
    when = datetime.fromtimestamp(full.free_at / SECOND, UTC)
    return NotAllowedError(
        f"{why}{when:%Y-%m-%d %H:%M} UTC.", (why, Moment(at=full.free_at), "."), "limited"
    )
