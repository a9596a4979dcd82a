"""What AWS says of an account and of its engines: quotas, and until when it supports what."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from moto.core.responses import ActionResult

from bot.sandbox.aws.actions import Actions

LIFECYCLES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "mysql": {"5.7": ("2024-02-29", "2027-02-28"), "8.0": ("2026-07-31", "2029-07-31"),
              "8.4": ("2029-07-31", "2032-07-31")},
    "postgres": {"13": ("2026-02-28", "2029-02-28"), "14": ("2027-02-28", "2030-02-28"),
                 "15": ("2028-02-29", "2031-02-28"), "16": ("2029-02-28", "2032-02-29")},
    "aurora-mysql": {"8.0": ("2028-04-30", "2029-07-31")},
    "aurora-postgresql": {"13": ("2026-02-28", "2029-02-28"), "14": ("2027-02-28", "2030-02-28"),
                          "15": ("2028-02-29", "2031-02-28"), "16": ("2029-02-28", "2032-02-29")},
}  # fmt: skip
"""The last days of standard and of extended support by engine and major version, as AWS plans."""
SUPPORT = ("open-source-rds-standard-support", "open-source-rds-extended-support")


class AccountActions(Actions):
    def describe_account_attributes(self) -> ActionResult:
        backend = self.backend
        most = backend.world.snapshot_quota
        quotas = {
            "DBInstances": (len(backend.databases), backend.world.instance_quota),
            "DBClusters": (len(backend.clusters), backend.world.cluster_quota),
            "ManualSnapshots": (_manual(backend.database_snapshots), most),
            "ManualClusterSnapshots": (_manual(backend.cluster_snapshots), most),
        }
        found = [
            {"AccountQuotaName": name, "Used": used, "Max": most}
            for name, (used, most) in quotas.items()
        ]
        return ActionResult({"AccountQuotas": found})

    def describe_db_major_engine_versions(self) -> ActionResult:
        return self.paged(
            "DBMajorEngineVersions", _versions(self.said("Engine")), key=lambda one: one["Key"]
        )


def _manual(snapshots: Mapping[str, Any]) -> int:
    return sum(one.snapshot_type == "manual" for one in snapshots.values())


def _versions(engine: str | None) -> Iterator[dict[str, Any]]:
    for name, majors in LIFECYCLES.items():
        for major, ends in majors.items() if engine in (None, name) else ():
            yield {
                "Key": f"{name} {major}",
                "Engine": name,
                "MajorEngineVersion": major,
                "SupportedEngineLifecycles": [
                    {"LifecycleSupportName": support, "LifecycleSupportEndDate": _end_of(day)}
                    for support, day in zip(SUPPORT, ends, strict=True)
                ],
            }


def _end_of(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(hour=23, minute=59, tzinfo=UTC)
