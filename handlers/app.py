"""The Bolt app and its socket: own authorize, pooled session, and a watchdog."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.desk import Services
from bot.errors import SettingsError
from handlers.delivery.charts import ChartAnswers
from handlers.delivery.masked import MaskedClient
from handlers.delivery.replies import Replies
from handlers.directory import Identity
from handlers.intake.acknowledge import ignore_the_rest, missed
from handlers.intake.inbox import Intake
from handlers.intake.menus import unfold
from handlers.listeners.actions import Actions
from handlers.listeners.cloudops import CloudOpsClicks
from handlers.listeners.commands import Commands
from handlers.listeners.events import Events
from handlers.listeners.live import Live
from handlers.listeners.mentions import Mentions
from handlers.listeners.options import Options
from handlers.listeners.pictures import Redrawing
from handlers.listeners.shortcuts import Shortcuts
from handlers.listeners.views import Views
from handlers.modals.forms import Forms
from handlers.modals.launcher import Launcher
from handlers.modals.modals import Modals
from handlers.runner import Runner
from handlers.slack_errors import SILENCE, UnansweredError, heard, why

log = structlog.get_logger()


@asynccontextmanager
async def pooled_session(
    answered: Callable[[int], None] = lambda _: None,
) -> AsyncIterator[aiohttp.ClientSession]:
    """One session for all that is said to Slack; a client's own timeout does not apply to it.

    ``answered`` is told the HTTP status of every answer.
    """

    async def told(_session: object, _context: object, end: aiohttp.TraceRequestEndParams) -> None:
        answered(end.response.status)

    timeout, trace = aiohttp.ClientTimeout(total=15, connect=5), aiohttp.TraceConfig()
    trace.on_request_end.append(told)
    # Without one the SDK opens a session, and so a connection with TLS, for each call.
    async with aiohttp.ClientSession(timeout=timeout, trace_configs=[trace]) as session:
        yield session


class Client(MaskedClient):
    """Raises what Slack refuses as a class of ``handlers.slack_errors``."""

    async def api_call(self, *given: Any, **named: Any) -> AsyncSlackResponse:
        try:
            return await super().api_call(*given, **named)
        except SlackApiError as error:
            raise heard(error) from error

    async def _request(self, **asked: Any) -> dict[str, Any]:
        """An answer that is no JSON object is an empty one. The SDK would break on text and lists,
        and its own error about a cut one has no data to read."""
        try:
            answer: dict[str, Any] = await super()._request(**asked)
        except (SlackApiError, ValueError) as error:
            raise UnansweredError(str(error), {"ok": False, "error": ""}, "") from error
        return answer if isinstance(answer["data"], dict) else {**answer, "data": {}}


def reading_client(token: str, url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """Tries reads again. Rate limits are not among that: whoever asks decides how long to wait."""
    retries = [AsyncConnectionErrorRetryHandler(), AsyncServerErrorRetryHandler()]
    return Client(token, base_url=url, session=session, retry_handlers=retries)


def posting_client(token: str, url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """Tries nothing again: the outbox does, and knows what a lost answer may mean."""
    # The SDK's default repeats a chat.postMessage whose answer was lost: two would stand there.
    return Client(token, base_url=url, session=session, retry_handlers=[])


async def identity(client: AsyncWebClient) -> Identity:
    """Who the bot is. Raises SettingsError where Slack does not accept the token."""
    try:
        reply = await client.auth_test()
    except (UnansweredError, *SILENCE) as error:
        raise SettingsError(
            [
                f"SLACK_API_URL: no answer from {client.base_url} ({why(error)}); check the "
                "network, or start me again when Slack answers"
            ]
        ) from error
    except SlackApiError as error:
        raise SettingsError(
            [f"SLACK_BOT_TOKEN: Slack refuses it ({why(error)}); take the Bot User OAuth Token "
             "from the app's OAuth & Permissions page"]
        ) from error  # fmt: skip
    return Identity(
        team=reply["team_id"],
        enterprise=reply.get("enterprise_id"),
        user=reply["user_id"],
        bot=reply["bot_id"],
    )


def bolt_app(url: str, session: aiohttp.ClientSession, own: Identity, token: str) -> AsyncApp:
    result = AuthorizeResult(
        enterprise_id=own.enterprise,
        team_id=own.team,
        bot_user_id=own.user,
        bot_id=own.bot,
        bot_token=token,
    )

    async def authorize() -> AuthorizeResult:
        return result

    app = AsyncApp(
        name="rds-ops-bot",  # else Bolt reads the source of every caller to find one
        client=AsyncWebClient(base_url=url, session=session),
        authorize=authorize,
        # Else Bolt asks each 10 ms whether the listener has acknowledged, and sends what it has
        # then: each acknowledgement is late, and later where work has begun meanwhile.
        # https://github.com/slackapi/bolt-python/blob/main/slack_bolt/listener/asyncio_runner.py
        process_before_response=True,
        # Slack signs what it sends by HTTP; here it comes through a socket that the bot has opened.
        # https://docs.slack.dev/authentication/verifying-requests-from-slack
        request_verification_enabled=False,
        # Else Bolt answers 404, and its socket handler sends Slack nothing but a 200.
        raise_error_for_unhandled_request=True,
    )
    app.error(missed)
    unfold(app)
    return app


def listen(
    app: AsyncApp,
    intake: Intake,
    services: Services,
    client: AsyncWebClient,
    replies: Replies,
    runner: Runner,
    charts: ChartAnswers,
    live: Live,
) -> None:
    """Every listener, registered once; ``client`` tries nothing again."""
    modals = Modals(client)
    forms = Forms(services, modals)
    launcher = Launcher(services, runner, forms, modals)
    # Bolt asks one after the other: what comes most often and in bursts stands first.
    cloudops = CloudOpsClicks(services, runner, modals, replies, client)
    Actions(services, runner, forms, launcher, replies, cloudops).register(app, intake)
    Commands(runner, forms, launcher, replies).register(app, intake)
    Mentions(runner, forms, replies, services.store).register(app, intake)
    Shortcuts(services, runner, modals, replies).register(app, intake)
    Redrawing(services, runner, replies, charts).register(app, intake)
    live.register(app, intake)
    cloudops.register(app, intake)
    Views(services.store, runner, forms, launcher, modals, replies).register(app, intake)
    Events(services, client).register(app, intake)
    Options(services, forms).register(app, intake)
    ignore_the_rest(app)


class Timed(AsyncSocketModeHandler):
    """Tells ``acknowledged`` the kind of what came, and how many seconds its answer took."""

    acknowledged: Callable[[str, float], None]

    async def handle(self, client: Any, req: Any) -> None:
        began = time.monotonic()
        try:
            await super().handle(client, req)
        except Exception:  # Bolt itself can make nothing of it
            log.exception("socket.unreadable", kind=req.type)
            await client.send_socket_mode_response(SocketModeResponse(req.envelope_id))
        self.acknowledged(req.type, time.monotonic() - began)


class Socket:
    """Socket Mode, kept alive."""

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        client: AsyncWebClient,
        acknowledged: Callable[[str, float], None],
    ) -> None:
        # A line that dies without a word is noticed after 6 s; with Bolt's own 10 it took 14.
        self._handler = Timed(app, app_token, web_client=client, ping_interval=5)
        self._handler.acknowledged = acknowledged
        self._watching: asyncio.Task[None] | None = None

    @property
    def is_connected(self) -> bool:
        session = self._handler.client.current_session
        return session is not None and not session.closed

    async def open(self) -> None:
        """Raises SettingsError where Slack does not accept the app-level token."""
        await self._ask_for_address()
        await self._handler.connect_async()  # type: ignore[no-untyped-call]
        self._watching = asyncio.create_task(self._watch())

    async def close(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
            with suppress(asyncio.CancelledError):
                await self._watching
        await self._handler.close_async()  # type: ignore[no-untyped-call]

    async def _ask_for_address(self) -> None:
        """Once, before the client does, which asks for ever and tells only the log why."""
        client = self._handler.client
        try:
            client.wss_uri = await client.issue_new_wss_url()
        except (UnansweredError, *SILENCE) as error:
            log.warning("socket.no_address", why=why(error))
        except SlackApiError as error:
            raise SettingsError(
                [f"SLACK_APP_TOKEN: Slack refuses it ({why(error)}); it needs the scope "
                 "connections:write, from the app's Basic Information page"]
            ) from error  # fmt: skip

    async def _watch(self, every: float = 2.0, grace: float = 4.0) -> None:
        """The client dials a dead address for ever; forgotten, it asks Slack for a new one.

        An address is good once. https://github.com/slackapi/python-slack-sdk/issues/1446
        """
        down: float | None = None
        while True:
            await asyncio.sleep(every)
            if await self._handler.client.is_connected():
                down = None
                continue
            down = down or time.monotonic()
            if time.monotonic() - down >= grace:
                log.warning("socket.down", seconds=round(time.monotonic() - down, 1))
                self._handler.client.wss_uri = None
