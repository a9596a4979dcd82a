"""What is to be told: written with the change that it tells of, delivered later and in order."""

import asyncio
import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar

from sqlalchemy import (
    CTE,
    ColumnElement,
    RowMapping,
    and_,
    case,
    delete,
    exists,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.masking import mask
from bot.values import SECOND, Message, Place, Posted, micros
from storage.engine import Connections, insert_into
from storage.tables import models
from storage.tables.rows import decoded, encoded, encoded_value, readable
from storage.tables.waits import passed

#: Longer than the notifier lets a delivery take: a second process would post it once more.
_LEASE = 60 * SECOND
_REPLACED = ("place", "address", "kind", "request_id", "body", "instead")
#: Nothing waits longer for its next attempt, whatever Slack asks for.
LONGEST_WAIT = 600 * SECOND

_outbox = models.outbox
_row = _outbox.c
_WAITING = and_(_row.delivered_at.is_(None), _row.given_up_at.is_(None))

#: What is told in one order: cards, threads and messages of a channel share Slack's pace there, and
#: people read them one below the other.
_FAMILIES: Mapping[Place, str] = {
    Place.CARD: "channel",
    Place.THREAD: "channel",
    Place.CHANNEL: "channel",
    Place.PERSON: "person",
    Place.HOME: "home",
    Place.SNS: "sns",
    Place.PICTURE: "picture",
}


@dataclass(frozen=True)
class Delivery:
    """A message that is this process's to deliver until its lease ends.

    ``attempts`` counts deliveries begun earlier: above 0, the message may already stand in Slack.
    ``posted`` is where an earlier revision of it stands.
    """

    id: int
    message: Message
    attempts: int
    revision: int
    created_at: int
    posted: Posted | None = None
    error: str | None = None
    owner: str = field(default="", repr=False)


class Outbox:
    """Hands out what is due and records how delivery went. ``Transaction.post`` fills it."""

    KEPT: ClassVar[int] = micros(timedelta(days=14))

    def __init__(self, connections: Connections, clock: Callable[[], int]) -> None:
        self._connections = connections
        self._clock = clock
        self._owner = secrets.token_hex(8)
        self._looked_at = 0
        self.filled = (
            asyncio.Event()
        )  #: set when something new was committed; whoever waits clears it

    async def due(
        self, now: int, limit: int, lease: int = _LEASE, working: Collection[int] = ()
    ) -> tuple[Delivery, ...]:
        """Claims each destination's oldest message, for ``lease`` microseconds; oldest first.

        The messages of one destination are handed out one after the other, each when the one before
        it has ended. ``working`` are the ids that this process delivers at this moment: however the
        clock is set meanwhile, it is not handed them a second time.
        """
        await self._hurry(now)
        claimable = self._claimable(now, limit, working)
        claim = (
            update(_outbox)
            .where(_row.id.in_(select(claimable.c.id)))
            .values(lease_owner=self._owner, lease_until=now + lease, attempts=_row.attempts + 1)
            .returning(_outbox)
        )
        async with self._connections.begin() as connection:
            claimed = (await connection.execute(claim)).mappings().all()
            found = tuple(readable("outbox", claimed, _delivery))
            bad = {row["id"] for row in claimed} - {one.id for one in found}
            if bad:
                ended = {"given_up_at": self._clock(), "error": "unreadable"}
                await connection.execute(update(_outbox).where(_row.id.in_(bad)).values(**ended))
        # RETURNING gives rows in no order: https://www.sqlite.org/lang_returning.html
        return tuple(sorted(found, key=lambda delivery: delivery.id))

    async def delivered(self, delivery: Delivery, posted: Posted | None) -> None:
        """Ends a message; if it was replaced meanwhile, it is due again, to edit ``posted``."""
        same = _row.revision == delivery.revision
        await self._record(
            delivery,
            delivered_at=case((same, self._clock()), else_=None),
            attempts=case((same, _row.attempts), else_=0),
            posted=encoded_value(posted or delivery.posted),
            error=None,
        )

    async def retry(self, delivery: Delivery, at: int, error: str) -> None:
        """Tries again at ``at``, or sooner; until then the messages behind it wait too."""
        due_at = min(at, self._clock() + LONGEST_WAIT)
        await self._record(delivery, due_at=due_at, error=mask(error))

    async def step_aside(self, delivery: Delivery, at: int, error: str) -> None:
        """The same, but what waits behind it passes: it has an order of its own from now on."""
        aside = f"aside:{delivery.id}"
        due_at = min(at, self._clock() + LONGEST_WAIT)
        await self._record(delivery, lane=aside, due_at=due_at, error=mask(error))

    async def give_up(self, delivery: Delivery, error: str) -> None:
        """Ends a message that cannot be delivered, and lets the ones behind it pass."""
        await self._record(delivery, given_up_at=self._clock(), error=mask(error))

    async def standing(self, kind: str, posted: Posted) -> Message | None:
        """What was posted there, as it was handed in; None where it is forgotten by now."""
        there = and_(_row.kind == kind, _row.posted == encoded_value(posted))
        found = await self._newest(there)
        return found.message if found else None

    async def posted(self, key: str) -> Posted | None:
        """Where the message of that key stands; None before it does, and once it is forgotten."""
        found = await self._newest(and_(_row.key == key, _row.posted.is_not(None)))
        return found.posted if found else None

    async def told(self, kind: str, keys: str, since: int) -> tuple[Message, ...]:
        """What was delivered since then of a kind, its key beginning with ``keys``."""
        begun = _row.key.startswith(keys, autoescape=True)
        late = and_(_row.kind == kind, begun, _row.delivered_at >= since)
        async with self._connections.read() as connection:
            rows = (await connection.execute(select(_outbox).where(late))).mappings().all()
        return tuple(one.message for one in readable("outbox", rows, _delivery))

    async def _newest(self, wanted: ColumnElement[bool]) -> Delivery | None:
        query = select(_outbox).where(wanted).order_by(_row.id.desc()).limit(1)
        async with self._connections.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return next(iter(readable("outbox", rows, _delivery)), None)

    async def depth(self) -> int:
        """How many messages wait."""
        query = select(func.count()).select_from(_outbox).where(_WAITING)
        async with self._connections.read() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def stands(self, key: str) -> Posted | None:
        """Where the message with that key stands; None where it does not, or not yet."""
        posted = and_(_row.key == key, _row.posted.is_not(None))
        query = select(_row.posted).where(posted).order_by(_row.id.desc()).limit(1)
        async with self._connections.read() as connection:
            found = (await connection.execute(query)).scalar_one_or_none()
        return None if found is None else Posted.model_validate(decoded(found))

    async def prune(self, before: int) -> int:
        """Forgets messages that ended before that instant, and says how many."""
        ended = func.coalesce(_row.delivered_at, _row.given_up_at)
        async with self._connections.begin() as connection:
            return (await connection.execute(delete(_outbox).where(ended < before))).rowcount

    async def _hurry(self, now: int) -> None:
        """Where the clock was put back since the last look, nobody waits until it has caught up."""
        if now < self._looked_at:
            late = update(_outbox).where(_WAITING, _row.due_at > now).values(due_at=now)
            async with self._connections.begin() as connection:
                await connection.execute(late)
        self._looked_at = now

    def _claimable(self, now: int, limit: int, working: Collection[int]) -> CTE:
        free = or_(_row.lease_until.is_(None), passed(_row.lease_until, now, _LEASE))
        if self._connections.is_sqlite:  # nobody else can have this file
            free = or_(free, _row.lease_owner != self._owner)
        return _first_in_lane(now, limit, and_(free, _row.id.not_in(working)))

    async def _record(self, delivery: Delivery, **changes: Any) -> None:
        """Writes how an attempt went, unless another replica has taken the message over since."""
        statement = (
            update(_outbox)
            .where(_row.id == delivery.id, _row.lease_owner == delivery.owner, _WAITING)
            .values(lease_owner=None, lease_until=None, **changes)
        )
        async with self._connections.begin() as connection:
            await connection.execute(statement)


async def post(
    connection: AsyncConnection,
    message: Message,
    now: int,
    not_before: int | None,
    revision: int | None = None,
) -> None:
    """Adds a message, or replaces the waiting one with its key, keeping that one's place."""
    due_at = now if not_before is None else not_before
    row = _columns(message, now, due_at)
    insert = insert_into(_outbox, connection).values(row)
    fresh = insert.excluded
    replace = insert.on_conflict_do_update(
        index_elements=[_row.key],
        index_where=text(models.WAITING),
        where=None if revision is None else _row.revision == revision,
        set_={
            **{name: fresh[name] for name in _REPLACED},
            "revision": _row.revision + 1,
            # What Slack refused for now keeps its time; what waits to be merged never waits longer.
            "due_at": case(
                (or_(_row.attempts > 0, _row.due_at < fresh.due_at), _row.due_at),
                else_=fresh.due_at,
            ),
        },
    )
    await connection.execute(replace)


async def post_once(connection: AsyncConnection, message: Message, now: int) -> bool:
    """Adds a message unless one with its key was posted, not long ago; says whether it did.

    Where that one is being posted right now, it is told of the replacement, and posts nothing anew.
    """
    same = select(_row.id).where(_row.key == message.key)
    # Whoever records just now that it was posted comes before the look, or after the commit.
    await connection.execute(same.with_for_update())
    stands = same.where(_row.posted.is_not(None)).limit(1)
    if (await connection.execute(stands)).first() is not None:
        return False
    await post(connection, message, now, None)
    return True


def _columns(message: Message, now: int, due_at: int) -> dict[str, Any]:
    return {
        "lane": f"{_FAMILIES[message.place]}:{message.address}",
        "place": message.place.value,
        "address": message.address,
        "kind": message.kind,
        "request_id": message.request_id,
        "body": encoded(message.body),
        "key": message.key,
        "instead": message.instead,
        "revision": 0,
        "created_at": now,
        "due_at": due_at,
        "attempts": 0,
    }


def _first_in_lane(now: int, limit: int, free: ColumnElement[bool]) -> CTE:
    # MATERIALIZED: PostgreSQL may otherwise run the subquery again and claim more than the limit.
    # https://www.postgresql.org/docs/current/queries-with.html
    older = _outbox.alias("older")
    first = ~exists().where(
        older.c.lane == _row.lane,
        older.c.id < _row.id,
        older.c.delivered_at.is_(None),
        older.c.given_up_at.is_(None),
    )
    return (
        select(_row.id)
        .where(_WAITING, passed(_row.due_at, now, LONGEST_WAIT), free, first)
        .order_by(_row.id)
        .limit(limit)
        # Another replica claims at the same moment: each takes what the other has not.
        .with_for_update(skip_locked=True)
        .cte("claimable")
        .prefix_with("MATERIALIZED")
    )


def _delivery(row: RowMapping) -> Delivery:
    message = Message(
        place=Place(row["place"]),
        address=row["address"],
        kind=row["kind"],
        request_id=row["request_id"],
        body=decoded(row["body"]),
        key=row["key"],
        instead=row["instead"],
    )
    posted = decoded(row["posted"])
    return Delivery(
        id=row["id"],
        message=message,
        attempts=row["attempts"] - 1,
        revision=row["revision"],
        created_at=row["created_at"],
        posted=None if posted is None else Posted.model_validate(posted),
        error=row["error"],
        owner=row["lease_owner"],
    )
