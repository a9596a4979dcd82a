"""Socket Mode: single-use tickets, connections, envelopes and their acknowledgements."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from time import monotonic
from typing import Any

from aiohttp import WSMsgType, web

from bot.sandbox.slack.pulse import Pulse

CONNECTIONS = 10
ANSWERED = frozenset({"slash_commands", "interactive"})


@dataclass(frozen=True, slots=True)
class Delivery:
    """One envelope. `answer` is the payload of the acknowledgement, None where it had none;
    `sent` is False when no bot was connected."""

    envelope_id: str
    kind: str
    payload: Mapping[str, Any]
    sent: bool
    acknowledged: bool
    answer: Any = None
    seconds: float = 0.0
    retry_attempt: int = 0

    @property
    def text(self) -> str:
        """The text that the acknowledgement of a command carried."""
        answer = self.answer.get("text", "") if isinstance(self.answer, dict) else self.answer
        return str(answer or "")


@dataclass(eq=False, slots=True)
class Connection:
    socket: web.WebSocketResponse
    request: web.Request
    leaving: bool = False

    @property
    def usable(self) -> bool:
        return not self.leaving and not self.socket.closed

    async def send(self, frame: Mapping[str, Any]) -> bool:
        """False when the connection has gone meanwhile."""
        try:
            await self.socket.send_json(frame)
        except (ConnectionError, RuntimeError):
            return False
        return True

    def abort(self) -> None:
        if self.request.transport is not None:
            self.request.transport.abort()


@dataclass(slots=True)
class Sockets:
    """`ack_seconds`: how long Slack waits; `retry_seconds`: when unacknowledged events return."""

    app_id: str
    pulse: Pulse
    ack_seconds: float = 3.0
    retry_seconds: Sequence[float] = (0.0, 60.0, 300.0)
    deliveries: list[Delivery] = field(default_factory=list)
    connections: list[Connection] = field(default_factory=list)
    refused: int = 0
    _tickets: set[str] = field(default_factory=set)
    _stillborn: int = 0
    _waiting: dict[str, list[asyncio.Future[Any]]] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))
    _retries: set[asyncio.Task[None]] = field(default_factory=set)

    def issue_ticket(self) -> str:
        ticket = f"ticket-{next(self._numbers)}"
        if self._stillborn:
            self._stillborn -= 1
        else:
            self._tickets.add(ticket)
        return ticket

    def kill_tickets(self, also_next: int) -> None:
        self._tickets.clear()
        self._stillborn = also_next

    async def serve(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            self.refused += 1
            self.pulse.beat()
            return web.Response(status=408, text="this ticket is unknown, used or expired")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        connection = Connection(socket, request)
        if len(self.connections) >= CONNECTIONS:
            await connection.send(_disconnect("too_many_websockets"))
            return socket
        await self._listen(connection)
        return socket

    async def _listen(self, connection: Connection) -> None:
        self.connections.append(connection)
        await connection.send(self._hello())
        self.pulse.beat()
        try:
            async for frame in connection.socket:
                if frame.type is WSMsgType.TEXT:
                    self._acknowledge(frame.json())
        finally:
            self._forget(connection)

    def _forget(self, connection: Connection) -> None:
        if connection in self.connections:
            self.connections.remove(connection)
        self.pulse.beat()

    def _acknowledge(self, frame: Mapping[str, Any]) -> None:
        """Settles the oldest delivery of that envelope; whatever comes later is ignored."""
        for waiting in self._waiting.get(str(frame.get("envelope_id")), ()):
            if not waiting.done():
                waiting.set_result(frame.get("payload"))
                return

    async def deliver(
        self,
        kind: str,
        payload: Mapping[str, Any],
        *,
        envelope_id: str | None = None,
        retry_attempt: int = 0,
    ) -> Delivery:
        """Sends one envelope to one open connection and waits for its acknowledgement."""
        envelope_id = envelope_id or f"envelope-{next(self._numbers)}"
        frame: dict[str, Any] = {
            "envelope_id": envelope_id,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind in ANSWERED,
        }
        if kind == "events_api":
            reason = "timeout" if retry_attempt else ""
            frame |= {"retry_attempt": retry_attempt, "retry_reason": reason}
        delivery = await self._send(frame, retry_attempt)
        self.deliveries.append(delivery)
        self.pulse.beat()
        return delivery

    async def _send(self, frame: Mapping[str, Any], retry_attempt: int) -> Delivery:
        envelope_id, kind, payload = frame["envelope_id"], frame["type"], frame["payload"]
        future = asyncio.get_running_loop().create_future()
        waiting = self._waiting.setdefault(envelope_id, [])
        waiting.append(future)
        started = monotonic()
        connection = self._next_connection()
        sent = connection is not None and await connection.send(frame)
        try:
            async with asyncio.timeout(self.ack_seconds if sent else 0):
                answer = await future
        except TimeoutError:
            return Delivery(envelope_id, kind, payload, sent, False, retry_attempt=retry_attempt)
        finally:
            waiting.remove(future)
            if not waiting:
                self._waiting.pop(envelope_id, None)
        seconds = monotonic() - started
        return Delivery(envelope_id, kind, payload, sent, True, answer, seconds, retry_attempt)

    async def deliver_event(self, payload: Mapping[str, Any]) -> Delivery:
        """An event; when it is not acknowledged it comes again, each time in a new envelope."""
        delivery = await self.deliver("events_api", payload)
        if not delivery.acknowledged:
            retries = asyncio.create_task(self._retry(payload))
            self._retries.add(retries)
            retries.add_done_callback(self._retries.discard)
        return delivery

    async def _retry(self, payload: Mapping[str, Any]) -> None:
        for attempt, seconds in enumerate(self.retry_seconds, start=1):
            await asyncio.sleep(seconds)
            again = await self.deliver("events_api", payload, retry_attempt=attempt)
            if again.acknowledged:
                return

    async def redeliver(self, delivery: Delivery, same_envelope: bool) -> Delivery:
        return await self.deliver(
            delivery.kind,
            delivery.payload,
            envelope_id=delivery.envelope_id if same_envelope else None,
            retry_attempt=delivery.retry_attempt + (delivery.kind == "events_api"),
        )

    async def disconnect(self, reason: str) -> None:
        """Asks every connection to leave; but for a mere warning, it gets no more envelopes."""
        for connection in tuple(self.connections):
            connection.leaving = reason != "warning"
            await connection.send(_disconnect(reason))

    def drop(self) -> None:
        for connection in tuple(self.connections):
            connection.abort()

    async def close(self) -> None:
        retries = tuple(self._retries)
        for task in retries:
            task.cancel()
        await asyncio.gather(*retries, return_exceptions=True)
        for connection in tuple(self.connections):
            await connection.socket.close()

    def _next_connection(self) -> Connection | None:
        """They take turns: Slack sends each payload to any one of them."""
        for connection in self.connections:
            if connection.usable:
                self.connections.remove(connection)
                self.connections.append(connection)
                return connection
        return None

    def _hello(self) -> Mapping[str, Any]:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {
                "host": "sandbox",
                "build_number": 1,
                "approximate_connection_time": 18060,
            },
            "connection_info": {"app_id": self.app_id},
        }


def _disconnect(reason: str) -> Mapping[str, Any]:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}
