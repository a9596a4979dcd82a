"""Charts drawn elsewhere, so that whoever clicks meanwhile never waits."""

import asyncio
import hashlib
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

import structlog

from bot.errors import BotError
from bot.values import Drawable
from charts.words import alt
from charts.worker import LENGTH, PICTURE, WARM, framed

WORKERS = 2
PATIENCE = 20.0  #: seconds for one picture, a cold start included
LEAVING = 0.5  #: seconds for leaving when there is nothing more to draw
CHUNK = 65_536  #: bytes of what a worker prints that make one event
KEPT = 16  #: pictures that are remembered, for whoever asks for the same one

#: What of the environment Python and matplotlib start with. A worker has no token and no key.
INHERITED = (
    "PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT",
    "PYTHONHOME", "PYTHONPATH", "MPLCONFIGDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME",
)  # fmt: skip

#: What it looks like when a worker dies or says nothing.
LOST = (OSError, asyncio.IncompleteReadError, TimeoutError)

log = structlog.get_logger()


class DrawingError(BotError):
    """There is no picture; the figures are not touched by that."""


@dataclass(frozen=True)
class Picture:
    png: bytes
    alt: str


class Studio:
    """Open with ``async with``. Workers start when they are first needed, or by ``warm``."""

    def __init__(self, workers: int = WORKERS, patience: float = PATIENCE) -> None:
        self._patience = patience
        # Last in, first out: with little to draw, the worker that is warm has it all.
        self._free: asyncio.LifoQueue[Worker] = asyncio.LifoQueue()
        self._workers = [Worker() for _ in range(workers)]
        self._drawn: OrderedDict[bytes, asyncio.Task[Picture]] = OrderedDict()

    async def __aenter__(self) -> Self:
        for worker in self._workers:
            self._free.put_nowait(worker)
        return self

    async def __aexit__(self, *_: object) -> None:
        for drawing in self._drawn.values():
            drawing.cancel()
        await asyncio.gather(*self._drawn.values(), return_exceptions=True)
        for worker in self._workers:
            await worker.stop()

    async def warm(self, after: float = 0.0) -> None:
        """Start one worker ahead of the first chart, ``after`` so many seconds."""
        await asyncio.sleep(after)
        worker = await self._free.get()
        try:
            await self._asked(worker, WARM)
        except LOST as error:
            log.warning("charts.not_warmed", why=type(error).__name__)
        finally:
            self._free.put_nowait(worker)

    async def draw(self, drawable: Drawable) -> Picture:
        """Those who ask for the same picture share one drawing. Raises DrawingError."""
        asked = drawable.model_dump_json().encode()
        key = hashlib.sha256(asked).digest()
        if key not in self._drawn:
            self._drawn[key] = asyncio.create_task(self._draw(drawable, asked))
            self._forget()
        try:
            # Others wait for the same picture: one who gives up ends it for nobody.
            return await asyncio.shield(self._drawn[key])
        except Exception:
            self._drawn.pop(key, None)
            raise

    def _forget(self) -> None:
        """The oldest that are done; what is being drawn is still waited for."""
        done = [key for key, task in self._drawn.items() if task.done()]
        for key in done[: max(0, len(self._drawn) - KEPT)]:
            del self._drawn[key]

    async def _draw(self, drawable: Drawable, asked: bytes) -> Picture:
        worker = await self._free.get()
        try:
            return Picture(await self._drawn_by(worker, asked), alt(drawable))
        finally:
            self._free.put_nowait(worker)

    async def _drawn_by(self, worker: "Worker", asked: bytes) -> bytes:
        """A worker that is lost is replaced, once: a chart that kills two will kill a third."""
        for attempt in (1, 2):
            try:
                return await self._asked(worker, asked)
            except LOST as error:
                log.warning("charts.worker_lost", why=type(error).__name__, attempt=attempt)
        raise DrawingError("I could not draw the picture: whatever draws it stopped twice.")

    async def _asked(self, worker: "Worker", asked: bytes) -> bytes:
        """Whoever was not heard to the end is stopped, so that no answer meets another question."""
        try:
            async with asyncio.timeout(self._patience):
                return await worker.ask(asked)
        except (*LOST, asyncio.CancelledError):
            await worker.stop()
            raise


class Worker:
    """One process, started when it is first asked and again after it was stopped."""

    def __init__(self) -> None:
        self._process: Process | None = None
        self._listening: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """None while it does not run."""
        return None if self._process is None else self._process.pid

    async def ask(self, asked: bytes) -> bytes:
        """The picture. Raises DrawingError with its reason, or an error of LOST."""
        process = await self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(framed(asked))
        await process.stdin.drain()
        length = int.from_bytes(await process.stdout.readexactly(LENGTH), "big")
        answer = await process.stdout.readexactly(length)
        if not answer.startswith(PICTURE):
            raise DrawingError(f"I could not draw the picture ({answer[1:].decode()}).")
        return answer[len(PICTURE) :]

    async def stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), LEAVING)
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if self._listening is not None:
            await self._listening

    async def _running(self) -> Process:
        """Ctrl-C is meant for the bot; a worker leaves when its input ends."""
        if self._process is None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "charts", stdin=PIPE, stdout=PIPE, stderr=PIPE,
                env=_environment(), start_new_session=True,
            )  # fmt: skip
            # A pipe that nobody reads fills up, and the worker stands still in its next warning.
            self._listening = asyncio.create_task(_listen(self._process))
        return self._process


async def _listen(process: Process) -> None:
    """What it prints is logged, as the log's every line is an event."""
    assert process.stderr is not None
    while said := await process.stderr.read(CHUNK):
        log.warning("charts.worker_said", text=said.decode(errors="replace").strip())


def _environment() -> dict[str, str]:
    return {name: os.environ[name] for name in INHERITED if name in os.environ}
