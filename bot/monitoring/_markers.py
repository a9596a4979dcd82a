"""Moments that explain a curve: what people changed by the bot, and what RDS said had happened."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import structlog

from bot.aws.accounts import Accounts
from bot.errors import AWSError, UnknownTargetError
from bot.fleet.inventory import Fleet
from bot.operations import CATALOGUE
from bot.values import (
    SECOND,
    Database,
    Line,
    Marker,
    Moment,
    RDSEvent,
    Request,
    Span,
    Target,
    Window,
    lasting,
)
from storage.store import Store

MOST = 6  #: markers that one picture bears
TOGETHER = 5 * 60 * SECOND  #: what lies closer than this is one moment
PATIENCE = 3.0  #: seconds that a picture waits for RDS's events
NAMED = 2  #: of what happened before an incident
REQUESTS = 50  #: of one database that are looked through
READING = ("rds:DescribeEvents",)

#: What an event's message holds, and what that is called; the gravest first. Backups, snapshots,
#: tags and notices explain no curve and are left out.
#: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html
TELLING = (
    ("fail over", "failover"),
    ("failover", "failover"),
    ("storage-full", "storage full"),
    ("free storage capacity", "storage low"),
    ("out of memory", "out of memory"),
    ("incompatible", "incompatible"),
    ("put into", "failed"),
    ("recovery of the db instance", "recovery"),
    ("instance class", "new class"),
    ("allocated storage", "storage changed"),
    ("parameter", "parameters"),
    ("upgrade", "upgrade"),
    ("patch", "patch"),
    ("maintenance", "maintenance"),
    ("replication", "replication"),
    ("restarted", "restarted"),
    ("shutdown", "shut down"),
    ("stopped", "stopped"),
    ("started", "started"),
)
UNTOLD = frozenset({"backup", "creation", "deletion", "restoration"})
OWN = -1  #: the rank of what the bot did: before everything else
ORDINARY = next(rank for rank, (_, name) in enumerate(TELLING) if name == "restarted")
"""From this rank on an event beside a change of the bot's says nothing new."""

log = structlog.get_logger()


class Happened(NamedTuple):
    at: int
    rank: int
    label: str


class Markers:
    def __init__(self, store: Store, accounts: Accounts, fleet: Fleet) -> None:
        self._store = store
        self._accounts = accounts
        self._fleet = fleet

    async def of(self, database: Database, window: Window) -> tuple[Marker, ...]:
        """Best effort: what cannot be read is left out, and waits no longer than a picture may."""
        concerned = self._concerned(database)
        requests, events = await asyncio.gather(
            self._requests(concerned, window), self._events(concerned, window)
        )
        return markers(requests, events, window)

    async def changes(self, database: Database, window: Window) -> tuple[str, ...]:
        """What the bot changed of it in that time, each as ``RDS-1042 reboot``, oldest first."""
        requests = await self._requests(self._concerned(database), window)
        found = sorted(one for one in _asked(requests) if window.since < one.at <= window.until)
        return tuple(dict.fromkeys(one.label for one in found))

    async def before(self, database: Database, window: Window) -> Line:
        """What happened to it in that time, in one line; what cannot be read is said."""
        concerned = self._concerned(database)
        requests = await self._requests(concerned, window)
        read = await asyncio.gather(*(self._events_of(one, window) for one in concerned))
        events = [event for some in read for event in some or ()]
        return told(requests, events, window, is_whole=None not in read)

    def _concerned(self, database: Database) -> tuple[Target, ...]:
        """The database itself, its cluster, or the members of that."""
        inventory = self._fleet.last_seen
        cluster = inventory.cluster_of(database)
        others = (*((cluster,) if cluster else ()), *inventory.instances_of(database))
        return tuple(dict.fromkeys(one.target for one in (database, *others)))

    async def _requests(self, concerned: Sequence[Target], window: Window) -> list[Request]:
        found = await asyncio.gather(
            *(
                self._store.requests.find(target=name, limit=REQUESTS)
                for name in {one.identifier for one in concerned}
            )
        )
        every = (request for some in found for request in some)
        return [one for one in every if any(map(one.step.reaches, concerned))]

    async def _events(self, concerned: Sequence[Target], window: Window) -> list[RDSEvent]:
        found = await asyncio.gather(*(self._events_of(one, window) for one in concerned))
        return [event for some in found for event in some or ()]

    async def _events_of(self, target: Target, window: Window) -> Sequence[RDSEvent] | None:
        """None where RDS does not tell."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._accounts.door(target, READING).events(target, window.since)
        except (AWSError, UnknownTargetError, TimeoutError) as error:
            log.warning("markers.unread", of=str(target), why=str(error) or type(error).__name__)
            return None


def told(
    requests: Iterable[Request], events: Iterable[RDSEvent], window: Window, *, is_whole: bool
) -> Line:
    """``RDS-1002 reboot today at 9:12, failover today at 9:40``: what the bot did comes first."""
    none = f"no change by this bot within {lasting(window.until - window.since)}"
    found = sorted(markers(requests, events, window), key=lambda one: (not one.is_own, -one.at))
    spans: list[Span] = []
    for one in found[:NAMED]:
        spans += [f"{', ' if spans else ''}{one.label} ", Moment(at=one.at)]
    if len(found) > NAMED:
        spans.append(f" and {len(found) - NAMED} more")
    if not is_whole:
        spans.append("; RDS events not known" if spans else f"RDS events not known, {none}")
    return tuple(spans) or (f"{none}, no RDS event",)


def markers(
    requests: Iterable[Request], events: Iterable[RDSEvent], window: Window
) -> tuple[Marker, ...]:
    """At most six, oldest first; what happened within minutes is one of them."""
    happened = sorted(
        one
        for one in (*_asked(requests), *_reported(events))
        if window.since <= one.at <= window.until
    )
    found = [(min(one.rank for one in group), group) for group in _moments(happened)]
    telling = sorted(found, key=lambda pair: pair[0])[:MOST]
    return tuple(sorted((_marker(group) for _, group in telling), key=lambda one: one.at))


def _asked(requests: Iterable[Request]) -> Iterator[Happened]:
    for one in requests:
        if one.step.sent_at is not None:
            known = CATALOGUE.get(one.operation)
            what = known.verb if known else one.operation
            yield Happened(one.step.sent_at, OWN, f"{one.label} {what}")


def _reported(events: Iterable[RDSEvent]) -> Iterator[Happened]:
    for event in events:
        if not UNTOLD.intersection(event.categories):
            said = event.message.lower()
            for rank, (words, name) in enumerate(TELLING):
                if words in said:
                    yield Happened(event.at, rank, name)
                    break


def _moments(happened: Iterable[Happened]) -> Iterator[list[Happened]]:
    group: list[Happened] = []
    for one in happened:
        if group and one.at - group[0].at > TOGETHER:
            yield group
            group = []
        group.append(one)
    if group:
        yield group


def _marker(group: Sequence[Happened]) -> Marker:
    """Named after the gravest two; a restart beside a change of the bot's goes without saying."""
    is_own = any(one.rank == OWN for one in group)
    said = [one for one in group if not is_own or one.rank < ORDINARY]
    labels = dict.fromkeys(one.label for one in sorted(said, key=lambda one: one.rank))
    first = min(said, key=lambda one: (one.rank != OWN, one.at) if is_own else (False, one.at))
    return Marker(at=first.at, label=", ".join(list(labels)[:2]), is_own=is_own)
