"""RDS's own event log of one account and region, readable as DescribeEvents reads it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.sandbox.aws.world import naive

CATALOGUE: dict[str, tuple[str, str]] = {
    "RDS-EVENT-0001": ("backup", "Backing up DB instance"),
    "RDS-EVENT-0002": ("backup", "Finished DB Instance backup"),
    "RDS-EVENT-0003": ("deletion", "DB instance deleted"),
    "RDS-EVENT-0004": ("availability", "DB instance shutdown"),
    "RDS-EVENT-0005": ("creation", "DB instance created"),
    "RDS-EVENT-0006": ("availability", "DB instance restarted"),
    "RDS-EVENT-0007": (
        "low storage",
        "Allocated storage has been exhausted. Allocate additional storage to resolve",
    ),
    "RDS-EVENT-0011": ("configuration change", "Updated to use DBParameterGroup {}"),
    "RDS-EVENT-0012": ("configuration change", "Applying modification to database instance class"),
    "RDS-EVENT-0013": ("failover", "Multi-AZ instance failover started"),
    "RDS-EVENT-0014": (
        "configuration change",
        "Finished applying modification to DB instance class",
    ),
    "RDS-EVENT-0016": ("configuration change", "Reset master credentials"),
    "RDS-EVENT-0017": (
        "configuration change",
        "Finished applying modification to allocated storage",
    ),
    "RDS-EVENT-0018": ("configuration change", "Applying modification to allocated storage"),
    "RDS-EVENT-0019": ("restoration", "Restored from {}"),
    "RDS-EVENT-0024": (
        "configuration change",
        "Applying modification to convert to a Multi-AZ DB instance",
    ),
    "RDS-EVENT-0025": (
        "configuration change",
        "Finished applying modification to convert to a Multi-AZ DB instance",
    ),
    "RDS-EVENT-0026": ("maintenance", "Applying off-line patches to DB instance"),
    "RDS-EVENT-0027": ("maintenance", "Finished applying off-line patches to DB instance"),
    "RDS-EVENT-0028": ("configuration change", "Disabled automated backups"),
    "RDS-EVENT-0029": (
        "configuration change",
        "Finished applying modification to convert to a standard (Single-AZ) DB instance",
    ),
    "RDS-EVENT-0030": (
        "configuration change",
        "Applying modification to convert to a standard (Single-AZ) DB instance",
    ),
    "RDS-EVENT-0031": ("failure", "DB instance put into {} state"),
    "RDS-EVENT-0032": ("configuration change", "Enabled automated backups"),
    "RDS-EVENT-0034": (
        "failover",
        "Abandoning user requested failover since a failover recently occurred on the database "
        "instance",
    ),
    "RDS-EVENT-0035": (
        "failure",
        "Database instance put into incompatible-parameters. Modify the parameters and reboot",
    ),
    "RDS-EVENT-0037": ("configuration change", "Updated parameter {}"),
    "RDS-EVENT-0040": ("creation", "Creating manual snapshot"),
    "RDS-EVENT-0041": ("deletion", "Deleted manual snapshot"),
    "RDS-EVENT-0042": ("creation", "Manual snapshot created"),
    "RDS-EVENT-0043": ("restoration", "Restored from {}"),
    "RDS-EVENT-0046": ("read replica", "Replication for the Read Replica resumed"),
    "RDS-EVENT-0047": ("maintenance", "Database instance patched"),
    "RDS-EVENT-0049": ("failover", "Multi-AZ instance failover completed"),
    "RDS-EVENT-0057": ("read replica", "Replication streaming has been terminated"),
    "RDS-EVENT-0059": ("notification", "Started copy of snapshot {}"),
    "RDS-EVENT-0060": ("notification", "Finished copy of snapshot {}"),
    "RDS-EVENT-0067": (
        "configuration change",
        "Unable to reset your password. Error information: {}",
    ),
    "RDS-EVENT-0069": (
        "failover",
        "Cluster failover failed, check the health of your cluster instances and try again",
    ),
    "RDS-EVENT-0071": ("failover", "Completed failover to DB instance: {}"),
    "RDS-EVENT-0072": ("failover", "Started same AZ failover to DB instance: {}"),
    "RDS-EVENT-0073": ("failover", "Started cross AZ failover to DB instance: {}"),
    "RDS-EVENT-0074": ("backup", "Creating manual cluster snapshot"),
    "RDS-EVENT-0075": ("backup", "Manual cluster snapshot created"),
    "RDS-EVENT-0078": ("configuration change", "Monitoring Interval changed to {}"),
    "RDS-EVENT-0079": (
        "failure",
        "Amazon RDS has been unable to create credentials for enhanced monitoring and "
        "this feature has been disabled. This is likely due to the rds-monitoring-role "
        "not being present and configured correctly in your account. Please refer to the "
        "troubleshooting section in the Amazon RDS documentation for further details.",
    ),
    "RDS-EVENT-0080": (
        "failure",
        "Amazon RDS has been unable to configure enhanced monitoring on your instance: {}"
        " and this feature has been disabled. This is likely due to the rds-monitoring-"
        "role not being present and configured correctly in your account. Please refer to"
        " the troubleshooting section in the Amazon RDS documentation for further "
        "details.",
    ),
    "RDS-EVENT-0084": ("notification", "Unable to convert the DB instance to Multi-AZ: {}"),
    "RDS-EVENT-0087": ("notification", "DB instance stopped"),
    "RDS-EVENT-0088": ("notification", "DB instance started"),
    "RDS-EVENT-0092": ("configuration change", "Finished updating DB parameter group"),
    "RDS-EVENT-0150": ("notification", "DB cluster stopped"),
    "RDS-EVENT-0151": ("notification", "DB cluster started"),
    "RDS-EVENT-0153": (
        "notification",
        "DB cluster is being started due to it exceeding the maximum allowed time being stopped",
    ),
    "RDS-EVENT-0154": (
        "notification",
        "DB instance is being started due to it exceeding the maximum allowed time being stopped",
    ),
    "RDS-EVENT-0157": ("notification", "Unable to modify the DB instance class. {}"),
    "RDS-EVENT-0158": (
        "notification",
        "Database instance is in a state that cannot be upgraded: {}",
    ),
    "RDS-EVENT-0159": ("notification", "DB snapshot export task failed"),
    "RDS-EVENT-0160": ("notification", "DB snapshot export task canceled"),
    "RDS-EVENT-0161": ("notification", "DB snapshot export task completed"),
    "RDS-EVENT-0162": ("notification", "DB cluster snapshot export task failed"),
    "RDS-EVENT-0163": ("notification", "DB cluster snapshot export task canceled"),
    "RDS-EVENT-0164": ("notification", "DB cluster snapshot export task completed"),
    "RDS-EVENT-0170": ("creation", "DB cluster created"),
    "RDS-EVENT-0171": ("deletion", "DB cluster deleted"),
    "RDS-EVENT-0173": ("maintenance", "Database cluster engine version has been upgraded"),
    "RDS-EVENT-0177": ("maintenance", "Database cluster upgrade is in progress"),
    "RDS-EVENT-0188": ("failure", "The DB instance is in a state that can't be upgraded. {}"),
    "RDS-EVENT-0196": ("notification", "Started copy of cluster snapshot {}"),
    "RDS-EVENT-0197": ("notification", "Finished copy of cluster snapshot {}"),
    "RDS-EVENT-0202": ("read replica", "Read replica creation failed"),
    "RDS-EVENT-0244": ("notification", "Blue/green deployment tasks completed"),
    "RDS-EVENT-0248": ("notification", "Switchover completed on blue/green deployment"),
    "RDS-EVENT-0250": ("notification", "Switchover from primary {} started"),
    "RDS-EVENT-0251": ("notification", "Switchover from primary {} completed"),
    "RDS-EVENT-0252": ("notification", "Switchover from primary {} was rolled back"),
    "RDS-EVENT-0264": ("maintenance", "The pre-check started for the DB engine version upgrade."),
    "RDS-EVENT-0265": ("maintenance", "The pre-check finished for the DB engine version upgrade."),
    "RDS-EVENT-0266": ("maintenance", "The downtime started for the DB instance."),
    "RDS-EVENT-0267": ("maintenance", "The engine version upgrade started."),
    "RDS-EVENT-0268": ("maintenance", "The engine version upgrade finished."),
    "RDS-EVENT-0269": ("maintenance", "The post-upgrade tasks are in progress."),
    "RDS-EVENT-0270": (
        "maintenance",
        "The DB engine version upgrade failed. The engine version upgrade rollback succeeded.",
    ),
    "RDS-EVENT-0288": ("maintenance", "Cluster operating system upgrade starting"),
    "RDS-EVENT-0289": ("maintenance", "Cluster operating system upgrade completed"),
}
"""Category and message by AWS's event id, which the API itself never tells."""


