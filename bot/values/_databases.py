"""What AWS says of databases, snapshots and what happened to them."""

from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

from pydantic import Field

from bot.values._base import Value
from bot.values._vocabulary import Environment, Kind

#: Engines of RDS and Aurora; DescribeDBInstances and -Clusters also list those of other services.
ENGINES = frozenset({"aurora", "aurora-mysql", "aurora-postgresql", "mariadb", "mysql", "postgres"})
FAMILIES = ("custom-", "db2-", "oracle-", "sqlserver-")  #: with which the other engines begin
#: Of a parameter group, in AWS's words: it is in use, or with a restart or an upgrade; or never.
APPLIED = frozenset({"in-sync", "pending-reboot", "pending-database-upgrade"})
NOT_APPLIED = "failed-to-apply"
OTHERS = {"neptune": "Amazon Neptune", "docdb": "Amazon DocumentDB"}


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

    @property
    def place(self) -> tuple[str, str, Kind, str]:
        """Where it stands: the same for one that was made anew under its name."""
        return self.account, self.region, self.kind, self.identifier.lower()

    @property
    def lock(self) -> str:
        """What must not change twice at once; of what is not there yet, or a cluster, its name."""
        where = f"{self.account}/{self.region}"
        if self.kind is Kind.INSTANCE and self.resource_id:
            return f"{where}/{self.resource_id}"
        return f"{where}/{self.kind}/{self.identifier.lower()}"

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
    #: Whom it is a replica of, and its replicas: by name, by ``cluster:name``, or elsewhere by ARN.
    source: str = ""
    replicas: tuple[str, ...] = ()
    endpoints: tuple[str, ...] = ()  #: names of hosts, in small letters
    tags: dict[str, str] = Field(default_factory=dict)
    copies_tags: bool = False  #: to its snapshots
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
    members_wait: tuple[str, ...] = ()  #: of a cluster: the members whose restart its group needs
    #: Of a cluster: how far its group is applied in each member, in AWS's word.
    members_status: dict[str, str] = Field(default_factory=dict)
    capacity: tuple[float, float] | None = None  #: of a serverless cluster, in capacity units
    #: Whether Performance Insights is on, which Database Insights reads; None: AWS does not say.
    insights: bool | None = False
    insights_mode: str = ""  #: of Database Insights: standard or advanced; empty: AWS does not say
    storage_type: str = ""
    iops: int | None = None  #: None here and below: AWS does not say
    throughput: int | None = None  #: of its storage, in MiB a second
    optimized: int | None = None  #: percent of its storage that AWS has optimised by now
    monitoring_seconds: int | None = None  #: of Enhanced Monitoring; 0: off
    monitoring_role: str = ""
    insights_days: int | None = None  #: for how long Performance Insights keeps its figures
    log_exports: tuple[str, ...] = ()  #: kinds of logs that CloudWatch gets
    certificate: str = ""  #: the certificate authority of its certificate
    security_groups: tuple[str, ...] = ()  #: their ids, sorted
    subnet_group: str = ""
    option_group: str = ""
    replication: str = ""  #: of a replica: how it stands, in AWS's word: ``replicating``
    security_groups_wait: bool = False  #: some of them are not active yet
    parameter_status: str = ""  #: how far its parameter group is applied, in AWS's word
    tier: int | None = None  #: of a member: in which order it becomes the writer
    secret_arn: str = ""  #: of the password that RDS manages; empty: it does not
    secret_status: str = ""
    auto_upgrade: bool | None = None  #: whether AWS takes minor versions by itself
    iam_auth: bool | None = None
    data_api: bool | None = None  #: of a cluster: whether its Data API answers
    encrypted: bool | None = None
    public: bool | None = None  #: whether its address is one of the internet
    deletion_protection: bool | None = None
    extended_support: bool | None = None  #: whether it outlives its standard support, at a price
    seen_at: int = 0

    @property
    def is_rds(self) -> bool:
        """Whether it belongs to RDS or Aurora; an engine that nobody knows does not."""
        return self.engine in ENGINES or self.engine.startswith(FAMILIES)

    @property
    def is_aurora(self) -> bool:
        return self.engine.startswith("aurora")

    @property
    def is_multi_az_cluster(self) -> bool:
        """A cluster whose members each have disks of their own: nothing of Aurora's is measured."""
        return self.target.kind is Kind.CLUSTER and not self.is_aurora

    @property
    def is_custom(self) -> bool:
        """RDS Custom: its owner has the machine, and AWS takes only a few calls."""
        return self.engine.startswith("custom-")

    @property
    def parameters_settle(self) -> bool:
        """Whether AWS is at work on its parameter group, in it or in any member."""
        shown = {self.parameter_status, *self.members_status.values()}
        return not shown <= {"", *APPLIED, NOT_APPLIED}

    @property
    def parameters_failed(self) -> bool:
        return NOT_APPLIED in {self.parameter_status, *self.members_status.values()}

    @property
    def service(self) -> str:
        """Whose it is, in words."""
        unknown = f'an engine that I do not know ("{self.engine}")'
        return "Amazon RDS" if self.is_rds else OTHERS.get(self.engine, unknown)

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
        if not self.cluster:
            return self.target.lock
        cluster = {"kind": Kind.CLUSTER, "identifier": self.cluster}
        return self.target.model_copy(update=cluster).lock


