"""How the bot logs: one JSON line an event, or readable lines on a terminal; secrets are masked."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from bot.masking import mask

#: They print whole payloads at INFO and below, tokens among them.
TALKATIVE = ("slack_bolt", "slack_sdk", "aiobotocore", "botocore", "apscheduler")
#: It warns of every tick that is left out because the one before still runs, as is meant.
TICKER = "apscheduler.scheduler"


def configure() -> None:
    """Once, by whoever starts the process."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s: %(message)s")
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger(TICKER).setLevel(logging.ERROR)
    readable = sys.stderr.isatty()
    renderers: list[Any] = (
        [structlog.dev.ConsoleRenderer()]
        if readable
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _masked,
            *renderers,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def _masked(_logger: object, _name: str, event: MutableMapping[str, Any]) -> Any:
    return {key: mask(value) if isinstance(value, str) else value for key, value in event.items()}