@dataclass(frozen=True)
class Source:
    """What an event is about. `kind` is `db-instance`, `db-snapshot`, `db-cluster`, …"""

    kind: str
    identifier: str
    arn: str


@dataclass(frozen=True)
class Event:
    """Attributes are named after the API's members; moto writes them as XML."""

    at: float
    number: int
    source_type: str
    source_identifier: str
    source_arn: str
    message: str
    event_categories: tuple[str, ...]

    @property
    def date(self) -> datetime:
        return naive(self.at)

    @property
    def key(self) -> list[float]:
        return [self.at, self.number]


@dataclass(frozen=True)
class Search:
    """`since` and `until` in epoch seconds; whatever is None or empty matches all."""

    since: float
    until: float
    source_type: str | None = None
    source_identifier: str | None = None
    categories: frozenset[str] = frozenset()

    def wants(self, event: Event) -> bool:
        return (
            self.since <= event.at <= self.until
            and self.source_type in (None, event.source_type)
            and self.source_identifier in (None, event.source_identifier)
            and (not self.categories or not self.categories.isdisjoint(event.event_categories))
        )


class EventLog:
    """Events may be entered ahead of time; nobody sees one before its instant."""

    def __init__(self) -> None:
        self._events: list[Event] = []

    def add(self, event_id: str, source: Source, at: float, detail: str = "") -> None:
        category, message = CATALOGUE[event_id]
        self._events.append(
            Event(
                at,
                len(self._events),
                source.kind,
                source.identifier,
                source.arn,
                message.format(detail),
                (category,),
            )
        )

    def find(self, search: Search) -> Iterable[Event]:
        return [event for event in self._events if search.wants(event)]
