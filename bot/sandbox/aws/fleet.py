"""Databases as values, and a demo fleet of fourteen in three accounts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.sandbox.aws.identity import MAIN_ACCOUNT

MAIN, ANALYTICS, LEGACY = MAIN_ACCOUNT, "210987654321", "333333333333"


@dataclass(frozen=True)
class InstanceSpec:
    """One database instance, `age_days` old. `zone` is the letter after the region's name.

    `parameters` are set in a parameter group of its own, for a restart that `parameters_wait` says
    it has not had; `insights` is Performance Insights.
    `replica_of` is a name, or an ARN in another region; the source has to stand before it.
    AWS applies `maintenance` in `maintenance_days` at the latest; empty: none is pending.
    """

    identifier: str
    account: str = MAIN
    region: str = "us-east-1"
    engine: str = "postgres"
    engine_version: str | None = None
    instance_class: str = "db.m6g.large"
    storage_gib: int = 100
    multi_az: bool = False
    zone: str = "a"
    tags: Mapping[str, str] = field(default_factory=dict)
    backup_window: str = "03:00-03:30"
    maintenance_window: str = "sun:05:00-sun:05:30"
    retention_days: int = 7
    replica_of: str | None = None
    status: str = "available"
    age_days: int = 120
    parameters: Mapping[str, str] = field(default_factory=dict)
    parameters_wait: bool = False
    insights: bool = True
    maintenance: str = ""
    maintenance_days: int = 10
    certificate_days: int = 300
    copies_tags: bool = False
    storage_limit_gib: int | None = None
    backups: int = 0  #: automated snapshots of so many days
    snapshots: Mapping[str, int] = field(default_factory=dict)  #: manual ones, and days since


@dataclass(frozen=True)
class ClusterSpec:
    """One cluster; its first member writes. `serverless` is (min, max) in capacity units.

    With the engine `postgres` or `mysql` it is a Multi-AZ DB cluster, with `neptune` or `docdb` one
    of a service that RDS's own calls list as well. `replica_of` is the ARN of another cluster,
    which has to stand before it.
    """

    identifier: str
    members: tuple[str, ...]
    account: str = MAIN
    region: str = "us-east-1"
    engine: str = "aurora-postgresql"
    engine_version: str | None = None
    instance_class: str = "db.r6g.large"
    serverless: tuple[float, float] | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    backup_window: str = "02:00-02:30"
    maintenance_window: str = "sun:04:00-sun:04:30"
    retention_days: int = 7
    age_days: int = 120
    copies_tags: bool = False
    replica_of: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()  #: members that had no restart since those were set
    maintenance: str = ""
    maintenance_days: int = 10
    backups: int = 0
    snapshots: Mapping[str, int] = field(default_factory=dict)


Fleet = tuple[InstanceSpec | ClusterSpec, ...]


def role_arn(account: str) -> str:
    return f"arn:aws:iam::{account}:role/rds-bot"


def _in(environment: str) -> Mapping[str, str]:
    return {"Environment": environment}


DEMO_FLEET: Fleet = (
    InstanceSpec(
        "orders-dev",
        instance_class="db.t4g.medium",
        storage_gib=20,
        tags=_in("dev"),
        insights=False,
    ),
    InstanceSpec(
        "orders-test",
        instance_class="db.t4g.medium",
        storage_gib=50,
        tags={**_in("test"), "Team": "checkout"},
    ),
    InstanceSpec(
        "orders-staging",
        multi_az=True,
        tags=_in("staging"),
        maintenance="system-update",
        maintenance_days=6,
    ),
    InstanceSpec(
        "orders-prod",
        instance_class="db.r6g.2xlarge",
        storage_gib=800,
        multi_az=True,
        tags=_in("production"),
        retention_days=35,
    ),
    InstanceSpec(
        "billing-staging",
        engine="mysql",
        tags=_in("staging"),
        parameters={"max_connections": "450"},
    ),
    InstanceSpec(
        "ledger-test",
        engine="oracle-se2",
        instance_class="db.m5.large",
        storage_gib=200,
        tags=_in("test"),
        certificate_days=24,
        snapshots={"ledger-before-patch": 30},
    ),
    ClusterSpec(
        "shop-staging",
        members=("shop-staging-1", "shop-staging-2", "shop-staging-3"),
        tags=_in("staging"),
    ),
    ClusterSpec("search-test", members=("search-test-1",), serverless=(0.5, 8), tags=_in("test")),
    InstanceSpec("warehouse", storage_gib=400),
    InstanceSpec("reports", engine="mysql", tags=_in("test")),
    InstanceSpec(
        "reports", account=ANALYTICS, region="eu-west-1", storage_gib=300, tags=_in("staging")
    ),
    InstanceSpec("legacy-crm", account=LEGACY, engine="mysql", tags=_in("dev")),
)
"""`warehouse` carries no tags; `reports` exists in two accounts."""
