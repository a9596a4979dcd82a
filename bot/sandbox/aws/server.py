"""The HTTP door: requests are attributed, struck by a fault or answered, and journaled."""

import logging
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

from bot.sandbox.aws import wire
from bot.sandbox.aws.clock import Clock
from bot.sandbox.aws.faults import UNREACHED, Fault, Faults, Kind
from bot.sandbox.aws.identity import OUTSIDER, Caller, Sessions
from bot.sandbox.aws.journal import Call, Journal
from bot.sandbox.aws.wire import Answer, Environ, Request

HOST = "127.0.0.1"
STOPS_WITHIN = 0.05
"""Seconds between two looks at whether the server was told to stop."""

Services = Mapping[str, Callable[[Request, str], Answer | None]]
"""By the name that they sign with, or that and the action; each is given the caller's account.
None: moto knows better."""

logger = logging.getLogger(__name__)


class Gateway:
    """A WSGI application around moto's."""

    def __init__(
        self, clock: Clock, sessions: Sessions, faults: Faults, journal: Journal, own: Services
    ) -> None:
        """``own`` are services that moto does not have, and actions that it is too slow at."""
        self._own = own
        self._clock, self._sessions = clock, sessions
        self._faults, self._journal = faults, journal
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._released = threading.Event()

    def release(self) -> None:
        """Let go of every call that hangs."""
        self._released.set()
        self._released = threading.Event()

    def __call__(self, environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        answer = self._serve(environ)
        start(answer.status_line, answer.headers)
        return [answer.body]

    def _serve(self, environ: Environ) -> Answer:
        at, request = self._clock(), wire.read(environ)
        caller = self._sessions.find(request.access_key)
        if caller is None:
            visit = Visit(at, request, Caller("?", request.access_key))
            return self._unrecorded(visit, _unknown_token(request))
        visit = Visit(at, request, caller)
        fault = self._fault(visit)
        if fault is None:
            return self._answered(visit, self._execute(environ, visit))
        return self._struck(fault, visit, environ)

    def _fault(self, visit: "Visit") -> Fault | None:
        if visit.caller.session_name == OUTSIDER:
            return None
        return self._faults.strike(visit.caller.account, visit.request)

    def _struck(self, fault: Fault, visit: "Visit", environ: Environ) -> Answer:
        if answer := fault.answer(visit.request.protocol):
            unheard = fault.kind in UNREACHED
            return (self._unrecorded if unheard else self._answered)(visit, answer)
        match fault.kind:
            case Kind.SLOW:
                self._released.wait(fault.delay)
                return self._answered(visit, self._execute(environ, visit))
            case Kind.LOST:
                done = self._execute(environ, visit)
                self._journal.add(visit.ends(fault.kind, done.said, done.request_id))
            case Kind.TIMEOUT:
                self._journal.add(visit.ends(fault.kind, None))
                self._released.wait(fault.delay)
            case _:
                self._journal.add(visit.ends(fault.kind, None))
        raise _broken(environ)

    def _answered(self, visit: "Visit", answer: Answer) -> Answer:
        self._journal.add(visit.ends(answer.said, answer.said, answer.request_id))
        return answer

    def _unrecorded(self, visit: "Visit", answer: Answer) -> Answer:
        self._journal.add(visit.ends(answer.said, None, answer.request_id))
        return answer

    def _execute(self, environ: Environ, visit: "Visit") -> Answer:
        request = visit.request
        try:
            own = self._own.get(request.name) or self._own.get(request.service)
            found = own(request, visit.caller.account) if own else None
            return found or _capture(self._moto, environ)
        except NotImplementedError as error:
            return wire.error(request.protocol, 400, "InvalidAction", str(error))
        except Exception as error:
            logger.exception("the sandbox's AWS broke over %s", request.name)
            said = f"{type(error).__name__}: {error}"
            return wire.error(request.protocol, 500, "InternalFailure", said)


@dataclass(frozen=True)
class Visit:
    """A request that has come in."""

    at: float
    request: Request
    caller: Caller

    def ends(self, outcome: str, answer: str | None, request_id: str = "") -> Call:
        return Call(
            self.at,
            self.caller.account,
            self.request.region,
            self.request.service,
            self.request.action,
            self.request.parameters,
            self.caller.session_name,
            self.caller.source_identity,
            outcome,
            answer,
            request_id,
            self.caller.username,
            self.caller.arn,
            self.caller.access_key,
            self.caller.policy,
        )


@contextmanager
def serving(gateway: Gateway) -> Iterator[str]:
    """The gateway's address, for as long as the context lasts."""
    server = make_server(HOST, 0, gateway, threaded=True, request_handler=_QuietHandler)
    thread = threading.Thread(
        target=server.serve_forever, args=(STOPS_WITHIN,), name="sandbox-aws", daemon=True
    )
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_port}"
    finally:
        gateway.release()
        server.shutdown()
        thread.join()
        server.server_close()


class _QuietHandler(MotoRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """The journal says it better."""


def _capture(app: Any, environ: Environ) -> Answer:
    started: list[Any] = []
    chunks = app(environ, lambda status, headers, *_: started.extend((status, headers)))
    try:
        body = b"".join(chunks)
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    status, headers = started
    return Answer(int(status.split()[0]), list(headers), body)


def _unknown_token(request: Request) -> Answer:
    message = "The security token included in the request is invalid."
    return wire.error(request.protocol, 403, "InvalidClientTokenId", message)


def _broken(environ: Environ) -> ConnectionResetError:
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    return ConnectionResetError("This connection was made to break.")
