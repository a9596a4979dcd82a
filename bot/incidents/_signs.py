"""What alarms and RDS events mean: pure.

RDS tells of an event its categories and a sentence, never its number. The sentences:
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html
"""

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple

from bot.monitoring import measured as measured
from bot.monitoring import rule as rule
from bot.monitoring import spoken as spoken
from bot.operations import is_quiet
from bot.values import SECOND, RDSEvent, Request, Value, fingerprint, micros

LOW_STORAGE = "low storage"
#: In which categories whatever happens matters, the gravest first.
GRAVE = ("failure", LOW_STORAGE, "failover", "recovery", "availability")
#: What matters of others by what is said.
SAID = (
    ("maintenance", re.compile(r"downtime|off-?line", re.IGNORECASE)),
    ("notification", re.compile(r"storage[- ]full|shut ?down|exceeding the max", re.IGNORECASE)),
)
OVER = re.compile(
    r"\b(complete|completed|finished|restarted|recovered|restored|re-established"
    r"|no longer|is now available)\b",
    re.IGNORECASE,
)
#: What no change means to bring about, even where it does: a request explains none of it.
UNMEANT = ("failure", LOW_STORAGE)
#: What AWS itself says to be on purpose, or to be only a hint.
CALM = re.compile(r"abandoning user requested|pre-?check", re.IGNORECASE)

LATE = micros(timedelta(minutes=15))  #: AWS may deliver an event so much later
JUST = micros(timedelta(minutes=5))  #: events of a request still come so long after its end
LONGEST = micros(timedelta(days=1))  #: that a request without an end explains what happens


class Sign(NamedTuple):
    """An event that matters; ``is_over`` where it tells of an end."""

    at: int
    category: str
    message: str
    is_over: bool


def sign(event: RDSEvent) -> Sign | None:
    """None of what is of no matter to whoever looks after databases at night."""
    if event.source_kind not in ("db-instance", "db-cluster") or CALM.search(event.message):
        return None
    category = next((one for one in GRAVE if one in event.categories), None) or next(
        (one for one, said in SAID if one in event.categories and said.search(event.message)),
        None,
    )
    if category is None:
        return None
    over = category not in UNMEANT and OVER.search(event.message) is not None
    return Sign(event.at, category, event.message, over)


def happening(category: str) -> str:
    """A category in words that say what happens."""
    words = {
        "availability": "shutdown or restart",
        "maintenance": "maintenance with downtime",
        "notification": "notice of RDS",
    }
    return words.get(category, category)


def graver(one: str, other: str) -> str:
    """Of two categories."""
    return min(one, other, key=lambda it: GRAVE.index(it) if it in GRAVE else len(GRAVE))


def is_own(seen: Sign, lock: str, requests: Iterable[Request]) -> bool:
    """Whether a request of the bot on that database explains it: one that may disturb ran then, or
    had just ended."""
    if seen.category in UNMEANT:
        return False
    loud = (one for one in requests if lock in one.step.locks and not is_quiet(one.operation))
    return any(_covers(one, seen.at) for one in loud)


def _covers(request: Request, at: int) -> bool:
    sent, settled = request.step.sent_at, request.step.settled_at
    if sent is None:
        return False
    until = sent + LONGEST if settled is None else settled + JUST
    return sent - sent % SECOND <= at <= until


class Mark(Value):
    """Up to where events were taken in, and those shortly before it, as more may still come."""

    at: int
    seen: tuple[str, ...] = ()

    @property
    def since(self) -> int:
        """From where to read: AWS counts in seconds."""
        since = self.at - LATE
        return since - since % SECOND

    def read(self, events: Sequence[RDSEvent]) -> tuple[tuple[RDSEvent, ...], "Mark"]:
        """Those that are new, oldest first, and the mark after them."""
        keyed = {_key(one): one for one in sorted(events, key=lambda one: one.at)}
        # Events come late and without ids: each reading goes back and leaves out what it knows.
        fresh = tuple(one for key, one in keyed.items() if key not in self.seen)
        after = Mark(at=max([self.at, *(one.at for one in fresh)]))
        late = tuple(key for key, one in keyed.items() if one.at >= after.since)
        return fresh, after.model_copy(update={"seen": late})


def _key(event: RDSEvent) -> str:
    return fingerprint(event.json_value())[:16]
