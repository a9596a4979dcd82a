"""The page's HTTP face on loopback: its files, snapshots over a WebSocket, and people's acts."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from types import TracebackType
from typing import Protocol, Self

from aiohttp import web
from pydantic import ValidationError

from bot.sandbox.page.assets import asset, built_page
from bot.sandbox.page.screens import screen_json, visible_files, workspace_json
from bot.sandbox.page.verbs import VERBS, Verb
from bot.sandbox.slack import ImpossibleError, Member, SlackSandbox

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
HOST = "127.0.0.1"
#: Seconds between two snapshots at least.
PAUSE = 0.05
HEADERS = {
    "Cache-Control": "no-cache",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
POLICY = (
    "default-src 'self'; connect-src 'self' ws://{host}; img-src 'self' data:; "
    "style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
FILE_POLICY = "default-src 'none'; sandbox"


class Director(Protocol):
    """What the demo's own bar above the workspace lets people do."""

    @property
    def scenarios(self) -> Mapping[str, Mapping[str, str]]:
        """Label and sentence of each, by name."""

    def set_off(self, name: str) -> None: ...

    def start_over(self) -> None:
        """Everything is as at the start before long; this page goes, and comes again."""


class WorkspacePage:
    """Serves one workspace to any number of browsers on this machine.

    `ports`: the first of them that is free is taken; 0 is any. With a `director` it has the demo's
    bar. Raises OSError where no port is free, and UnbuiltError where the page is not built.
    """

    def __init__(
        self,
        slack: SlackSandbox,
        ports: Sequence[int] = (0,),
        built: Path | None = None,
        director: Director | None = None,
    ) -> None:
        self._slack = slack
        self._director = director
        self._opening = token_hex(4)  #: by which a tab notices that it was started over
        self._ports = ports
        self._built = built or built_page()
        self._runner = web.AppRunner(self._application(), shutdown_timeout=0.1)
        self._sockets: set[web.WebSocketResponse] = set()
        self._port = 0

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        self._port = await self._listen(*self._ports)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for socket in tuple(self._sockets):
            with suppress(ConnectionError):
                await socket.close()
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._port}/"

    @property
    def port(self) -> int:
        return self._port

    async def _listen(self, port: int, *others: int) -> int:
        try:
            await web.TCPSite(self._runner, HOST, port).start()
        except OSError:
            if not others:
                raise
            return await self._listen(*others)
        return int(self._runner.addresses[0][1])

    def _application(self) -> web.Application:
        app = web.Application(middlewares=[self._guarded, _said_in_json])
        app.router.add_get("/", self._asset)
        app.router.add_get("/{name}", self._asset)
        app.router.add_get("/files/{file}/{name}", self._file)
        app.router.add_get("/api/workspace", self._workspace)
        app.router.add_get("/api/people/{person}/screen", self._screen)
        app.router.add_post("/api/people/{person}/{verb}", self._act)
        app.router.add_post("/api/demo/start-over", self._start_over)
        app.router.add_post("/api/demo/scenarios/{name}", self._set_off)
        return app

    @web.middleware
    async def _guarded(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """No page from elsewhere may drive this one, by whatever name it finds this machine."""
        hosts = {f"{it}:{self._port}" for it in (HOST, "localhost")}
        origin = request.headers.get("Origin", f"http://{request.host}")
        if request.host not in hosts or origin not in {f"http://{it}" for it in hosts}:
            return _refusal(403, "Only the workspace page itself may ask this server.")
        return await handler(request)

    # -- what the browser loads

    async def _asset(self, request: web.Request) -> web.StreamResponse:
        found = asset(self._built, request.match_info.get("name", "index.html"))
        if found is None:
            raise web.HTTPNotFound
        policy = POLICY.format(host=request.host)
        return web.FileResponse(found, headers={**HEADERS, "Content-Security-Policy": policy})

    async def _file(self, request: web.Request) -> web.StreamResponse:
        reader, wanted = self._member(request.query.get("as", "")), request.match_info["file"]
        if wanted not in visible_files(reader):
            raise web.HTTPNotFound(text=f"{reader.person.name} sees no such file.")
        file = self._slack.world.files.find(wanted)
        return web.Response(
            body=file.content or b"",
            content_type=file.mimetype,
            headers={**HEADERS, "Content-Security-Policy": FILE_POLICY},
        )

    async def _workspace(self, request: web.Request) -> web.StreamResponse:
        shown = workspace_json(self._slack.workspace)
        if self._director:
            shown["scenarios"] = [
                {"name": name, **said} for name, said in self._director.scenarios.items()
            ]
        return web.json_response({**shown, "opening": self._opening}, headers=HEADERS)

    # -- what people see

    async def _screen(self, request: web.Request) -> web.StreamResponse:
        member = self._member(request.match_info["person"])
        socket = web.WebSocketResponse(heartbeat=30, compress=False)
        try:
            await socket.prepare(request)
        except ConnectionError:  # a tab that is reloaded goes before it was shown anything
            return web.Response()
        self._sockets.add(socket)
        showing = asyncio.create_task(self._show(member, socket))
        try:
            async for _ in socket:
                pass  # the page says nothing here; this notices that it has gone
        finally:
            showing.cancel()
            self._sockets.discard(socket)
        return socket

    async def _show(self, member: Member, socket: web.WebSocketResponse) -> None:
        world, beats, shown = self._slack.world, -1, ""
        with suppress(ConnectionError):
            while True:
                beats = await world.pulse.beyond(beats)
                screen = screen_json(member, self._slack.workspace, 0.0)
                if (looks := json.dumps(screen)) != shown:
                    await socket.send_json({**screen, "now": world.now()})
                    shown = looks
                await asyncio.sleep(PAUSE)

    # -- what people do

    async def _act(self, request: web.Request) -> web.StreamResponse:
        member, verb = self._member(request.match_info["person"]), await _verb(request)
        try:
            answer = await verb.act(member, self._slack)
        except ImpossibleError as error:
            sentence = str(error).partition("\n")[0]
            return web.json_response({"ok": False, "error": sentence}, headers=HEADERS)
        return web.json_response({"ok": True, **answer}, headers=HEADERS)

    # -- what the demo's bar does

    async def _set_off(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        director = self._directed()
        if name not in director.scenarios:
            known = ", ".join(director.scenarios)
            raise web.HTTPNotFound(text=f"There is no scenario {name}. There are: {known}.")
        director.set_off(name)
        return web.json_response({"ok": True}, headers=HEADERS)

    async def _start_over(self, request: web.Request) -> web.StreamResponse:
        self._directed().start_over()
        return web.json_response({"ok": True}, headers=HEADERS)

    def _directed(self) -> Director:
        if self._director is None:
            raise web.HTTPNotFound(text="Nobody directs this workspace.")
        return self._director

    def _member(self, who: str) -> Member:
        """By id or name. Raises 404."""
        try:
            return self._slack.member(who)
        except ImpossibleError as error:
            raise web.HTTPNotFound(text=str(error)) from error


async def _verb(request: web.Request) -> Verb:
    """Raises 404 for an unknown one and 400 for a body that does not fit it."""
    name = request.match_info["verb"]
    if name not in VERBS:
        raise web.HTTPNotFound(text=f"There is no {name}. There are: {', '.join(VERBS)}.")
    try:
        return VERBS[name].model_validate_json(await request.read())
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        said = f"{place}: {first['msg']}" if place else first["msg"]
        raise web.HTTPBadRequest(text=f"This does not read as {name}: {said}.") from error


@web.middleware
async def _said_in_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException as error:
        return _refusal(error.status, error.text or error.reason)


def _refusal(status: int, sentence: str) -> web.Response:
    return web.json_response({"ok": False, "error": sentence}, status=status, headers=HEADERS)
