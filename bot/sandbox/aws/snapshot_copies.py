"""Copies of snapshots, from other regions too, and with whom snapshots are shared."""

import re
from typing import cast

from moto.core.responses import ActionResult
from moto.rds.exceptions import (
    DBClusterSnapshotAlreadyExistsError,
    DBSnapshotAlreadyExistsError,
    InvalidParameterCombination,
    InvalidParameterValue,
)

from bot.sandbox.aws.actions import Actions, made
from bot.sandbox.aws.backend import TimedBackend
from bot.sandbox.aws.models import DEFAULT_KEY, TimedClusterSnapshot, TimedSnapshot
from bot.sandbox.aws.snapshots import check_cluster_name, require_snapshot

Snapshot = TimedSnapshot | TimedClusterSnapshot
ACCOUNT = re.compile(r"\d{12}|all")


class SnapshotCopyActions(Actions):
    def copy_db_snapshot(self) -> ActionResult:
        source = find(self.backend, self.said("SourceDBSnapshotIdentifier"), of_cluster=False)
        name = self.said("TargetDBSnapshotIdentifier")
        if name in self.backend.database_snapshots:
            raise DBSnapshotAlreadyExistsError(name)
        self._check_source(source)
        copied = made(super().copy_db_snapshot(), "DBSnapshot")
        copied.source_db_snapshot_identifier = source.arn
        self._begin(source, copied, "copy_db_snapshot")
        return ActionResult({"DBSnapshot": copied})

    def copy_db_cluster_snapshot(self) -> ActionResult:
        asked = self.said("SourceDBClusterSnapshotIdentifier")
        source = find(self.backend, asked, of_cluster=True)
        name = self.said("TargetDBClusterSnapshotIdentifier")
        check_cluster_name(self.backend, name, "TargetDBClusterSnapshotIdentifier")
        if name in self.backend.cluster_snapshots:
            raise DBClusterSnapshotAlreadyExistsError(name)
        self._check_source(source)
        copied = made(super().copy_db_cluster_snapshot(), "DBClusterSnapshot")
        copied.source_db_cluster_snapshot_arn = source.arn
        self._begin(source, copied, "copy_db_cluster_snapshot")
        return ActionResult({"DBClusterSnapshot": copied})

    def modify_db_snapshot_attribute(self) -> ActionResult:
        name = self.said("DBSnapshotIdentifier")
        self._check_sharing(find(self.backend, name, of_cluster=False))
        return super().modify_db_snapshot_attribute()

    def modify_db_cluster_snapshot_attribute(self) -> ActionResult:
        name = self.said("DBClusterSnapshotIdentifier")
        self._check_sharing(find(self.backend, name, of_cluster=True))
        return super().modify_db_cluster_snapshot_attribute()

    def _check_source(self, source: Snapshot) -> None:
        require_snapshot(source, ("available",))
        away = source.region != self.backend.region_name
        if away and source.is_encrypted and not self.said("KmsKeyId"):
            raise InvalidParameterCombination(
                "KmsKeyId is required to copy an encrypted snapshot from another Region."
            )

    def _begin(self, source: Snapshot, copied: Snapshot, operation: str) -> None:
        timeline = copied.undergo(operation)
        source.in_use_until = timeline.ends_at
        if source.region != copied.region:
            copied.source_region = source.region
        begun, done = (
            ("0196", "0197") if operation == "copy_db_cluster_snapshot" else ("0059", "0060")
        )
        said = f"{source.resource_id} from region {source.region}"
        self.backend.emit(f"RDS-EVENT-{begun}", copied, timeline.started_at, said)
        if copied.settled == "available":
            self.backend.emit(f"RDS-EVENT-{done}", copied, timeline.ends_at, said)

    def _check_sharing(self, snapshot: Snapshot) -> None:
        require_snapshot(snapshot, ("available",))
        values = self.said("ValuesToAdd") or ()
        for value in values:
            if not ACCOUNT.fullmatch(value):
                raise InvalidParameterValue(f"Invalid account ID: {value}")
        secret = snapshot.is_encrypted and snapshot.kms_key_id == DEFAULT_KEY
        if (secret and values) or (snapshot.is_encrypted and "all" in values):
            raise InvalidParameterValue(
                "A snapshot that is encrypted with the default key cannot be shared, and an "
                "encrypted one cannot be public."
            )


def find(backend: TimedBackend, named: str, *, of_cluster: bool) -> Snapshot:
    """By its name, or by its ARN in any region, and in another account where it is shared."""
    found = backend.get_db_cluster_snapshot if of_cluster else backend.get_db_snapshot
    return cast(Snapshot, found(named))
