"""The audit trail: appended to inside a transaction, read and verified in pages."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

from sqlalchemy import ColumnElement, Row, Select, func, insert, or_, select, text, update
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StorageError
from bot.masking import masked
from bot.values import AuditEntry, AuditEvent
from storage.engine import Connections, is_sqlite, parse_url, sqlite_path
from storage.tables import models, texts
from storage.tables.chain import AuditKey, ChainRow, Verifier, body_of, event_of, link
from storage.tables.rows import readable

_PAGE = 5_000
# As text, because the rows then come as the driver made them: twice as fast over a whole chain.
_SPAN = text(
    f"SELECT {', '.join(ChainRow._fields)} FROM audit LEFT JOIN texts ON texts.id = text_id "
    "WHERE seq > :after AND seq <= :last ORDER BY seq LIMIT :page_size"
)
_COLUMNS = tuple(
    (models.texts if name in ("salt", "text") else models.audit).c[name]
    for name in ChainRow._fields
)


class Filters(TypedDict, total=False):
    """What to look for; what is left out does not matter. ``since`` is inclusive."""

    request_id: int | None
    actor: str | None
    target: str | None  #: in full, or an identifier
    results: Collection[str] | None
    action: str | None  #: a prefix: ``vote.`` finds vote.approved and vote.refused
    since: int | None


@dataclass(frozen=True)
class Verified:
    """The chain adds up: its rows, its last hash, and how far its signatures were checked.

    ``signed`` of ``signatures`` are checked. With ``unknown_keys`` the rest is by keys not given.
    """

    rows: int
    head_hash: str
    signed: int = 0
    signatures: int = 0
    unknown_keys: tuple[str, ...] = ()


class Audit:
    """Reads the trail. It is written by ``Transaction`` alone."""

    def __init__(self, connections: Connections, key: AuditKey | None) -> None:
        self._connections = connections
        self._keys = {} if key is None else {key.id: key.secret}

    async def rows(
        self, *, limit: int = 50, before_seq: int | None = None, **filters: Unpack[Filters]
    ) -> tuple[AuditEntry, ...]:
        """Newest first; ``before_seq`` continues after an earlier answer."""
        query = _filtered(**filters).order_by(models.audit.c.seq.desc()).limit(limit)
        if before_seq is not None:
            query = query.where(models.audit.c.seq < before_seq)
        async with self._connections.read() as connection:
            return tuple(readable("audit", await connection.execute(query), _value))

    async def export(
        self, *, page_size: int = _PAGE, **filters: Unpack[Filters]
    ) -> AsyncIterator[AuditEntry]:
        """Everything that matches, oldest first, never more than a page in memory."""
        seq = 0
        query = _filtered(**filters).order_by(models.audit.c.seq).limit(page_size)
        while True:
            async with self._connections.read() as connection:
                page = (await connection.execute(query.where(models.audit.c.seq > seq))).all()
            for row in page:
                yield _value(row)
            if len(page) < page_size:
                return
            seq = page[-1].seq

    async def verify(self, *, page_size: int = _PAGE) -> Verified:
        """Walks the whole chain. Raises TamperedError at the first row that does not add up."""
        return await _verify(self._connections, self._keys, page_size)

    def walk(self, *, page_size: int = _PAGE) -> "Walk":
        """The same in steps, for whoever has other things to do."""
        return Walk(self._connections, self._keys, page_size)


class Walk:
    """One verification of the chain as it stands at the first step; what follows is the next's."""

    def __init__(self, connections: Connections, keys: Mapping[str, bytes], page_size: int) -> None:
        self._connections = connections
        self._verifier = Verifier(keys)
        self._page_size = page_size
        self._end: tuple[int, Row[Any]] | None = None

    async def step(self) -> Verified | None:
        """Checks a page; None while there are more. Raises TamperedError as ``verify`` does."""
        verifier = self._verifier
        if self._end is None:
            self._end = await _end(self._connections)
        last, head = self._end
        if page := await _page(self._connections, verifier.rows, last, self._page_size):
            # Hashes of five thousand rows would keep acknowledgements waiting.
            await asyncio.to_thread(_check, verifier, page)
            return None
        verifier.check_head(head.seq, head.hash)
        return Verified(
            verifier.rows,
            verifier.head.hex(),
            verifier.signed,
            verifier.signatures,
            tuple(sorted(verifier.unknown_keys)),
        )


async def verify(url: str, keys: Mapping[str, bytes]) -> Verified:
    """The same from outside the bot, running or not; ``keys`` maps key ids to secrets."""
    connections = Connections(_existing(url))
    try:
        return await _verify(connections, keys, _PAGE)
    finally:
        await connections.close()


