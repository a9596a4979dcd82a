"""What people weigh and no rule needs: read beside the plan, and said to be unread where it is."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import structlog

from bot.aws.region import Region
from bot.errors import AWSError
from bot.values import Database, Kind, Looked, Target

PATIENCE = 5.0  #: seconds: whoever asks waits for their answer

log = structlog.get_logger()


async def weights(region: Region, looking: asyncio.Future[Looked]) -> dict[str, Any]:
    """``connections`` and ``last_snapshot``; a key that is missing stands in ``unread``.

    None of ``connections``: nobody counted lately; of ``last_snapshot``: there is none. A snapshot
    has neither.
    """
    if (await asyncio.shield(looking)).database.taken_of:
        return {}
    asked = {
        "connections": _connections(region, looking),
        "last_snapshot": _last_snapshot(region, looking),
    }
    read = await asyncio.gather(*(_at_best(name, reading) for name, reading in asked.items()))
    found = {name: fact for facts in read for name, fact in facts.items()}
    unread = [name for name in asked if name not in found]
    return {**found, "unread": unread} if unread else found


def standing(looked: Looked) -> dict[str, Any]:
    """What the request was judged by, beside environment, risk and decision."""
    database, cluster = looked.database, looked.cluster
    if database.taken_of:
        return _of_snapshot(database, database.taken_of)
    family = cluster or database
    return {
        "status": database.status,
        "engine": f"{database.engine} {database.engine_version}".strip(),
        "multi_az": database.multi_az,
        "zone": database.zone,
        "pending": dict(database.pending),
        "replicas": list(database.replicas),
        "cluster": database.cluster,
        "members": list(family.members),
        "writer": family.writer,
        "latest_restorable_at": family.latest_restorable_at,
        "tags": dict(database.tags),
        "account_name": database.account_name,
        "resource_id": database.target.resource_id,
    }


def _of_snapshot(snapshot: Database, source: Target) -> dict[str, Any]:
    return {
        "status": snapshot.status,
        "engine": f"{snapshot.engine} {snapshot.engine_version}".strip(),
        "tags": dict(snapshot.tags),
        "account_name": snapshot.account_name,
        "taken_of": source.json_value(),
    }


async def _connections(region: Region, looking: asyncio.Future[Looked]) -> int | None:
    # The look is what the request is judged by: the end of our patience must not cancel it.
    database = (await asyncio.shield(looking)).database
    counted = await asyncio.gather(*map(region.connections, _counted(database)))
    known = [one for one in counted if one is not None]
    return round(sum(known)) if known and len(known) == len(counted) else None


def _counted(database: Database) -> list[Target]:
    """Of a Multi-AZ DB cluster each member: AWS counts nothing of the whole."""
    if not database.is_multi_az_cluster:
        return [database.target]
    return [
        database.target.model_copy(update={"kind": Kind.INSTANCE, "identifier": name})
        for name in database.members
    ]


async def _last_snapshot(region: Region, looking: asyncio.Future[Looked]) -> dict[str, Any] | None:
    """A cluster's members have no snapshots: its volume is one."""
    looked = await asyncio.shield(looking)
    taken = await region.latest_snapshot((looked.cluster or looked.database).target)
    return None if taken is None else {"name": taken.identifier, "at": taken.created_at}


async def _at_best(name: str, reading: Awaitable[Any]) -> dict[str, Any]:
    try:
        async with asyncio.timeout(PATIENCE):
            return {name: await reading}
    except (AWSError, TimeoutError) as error:
        log.info("weighing.left_out", what=name, why=str(error) or type(error).__name__)
        return {}
