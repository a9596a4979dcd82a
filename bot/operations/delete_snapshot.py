from collections.abc import Iterator
from datetime import timedelta

from bot.aws import AWS
from bot.errors import PreflightError
from bot.fleet.kept import kept_by
from bot.operation import SNAPSHOT_READS, Held, SnapshotChange, Topic
from bot.values import SECOND, Call, Order, Plan, Progress, Risk, Sent, Snapshot, Stage

#: In all others AWS is at work on it.
DELETABLE = ("available", "failed")
#: A snapshot that is deleted is gone within seconds; a call does not take longer to arrive.
SETTLED = 300 * SECOND
OTHERS = {
    "automated": "AWS made it and deletes it by itself (backup retention)",
    "awsbackup": "AWS Backup made it: delete its recovery point there",
}


class DeleteSnapshot(SnapshotChange):
    """Delete a manual snapshot for good; nothing brings it back.

    Refused for one that is shared, tagged to be kept, being copied or exported, the newest to
    restore a database from, or the last of a database that is gone.
    """

    verb, name = "snapshot-delete", "delete_snapshot"
    also = ("delete-snapshot",)
    topic = Topic.BACKUPS
    risk = Risk.HIGH
    irreversible = True
    takes_custom = True
    horizon = timedelta(minutes=30)
    permissions = (
        *SNAPSHOT_READS,
        "rds:DescribeDBSnapshotAttributes",
        "rds:DescribeDBClusterSnapshotAttributes",
        "rds:DescribeExportTasks",
        "rds:DeleteDBSnapshot",
        "rds:DeleteDBClusterSnapshot",
    )
    example = "snapshot-delete ledger-before-patch --reason 'the patch has held for a month'"

    async def plan(self, aws: AWS, order: Order) -> Plan:
        held = await self.held(aws, order)
        name, snapshot = held.name, held.snapshot
        for sentence in _obstacles(held, kept_by(snapshot.tags, aws.snapshot_settings.keep_tags)):
            raise PreflightError(sentence)
        if sharers := await aws.shared_with(snapshot.kind, name):
            raise PreflightError(
                f"{name} is shared with {', '.join(sharers)}, who may restore it. Stop sharing it "
                "first."
            )
        if exports := [one for one in await aws.exports_of(snapshot.arn) if not one.has_ended]:
            raise PreflightError(f"{name} is being exported ({exports[0].identifier}). Ask later.")
        return Plan(
            effect=f"Delete snapshot {name} of {held.of}",
            call=Call(action=f"rds:Delete{held.noun}", arguments={f"{held.noun}Identifier": name}),
            checks=(
                f"{name} is {snapshot.status}",
                "nobody else has it, and no tag keeps it",
                _rest(held),
            ),
            warnings=("Nothing brings a deleted snapshot back.",),
            downtime="none",
            touches=self.touches(held, order),
            baseline={"created_at": snapshot.created_at},
        )

    async def poll(self, aws: AWS, sent: Sent) -> Progress:
        target = sent.order.target
        found = await aws.snapshot(target.kind.taken_of, target.identifier)
        # One that bears its name now and was made at another time is another.
        if found is None or found.created_at != sent.plan.baseline["created_at"]:
            said = f"AWS knows no snapshot {target.identifier} of that time any more"
            return Progress(stage=Stage.SUCCEEDED, detail=said, percent=100)
        return Progress(
            stage=Stage.WAITING, detail=f"snapshot {target.identifier} is {found.status}"
        )

    async def reconcile(self, aws: AWS, sent: Sent) -> Progress:
        found = await self.poll(aws, sent)
        if found.stage is Stage.WAITING and aws.now - sent.sent_at > SETTLED:
            return Progress(
                stage=Stage.NOT_SENT, detail=f"{found.detail}, unchanged: the call never arrived"
            )
        return found


def _obstacles(held: Held, tag: str) -> Iterator[str]:
    """Why it must not go, in sentences."""
    snapshot, name = held.snapshot, held.name
    if snapshot.type != "manual":
        why = OTHERS.get(snapshot.type, f"it is {snapshot.type or 'of a kind that AWS hides'}")
        yield f"{name} is no manual snapshot: {why}."
    if snapshot.status not in DELETABLE:
        yield f"{name} is {snapshot.status}. AWS deletes only what is available or has failed."
    if tag:
        yield (
            f"{name} is tagged {tag}, so it stays (snapshots.keep_tags). Have the tag removed in "
            "AWS first."
        )
    if busy := next((one for one in held.siblings if _is_copying(one)), None):
        yield f"{busy.identifier} is being copied, perhaps from {name}. Ask again when it is done."
    if snapshot.status == "available":
        yield from _last_of_its_kind(held)


def _is_copying(sibling: Snapshot) -> bool:
    return sibling.status == "copying"


def _last_of_its_kind(held: Held) -> Iterator[str]:
    """Where nobody knows whether its database is there, both rules hold."""
    if not held.usable and not held.origin:
        why = f"of {held.of}, which is gone" if not held.unknown else f"of {held.of} here"
        yield f"{held.name} is the last snapshot {why}. {held.unknown} It stays.".replace("  ", " ")
    elif _is_newest(held):
        yield (
            f"{held.name} is the newest to restore {held.of} from. Take another snapshot first, "
            "then ask again."
        )


def _is_newest(held: Held) -> bool:
    """Of all that it could be restored from, to any time since included.

    Of a database that is gone the last one is what counts.
    """
    made = held.snapshot.created_at or 0
    if any((one.created_at or 0) > made for one in held.usable):
        return False
    if held.origin is None:
        return bool(held.unknown)
    return (held.origin.latest_restorable_at or 0) <= made


def _rest(held: Held) -> str:
    count = len(held.usable)
    others = f"{count} other{'' if count == 1 else 's'} of {held.of} to restore from"
    until = held.origin and held.origin.latest_restorable_at
    return f"{others}, and any time since" if until else others
