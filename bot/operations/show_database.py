import asyncio
from collections.abc import Awaitable, Iterator, Sequence

from bot.aws import AWS
from bot.aws.partitions import console
from bot.errors import AWSError
from bot.fleet.maintenance import what, when
from bot.fleet.now import Now, alarm, mark, not_known, now_at, there
from bot.fleet.windows import window_words
from bot.operation import Change, Desk, Query
from bot.params import Target
from bot.values import (
    Answer,
    Button,
    Classified,
    Database,
    Facts,
    Kind,
    Line,
    Link,
    Menu,
    Moment,
    Paragraph,
    Person,
    Request,
    Status,
    Strong,
    asking,
    changing,
    looking,
    paragraph,
)

RECENT = 3  #: requests of it that are looked at for what ended
#: What is looked at next, by label: the first have buttons, the others are behind a menu.
LOOKS = {
    "Metrics": "metrics", "Top load": "top", "Events": "events", "Connections": "connections",
    "History": "audit",
}  # fmt: skip
SHOWN = 3
FIRST = ("create_snapshot", "reboot_instance")  #: changes that have buttons of their own
#: Those that stand in the menu, as far as they fit; the others are behind one more click.
LIKELY = (
    "start_database", "modify_instance_class", "modify_storage", "upgrade_engine",
)  # fmt: skip


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
    synonyms = (
        "show info detail describe version engine endpoint host hostname config configuration "
        "setting parameter window backup backups snapshots retention encrypted encryption "
        "multi-az multiaz az up down ok okay alive available availability online offline "
        "reachable broken dead writer primary leader tag class size status state restorable "
        "pitr replicas standby zeig zeige muestra mostrar montre caida caido kaputt"
    )

    target: Target

    async def answer(self, desk: Desk, person: Person) -> Answer:
        database = await desk.look(await desk.find(self.target))
        aws = desk.door(database, self.permissions)
        incidents, requests, recent, taken, coming = await asyncio.gather(
            desk.open_incidents(),
            desk.open_requests(),
            desk.requests(target=database.name, limit=RECENT),
            _or_why(_last_snapshot(aws, database)),
            _or_why(_maintenance(aws, database)),
        )
        now, classified = now_at(database, incidents, requests), desk.classify(database)
        ended = [one for one in recent if one.status.is_final]
        pairs = (
            *_facts(database, classified, person, aws.now),
            ("Last snapshot", taken),
            ("Pending maintenance", coming),
        )
        return Answer(
            title=_title(database, classified, now),
            parts=(
                *_now(now),
                *map(paragraph, not_known(there(database, incidents), requests)),
                Facts(pairs=pairs),
                *_lately(ended),
            ),
            buttons=await _buttons(desk, database, person, now),
            hint=_console(database),
        )


def _title(database: Database, classified: Classified, now: Now) -> str:
    """``warehouse is available · production · 1 alarm · RDS-7 waits``"""
    alarms = len(now.incidents)
    said = [f"{database.name} is {database.status}", classified.environment.value]
    if alarms:
        said.append(f"{alarms} alarm{'' if alarms == 1 else 's'}")
    elif now.unread:
        said.append("alarms unknown")
    said += [f"{one.label} {_state(one)}" for one in now.requests]
    return " · ".join(said)


def _state(request: Request) -> str:
    words = {Status.RUNNING: "runs", Status.UNKNOWN: "has an unknown outcome"}
    return words.get(request.status, "waits")


def _now(now: Now) -> Iterator[Paragraph]:
    """What goes on, what needs somebody first."""
    for incident in now.incidents:
        yield paragraph(*alarm(incident))
    for one in now.requests:
        yield paragraph(f"{mark(one)} {one.label}: {one.step.plan.effect}, {one.stands}")


def _lately(ended: Sequence[Request]) -> Iterator[Paragraph]:
    if ended:
        yield paragraph(Strong(text="Recently finished"))
    for one in ended:
        yield paragraph(f"{one.label}: {one.step.plan.effect}, {one.stands}")


async def _buttons(
    desk: Desk, database: Database, person: Person, now: Now
) -> tuple[Button | Menu, ...]:
    """What is looked at next, and the forms of changes that no rule denies there."""
    line = database.target.typed
    reason = f"{now.incidents[0].label}: {now.incidents[0].title}" if now.incidents else ""
    changes = {
        one.name: one
        for one in desk.catalogue().values()
        if issubclass(one, Change) and await desk.offers(one, database, person)
    }
    first = [_form(changes.pop(one), line, reason) for one in FIRST if one in changes]
    likely = [_form(changes.pop(one), line) for one in LIKELY if one in changes]
    looks = [looking(label, f"{verb} {line}") for label, verb in LOOKS.items()]
    others = [changing("More changes…", line)] if changes else []
    more = Menu(label="More", choices=(*looks[SHOWN:], *likely, *others))
    return (*looks[:SHOWN], *first, more)


def _form(change: type[Change], line: str, reason: str = "") -> Button:
    return asking(f"{change.label()}…", change.name, line, reason)


def _console(database: Database) -> Line:
    """Nothing where nobody knows where the console of its partition is."""
    page = console(database.target)
    return (Link(text="Open in the AWS console", url=page),) if page else ()


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


def _facts(
    database: Database, classified: Classified, person: Person, now: int
) -> Iterator[tuple[str, Line]]:
    zone = person.timezone if person.has_timezone else None
    yield "Environment", (f"{classified.environment}, by {classified.rule}",)
    yield "Kind", (_kind(database),)
    yield "Account", (f"{database.account_name}/{database.target.region}",)
    yield "Engine", (f"{database.engine} {database.engine_version}".strip(),)
    yield from _size(database)
    yield from _family(database)
    yield "Backup window", (window_words(database.backup_window, zone, now),)
    yield "Maintenance window", (window_words(database.maintenance_window, zone, now),)
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


def _size(database: Database) -> Iterator[tuple[str, Line]]:
    if database.instance_class:
        yield "Class", (database.instance_class,)
    # Aurora's storage grows by itself, and AWS names a figure that means nothing: 1 GiB.
    if database.storage_gib and not database.is_aurora:
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
