"""What AWS says of databases, snapshots and what happened to them."""

from functools import cached_property

from pydantic import Field

from bot.values._base import Value
from bot.vocabulary import Environment, Kind


class Target(Value):
    """A database instance or cluster. ``resource_id`` is AWS's own and survives a rename."""

    account: str
    region: str
    kind: Kind
    identifier: str
    resource_id: str

    def __str__(self) -> str:
        return f"{self.identifier}@{self.account}/{self.region}"

    @property
    def typed(self) -> str:
        """In full, as it can be typed."""
        return f"cluster:{self}" if self.kind is Kind.CLUSTER else str(self)

    def __hash__(self) -> int:
        return hash((self.account, self.region, self.kind, self.resource_id))


class Database(Value):
    """What AWS said of an instance or cluster at ``seen_at``. Statuses are AWS's own words."""

    target: Target
    account_name: str
    arn: str
    status: str
    engine: str
    engine_version: str = ""
    instance_class: str = ""
    storage_gib: int | None = None
    multi_az: bool = False
    zone: str = ""
    secondary_zone: str = ""
    cluster: str | None = None  #: the Aurora or Multi-AZ cluster that an instance belongs to
    writer: str = ""  #: of a cluster: the member that writes
    members: tuple[str, ...] = ()
    replicas: tuple[str, ...] = ()
    tags: dict[str, str] = Field(default_factory=dict)
    backup_window: str = ""
    maintenance_window: str = ""
    backup_retention_days: int = 0
    latest_restorable_at: int | None = None
    pending: dict[str, str] = Field(default_factory=dict)  #: PendingModifiedValues, secrets masked
    storage_limit_gib: int | None = None  #: up to which AWS enlarges its storage by itself
    certificate_until: int | None = None
    restarts_at: int | None = None  #: when AWS starts it again, of one that is stopped
    parameter_group: str = ""
    parameters_wait: bool = False  #: some of that group's take effect only with a restart
    capacity: tuple[float, float] | None = None  #: of a serverless cluster, in capacity units
    insights: bool = False  #: whether Performance Insights is on
    storage_type: str = ""
    encrypted: bool | None = None  #: None here and below: AWS does not say
    public: bool | None = None  #: whether its address is one of the internet
    deletion_protection: bool | None = None
    extended_support: bool | None = None  #: whether it outlives its standard support, at a price
    seen_at: int = 0

    @property
    def name(self) -> str:
        return self.target.identifier

    @property
    def address(self) -> str:
        """The name in full, as it can be typed: ``orders-dev@main/us-east-1``."""
        return f"{self.name}@{self.account_name}/{self.target.region}"

    @property
    def lock(self) -> str:
        """What must not change twice at once: members share the lock of their cluster."""
        place = f"{self.target.account}/{self.target.region}"
        if self.target.kind is Kind.CLUSTER or self.cluster:
            return f"{place}/cluster/{self.cluster or self.name}"
        return f"{place}/{self.target.resource_id}"


class Unreachable(Value):
    account: str
    region: str
    why: str


class Inventory(Value):
    """Every database, by name; what did not answer keeps its databases as last seen."""

    databases: tuple[Database, ...] = ()
    unreachable: tuple[Unreachable, ...] = ()
    seen_at: int = 0

    def cluster_of(self, database: Database) -> Database | None:
        """The cluster that an instance belongs to, as last seen."""
        return self._clusters.get(_place(database, database.cluster or ""))

    def instances_of(self, database: Database) -> tuple[Database, ...]:
        """The members of a cluster as last seen, the writer first; an instance is its own."""
        if database.target.kind is Kind.INSTANCE:
            return (database,)
        place = _place(database, database.name)
        mine = (one for one in self.databases if _place(one, one.cluster or "") == place)
        return tuple(sorted(mine, key=lambda one: (one.name != database.writer, one.name)))

    @cached_property
    def _clusters(self) -> dict[tuple[str, str, str], Database]:
        found = (one for one in self.databases if one.target.kind is Kind.CLUSTER)
        return {_place(one, one.name): one for one in found}


def _place(database: Database, name: str) -> tuple[str, str, str]:
    return (database.target.account, database.target.region, name)


class Looked(Value):
    """A database as AWS shows it now, and the cluster it belongs to; None where to none."""

    database: Database
    cluster: Database | None = None


class Snapshot(Value):
    """A manual or automated snapshot of an instance or a cluster."""

    identifier: str
    kind: Kind
    source: str
    status: str
    percent: int
    arn: str
    tags: dict[str, str] = Field(default_factory=dict)
    created_at: int | None = None


class RDSEvent(Value):
    """One line of DescribeEvents. ``id`` is AWS's event id where it is given, else empty."""

    at: int
    source_kind: str
    source: str
    message: str
    id: str = ""
    categories: tuple[str, ...] = ()


class LogFile(Value):
    """One log file of an instance; ``size`` in bytes."""

    name: str
    size: int
    written_at: int


class TrailEvent(Value):
    """One call that CloudTrail recorded under a role session name."""

    at: int
    action: str
    error: str | None
    aws_request_id: str | None = None


class Classified(Value):
    """An environment and, in words, the rule or rules that made it so."""

    environment: Environment
    rule: str
