"""Four weeks of a team's work before the demo begins, in the bot's database.

Each verb is one transaction at its own instant, with the audit row and the state that the bot
itself would have written; what would be told in Slack is not, as its messages are not there.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from bot.sandbox.aws import AWSSandbox
from bot.sandbox.past.digests import Mornings
from bot.sandbox.past.incidents import Incidence
from bot.sandbox.past.pen import Moment, PastClock, Pen
from bot.sandbox.past.plan import WEEKS, Ask, happened
from bot.sandbox.past.requests import Course
from bot.values import PersonId
from storage.store import Store

__all__ = ["write_history"]


async def write_history(
    url: str, aws: AWSSandbox, people: Mapping[str, PersonId], now: datetime
) -> None:
    """Four weeks up to ``now``, into a new database; ``people`` by name."""
    clock = PastClock()
    clock.put(now - timedelta(weeks=WEEKS))
    store = await Store.open(url, clock)
    try:
        pen = Pen(store, aws, people, clock)
        for at, act in sorted(_moments(pen, now), key=lambda it: it[0]):
            clock.put(at)
            await act()
    finally:
        await store.close()


def _moments(pen: Pen, now: datetime) -> Iterator[Moment]:
    for dated in happened(now):
        course = Course if isinstance(dated.what, Ask) else Incidence
        yield from course(pen, dated).moments()
    yield from Mornings(pen, now).moments()
