"""A small AWS for one operation: it shows what a test put there, and notes what was asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from bot.aws import AWS
from bot.errors import AWSError, AWSNotFoundError, AWSRefusedError
from bot.sandbox.aws.security_groups import GROUPS
from bot.values import (
    CertificateOffer,
    Database,
    DBParameter,
    Kind,
    Maintenance,
    Order,
    Plan,
    Quota,
    RDSEvent,
    Sent,
    Snapshot,
    StorageOffer,
    Target,
    TrailEvent,
    UpgradeOffer,
)
from tests.samples import ANA, MINUTE, NOW, sample_database, sample_target

ROOM = Quota(account="main", region="us-east-1", used=3, most=40)
SIGNED_BY = CertificateOffer(authorities=("rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1"), in_place=True)


@dataclass
class Door:
    """``database`` None: there is none of that name. ``trail`` None: it may not be read."""

    shown: Database | None = None
    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    trail_events: tuple[TrailEvent, ...] | None = ()
    has_trail: bool = True
    now: int = NOW
    cluster: Database | None = None
    marks: int = 0
    members: dict[str, Database] = field(default_factory=dict)  #: beside ``shown``, by name
    lag: dict[str, float] = field(default_factory=dict)
    due: tuple[Maintenance, ...] = ()
    certified: CertificateOffer = SIGNED_BY
    #: None: they may not be read.
    groups: Mapping[str, str] | None = field(default_factory=lambda: {**GROUPS})
    monitoring_role: str = "arn:aws:iam::123456789012:role/rds-monitoring"
    offered: tuple[str, ...] = ("db.m6g.large", "db.m6g.xlarge", "db.r6g.large")
    targets: tuple[UpgradeOffer, ...] = (UpgradeOffer(version="16.9"),)
    storage: tuple[StorageOffer, ...] = (StorageOffer(storage_type="gp3", gib=((20, 16_384),)),)
    parameter_groups: Mapping[str, tuple[DBParameter, ...]] = field(default_factory=dict)
    users: tuple[Database, ...] = ()
    of_family: Mapping[str, str] = field(
        default_factory=lambda: {
            "default.mysql8.0": "mysql8.0",
            "tuned": "mysql8.0",
            "pg": "postgres16",
        }
    )
    events_of: tuple[RDSEvent, ...] = ()
    made: Database | None = None  #: what stands under a name that is not ``shown``
    taken: Kind | None = None  #: what has the name that is asked for
    databases: Quota | AWSError | None = ROOM

    async def parameters(self, kind: Kind, group: str) -> tuple[DBParameter, ...]:
        return self.parameter_groups.get(group, ())

    async def using(self, kind: Kind, group: str) -> tuple[Database, ...]:
        return self.users

    async def families(self, kind: Kind, group: str = "") -> Mapping[str, str]:
        return {name: it for name, it in self.of_family.items() if group in ("", name)}

    async def certificates(self, database: Database) -> CertificateOffer:
        return self.certified

    async def security_groups(self, ids: Sequence[str]) -> Mapping[str, str]:
        if self.groups is None:
            raise AWSRefusedError("UnauthorizedOperation", "not authorized")
        return {one: name for one, name in self.groups.items() if one in ids}

    async def maintenance(self, database: Database) -> tuple[Maintenance, ...]:
        return self.due

    async def lags(self, cluster: Database) -> dict[str, float]:
        return self.lag

    async def database(self, target: Target) -> Database:
        if target.identifier in self.members:
            return self.members[target.identifier]
        for one in self.users:
            if one.target.place == target.place:
                return one
        if not target.resource_id:
            if self.made is None:
                raise AWSNotFoundError("DBInstanceNotFound", "AWS knows no such instance.")
            return self.made
        if self.shown is None:
            raise AWSNotFoundError("DBInstanceNotFound", "AWS knows no such instance.")
        if self.shown.target.kind is not target.kind:  # a member of the cluster that is shown
            return sample_database(target=target)
        return self.shown

    async def bears(self, identifier: str) -> Kind | None:
        return self.taken

    async def quota(self, kind: Kind) -> Quota | None:
        if isinstance(self.databases, AWSError):
            raise self.databases
        return self.databases

    async def cluster_of(self, database: Database) -> Database | None:
        return self.cluster if database.cluster else None

    async def snapshot(self, kind: Kind, identifier: str) -> Snapshot | None:
        return self.snapshots.get(identifier.lower())

    async def trail(self, session_name: str, since: int) -> tuple[TrailEvent, ...]:
        if self.trail_events is None:
            raise AWSRefusedError("AccessDenied", "not authorized")
        return self.trail_events

    async def classes(self, database: Database) -> tuple[str, ...]:
        return self.offered

    async def upgrades(self, database: Database) -> tuple[UpgradeOffer, ...]:
        return self.targets

    async def storage_offers(self, database: Database) -> tuple[StorageOffer, ...]:
        return self.storage

    async def events(self, target: Target, since: int) -> tuple[RDSEvent, ...]:
        return tuple(one for one in self.events_of if one.at >= since)

    async def mark(self) -> None:
        self.marks += 1


def door(database: Database | None = None, **changes: Any) -> AWS:
    return cast(AWS, Door(shown=database, **changes))


def order(database: Database | None = None, **changes: Any) -> Order:
    target = sample_target() if database is None else database.target
    fields: dict[str, Any] = {
        "request_id": 1042,
        "target": target,
        "requester": ANA,
        "reason": "drill",
        "asked_at": NOW,
    }
    return Order(**fields | changes)


def sent(plan: Plan, database: Database | None = None, **changes: Any) -> Sent:
    """Sent ``NOW``, and nothing heard of it yet."""
    fields: dict[str, Any] = {
        "order": order(database),
        "plan": plan,
        "session_name": "rds-bot-1042-1",
        "sent_at": NOW,
    }
    return Sent(**fields | changes)


def event(message: str, at: int = NOW + MINUTE, id: str = "") -> RDSEvent:  # noqa: A002
    return RDSEvent(
        at=at, source_kind="db-instance", source="orders-staging", message=message, id=id
    )


def cluster(**changes: Any) -> Database:
    target = sample_target(
        kind=Kind.CLUSTER, identifier="shop-staging", resource_id="cluster-SHOPSTAGING"
    )
    fields: dict[str, Any] = {
        "target": target, "engine": "aurora-postgresql", "members": ("shop-staging-1",)
    }  # fmt: skip
    return sample_database(**fields | changes)
