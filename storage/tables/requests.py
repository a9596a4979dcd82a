"""Requests as they are read. ``Transaction`` writes them."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    Table,
    and_,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StorageError
from bot.values import (
    SECOND,
    Environment,
    OpenRequests,
    PersonId,
    Posted,
    Request,
    Status,
    Usual,
    label,
)
from storage.engine import Connections
from storage.errors import UnknownRequestError
from storage.tables import locks, models
from storage.tables.rows import encoded_value, readable, request_value
from storage.tables.waits import passed

#: Actions of audit rows: with the one a request begins, with the other others are asked.
FILED, HANDED_ON = "request.filed", "cloudops.asked"

_audit = models.audit.c
_requests, _steps, _votes, _texts = models.requests, models.steps, models.votes, models.texts
_looks = models.aftermaths
_locks, _touches = models.step_locks, models.step_touches
_HELD = and_(_steps.c.claimed_at.is_not(None), _steps.c.settled_at.is_(None))
_BATCH = 100
_STANDING = [status for status in Status if not status.is_final]
#: Microseconds between two attempts to send a request: no ``not_before`` is set further off.
LONGEST_PAUSE = 120 * SECOND

#: How the outcome of a request begins that AWS carries out later.
SCHEDULED = '{"code":"scheduled"'
#: Its ending is proven, and not what a person says that it was. Canonical JSON sorts its keys, so
#: ``code`` comes first.
BY_EVIDENCE = or_(
    _requests.c.outcome.is_(None),
    ~_requests.c.outcome.startswith('{"code":"settled"', autoescape=True),
)


class Requests:
    """Reads requests with all that belongs to them; each answer is one state of the database."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def next_id(self) -> int:
        """A number that no other request has or will have; gaps are fine."""
        counters = models.counters
        statement = (
            update(counters)
            .where(counters.c.name == "requests")
            .values(value=counters.c.value + 1)
            .returning(counters.c.value)
        )
        # In a transaction of its own: what fails later takes no number back that AWS has seen.
        async with self._connections.begin() as connection:
            return int((await connection.execute(statement)).scalar_one())

    async def get(self, request_id: int) -> Request:
        """Raises UnknownRequestError where there is none."""
        async with self._connections.read() as connection:
            return await load_one(connection, request_id)

    async def of(self, ids: Sequence[int]) -> tuple[Request, ...]:
        """In this order, without those that there are not or that cannot be read."""
        async with self._connections.read() as connection:
            return await load(connection, ids)

    async def find(
        self,
        *,
        status: Collection[Status] | None = None,
        requester: PersonId | None = None,
        target: str | None = None,
        since: int | None = None,
        environments: Collection[Environment] | None = None,
        limit: int = 50,
    ) -> tuple[Request, ...]:
        """Newest first; ``since`` is an instant of asking. ``target`` is the identifier of a
        database that is touched."""
        query = select(_requests.c.id).order_by(_requests.c.id.desc()).limit(limit)
        if status is not None:
            query = query.where(_requests.c.status.in_(status))
        if requester is not None:
            query = query.where(_requests.c.requester == str(requester))
        if target is not None:
            query = query.where(_touches_named(target))
        if since is not None:
            query = query.where(_requests.c.asked_at >= since)
        if environments is not None:
            query = query.where(_requests.c.environment.in_(environments))
        return await self._load(query)

    async def of_card(self, card: Posted) -> Request | None:
        """The one whose card stands there."""
        query = select(_requests.c.id).where(_requests.c.card == encoded_value(card))
        return next(iter(await self._load(query)), None)

    async def standing(
        self, limit: int, environments: Collection[Environment] | None = None
    ) -> OpenRequests:
        """Of requests that have not ended; ``limit`` of them at most."""
        row = _requests.c
        query = select(row.id).where(row.status.in_(_STANDING))
        if environments is not None:
            query = query.where(row.environment.in_(environments))
        under_way = (row.status == Status.RUNNING).desc()
        async with self._connections.read() as connection:
            ids = await connection.execute(query.order_by(under_way, row.id.desc()).limit(limit))
            wanted = tuple(ids.scalars())
            found = await load(connection, wanted)
        return OpenRequests(found=found, unread=len(wanted) - len(found))

    async def endings(self, limit: int) -> tuple[Request, ...]:
        """Those that ended last, the last one first, however long ago they were asked for."""
        row = _requests.c
        query = select(row.id).where(row.ended_at.is_not(None)).limit(limit)
        found = await self._load(query.order_by(row.ended_at.desc(), row.id.desc()))
        return tuple(sorted(found, key=lambda one: (one.ended_at or 0, one.id), reverse=True))

    async def claimable(self, now: int, limit: int) -> tuple[int, ...]:
        """Ids of approved requests that may be sent now, oldest first.

        A request that is known to wait for another one is left out while that one holds its lock.
        """
        row = _requests.c
        held = _has_step(_HELD, owner=row.waits_for)
        query = select(row.id).where(
            row.status == Status.APPROVED,
            or_(row.not_before.is_(None), passed(row.not_before, now, LONGEST_PAUSE)),
            or_(row.send_by.is_(None), row.send_by > now),
            or_(row.starts_at.is_(None), row.starts_at <= now),
            or_(row.waits_for.is_(None), ~held),
        )
        return await self._ids(query.order_by(row.id).limit(limit))

    async def running(
        self, now: int | None = None, limit: int | None = None, *, include_unknown: bool = False
    ) -> tuple[Request, ...]:
        """Requests to follow, longest due first; without ``now`` all of them, due or not."""
        statuses = [Status.RUNNING, Status.UNKNOWN] if include_unknown else [Status.RUNNING]
        due = _first_poll()
        query = select(_requests.c.id).where(_requests.c.status.in_(statuses))
        if now is not None:
            query = query.where(due <= now)
        return await self._load(query.order_by(due, _requests.c.id).limit(limit))

    async def to_recheck(self, now: int, limit: int) -> tuple[Request, ...]:
        """What has ended well and is to be looked at again by now, longest due first."""
        due = _first_poll()
        query = select(_requests.c.id).where(_requests.c.status == Status.SUCCEEDED, due <= now)
        return await self._load(query.order_by(due, _requests.c.id).limit(limit))

    async def counts(self) -> Mapping[Status, int]:
        """How many requests there are of each status; what there is none of is left out."""
        query = select(_requests.c.status, func.count()).group_by(_requests.c.status)
        async with self._connections.read() as connection:
            rows = (await connection.execute(query)).all()
        return {Status(status): count for status, count in rows}

    async def unsent(self) -> tuple[Request, ...]:
        """Running requests of which nothing was sent yet."""
        query = select(_requests.c.id).where(
            _requests.c.status == Status.RUNNING, _has_step(_steps.c.sent_at.is_(None))
        )
        return await self._load(query)

    async def overdue(self, now: int) -> tuple[int, ...]:
        """Ids of requests not decided before ``expires_at``, or not claimed before ``send_by``."""
        row = _requests.c
        query = select(row.id).where(
            or_(
                and_(row.status == Status.PENDING, row.expires_at <= now),
                and_(row.status == Status.APPROVED, row.send_by <= now),
            )
        )
        return await self._ids(query.order_by(row.id))

    async def holder(self, lock: str) -> int | None:
        """The request whose step is claimed, holds that lock, and is not settled."""
        async with self._connections.read() as connection:
            return await locks.holder(connection, lock)

    async def filed_by(self, requester: PersonId, since: int, most: int) -> tuple[int, ...]:
        """When their newest requests after ``since`` were filed, newest first."""
        async with self._connections.read() as connection:
            return await filed_by(connection, requester, since, most)

    async def filed_on(self, lock: str, since: int, most: int) -> tuple[int, ...]:
        """The same of what shares that lock: a database, or a cluster with its members."""
        async with self._connections.read() as connection:
            return await filed_on(connection, lock, since, most)

    async def durations(
        self, operation: str, limit: int = 20, *, environment: Environment | None = None
    ) -> tuple[int, ...]:
        """Microseconds from send to proof of the latest successes of an operation, newest first.

        What a person settled is left out: the proof is missing. So is what AWS does later.
        """
        step = _steps.c
        query = (
            select(step.settled_at - step.sent_at)
            .join_from(_steps, _requests)
            .where(
                step.operation == operation,
                step.settled_at.is_not(None),
                step.sent_at.is_not(None),
                _requests.c.status == Status.SUCCEEDED,
                BY_EVIDENCE,
                _is_not_scheduled(),
            )
            .order_by(step.settled_at.desc())
            .limit(limit)
        )
        if environment is not None:
            query = query.where(_requests.c.environment == environment)
        return await self._ids(query)

    async def usual(self, operation: str, environment: Environment) -> Usual | None:
        """By the last successes there, else anywhere; None where there are too few to say."""
        there = Usual.of(await self.durations(operation, environment=environment))
        return there or Usual.of(await self.durations(operation))

    async def _ids(self, query: Select[Any]) -> tuple[int, ...]:
        async with self._connections.read() as connection:
            return tuple((await connection.execute(query)).scalars())

    async def _load(self, query: Select[Any]) -> tuple[Request, ...]:
        async with self._connections.read() as connection:
            ids = tuple((await connection.execute(query)).scalars())
            return await load(connection, ids)


