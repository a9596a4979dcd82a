"""Three pages for whoever runs the bot: is it alive, can it work, what has it done.

They hold no names and no secrets, and are served only where the settings say.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from bot.errors import SettingsError, StorageError
from bot.health import prometheus
from bot.health.metrics import Pulse, Telemetry
from storage.store import Store

STUCK = 5.0  #: seconds of delay of the event loop, from which the process is no longer alive
READING = 5.0  #: seconds for asking the database


@dataclass
class Vitals:
    """What the pages look at; to Slack nothing is connected until somebody says how to tell."""

    store: Store
    telemetry: Telemetry
    pulse: Pulse
    is_connected: Callable[[], bool] = lambda: False
    _one_by_one: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def is_alive(self) -> bool:
        """Never asks Slack, AWS or the database: a restart would mend none of them."""
        return self.pulse.lag < STUCK

    async def lacking(self) -> tuple[str, ...]:
        """What the bot cannot work without, and has not now."""
        lacks: tuple[str, ...] = () if self.is_connected() else ("Slack: not connected",)
        lacks += tuple(f"ticks: {job} does not end well" for job in self.telemetry.ticks.late)
        try:
            async with asyncio.timeout(READING):
                await self.store.figures.audit_head()
        except (StorageError, TimeoutError):
            return (*lacks, "database: cannot be read")
        return lacks

    async def figures(self) -> bytes:
        """Those of this process also where the database cannot be read."""
        connected, unwritten = self.is_connected(), self.store.unwritten
        own = prometheus.of_process(self.telemetry, self.pulse, unwritten, connected=connected)
        try:
            # Scrapers that do not wait for one another would each go through the same tables.
            async with asyncio.timeout(READING), self._one_by_one:
                stored = await prometheus.of_tables(self.store)
        except (StorageError, TimeoutError):
            return prometheus.text((*own, prometheus.database(readable=False)))
        return prometheus.text((*own, prometheus.database(readable=True), *stored))


@asynccontextmanager
async def served(vitals: Vitals, address: tuple[str, int]) -> AsyncIterator[None]:
    """Until the block ends. Raises SettingsError where the address cannot be had."""
    # Signals are the bot's own: aiohttp would end the process for them.
    runner = web.AppRunner(_pages(vitals), access_log=None, handle_signals=False)
    await runner.setup()
    try:
        await _open(runner, *address)
        yield
    finally:
        await runner.cleanup()


async def _open(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        raise SettingsError(
            [
                f"health.listen: {host}:{port} cannot be opened ({error.strerror}); end what uses "
                "it, or choose another port"
            ]
        ) from error


def _pages(vitals: Vitals) -> web.Application:
    async def alive(_: web.Request) -> web.Response:
        if vitals.is_alive:
            return web.Response(text="alive\n")
        return _unavailable(f"stuck: the event loop is {vitals.pulse.lag:.1f} s late")

    async def ready(_: web.Request) -> web.Response:
        lacks = await vitals.lacking()
        return _unavailable(*lacks) if lacks else web.Response(text="ready\n")

    async def figures(_: web.Request) -> web.Response:
        headers = {"Content-Type": prometheus.CONTENT_TYPE}
        return web.Response(body=await vitals.figures(), headers=headers)

    pages = web.Application()
    pages.router.add_get("/healthz", alive)
    pages.router.add_get("/readyz", ready)
    pages.router.add_get("/metrics", figures)
    return pages


def _unavailable(*why: str) -> web.Response:
    return web.Response(status=503, text="".join(f"{one}\n" for one in why))
