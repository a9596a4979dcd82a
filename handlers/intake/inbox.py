"""What Slack sends: kept, acknowledged, then worked on; taken up again after a crash."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

import structlog

from bot.errors import StorageError
from bot.values import fingerprint
from storage.tables.inbox import Inbox, Incoming

Process = Callable[[Incoming], Awaitable[None]]
Failed = Callable[[Incoming, str], Awaitable[None]]

#: A row that was begun this often and never ended is what kills the process, not bad luck.
ATTEMPTS = 3
#: Seconds at most that work waits for acknowledgements that are still to be given.
ACKS_FIRST = 0.25

log = structlog.get_logger()


class Intake:
    def __init__(self, inbox: Inbox, clock: Callable[[], int]) -> None:
        self._inbox = inbox
        self._clock = clock
        self._processes: dict[str, Process] = {}
        self._failed: dict[str, Failed] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._working: set[str] = set()
        self._keeping = 0
        self._kept = asyncio.Event()

    def on(self, kind: str, process: Process, failed: Failed) -> None:
        """Who works on that kind, and who tells the person where working on it went wrong."""
        self._processes[kind] = process
        self._failed[kind] = failed

    async def keep(self, kind: str, key: str, payload: Mapping[str, Any]) -> Incoming | None:
        """Durable when it returns; None where the same thing was delivered before.

        Raises StorageError where it could not be kept.
        """
        # counted as begun already: a commit less before the work begins
        incoming = Incoming(key, kind, dict(payload), self._clock(), attempts=1)
        self._keeping += 1
        self._kept.clear()
        try:
            return incoming if await self._inbox.take_in(incoming) else None
        finally:
            self._keeping -= 1
            if not self._keeping:
                self._kept.set()

    def begin_unkept(self, kind: str, key: str, payload: Mapping[str, Any]) -> None:
        """Work on what could not be kept: a crash loses it, so only what looks and changes nothing.

        Call after acknowledging.
        """
        self.begin(Incoming(key, kind, dict(payload), self._clock(), attempts=1))

    def begin(self, incoming: Incoming) -> None:
        """Work on it in the background; call after acknowledging."""
        self._working.add(incoming.key)
        task = asyncio.create_task(self._work(incoming))
        # asyncio itself holds a task only weakly:
        # https://docs.python.org/3/library/asyncio-task.html#asyncio.create_task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def take_over(self) -> None:
        """Take up what a process that is gone has kept and never ended. Raises StorageError."""
        for incoming in await self._inbox.take_over(self._working):
            log.info("intake.taken_over", kind=incoming.kind, row=_mark(incoming))
            self.begin(incoming)

    async def idle(self) -> None:
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def stop(self, within: float) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within)

    async def _work(self, incoming: Incoming) -> None:
        reference = None
        await self._acknowledged()
        try:
            if incoming.attempts > ATTEMPTS:
                raise RuntimeError(f"begun {incoming.attempts} times and never ended")
            await self._processes[incoming.kind](incoming)
        except Exception:
            reference = new_reference()
            log.exception("intake.failed", reference=reference, kind=incoming.kind)
            await self._tell(incoming, reference)
        try:
            await self._inbox.done(incoming.key, reference)
        except StorageError:
            log.exception("intake.not_marked_done", kind=incoming.kind, row=_mark(incoming))
        finally:
            self._working.discard(incoming.key)

    async def _acknowledged(self) -> None:
        """Whoever waits for an acknowledgement goes first: a whole burst before any work."""
        if not self._keeping:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(ACKS_FIRST):
                await self._kept.wait()

    async def _tell(self, incoming: Incoming, reference: str) -> None:
        try:
            await self._failed[incoming.kind](incoming, reference)
        except Exception:
            log.exception("intake.not_told", reference=reference)


def new_reference() -> str:
    """What a person is told and the log holds, so that the one leads to the other."""
    return f"E-{secrets.token_hex(3)}"


def _mark(incoming: Incoming) -> str:
    """The same for one row in every line of the log; its key may hold a trigger of Slack's."""
    return fingerprint(incoming.key)[:12]