async def filed_by(
    connection: AsyncConnection, requester: PersonId, since: int, most: int
) -> tuple[int, ...]:
    """When that person's newest requests after ``since`` were filed, newest first, with those that
    were denied and handed on to others."""
    return await _filed(connection, _audit.actor == str(requester), since, most)


async def filed_on(
    connection: AsyncConnection, lock: str, since: int, most: int
) -> tuple[int, ...]:
    """The same of what shares that lock: a database, or a cluster with its members."""
    return await _filed(
        connection, _has(_locks, _locks.c.lock == lock, _audit.request_id), since, most
    )


async def _filed(
    connection: AsyncConnection, condition: ColumnElement[bool], since: int, most: int
) -> tuple[int, ...]:
    """By the audit trail, which knows the instants, has an index of them, and forgets nothing."""
    at = _audit.at
    filed = _audit.action.in_((FILED, HANDED_ON))
    query = select(at).where(at > since, filed, condition)
    rows = await connection.execute(query.order_by(at.desc()).limit(most))
    return tuple(rows.scalars())


async def load_one(connection: AsyncConnection, request_id: int) -> Request:
    """Raises UnknownRequestError, and StorageError where its row cannot be read."""
    if found := await load(connection, (request_id,)):
        return found[0]
    query = select(_requests.c.id).where(_requests.c.id == request_id)
    if (await connection.execute(query)).first() is None:
        raise UnknownRequestError(request_id)
    raise StorageError(
        f"I cannot read what is kept of {label(request_id)}, so nothing was done with it. Whoever "
        "runs me finds more in the log, at storage.unreadable_row."
    )