class Area(NamedTuple):
    """An account and region that the bot looks into; ``name`` is what people call the account."""

    account: str
    name: str
    region: str


class Unreachable(Value):
    """What could not be listed of an account and region; ``account`` is its name."""

    account: str
    region: str
    why: str
    kinds: frozenset[Kind] = frozenset(Kind)

    @property
    def place(self) -> str:
        """``main/us-east-1``, or ``the clusters in main/us-east-1`` where the rest could be."""
        where = f"{self.account}/{self.region}"
        if self.kinds == frozenset(Kind):
            return where
        return f"the {' and '.join(f'{kind}s' for kind in sorted(self.kinds))} in {where}"

    @property
    def sentence(self) -> str:
        looked = "look into" if self.kinds == frozenset(Kind) else "list"
        return f"I could not {looked} {self.place}: {self.why}"


class Inventory(Value):
    """Every database, by name; what did not answer keeps its databases as last seen.

    ``foreign`` are what AWS lists beside them and other services own; nothing is done with those.
    """

    databases: tuple[Database, ...] = ()
    foreign: tuple[Database, ...] = ()
    unreachable: tuple[Unreachable, ...] = ()
    areas: tuple[Area, ...] = ()
    seen_at: int = 0

    def unread(self, target: Target) -> Unreachable | None:
        """Why those of its kind could not be listed where it is; None where they were.

        Where nobody knows what its account is called, any of its region may be meant.
        """
        names = {one.name for one in self.areas if one[::2] == (target.account, target.region)}
        return next(
            (
                one
                for one in self.unreachable
                if (not names or one.account in names)
                and one.region == target.region
                and target.kind in one.kinds
            ),
            None,
        )

    def unlisted(self, database: Database) -> str:
        """In a sentence, the members that AWS names and did not show; empty where there is none."""
        shown = {one.name for one in self.instances_of(database)}
        missing = [name for name in database.members if name not in shown]
        if not missing:
            return ""
        unread = self.unread(database.target.model_copy(update={"kind": Kind.INSTANCE}))
        why = unread.sentence if unread else "They are not among the instances that AWS lists."
        return f"I cannot say anything of {', '.join(missing)}, which it has. {why}"

    def only(self, wanted: Callable[[Database], bool]) -> "Inventory":
        """Those that are ``wanted``; what could not be read stays said."""
        listed = {"databases": self.databases, "foreign": self.foreign}
        return self.model_copy(
            update={name: tuple(filter(wanted, some)) for name, some in listed.items()}
        )

    def database(self, target: Target) -> Database | None:
        """That very one, as last seen."""
        found = self.named(target.account, target.region, target.identifier.lower(), target.kind)
        return found if found is not None and found.target == target else None

    def named(self, account: str, region: str, name: str, kind: Kind) -> Database | None:
        """``name`` in small letters, as AWS compares them."""
        return self._places.get((account, region, name, kind))

    @cached_property
    def _places(self) -> dict[tuple[str, str, str, Kind], Database]:
        return {(*_place(one, one.name.lower()), one.target.kind): one for one in self.databases}

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


class Snapshot(Value):
    """A manual or automated snapshot of an instance or a cluster."""

    identifier: str
    kind: Kind
    source: str
    status: str
    percent: int
    arn: str
    resource_id: str = ""  #: of the database that it was taken of; a namesake has another
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

    def concerns(self, target: Target) -> bool:
        """Whether it is of that very source: an instance, a cluster, a snapshot and a parameter
        group may share a name."""
        named = self.source.lower() == target.identifier.lower()
        return named and self.source_kind == f"db-{target.kind}"


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
