"""RDS as the sandbox answers it: moto's, with what it lacks or does wrong put right."""

from datetime import datetime
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.exceptions import InvalidParameterCombination

from bot.sandbox.aws.account import AccountActions
from bot.sandbox.aws.clusters import ClusterActions
from bot.sandbox.aws.events import Event, Search
from bot.sandbox.aws.instances import InstanceActions
from bot.sandbox.aws.logfiles import LogActions
from bot.sandbox.aws.models import TimedInstance
from bot.sandbox.aws.modifications import ModifyActions
from bot.sandbox.aws.offers import OfferActions
from bot.sandbox.aws.snapshots import SnapshotActions

DEFAULT_DURATION_MINUTES = 60


class RDS(
    InstanceActions,
    ModifyActions,
    OfferActions,
    SnapshotActions,
    ClusterActions,
    LogActions,
    AccountActions,
):
    """Every action of moto's RDS, and these."""

    def describe_events(self) -> ActionResult:
        found = self.backend.log.find(self._search())
        return self.paged("Events", found, key=_key)

    def describe_pending_maintenance_actions(self) -> ActionResult:
        found = [
            {
                "ResourceIdentifier": one.arn,
                "PendingMaintenanceActionDetails": one.pending_maintenance,
            }
            for one in self.backend.databases.values()
            if isinstance(one, TimedInstance)
            and one.pending_maintenance
            and self.said("ResourceIdentifier") in (None, one.arn)
        ]
        return self.paged("PendingMaintenanceActions", found, key=_arn)

    def _search(self) -> Search:
        """Without a start the last `Duration` minutes; without an end, up to now."""
        identifier, kind = self.said("SourceIdentifier"), self.said("SourceType")
        if identifier and not kind:
            raise InvalidParameterCombination(
                "Cannot specify source identifier without source type"
            )
        now = self.backend.world.now()
        until = min(now, _epoch(self.said("EndTime")) or now)
        duration = self.said("Duration") or DEFAULT_DURATION_MINUTES
        since = _epoch(self.said("StartTime")) or until - duration * 60
        return Search(since, until, kind, identifier, frozenset(self.said("EventCategories") or ()))


def _arn(pending: dict[str, Any]) -> str:
    return str(pending["ResourceIdentifier"])


def _key(event: Event) -> list[float]:
    return event.key


def _epoch(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()