async def load(connection: AsyncConnection, ids: Sequence[int]) -> tuple[Request, ...]:
    """The requests of these ids in this order, by five queries however many they are.

    One that cannot be read is left out, and logged.
    """
    if not ids:
        return ()
    rows = await _mappings(connection, _with_reason(_requests).where(_requests.c.id.in_(ids)))
    steps = await _mappings(
        connection,
        select(_steps).where(_steps.c.request_id.in_(ids)).order_by(_steps.c.number),
    )
    held = await _mappings(
        connection,
        select(_locks).where(_locks.c.request_id.in_(ids)).order_by(_locks.c.lock),
    )
    votes = await _mappings(
        connection,
        _with_reason(_votes)
        .where(_votes.c.request_id.in_(ids))
        .order_by(_votes.c.at, _votes.c.person),
    )
    looks = await _mappings(
        connection,
        select(_looks).where(_looks.c.request_id.in_(ids)).order_by(_looks.c.minutes),
    )
    return await _values(ids, rows, *map(_by_request, (steps, held, votes, looks)))


async def open_like(connection: AsyncConnection, same_ask: str) -> Request | None:
    """The open request of the same person for the same thing."""
    row = _requests.c
    statuses = [status for status in Status if status.is_open]
    query = select(row.id).where(row.same_ask == same_ask, row.status.in_(statuses))
    request_id = (await connection.execute(query)).scalar()
    return None if request_id is None else await load_one(connection, request_id)


def _touches_named(identifier: str) -> ColumnElement[bool]:
    return or_(
        _has_step(_steps.c.identifier == identifier),
        _has(_touches, _touches.c.identifier == identifier, _requests.c.id),
    )


def _has_step(
    condition: ColumnElement[bool], owner: ColumnElement[Any] = _requests.c.id
) -> ColumnElement[bool]:
    return _has(_steps, condition, owner)


def _has(
    table: Table, condition: ColumnElement[bool], owner: ColumnElement[Any]
) -> ColumnElement[bool]:
    return exists().where(table.c.request_id == owner, condition)


def _is_not_scheduled() -> ColumnElement[bool]:
    outcome = _requests.c.outcome
    return or_(outcome.is_(None), ~outcome.startswith(SCHEDULED, autoescape=True))


def _first_poll() -> ColumnElement[Any]:
    return (
        select(func.min(_steps.c.next_poll_at))
        .where(_steps.c.request_id == _requests.c.id)
        .scalar_subquery()
    )


def _with_reason(table: Table) -> Select[Any]:
    return select(table, _texts.c.text.label("reason")).join_from(
        table, _texts, table.c.reason_id == _texts.c.id
    )


async def _mappings(connection: AsyncConnection, query: Select[Any]) -> list[RowMapping]:
    return list((await connection.execute(query)).mappings())


def _by_request(rows: Iterable[RowMapping]) -> Mapping[int, list[RowMapping]]:
    grouped: defaultdict[int, list[RowMapping]] = defaultdict(list)
    for row in rows:
        grouped[row["request_id"]].append(row)
    return grouped


def _whole(row: RowMapping, *parts: Mapping[int, list[RowMapping]]) -> Request:
    return request_value(row, *(found[row["id"]] for found in parts))


async def _values(
    ids: Sequence[int], rows: Iterable[RowMapping], *parts: Mapping[int, list[RowMapping]]
) -> tuple[Request, ...]:
    """Gives the event loop a turn between batches: building a thousand requests takes a while."""
    known = {row["id"]: row for row in rows}
    found: list[Request] = []
    for position, id_ in enumerate(id_ for id_ in ids if id_ in known):
        found += readable("requests", [known[id_]], lambda row: _whole(row, *parts))
        if position % _BATCH == _BATCH - 1:
            await asyncio.sleep(0)
    return tuple(found)
