"""Changes of a snapshot: what it is, what it was taken of, and what else is kept of that."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from bot.aws import AWS
from bot.errors import PreflightError
from bot.operation._change import Change
from bot.params import SnapshotRef
from bot.values import Database, Kind, Order, Role, Snapshot, Touch

SNAPSHOT_READS = (
    "rds:DescribeDBInstances",
    "rds:DescribeDBClusters",
    "rds:DescribeDBSnapshots",
    "rds:DescribeDBClusterSnapshots",
)


@dataclass(frozen=True)
class Held:
    """A snapshot as AWS shows it. ``siblings``: the others of the same database here."""

    snapshot: Snapshot
    seen: Database
    siblings: Sequence[Snapshot]
    origin: Database | None  #: what it was taken of; None: it is gone, or ``unknown`` says why not
    unknown: str = ""  #: why nobody can say whether that is still there

    @property
    def name(self) -> str:
        return self.snapshot.identifier

    @property
    def of(self) -> str:
        """What it was taken of, by the name that it has now."""
        return self.origin.name if self.origin else self.snapshot.source

    @property
    def noun(self) -> str:
        """Of AWS's calls and their arguments."""
        return "DBSnapshot" if self.snapshot.kind is Kind.INSTANCE else "DBClusterSnapshot"

    @property
    def usable(self) -> Sequence[Snapshot]:
        """The siblings that can be restored."""
        return [one for one in self.siblings if one.status == "available" and one.created_at]


class SnapshotChange(Change):
    """What it was taken of is read, so that the strictest of both judges, and may be gone."""

    target: SnapshotRef

    #: What it does to the snapshot itself.
    role: ClassVar[Role] = Role.CHANGES

    async def held(self, aws: AWS, order: Order) -> Held:
        """As of now. Raises PreflightError where there is no such snapshot any more, AWSError."""
        target = order.target
        snapshot = await aws.snapshot(target.kind.taken_of, target.identifier)
        if snapshot is None:
            raise PreflightError(f"AWS knows no snapshot {target.identifier} any more.")
        if not snapshot.resource_id:
            raise PreflightError(
                f"AWS does not say which {snapshot.kind} {snapshot.identifier} was taken of, so "
                "nobody can tell what else is kept of it."
            )
        seen = aws.seen(snapshot)
        every = await aws.snapshots_of(snapshot.kind, snapshot.resource_id)
        siblings = [one for one in every if one.arn != snapshot.arn]
        if away := _away(seen):
            return Held(snapshot, seen, siblings, None, f"It is a copy from {away}.")
        return Held(snapshot, seen, siblings, await aws.origin(seen))

    def touches(self, held: Held, order: Order) -> tuple[Touch, ...]:
        own = Touch(target=order.target, role=self.role)
        return (own, Touch(target=held.origin.target, role=Role.READS)) if held.origin else (own,)


def _away(seen: Database) -> str:
    """Where it was taken, of one that was copied here; empty where it was taken here."""
    own, of = seen.target, seen.taken_of
    if of is None or (of.account, of.region) == (own.account, own.region):
        return ""
    return f"{of.account}/{of.region}"
