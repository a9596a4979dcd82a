"""Pictures that are kept fresh, renewed by a tick until their time is over."""

import structlog
from slack_sdk.errors import SlackApiError

from bot import freshening
from bot.desk import Services
from bot.errors import BotError, NotAllowedError, UsageError
from bot.operation import Query
from bot.values import Answer, LiveChart, Posted, Shown
from handlers.errands import Errand, Errands
from handlers.errors import query_in
from handlers.pictures import Pictures
from handlers.posting import VANISHED
from handlers.replies import UNANSWERED
from handlers.setbacks import GONE

log = structlog.get_logger()


class Renewing:
    def __init__(self, services: Services, errands: Errands, pictures: Pictures) -> None:
        self._store = services.store
        self._clock = services.clock
        self._errands = errands
        self._pictures = pictures

    async def tick(self) -> None:
        """Begins with all that are due; exactly one replica has each."""
        again_at = self._clock() + freshening.EVERY
        for chart, posted in await self._store.live_charts.claim(again_at):
            self._pictures.soon(self._renewed(chart, posted))

    async def _renewed(self, chart: LiveChart, posted: Posted) -> None:
        """What does not go through is tried again a minute later, unless it never will."""
        renew = self._last if self._clock() >= chart.until else self._next
        try:
            await renew(chart, posted)
        except (BotError, *UNANSWERED) as error:
            log.warning("renewing.postponed", chart=chart.id, why=str(error))
            if _is_final(error):
                await self._end(chart)

    async def _next(self, chart: LiveChart, posted: Posted) -> None:
        """The picture before goes only when the message shows another."""
        now = self._clock()
        found = await self._errands.look(_query(chart), _errand(chart, now))
        picture = await self._pictures.show(posted, freshening.fresh(chart, found, now))
        shown = Shown(answer=_words(found), picture=picture)
        if not await self._store.live_charts.show(chart, shown):
            stopped = {"shown": shown, "until": self._clock()}
            await self._last(chart.model_copy(update=stopped), posted)
        if chart.shown.picture is not None:
            await self._pictures.forget(chart.shown.picture)

    async def _last(self, chart: LiveChart, posted: Posted) -> None:
        words = freshening.ended(chart, chart.shown.answer)
        await self._pictures.put(posted, words, chart.shown.picture)
        await self._end(chart)

    async def _end(self, chart: LiveChart) -> None:
        async with self._store.write() as tx:
            await tx.end_chart(chart.id)


def _query(chart: LiveChart) -> Query:
    command = query_in(chart.command)
    if command is None or not isinstance(command.operation, Query):
        raise NotAllowedError(f"{chart.command!r} is no query of this version.")
    return command.operation


def _errand(chart: LiveChart, now: int) -> Errand:
    """As whoever asked for it: what they may not see any more is not shown for them either."""
    return Errand(chart.person, chart.address, now, chart.key)


def _words(found: Answer) -> Answer:
    return found.model_copy(update={"chart": None})


def _is_final(error: Exception) -> bool:
    """The message is gone, or there is nothing that its asker may see."""
    if isinstance(error, SlackApiError):
        return error.response["error"] in VANISHED | GONE
    return isinstance(error, NotAllowedError | UsageError)
