"""How the bot logs: one JSON event a line, or readable lines on a terminal; without secrets.

Whatever the process prints comes through here: the bot's events, what libraries log or print,
warnings, and exceptions that nobody caught. Secrets are masked last, when tracebacks are text.
"""

import io
import logging
import math
import sys
import threading
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

import structlog

from bot.masking import mask, masked

#: They print whole payloads at INFO and below, tokens among them.
TALKATIVE = ("slack_bolt", "slack_sdk", "aiobotocore", "botocore", "apscheduler")
#: It warns of every tick that is left out because the one before still runs, as is meant.
TICKER = "apscheduler.scheduler"
LONGEST = 100_000  #: characters of one value; a line that is longer helps nobody
DEEPEST = 20  #: values in values; what holds itself would have no end

Event = MutableMapping[str, Any]

log = structlog.get_logger()


def configure(out: TextIO | None = None) -> None:
    """Once, by whoever starts the process; ``out`` is standard error where it is None."""
    out = out or sys.stderr
    finish = (structlog.processors.format_exc_info, _told, _renderer(out))
    logging.captureWarnings(True)
    logging.basicConfig(level=logging.WARNING, handlers=[Lines(out, finish)], force=True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger(TICKER).setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *finish,
        ],
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=True,
    )


def take_over() -> None:
    """Of this process everything: what is printed is logged, and so is what nobody caught."""
    out = sys.stderr
    configure(out)
    sys.stdout, sys.stderr = Printed("stdout", out), Printed("stderr", out)
    sys.excepthook = _uncaught
    sys.unraisablehook = lambda args: _uncaught(
        args.exc_type, args.exc_value, args.exc_traceback, where=args.err_msg or repr(args.object)
    )
    threading.excepthook = lambda args: _uncaught(
        args.exc_type, args.exc_value, args.exc_traceback, where=getattr(args.thread, "name", "")
    )


def is_readable(out: TextIO | None = None) -> bool:
    """Whether a person reads along, and no machine."""
    return (out or sys.stderr).isatty()


class Lines(logging.StreamHandler[TextIO]):
    """What libraries log, as events like the bot's own."""

    def __init__(self, out: TextIO, finish: tuple[Any, ...]) -> None:
        super().__init__(out)
        self._finish = finish

    def format(self, record: logging.LogRecord) -> str:
        event: Any = {
            "event": record.getMessage(),
            "logger": record.name,
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            **({"exc_info": record.exc_info} if record.exc_info else {}),
            **({"stack": record.stack_info} if record.stack_info else {}),
        }
        for processor in self._finish:
            event = processor(None, record.levelname, event)
        return str(event)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """For what cannot be written as its library meant it."""
        log.error("logs.unwritable", logger=record.name, template=record.msg, exc_info=True)


class Printed(io.TextIOBase):
    """Stands for a standard stream: each line that is printed to it is logged."""

    def __init__(self, name: str, out: TextIO) -> None:
        self._name = name
        self._out = out
        self._begun = ""

    def write(self, text: str) -> int:
        *lines, self._begun = (self._begun + text).split("\n")
        for line in filter(str.strip, lines):
            log.warning("process.printed", stream=self._name, text=line)
        return len(text)

    def flush(self) -> None:
        """Nothing waits but a line that has not ended."""

    def fileno(self) -> int:
        return self._out.fileno()

    def isatty(self) -> bool:
        return self._out.isatty()

    def writable(self) -> bool:
        return True


def _uncaught(
    kind: type[BaseException],
    error: BaseException | None,
    traceback: TracebackType | None,
    where: object = "",
) -> None:
    log.critical("process.uncaught", exc_info=(kind, error, traceback), where=str(where))


def _renderer(out: TextIO) -> Any:
    if is_readable(out):
        return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    return structlog.processors.JSONRenderer()


def _told(_logger: object, _name: str, event: Event) -> Any:
    return masked(_named(event, DEEPEST))


def _plain(value: object, depth: int) -> Any:
    """As JSON has it; what it does not know is shown as Python does, so that it is masked too."""
    match value:
        case float() if not math.isfinite(value):
            return str(value)
        case None | bool() | int() | float():
            return value
        case str():
            return str(value)[:LONGEST]
        case Mapping() | list() | tuple() | set() | frozenset() if depth == 0:
            return "…"
        case Mapping():
            return _named(value, depth)
        case list() | tuple() | set() | frozenset():
            return [_plain(inner, depth - 1) for inner in value]
        case _:
            return _shown(value)


def _named(values: Mapping[Any, Any], depth: int) -> Event:
    """A name may come from outside as well, and be a secret itself."""
    return {mask(str(name)): _plain(inner, depth - 1) for name, inner in values.items()}


def _shown(value: object) -> str:
    try:
        return repr(value)[:LONGEST]
    except Exception as error:
        return f"<{type(value).__name__}, which cannot be shown: {type(error).__name__}>"
