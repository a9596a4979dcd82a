"""The HTTP face: Web API, uploads, response URLs and the socket, with journal and faults."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from bot.sandbox.slack.envelopes import Sockets
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.faults import (
    Fault,
    Faults,
    Garbled,
    Hang,
    Lost,
    RateLimited,
    Refused,
    Reset,
    ServerError,
    Slow,
)
from bot.sandbox.slack.journal import Call
from bot.sandbox.slack.methods import METHODS, Arguments
from bot.sandbox.slack.methods.registry import require
from bot.sandbox.slack.pacing import Pacer
from bot.sandbox.slack.responses import respond
from bot.sandbox.slack.world import World

Answer = Mapping[str, Any]
MOST_BYTES = 64 * 1024 * 1024
WITHOUT_REPLY = (Hang, Reset, Lost)


class Server:
    def __init__(self, world: World, sockets: Sockets, faults: Faults, pacer: Pacer) -> None:
        self._world = world
        self._sockets = sockets
        self._faults = faults
        self._pacer = pacer
        self.calls: list[Call] = []

    def application(self) -> web.Application:
        app = web.Application(client_max_size=MOST_BYTES)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/upload/{file}", self._upload)
        app.router.add_post("/respond/{key}", self._respond)
        app.router.add_get("/socket", self._sockets.serve)
        app.router.add_get("/files/{file}", self._download)
        return app

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        given = await _arguments(request)
        token = _token(request, given)
        arguments = Arguments({name: it for name, it in given.items() if name != "token"})

        async def carry_out() -> Answer:
            return self._answer(method, arguments, token)

        return await self._with_faults(request, method, arguments, carry_out)

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        key, content = request.match_info["file"], await _uploaded(request)

        async def carry_out() -> Answer:
            file = self._world.files.find(key)
            if len(content) != file.size:
                raise SlackError("length_mismatch", [f"{file.size} bytes were announced"])
            self._world.files.change(key, content=content)
            return {"ok": True, "size": len(content)}

        arguments = {"file": key, "length": len(content)}
        return await self._with_faults(request, "upload", arguments, carry_out)

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        body = Arguments(await request.json())

        async def carry_out() -> Answer:
            return respond(self._world, request.match_info["key"], body)

        return await self._with_faults(request, "response_url", body, carry_out)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        try:
            file = self._world.files.find(request.match_info["file"])
        except SlackError as error:
            raise web.HTTPNotFound from error
        return web.Response(body=file.content or b"", content_type=file.mimetype)

    def _answer(self, method: str, arguments: Arguments, token: str) -> Answer:
        """Raises SlackError: unknown_method, not_authed, invalid_auth, missing_scope, …"""
        app = self._world.workspace.app
        if method == "apps.connections.open":
            _authenticate(token, app.app_token, app.bot_token)
            url = self._world.base_url.replace("http", "ws", 1)
            return {"ok": True, "url": f"{url}socket?ticket={self._sockets.issue_ticket()}"}
        if method not in METHODS:
            raise SlackError("unknown_method", req_method=method)
        _authenticate(token, app.bot_token, app.app_token)
        require(self._world, *METHODS[method].scopes)
        return {"ok": True, **METHODS[method].answer(self._world, arguments)}

    async def _with_faults(
        self,
        request: web.Request,
        method: str,
        arguments: Mapping[str, Any],
        carry_out: Callable[[], Awaitable[Answer]],
    ) -> web.StreamResponse:
        fault = self._faults.take(method, arguments) or self._pace(method, arguments)
        if isinstance(fault, Hang | Slow):
            await asyncio.sleep(fault.seconds)
        answer, status = await _outcome(fault, carry_out)
        if method in ("upload", "response_url") and not answer["ok"]:
            status = max(status, 404)
        reply = not isinstance(fault, WITHOUT_REPLY)
        now = self._world.now()
        kept = Call(method, dict(arguments), answer, status if reply else 0, now, fault)
        self.calls.append(kept)
        self._world.pulse.beat()
        if reply:
            return self._response(method, answer, status, fault)
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=499)

    def _pace(self, method: str, arguments: Mapping[str, Any]) -> Fault | None:
        now = asyncio.get_running_loop().time()
        seconds = self._pacer.retry_after(method, arguments, now)
        return RateLimited(seconds) if seconds is not None else None

    def _response(
        self, method: str, answer: Answer, status: int, fault: Fault | None
    ) -> web.Response:
        headers = {"x-oauth-scopes": ",".join(self._world.workspace.app.scopes)}
        if isinstance(fault, RateLimited):
            headers["Retry-After"] = str(fault.retry_after)
        if isinstance(fault, Garbled):
            waiting = {"Retry-After": "1"} if status == 429 else {}
            kind = {"Content-Type": fault.content_type}
            return web.Response(body=fault.body, status=status, headers={**kind, **waiting})
        if method == "upload" and answer["ok"]:
            return web.Response(text=f"OK - {answer['size']}")
        if method == "response_url" and answer["ok"]:
            return web.Response(text="ok")
        return web.json_response(dict(answer), status=status, headers=headers)


async def _outcome(
    fault: Fault | None, carry_out: Callable[[], Awaitable[Answer]]
) -> tuple[Answer, int]:
    match fault:
        case RateLimited():
            return {"ok": False, "error": "ratelimited"}, 429
        case ServerError(status):
            return {"ok": False, "error": "internal_error"}, status
        case Refused(code):
            return {"ok": False, "error": code}, 200
        case Garbled():
            return {"ok": False, "error": "garbled"}, fault.status
        case Hang() | Reset():
            return {"ok": False, "error": "not_carried_out"}, 0
    try:
        return await carry_out(), 200
    except SlackError as error:
        return error.answer(), 200


def _authenticate(token: str, wanted: str, other: str) -> None:
    if not token:
        raise SlackError("not_authed")
    if token == other:
        raise SlackError("not_allowed_token_type")
    if token != wanted:
        raise SlackError("invalid_auth")


async def _arguments(request: web.Request) -> dict[str, Any]:
    given: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json" and request.can_read_body:
        return {**given, **await request.json()}
    if request.method == "POST":
        given |= dict(await request.post())
    return given


async def _uploaded(request: web.Request) -> bytes:
    """The raw body, or the one part of a multipart form."""
    if request.content_type.startswith("multipart/"):
        part = next(iter((await request.post()).values()), b"")
        match part:
            case web.FileField():
                return part.file.read()
            case str():
                return part.encode()
            case _:
                return bytes(part)
    return await request.read()


def _token(request: web.Request, given: Mapping[str, Any]) -> str:
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer").strip()
    return bearer or str(given.get("token", ""))
