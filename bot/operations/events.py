import asyncio
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from bot.operation import Desk, Query, Topic
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
    Strong,
    micros,
    paragraph,
)

KEPT = timedelta(days=14)  #: by AWS


class ShowEvents(Query):
    """Show what RDS reported of a database: backups, restarts, failovers; newest first.

    What happened several times is told once, with how often. AWS keeps 14 days.
    """

    verb, name = "events", "show_events"
    topic = Topic.INCIDENTS
    permissions = ("rds:DescribeEvents",)
    example = "events orders-test --since 7d"
    synonyms = (
        "event happen happened happening changed maintenance crash crashed outage restarted "
        "rebooted bounced failed-over flapped recovered passiert ereignis paso pasado passe "
        "evento evenement"
    )

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
                *(_lines(found, database) or (paragraph(*_quiet(self.since, database)),)),
                *filter(None, (_missing(inventory, database),)),
            ),
            hint=("What people asked for: ", Code(text=f"/rds audit {database.address}")),
        )


def _missing(inventory: Inventory, database: Database) -> Paragraph | None:
    missing = inventory.unlisted(database)
    return paragraph(missing) if missing else None


def _lines(found: Iterable[RDSEvent], database: Database) -> tuple[Paragraph, ...]:
    return tuple(paragraph(*_line(events, database)) for events in _folded(found))


def _folded(found: Iterable[RDSEvent]) -> Iterator[Sequence[RDSEvent]]:
    """What says the same of the same together, the newest first."""
    same: dict[tuple[str, str, str], list[RDSEvent]] = {}
    for event in sorted(found, key=lambda event: event.at, reverse=True):
        same.setdefault((event.source_kind, event.source, event.message), []).append(event)
    yield from same.values()


def _line(events: Sequence[RDSEvent], database: Database) -> Line:
    """``• 2:11 PM Multi-AZ failover completed (failover), 2 times, first at 1:02 PM``"""
    newest = events[0]
    kinds = f" ({', '.join(newest.categories)})" if newest.categories else ""
    of: Line = (Strong(text=newest.source), ": ") if newest.source != database.name else ()
    often: Line = (
        (f", {len(events)} times, first ", Moment(at=events[-1].at)) if len(events) > 1 else ()
    )
    said = newest.message.rstrip(".")
    return ("• ", Moment(at=newest.at), " ", *of, f"{said}{kinds}", *often)


def _quiet(since: timedelta, database: Database) -> Line:
    if since >= KEPT:
        return ("RDS reported no events in the 14 days that AWS keeps.",)
    further = Code(text=f"/rds events {database.address} --since 14d")
    return ("RDS reported no events. Look further back: ", further)


def _counted(count: int) -> str:
    return f"{count or 'no'} event{'' if count == 1 else 's'}"


def _spoken(length: timedelta) -> str:
    hours = length.total_seconds() / 3600
    return f"{hours / 24:g} days" if hours > 24 else f"{hours:.3g} hours"
