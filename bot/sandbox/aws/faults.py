"""What can go wrong between a caller and AWS, by call, account and region, as often as is asked."""

import random
import threading
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from bot.sandbox.aws.wire import Answer, Protocol, Request, error

SEED = 20_260_701


class Kind(StrEnum):
    THROTTLE = "throttle"
    EXPIRED = "expired"
    DENIED = "denied"
    QUOTA = "quota"
    INTERNAL = "500"
    UNAVAILABLE = "503"
    CODE = "code"
    """An error code of your own."""
    SLOW = "slow"
    """Executed and answered, but `delay` seconds late."""
    TIMEOUT = "timeout"
    """Not executed, never answered: hangs for `delay` seconds, else until stop or reset."""
    RESET = "reset"
    """Not executed; the connection breaks."""
    LOST = "lost"
    """Executed, but the answer never arrives: the connection breaks instead."""


UNREACHED = frozenset(
    {Kind.EXPIRED, Kind.UNAVAILABLE, Kind.TIMEOUT, Kind.RESET},
)
"""Ended before AWS took note of who asked for what: CloudTrail never hears of these."""

_ANSWERS: dict[Kind, tuple[int, str, str]] = {
    Kind.THROTTLE: (400, "Throttling", "Rate exceeded"),
    Kind.EXPIRED: (403, "ExpiredToken", "The security token included in the request is expired"),
    Kind.DENIED: (403, "AccessDenied", "User is not authorized to perform this operation"),
    Kind.QUOTA: (400, "SnapshotQuotaExceeded", "Cannot create more than 100 manual snapshots"),
    Kind.INTERNAL: (500, "InternalFailure", "An internal error has occurred."),
    Kind.UNAVAILABLE: (503, "ServiceUnavailable", "Service is unavailable. Please try again."),
}
_JSON_CODES = {
    "Throttling": "ThrottlingException",
    "ExpiredToken": "ExpiredTokenException",
    "AccessDenied": "AccessDeniedException",
}


@dataclass
class Fault:
    """`times` is None for ever, else how often it will still strike; `after` so many calls that it
    lets through first; the rest are globs."""

    pattern: str
    kind: Kind
    times: int | None = 1
    probability: float = 1.0
    account: str = "*"
    region: str = "*"
    delay: float | None = None
    code: str = "InvalidParameterValue"
    message: str = "This was made to fail."
    status: int = 400
    after: int = 0

    def concerns(self, account: str, request: Request) -> bool:
        return (
            self.times != 0
            and fnmatchcase(request.name, self.pattern)
            and fnmatchcase(account, self.account)
            and fnmatchcase(request.region, self.region)
        )

    def answer(self, protocol: Protocol) -> Answer | None:
        """None for the kinds that leave the caller without an error of AWS's."""
        own = (self.status, self.code, self.message) if self.kind is Kind.CODE else None
        said = own or _ANSWERS.get(self.kind)
        if said is None:
            return None
        status, code, message = said
        spoken = code if protocol is Protocol.QUERY else _JSON_CODES.get(code, code)
        return error(protocol, status, spoken, message)


class Faults:
    """The first fault that concerns a call strikes it. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        with self._lock:
            self._faults: list[Fault] = []
            self._random = random.Random(SEED)

    def add(self, fault: Fault) -> Fault:
        with self._lock:
            self._faults.append(fault)
        return fault

    def remove(self, fault: Fault) -> None:
        with self._lock:
            self._faults.remove(fault)

    def strike(self, account: str, request: Request) -> Fault | None:
        with self._lock:
            for fault in self._faults:
                if not fault.concerns(account, request):
                    continue
                if fault.after:
                    fault.after -= 1
                elif self._random.random() < fault.probability:
                    fault.times = None if fault.times is None else fault.times - 1
                    return fault
        return None
