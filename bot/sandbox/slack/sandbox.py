"""The whole workspace, listening on loopback."""

import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from bot.sandbox.slack import payloads
from bot.sandbox.slack.demo import demo_workspace
from bot.sandbox.slack.envelopes import Delivery, Sockets
from bot.sandbox.slack.errors import ImpossibleError
from bot.sandbox.slack.faults import Faults
from bot.sandbox.slack.journal import Call
from bot.sandbox.slack.member import Member
from bot.sandbox.slack.pacing import Pacer, RateLimits
from bot.sandbox.slack.server import Server
from bot.sandbox.slack.workspace import Workspace
from bot.sandbox.slack.world import World


class SlackSandbox:
    """A Slack workspace that an unmodified Bolt app connects to.

        async with SlackSandbox() as slack:
            client = AsyncWebClient(slack.bot_token, base_url=slack.url)

    `now` is the clock behind timestamps and expiry; `ack_seconds` is how long Slack waits for an
    acknowledgement, `retry_seconds` when an unacknowledged event comes again.
    """

    def __init__(
        self,
        workspace: Workspace | None = None,
        *,
        rate_limits: RateLimits | None = None,
        now: Callable[[], float] = time.time,
        ack_seconds: float = 3.0,
        retry_seconds: Sequence[float] = (0.0, 60.0, 300.0),
        port: int = 0,
    ) -> None:
        self.workspace = workspace or demo_workspace()
        self.world = World(self.workspace, now)
        self.faults = Faults()
        app_id = self.workspace.app.app_id
        self._sockets = Sockets(app_id, self.world.pulse, ack_seconds, retry_seconds)
        self._server = Server(self.world, self._sockets, self.faults, Pacer(rate_limits))
        self._members: dict[str, Member] = {}
        self._port = port
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        self._runner = web.AppRunner(self._server.application(), shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.world.base_url = f"http://{host}:{port}/"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._sockets.close()
        if self._runner is not None:
            await self._runner.cleanup()

    # -- for the bot's settings

    @property
    def url(self) -> str:
        """The base URL of the Web API, with a slash at the end."""
        return f"{self.world.base_url}api/"

    @property
    def bot_token(self) -> str:
        return self.workspace.app.bot_token

    @property
    def app_token(self) -> str:
        return self.workspace.app.app_token

    # -- people

    def member(self, who: str) -> Member:
        """By name or id."""
        person = self.workspace.person(who)
        new = Member(self.world, self._sockets, person.id)
        return self._members.setdefault(person.id, new)

    # -- what the bot did

    @property
    def calls(self) -> Sequence[Call]:
        """Every Web API call, upload and response_url call, oldest first."""
        return self._server.calls

    def called(self, method: str) -> tuple[Call, ...]:
        return tuple(it for it in self.calls if it.method == method)

    @property
    def deliveries(self) -> Sequence[Delivery]:
        """Every envelope that Slack tried to deliver, in the order in which it was settled."""
        return self._sockets.deliveries

    async def until(
        self, claim: Callable[[], object], within: float = 15.0, what: str = "the claim"
    ) -> None:
        """Waits until the claim is true. Raises AssertionError when it is not in time."""
        if not await self.world.pulse.until(claim, within):
            made = ", ".join(it.method for it in self.calls[-20:])
            raise ImpossibleError(f"{what} did not come true in {within:g} s. Calls: {made}.")

    # -- the sockets

    @property
    def connections(self) -> int:
        """Open ones that Slack has not asked to leave."""
        return sum(it.usable for it in self._sockets.connections)

    @property
    def refused_connections(self) -> int:
        """How often somebody came with an address that no longer works."""
        return self._sockets.refused

    async def connected(self, within: float = 10.0) -> None:
        await self.until(lambda: self.connections > 0, within, "a bot's connection")

    async def disconnected(self, within: float = 10.0) -> None:
        await self.until(lambda: self.connections == 0, within, "the bot's disconnection")

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Asks the bot to reconnect: warning, refresh_requested, link_disabled, …"""
        await self._sockets.disconnect(reason)

    def drop_sockets(self) -> None:
        """Breaks every connection without a farewell."""
        self._sockets.drop()

    def dead_urls(self, also_next: int = 0) -> None:
        """Socket addresses handed out so far no longer work, nor do the next so many."""
        self._sockets.kill_tickets(also_next)

    async def redeliver(self, delivery: Delivery, *, same_envelope: bool = True) -> Delivery:
        """Slack delivers at least once: here it comes again."""
        return await self._sockets.redeliver(delivery, same_envelope)

    async def tells_of(self, about: Mapping[str, Any]) -> Delivery:
        """An event of what no member here does: an edit, say, or a message of another bot."""
        own = self.workspace.people[self.workspace.app.user_id]
        envelope = payloads.event(self.world, own, {"user": None, **about})
        return await self._sockets.deliver_event(envelope)
