import asyncio
from collections.abc import Iterator, Sequence

from pydantic import Field

from bot.aws import AWS
from bot.errors import AWSError
from bot.fleet.kept import kept_by
from bot.operation import SNAPSHOT_READS, Change, Desk, Query, Topic
from bot.params import Target
from bot.values import (
    Answer,
    Button,
    Code,
    Database,
    Line,
    Moment,
    Paragraph,
    Person,
    Snapshot,
    Strong,
    Table,
    asking,
    lasting,
    paragraph,
)

SHOWN = 12  #: of one database, newest first
EVERYWHERE = 30  #: where none is named
COLUMNS = ("Snapshot", "Taken", "Size", "State", "Good to know")


class ListSnapshots(Query):
    """List the snapshots of a database, newest first; without one, all manual ones.

    Says how old and large each is, what keeps it, who else may restore it, and how many AWS takes.
    """

    verb, name = "snapshots", "list_snapshots"
    topic = Topic.BACKUPS
    permissions = (
        *SNAPSHOT_READS,
        "rds:DescribeAccountAttributes",
        "rds:DescribeDBSnapshotAttributes",
        "rds:DescribeDBClusterSnapshotAttributes",
    )
    example = "snapshots ledger-test"

    target: Target | None = Field(default=None, json_schema_extra={"positional": True})

    async def answer(self, desk: Desk, person: Person) -> Answer:
        if self.target is None:
            return await _everywhere(desk)
        database = await desk.look(await desk.find(self.target))
        aws = desk.door(database, self.permissions)
        # A member's data is snapshotted with its cluster.
        whole = await aws.cluster_of(database) or database
        found = await aws.snapshots_of(whole.target.kind, whole.target.resource_id)
        shown = found[:SHOWN]
        notes = await asyncio.gather(*(_notes(aws, one) for one in shown))
        rows = tuple(_row(one, aws.now, note) for one, note in zip(shown, notes, strict=True))
        return Answer(
            title=_title(whole, found),
            parts=(
                *((Table(columns=COLUMNS, rows=rows),) if rows else ()),
                *_left_out(len(found) - len(shown)),
                await _quotas(aws, whole),
            ),
            buttons=await _buttons(desk, aws, whole, found, person),
            hint=("What AWS can restore it to besides: ", Code(text=f"/rds show {whole.address}")),
        )


def _title(database: Database, found: Sequence[Snapshot]) -> str:
    """``orders has 2 manual and 7 automated snapshots``"""
    counts: dict[str, int] = {}
    for one in found:
        counts[one.type or "other"] = counts.get(one.type or "other", 0) + 1
    said = " and ".join(f"{number} {kind}" for kind, number in sorted(counts.items()))
    if not said:
        return f"{database.name} has no snapshot"
    return f"{database.name} has {said} snapshot{'' if len(found) == 1 else 's'}"


def _row(one: Snapshot, now: int, notes: str) -> tuple[Line, ...]:
    return (
        (Code(text=one.identifier),),
        _taken(one.created_at, now),
        (_size(one.storage_gib, one.engine),),
        (one.status if one.status == "available" else f"{one.status} ({one.percent} %)",),
        (notes,),
    )


def _taken(at: int | None, now: int) -> Line:
    return ("not finished",) if at is None else (Moment(at=at), f", {lasting(now - at)} ago")


def _size(gib: int | None, engine: str) -> str:
    """Of Aurora AWS names a figure that means nothing."""
    return f"{gib} GiB" if gib and not engine.startswith("aurora") else "AWS does not say"


async def _notes(aws: AWS, one: Snapshot) -> str:
    tag = kept_by(one.tags, aws.snapshot_settings.keep_tags)
    said = (
        one.type or "kind unknown",
        f"kept by {tag}" if tag else "",
        await _sharing(aws, one) if one.type == "manual" else "",
        "a copy" if one.copied_from else "",
        "not encrypted" if one.encrypted is False else "",
    )
    return ", ".join(filter(None, said))


