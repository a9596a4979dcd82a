"""What AWS keeps of databases in one account and region: snapshots, and their exports to S3."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from bot.aws import rds
from bot.aws.errors import reading
from bot.errors import AWSNotFoundError
from bot.values import Export, Kind, Snapshot

#: What to ask, and under which key the answer stands.
LISTS = {
    Kind.INSTANCE: ("describe_db_snapshots", "DBSnapshots"),
    Kind.CLUSTER: ("describe_db_cluster_snapshots", "DBClusterSnapshots"),
}
RESOURCE = {Kind.INSTANCE: "DbiResourceId", Kind.CLUSTER: "DbClusterResourceId"}
#: The beginning of the members that say who may restore one.
SHARED = {Kind.INSTANCE: "DBSnapshot", Kind.CLUSTER: "DBClusterSnapshot"}
Pages = Callable[..., Awaitable[list[dict[str, Any]]]]
Client = Callable[[], Awaitable[Any]]


class Kept:
    """``kind`` is that of the database that they were taken of. Raises AWSError, all of it."""

    def __init__(self, pages: Pages, client: Client, clock: Callable[[], int]) -> None:
        self._pages = pages
        self._client = client
        self._clock = clock

    async def of(self, kind: Kind, resource_id: str) -> tuple[Snapshot, ...]:
        """All of that very database, newest first; one that is being made is the newest.

        It is asked for by AWS's resource id: a namesake that was there before has another, and what
        was renamed keeps its own.
        """
        found = await self._where(kind, **{RESOURCE[kind]: resource_id})
        return tuple(one for one in found if one.resource_id == resource_id)

    async def manual(self, kind: Kind) -> tuple[Snapshot, ...]:
        """All that somebody took or copied here, newest first."""
        return tuple(await self._where(kind, SnapshotType="manual"))

    async def shared_with(self, kind: Kind, identifier: str) -> tuple[str, ...]:
        """The accounts that may restore it, sorted; ``all``: everybody."""
        noun = SHARED[kind]
        method = "describe_db_snapshot_attributes"
        if kind is Kind.CLUSTER:
            method = "describe_db_cluster_snapshot_attributes"
        with reading():
            client = await self._client()
            reply = await getattr(client, method)(**{f"{noun}Identifier": identifier})
        given = reply[f"{noun}AttributesResult"].get(f"{noun}Attributes") or ()
        mine = (one for one in given if one.get("AttributeName") == "restore")
        return tuple(sorted(it for one in mine for it in _values(one)))

    async def exports(self, **asked: str) -> tuple[Export, ...]:
        """Of the snapshot of ``SourceArn``, or by ``ExportTaskIdentifier``."""
        try:
            raw = await self._pages("rds", "describe_export_tasks", "ExportTasks", **asked)
        except AWSNotFoundError:
            return ()
        return tuple(map(rds.export, raw))

    async def _where(self, kind: Kind, **asked: str) -> list[Snapshot]:
        method, key = LISTS[kind]
        found = [rds.snapshot(raw, kind) for raw in await self._pages("rds", method, key, **asked)]
        return sorted(found, key=lambda one: one.created_at or self._clock(), reverse=True)


def _values(attribute: Mapping[str, Any]) -> Sequence[str]:
    return attribute.get("AttributeValues") or ()
