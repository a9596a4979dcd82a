"""Exports of snapshots to S3: they take time, end or fail, and can be cancelled until then."""

from datetime import datetime
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.exceptions import (
    ExportTaskAlreadyExistsError,
    ExportTaskNotFoundError,
    RDSClientError,
)

from bot.sandbox.aws.actions import Actions
from bot.sandbox.aws.backend import TimedBackend
from bot.sandbox.aws.events import Source
from bot.sandbox.aws.models import Timed, TimedClusterSnapshot, TimedSnapshot
from bot.sandbox.aws.snapshot_copies import find
from bot.sandbox.aws.world import naive

DONE, FAILED, CANCELED = "COMPLETE", "FAILED", "CANCELED"
EVENTS = {FAILED: ("0159", "0162"), CANCELED: ("0160", "0163"), DONE: ("0161", "0164")}
"""Of an instance's snapshot and of a cluster's, by how the export ends."""


class TimedExport(Timed):
    """Attributes are named after the API's members; moto writes them as XML."""

    resource_type = "export"
    task_end_at: float | None = None

    def __init__(
        self, backend: TimedBackend, snapshot: TimedSnapshot | TimedClusterSnapshot, said: Any
    ) -> None:
        super().__init__(backend)
        self.snapshot = snapshot
        self.export_task_identifier: str = said["ExportTaskIdentifier"]
        self.source_arn: str = said["SourceArn"]
        self.export_only: list[str] = said.get("ExportOnly") or []
        self.s3_bucket: str = said["S3BucketName"]
        self.s3_prefix: str | None = said.get("S3Prefix")
        self.iam_role_arn: str = said["IamRoleArn"]
        self.kms_key_id: str = said["KmsKeyId"]
        self.snapshot_time, self.task_start_time = snapshot.created, self.world.utcnow()
        self.source_type = "SNAPSHOT"
        self.status = DONE

    @property
    def resource_id(self) -> str:
        return self.export_task_identifier

    @property
    def source(self) -> Source:
        return self.snapshot.source

    @property
    def has_ended(self) -> bool:
        return self.task_end_at is not None and self.world.now() >= self.task_end_at

    @property
    def task_end_time(self) -> datetime | None:
        return naive(self.task_end_at) if self.task_end_at and self.has_ended else None

    @property
    def percent_progress(self) -> int:
        return self.progress("STARTING", "IN_PROGRESS") if self.settled == DONE else 0

    @property
    def total_extracted_data_in_gb(self) -> int:
        return int(self.snapshot.allocated_storage * self.percent_progress / 100)

    @property
    def failure_cause(self) -> str | None:
        return "The export failed in the sandbox." if self.status == FAILED else None


class ExportActions(Actions):
    def start_export_task(self) -> ActionResult:
        snapshot = self._exported(self.said("SourceArn"))
        if self.said("ExportTaskIdentifier") in self.backend.exports:
            raise ExportTaskAlreadyExistsError(self.said("ExportTaskIdentifier"))
        _check(self.said("IamRoleArn"), self.said("S3BucketName"))
        task = TimedExport(self.backend, snapshot, self.params)
        self.backend.exports[task.export_task_identifier] = task
        task.task_end_at = snapshot.in_use_until = task.undergo("start_export_task").ends_at
        ended = task.task_end_at
        task.world.later(ended, lambda: self._ended(task, ended))
        return ActionResult(task)

    def cancel_export_task(self) -> ActionResult:
        task = self._task(self.said("ExportTaskIdentifier"))
        if task.has_ended or task.settled == CANCELED:
            raise RDSClientError(
                "InvalidExportTaskStateFault",
                f"The export task can't be canceled: its status is {task.status}.",
            )
        task.status = CANCELED
        task.task_end_at = task.snapshot.in_use_until = task.undergo("cancel_export_task").ends_at
        self._tell_end(task, task.task_end_at)
        return ActionResult(task)

    def describe_export_tasks(self) -> ActionResult:
        name, source = self.said("ExportTaskIdentifier"), self.said("SourceArn")
        tasks = [self._task(name)] if name else self.backend.exports.values()
        found = [one for one in tasks if source in (None, one.source_arn)]
        return self.paged("ExportTasks", found, key=lambda one: one.export_task_identifier)

    def _ended(self, task: TimedExport, at: float) -> None:
        """Unless it was cancelled: then it ended at another time."""
        if task.task_end_at == at:
            self._tell_end(task, at)

    def _tell_end(self, task: TimedExport, at: float) -> None:
        of_cluster = isinstance(task.snapshot, TimedClusterSnapshot)
        self.backend.emit(f"RDS-EVENT-{EVENTS[task.settled][of_cluster]}", task, at)

    def _task(self, name: str) -> TimedExport:
        if name not in self.backend.exports:
            raise ExportTaskNotFoundError(name)
        found: TimedExport = self.backend.exports[name]
        return found

    def _exported(self, arn: str) -> TimedSnapshot | TimedClusterSnapshot:
        snapshot = find(self.backend, arn, of_cluster=":cluster-snapshot:" in arn)
        if snapshot.status != "available":
            raise RDSClientError(
                "InvalidExportSourceState",
                f"Export source should be 'available' but current status is {snapshot.status}.",
            )
        return snapshot


def _check(role: str, bucket: str) -> None:
    if ":role/" not in role:
        raise RDSClientError("IamRoleNotFound", f"The IAM role {role} is not found.")
    if bucket != bucket.lower() or not 3 <= len(bucket) <= 63:
        raise RDSClientError("InvalidS3BucketFault", f"The S3 bucket {bucket} doesn't exist.")