async def export(url: str) -> AsyncIterator[AuditEntry]:
    """Every row, oldest first, from outside the bot, running or not."""
    connections = Connections(_existing(url))
    try:
        async for row in Audit(connections, None).export():
            yield row
    finally:
        await connections.close()


def _existing(url: str) -> URL:
    """Raises StorageError rather than make a SQLite file that is not there."""
    parsed = parse_url(url)
    if is_sqlite(parsed) and not sqlite_path(parsed).exists():
        raise StorageError(f"There is no database at {sqlite_path(parsed)}.")
    return parsed


async def hold(connection: AsyncConnection) -> tuple[int, bytes]:
    """The last row's number and hash, and nobody else appends until commit."""
    head = select(models.audit_head.c.seq, models.audit_head.c.hash).with_for_update()
    seq, digest = (await connection.execute(head)).one()
    return int(seq), digest


async def append(
    connection: AsyncConnection, at: int, events: Sequence[AuditEvent], key: AuditKey | None
) -> int:
    """Adds events in order, returns the last one's number, and locks the head until commit."""
    # Before the head is locked: whoever appends next waits from there on.
    kept = [await _keep(connection, event) for event in events]
    seq, prev = await hold(connection)
    for event, said in zip(events, kept, strict=True):
        seq += 1
        prev = await _append_one(connection, (seq, at, prev), event, said, key)
    return seq


async def _keep(connection: AsyncConnection, event: AuditEvent) -> texts.KeptText | None:
    return await texts.keep(connection, event.text) if event.text else None


async def _append_one(
    connection: AsyncConnection,
    place: tuple[int, int, bytes],
    event: AuditEvent,
    said: texts.KeptText | None,
    key: AuditKey | None,
) -> bytes:
    seq, at, prev = place
    event = AuditEvent.model_validate(masked(event.json_value()))
    body = body_of(seq, at, event, said)
    digest = link(prev, body)
    row = {
        "seq": seq,
        "at": at,
        "body": body,
        "prev": prev,
        "hash": digest,
        "mac": key and key.sign(digest),
        "key_id": key and key.id,
        "text_id": said and said.id,
        **event.model_dump(include={"request_id", "actor", "action", "target", "result"}),
        "operation": event.operation,
    }
    await connection.execute(insert(models.audit).values(row))
    await connection.execute(update(models.audit_head).values(seq=seq, hash=digest))
    return digest


def _with_text() -> Select[*tuple[Any, ...]]:
    said = models.audit.c.text_id == models.texts.c.id
    return select(*_COLUMNS).join_from(models.audit, models.texts, said, isouter=True)


def _filtered(**filters: Unpack[Filters]) -> Select[*tuple[Any, ...]]:
    audit = models.audit.c
    query = _with_text()
    for name in ("request_id", "actor"):
        if (wanted := filters.get(name)) is not None:
            query = query.where(audit[name] == wanted)
    if (target := filters.get("target")) is not None:
        query = query.where(_is_about(target))
    if (results := filters.get("results")) is not None:
        query = query.where(audit.result.in_(results))
    if (action := filters.get("action")) is not None:
        query = query.where(audit.action.startswith(action, autoescape=True))
    if (since := filters.get("since")) is not None:
        query = query.where(audit.at >= since)
    return query


def _is_about(target: str) -> ColumnElement[bool]:
    """The target in full, or every database that ever had that identifier."""
    column = models.audit.c.target
    if "@" in target:
        return column == target
    return or_(column == target, column.startswith(f"{target}@", autoescape=True))


def _value(row: Row[*tuple[Any, ...]]) -> AuditEntry:
    return AuditEntry(
        seq=row.seq, at=row.at, event=event_of(row.body, row.text), hash=row.hash.hex()
    )


async def _verify(connections: Connections, keys: Mapping[str, bytes], page_size: int) -> Verified:
    walk = Walk(connections, keys, page_size)
    while (verified := await walk.step()) is None:
        pass
    return verified


async def _end(connections: Connections) -> tuple[int, Row[Any]]:
    """The last row there is, and the one that the bot remembers as its last."""
    async with connections.read() as connection:
        head = (await connection.execute(select(models.audit_head))).one()
        last = (await connection.execute(select(func.max(models.audit.c.seq)))).scalar_one()
    return max(head.seq, last or 0), head


async def _page(connections: Connections, after: int, last: int, page_size: int) -> list[ChainRow]:
    span = {"after": after, "last": last, "page_size": page_size}
    async with connections.read() as connection:
        return list(map(ChainRow._make, await connection.execute(_SPAN, span)))


def _check(verifier: Verifier, rows: list[ChainRow]) -> None:
    for row in rows:
        verifier.check(row)
