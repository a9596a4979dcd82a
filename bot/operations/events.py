import asyncio
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from bot.operation import Desk, Query
from bot.params import Duration, Target
from bot.values import (
    Answer,
    Code,
    Database,
    Inventory,
    Line,
    Moment,
    Paragraph,
    Person,
    RDSEvent,
    Table,
    micros,
    paragraph,
)

KEPT = timedelta(days=14)  #: by AWS
COLUMNS = ("When", "What", "Kind", "Of", "Times")


class ShowEvents(Query):
    """Show what RDS itself tells of a database: backups, restarts, failovers; newest first.

    What happened several times is told once, with how often. AWS keeps 14 days.
    """

    verb, name = "events", "show_events"
    permissions = ("rds:DescribeEvents",)
    example = "events orders-test --since 7d"

    target: Target
    since: Duration = timedelta(hours=24)

    async def answer(self, desk: Desk, person: Person) -> Answer:
        database, inventory = await desk.find(self.target), await desk.inventory()
        aws = desk.door(database, self.permissions)
        instances = inventory.instances_of(database)
        since = aws.now - micros(min(self.since, KEPT))
        targets = {one.target for one in (database, *instances)}
        read = await asyncio.gather(*(aws.events(one, since) for one in targets))
        found = [event for events in read for event in events]
        when = _spoken(min(self.since, KEPT))
        return Answer(
            title=f"{database.name}: {_counted(len(found))} in the last {when}",
            parts=(
                _table(found) if found else paragraph(*_quiet(self.since, database)),
                *filter(None, (_missing(inventory, database),)),
            ),
            hint=("What people asked of it: ", Code(text=f"/rds audit {database.address}")),
        )


def _missing(inventory: Inventory, database: Database) -> Paragraph | None:
    missing = inventory.unlisted(database)
    return paragraph(missing) if missing else None


def _table(found: Iterable[RDSEvent]) -> Table:
    return Table(columns=COLUMNS, rows=tuple(map(_row, _folded(found))))


def _folded(found: Iterable[RDSEvent]) -> Iterator[Sequence[RDSEvent]]:
    """What says the same of the same together, the newest first."""
    same: dict[tuple[str, str, str], list[RDSEvent]] = {}
    for event in sorted(found, key=lambda event: event.at, reverse=True):
        same.setdefault((event.source_kind, event.source, event.message), []).append(event)
    yield from same.values()


def _row(events: Sequence[RDSEvent]) -> tuple[Line, ...]:
    newest = events[0]
    return (
        (Moment(at=newest.at),),
        (newest.message,),
        (", ".join(newest.categories) or "-",),
        (newest.source,),
        (f"{len(events)}, first ", Moment(at=events[-1].at)) if len(events) > 1 else ("1",),
    )


def _quiet(since: timedelta, database: Database) -> Line:
    if since >= KEPT:
        return ("RDS told nothing of it in the 14 days that AWS keeps.",)
    further = Code(text=f"/rds events {database.address} --since 14d")
    return ("RDS told nothing of it. Look further back: ", further)


def _counted(count: int) -> str:
    return f"{count or 'no'} event{'' if count == 1 else 's'}"


def _spoken(length: timedelta) -> str:
    hours = length.total_seconds() / 3600
    return f"{hours / 24:g} days" if hours > 24 else f"{hours:.3g} hours"
