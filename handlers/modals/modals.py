"""Modals in Slack: opened while their trigger is good, and shown anew by their id."""

import asyncio
from dataclasses import dataclass
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack_errors import (
    SILENCE,
    UNANSWERED,
    RateLimitedError,
    RefusalError,
    UnansweredError,
    ViewChangedError,
    why,
)

#: Seconds between attempts at a modal that is open already and waits to be filled.
PAUSES, LONGEST = (0.2, 0.5, 1.0), 5.0

log = structlog.get_logger()


@dataclass(frozen=True)
class Trigger:
    """What allows one modal to be opened, for three seconds; ``in_modal``: clicked in another.

    https://docs.slack.dev/surfaces/modals
    """

    id: str
    in_modal: bool = False


class Modals:
    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def open(self, trigger: Trigger, view: dict[str, Any]) -> str | None:
        """The new modal's id, on top of the one that was clicked in; None where Slack opens none,
        as the trigger is too old, say."""
        opening = self._client.views_push if trigger.in_modal else self._client.views_open
        try:
            reply = await opening(trigger_id=trigger.id, view=view)
        except UNANSWERED as error:
            log.warning("modals.not_opened", why=why(error))
            return None
        opened: str = reply["view"]["id"]
        return opened

    async def show(
        self, view_id: str | None, view: dict[str, Any], only_over: str | None = None
    ) -> bool:
        """False where nobody can see it: the modal was closed, say. ``only_over``: the hash of what
        it may replace, so that what has come since stays."""
        if view_id is None:
            return False
        for pause in PAUSES:
            try:
                await self._client.views_update(view_id=view_id, view=view, hash=only_over)
                return True
            except ViewChangedError as error:
                log.info("modals.not_shown", why=error.why)
                return False
            except (UnansweredError, *SILENCE) as error:  # it still says that it is being opened
                log.info("modals.shown_later", why=why(error))
                wished = error.seconds if isinstance(error, RateLimitedError) else pause
                await asyncio.sleep(min(wished, LONGEST))
            except RefusalError as error:
                log.info("modals.not_shown", why=error.why)
                return False
        return False
