"""RDS as the sandbox answers it: moto's, with what it lacks or does wrong put right."""

from datetime import datetime

from moto.core.responses import ActionResult
from moto.rds.exceptions import InvalidParameterCombination

from bot.sandbox.aws.account import AccountActions
from bot.sandbox.aws.blue_green import BlueGreenActions
from bot.sandbox.aws.cluster_modifications import ClusterModifyActions
from bot.sandbox.aws.clusters import ClusterActions
from bot.sandbox.aws.events import Event, Search
from bot.sandbox.aws.exports import ExportActions
from bot.sandbox.aws.instances import InstanceActions
from bot.sandbox.aws.logfiles import LogActions
from bot.sandbox.aws.maintenance import MaintenanceActions
from bot.sandbox.aws.modifications import ModifyActions
from bot.sandbox.aws.offers import OfferActions
from bot.sandbox.aws.parameter_groups import ParameterActions
from bot.sandbox.aws.restores import RestoreActions
from bot.sandbox.aws.snapshot_copies import SnapshotCopyActions
from bot.sandbox.aws.snapshots import SnapshotActions
from bot.sandbox.aws.stops import StopActions
from bot.sandbox.aws.tags import TagActions

DEFAULT_DURATION_MINUTES = 60


class RDS(
    ClusterActions,
    InstanceActions,
    StopActions,
    ModifyActions,
    ClusterModifyActions,
    OfferActions,
    RestoreActions,
    BlueGreenActions,
    ParameterActions,
    MaintenanceActions,
    SnapshotActions,
    SnapshotCopyActions,
    ExportActions,
    TagActions,
    LogActions,
    AccountActions,
):
    """Every action of moto's RDS, and these."""

    def describe_events(self) -> ActionResult:
        found = self.backend.log.find(self._search())
        return self.paged("Events", found, key=_key)

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


def _key(event: Event) -> list[float]:
    return event.key


def _epoch(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()
