"""AWS's own word on how something ended, asked for by somebody else's hand."""

import asyncio
from typing import Any

from bot.sandbox.aws import AWSSandbox


async def snapshot(aws: AWSSandbox, identifier: str) -> dict[str, Any]:
    """As AWS describes it."""
    found = await asyncio.to_thread(
        aws.client("rds").describe_db_snapshots, DBSnapshotIdentifier=identifier
    )
    described: dict[str, Any] = found["DBSnapshots"][0]
    return described


async def instance(aws: AWSSandbox, identifier: str) -> dict[str, Any]:
    """As AWS describes it."""
    found = await asyncio.to_thread(
        aws.client("rds").describe_db_instances, DBInstanceIdentifier=identifier
    )
    described: dict[str, Any] = found["DBInstances"][0]
    return described


async def happened_at(aws: AWSSandbox, kind: str, identifier: str, message: str) -> float | None:
    """When AWS's event log has this message, in epoch seconds; None where it does not.

    `kind` is `db-instance` or `db-snapshot`."""
    found = await asyncio.to_thread(
        aws.client("rds").describe_events, SourceType=kind, SourceIdentifier=identifier
    )
    dates = [it["Date"].timestamp() for it in found["Events"] if it["Message"] == message]
    return float(dates[-1]) if dates else None


def looked_between(aws: AWSSandbox, action: str, begin: float, end: float) -> bool:
    """Whether the bot read that from AWS, with an answer, between these instants."""
    return any(begin <= it.at <= end and it.outcome == "ok" for it in aws.calls(f"rds:{action}"))
