import asyncio
from collections.abc import Awaitable, Iterator

from bot.aws import AWS
from bot.errors import AWSError
from bot.fleet.maintenance import what, when
from bot.operation import Desk, Query
from bot.params import Target
from bot.values import (
    Answer,
    Classified,
    Code,
    Database,
    Facts,
    Kind,
    Line,
    Moment,
    Person,
    paragraph,
)


class ShowDatabase(Query):
    """Show one instance or cluster: environment, status, windows, backups, what is pending.

    What AWS does not let me read is named, and hides nothing else.
    """

    verb, name = "show", "show_database"
    permissions = (
        "rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:DescribeDBSnapshots",
        "rds:DescribeDBClusterSnapshots", "rds:DescribePendingMaintenanceActions",
    )  # fmt: skip
    example = "show orders-test"

    target: Target

    async def answer(self, desk: Desk, person: Person) -> Answer:
        database = await desk.look(await desk.find(self.target))
        aws = desk.door(database, self.permissions)
        recent, taken, coming = await asyncio.gather(
            desk.requests(target=database.name, limit=3),
            _or_why(_last_snapshot(aws, database)),
            _or_why(_maintenance(aws, database)),
        )
        pairs = (
            *_facts(database, desk.classify(database)),
            ("Last snapshot", taken),
            ("Pending maintenance", coming),
        )
        history = tuple(
            paragraph(Code(text=request.label), f" {request.step.plan.effect}: {request.status}")
            for request in recent
        )
        return Answer(
            title=f"{database.name} is {database.status}",
            parts=(Facts(pairs=pairs), *history),
            hint=("Everything about it: ", Code(text=f"/rds audit {database.address}")),
        )


async def _or_why(reading: Awaitable[Line]) -> Line:
    try:
        return await reading
    except AWSError as error:
        return (f"could not be read: {error}",)


async def _last_snapshot(aws: AWS, database: Database) -> Line:
    """A member's data is snapshotted with its cluster."""
    whole = await aws.cluster_of(database) or database
    taken = await aws.latest_snapshot(whole.target)
    if taken is None or taken.created_at is None:
        return (f"none of this {whole.target.kind}",)
    return (f"{taken.identifier}, ", Moment(at=taken.created_at))


async def _maintenance(aws: AWS, database: Database) -> Line:
    pending = await aws.maintenance(database)
    said = [(f"{what(one)}. ", *when(one, aws.now)) for one in pending]
    return tuple(span for number, line in enumerate(said) for span in (" " * bool(number), *line)
                 if span) or ("none",)  # fmt: skip


def _facts(database: Database, classified: Classified) -> Iterator[tuple[str, Line]]:
    yield "Environment", (f"{classified.environment}, by {classified.rule}",)
    yield "Kind", (_kind(database),)
    yield "Account", (f"{database.account_name}/{database.target.region}",)
    yield "Engine", (f"{database.engine} {database.engine_version}".strip(),)
    yield from _size(database)
    yield from _family(database)
    yield "Backup window", (_window(database.backup_window),)
    yield "Maintenance window", (_window(database.maintenance_window),)
    yield from _backups(database)
    if database.parameter_group:
        yield "Parameter group", (_group(database),)
    pending = ", ".join(f"{name} = {value}" for name, value in database.pending.items())
    yield "Pending modifications", (pending or "none",)
    if database.tags:
        tags = ", ".join(f"{key}={value}" for key, value in sorted(database.tags.items()))
        yield "Tags", (tags,)


def _group(database: Database) -> str:
    waits = ", changes wait for a restart" if database.parameters_wait else ""
    if database.members_wait:
        waits = f", changes wait for a restart of {', '.join(database.members_wait)}"
    return f"{database.parameter_group}{waits}"


def _kind(database: Database) -> str:
    if database.is_custom:
        return "instance of RDS Custom: AWS takes only some of the changes"
    if database.is_multi_az_cluster:
        return "Multi-AZ DB cluster, not Aurora"
    return database.target.kind.value


def _window(window: str | None) -> str:
    return f"{window} UTC" if window else "none"


def _size(database: Database) -> Iterator[tuple[str, Line]]:
    if database.instance_class:
        yield "Class", (database.instance_class,)
    if database.storage_gib:
        yield "Storage", (f"{database.storage_gib} GiB",)
    if database.target.kind is Kind.INSTANCE:
        standby = f", standby in {database.secondary_zone or 'another zone'}"
        zone = f", in {database.zone}" if database.zone else ""
        held = f"yes{zone}{standby}" if database.multi_az else f"no{zone}"
        yield "Multi-AZ", (held,)


def _family(database: Database) -> Iterator[tuple[str, Line]]:
    if database.cluster:
        yield "Cluster", (database.cluster,)
    if database.members:
        yield "Members", (", ".join(database.members),)
    if database.replicas:
        yield "Replicas", (", ".join(database.replicas),)


def _backups(database: Database) -> Iterator[tuple[str, Line]]:
    days = database.backup_retention_days
    yield "Automated backups", (f"kept {days} days" if days else "off",)
    if database.latest_restorable_at is not None:
        yield "Restorable until", (Moment(at=database.latest_restorable_at),)
