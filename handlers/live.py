"""Pictures that are kept fresh, renewed by a tick until their time is over."""

import structlog

from bot.desk import Services
from bot.errors import BotError, NotAllowedError, UsageError
from bot.monitoring import live_charts
from bot.operation import Query
from bot.values import Answer, AuditEvent, LiveChart, Posted, Shown
from handlers.delivery.invocation import Invocation
from handlers.delivery.pictures import Pictures
from handlers.errors import query_in
from handlers.runner import Runner
from handlers.slack_errors import (
    UNANSWERED,
    ContentError,
    RefusalError,
    TokenError,
    UnansweredError,
)

GIVE_UP = live_charts.LASTING  #: how long the last words are tried

log = structlog.get_logger()


class LiveTick:
    def __init__(self, services: Services, runner: Runner, pictures: Pictures) -> None:
        self._services = services
        self._store = services.store
        self._clock = services.clock
        self._runner = runner
        self._pictures = pictures
        self._under_way: set[str] = set()

    async def tick(self) -> None:
        """Begins with all that are due; exactly one replica has each.

        One that is still being renewed is left to that: it says the last itself where it was
        stopped, and what it shows would not be the newest here.
        """
        again_at = self._clock() + live_charts.EVERY
        for chart, posted in await self._store.live_charts.claim(again_at):
            if chart.id not in self._under_way:
                self._pictures.soon(self._alone(chart, posted))

    async def _alone(self, chart: LiveChart, posted: Posted) -> None:
        self._under_way.add(chart.id)
        try:
            await self._renewed(chart, posted)
        finally:
            self._under_way.discard(chart.id)

    async def _renewed(self, chart: LiveChart, posted: Posted) -> None:
        """What does not go through is tried again a minute later, unless it never will."""
        renew = self._last if self._clock() >= chart.until else self._next
        try:
            await renew(chart, posted)
        except (BotError, *UNANSWERED) as error:
            log.warning("renewing.postponed", chart=chart.id, why=str(error))
            if _is_for_good(error) or self._clock() > chart.until + GIVE_UP:
                await self._end(chart)
            elif isinstance(error, NotAllowedError | UsageError):
                await self._stop(chart, type(error).__name__)

    async def _next(self, chart: LiveChart, posted: Posted) -> None:
        """The picture before goes only when the message shows another."""
        now = self._clock()
        is_shared = chart.address != chart.person.user
        zone = await self._services.zone() if is_shared else None
        found = await self._runner.look(_query(chart), _errand(chart, now), zone)
        picture = await self._pictures.show(posted, live_charts.fresh(chart, found, now))
        shown = Shown(answer=_words(found), picture=picture)
        # Stopped while it was drawn: the message must not go on saying that it is kept fresh.
        if not await self._store.live_charts.show(chart, shown):
            stopped = {"shown": shown, "until": self._clock()}
            await self._last(chart.model_copy(update=stopped), posted)
        if chart.shown.picture is not None:
            self._pictures.soon(self._pictures.forget(chart.shown.picture))

    async def _last(self, chart: LiveChart, posted: Posted) -> None:
        words = live_charts.ended(chart, chart.shown.answer)
        await self._pictures.put(posted, words, chart.shown.picture)
        await self._end(chart)

    async def _stop(self, chart: LiveChart, why: str) -> None:
        """There is nothing that its asker may see any more; the next tick says so."""
        facts = {"chart": chart.id, "why": why}
        stopped = AuditEvent(action="live.stopped", actor="bot", result="done", facts=facts)
        async with self._store.write() as tx:
            await tx.stop_chart(chart.id, stopped)

    async def _end(self, chart: LiveChart) -> None:
        async with self._store.write() as tx:
            await tx.end_chart(chart.id)


def _query(chart: LiveChart) -> Query:
    command = query_in(chart.command)
    if command is None or not isinstance(command.operation, Query):
        raise NotAllowedError(f'"{chart.command}" is no query of this version.')
    return command.operation


def _errand(chart: LiveChart, now: int) -> Invocation:
    """As whoever asked for it: what they may not see any more is not shown for them either."""
    return Invocation(chart.person, chart.address, now, chart.key)


def _words(found: Answer) -> Answer:
    return found.model_copy(update={"chart": None})


def _is_for_good(error: Exception) -> bool:
    """Slack will not let this message change any more, whatever its word for that is."""
    passes = isinstance(error, UnansweredError | TokenError | ContentError)
    return isinstance(error, RefusalError) and not passes