async def _sharing(aws: AWS, one: Snapshot) -> str:
    try:
        sharers = await aws.shared_with(one.kind, one.identifier)
    except AWSError:
        return "nobody can say with whom it is shared"
    if "all" in sharers:
        return "PUBLIC: everybody may restore it"
    return f"shared with {', '.join(sharers)}" if sharers else ""


def _left_out(count: int) -> Iterator[Paragraph]:
    if count > 0:
        yield paragraph(f"and {count} older.")


async def _quotas(aws: AWS, database: Database) -> Paragraph:
    where = f"{database.account_name}/{database.target.region}"
    try:
        quotas = await aws.snapshot_quotas()
    except AWSError as error:
        return paragraph(f"How many manual snapshots AWS takes in {where} cannot be read: {error}")
    for one in quotas:
        if one.kind is database.target.kind:
            used = f"{one.used} of {one.most} manual {one.kind} snapshots"
            return paragraph(Strong(text="Quota: "), f"{used} in {where} are used.")
    return paragraph(f"AWS does not say how many manual snapshots it takes in {where}.")


async def _buttons(
    desk: Desk, aws: AWS, database: Database, found: Sequence[Snapshot], person: Person
) -> tuple[Button, ...]:
    """Forms of what no rule denies: to take one, and of what is done with one."""
    buttons = []
    for change in desk.catalogue().values():
        if not issubclass(change, Change):
            continue
        if change.name == "create_snapshot" and await desk.offers(change, database, person):
            buttons.append(asking("Snapshot…", change.name, database.target.typed))
        if change.name == "restore_database" and await desk.offers(change, database, person):
            buttons += _restoring(change, database, found)
        one = _meant(change, found, aws)
        if one and await desk.offers(change, seen := aws.seen(one), person):
            label = change.verb.removeprefix("snapshot-").capitalize()
            buttons.append(asking(f"{label}…", change.name, seen.target.typed))
    return tuple(buttons)


def _restoring(
    change: type[Change], database: Database, found: Sequence[Snapshot]
) -> Iterator[Button]:
    """From the newest that can be restored, until another is chosen."""
    ready = next((one.identifier for one in found if one.status == "available"), "")
    if ready:
        yield asking("Restore…", change.name, database.target.typed, values={"snapshot": ready})


def _meant(change: type[Change], found: Sequence[Snapshot], aws: AWS) -> Snapshot | None:
    """What its form holds at first: what goes for good is the oldest that nothing keeps, of all
    else it is the newest that can be restored."""
    ready = [one for one in found if one.status == "available"]
    if change.irreversible:
        keep = aws.snapshot_settings.keep_tags
        loose = [one for one in ready if one.type == "manual" and not kept_by(one.tags, keep)]
        return loose[-1] if loose else None
    return ready[0] if ready else None


async def _everywhere(desk: Desk) -> Answer:
    inventory = await desk.snapshots()
    found = sorted(inventory.databases, key=_made, reverse=True)
    rows = tuple(_row_of(one, inventory.seen_at) for one in found[:EVERYWHERE])
    count = len(found)
    return Answer(
        title=f"{count or 'No'} manual snapshot{'' if count == 1 else 's'}, newest first",
        parts=(
            *((Table(columns=("Snapshot", "Of", "Where", "Taken", "Size"), rows=rows),) if rows
              else ()),
            *_left_out(count - len(rows)),
            *(paragraph(one.sentence) for one in inventory.unreachable),
        ),
        hint=("Automated ones too: ", Code(text="/rds snapshots ID")),
    )  # fmt: skip


def _made(one: Database) -> int:
    """One that is being made has no time yet, and is the newest."""
    return int(one.target.resource_id) if one.target.resource_id else 1 << 62


def _row_of(one: Database, now: int) -> tuple[Line, ...]:
    made = int(one.target.resource_id) if one.target.resource_id else None
    return (
        (Code(text=one.name),),
        (one.taken_of.identifier if one.taken_of else "unknown",),
        (f"{one.account_name}/{one.target.region}",),
        _taken(made, now),
        (_size(one.storage_gib, one.engine),),
    )
