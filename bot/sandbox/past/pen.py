"""With what the past is written: the bot's own storage, at whatever instant it is told."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.sandbox.aws import (
    ANALYTICS,
    DEMO_FLEET,
    LEGACY,
    MAIN,
    AWSSandbox,
    ClusterSpec,
    InstanceSpec,
)
from bot.values import SECOND, Classified, Environment, Kind, PersonId, Target
from storage.store import Store

Moment = tuple[datetime, Callable[[], Awaitable[None]]]

CHANNEL = "C0DATABASE"
ACCOUNTS = {MAIN: "main", ANALYTICS: "analytics", LEGACY: "legacy"}
WORDS = {"dev": Environment.DEVELOPMENT}


@dataclass
class Pen:
    """Writes at the instant that its clock shows."""

    store: Store
    aws: AWSSandbox
    people: Mapping[str, PersonId]
    clock: "PastClock"
    targets: dict[str, "Known"] = field(default_factory=dict)

    def known(self, name: str) -> "Known":
        if name not in self.targets:
            spec = next(one for one in DEMO_FLEET if one.identifier == name)
            self.targets[name] = Known(spec, self.aws.resource_id(spec))
        return self.targets[name]


class PastClock:
    """Stands where it was put last."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        return self.now

    def put(self, at: datetime) -> None:
        self.now = int(at.timestamp()) * SECOND


@dataclass(frozen=True)
class Known:
    """A database of the demo's, as a request knows it."""

    spec: InstanceSpec | ClusterSpec
    resource_id: str

    @property
    def is_cluster(self) -> bool:
        return isinstance(self.spec, ClusterSpec)

    @property
    def target(self) -> Target:
        return Target(
            account=self.spec.account,
            region=self.spec.region,
            kind=Kind.CLUSTER if self.is_cluster else Kind.INSTANCE,
            identifier=self.spec.identifier,
            resource_id=self.resource_id,
        )

    @property
    def typed(self) -> str:
        cluster = "cluster:" if self.is_cluster else ""
        return f"{cluster}{self.spec.identifier}@{self.place}"

    @property
    def place(self) -> str:
        return f"{ACCOUNTS[self.spec.account]}/{self.spec.region}"

    @property
    def lock(self) -> str:
        """As ``Database.lock``: members and their cluster share one."""
        what = f"cluster/{self.spec.identifier}" if self.is_cluster else self.resource_id
        return f"{self.spec.account}/{self.spec.region}/{what}"

    @property
    def classified(self) -> Classified:
        tag = self.spec.tags["Environment"]
        return Classified(
            environment=WORDS.get(tag) or Environment(tag), rule=f"tag Environment={tag}"
        )
