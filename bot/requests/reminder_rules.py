"""Who is told again that a request waits, and when: pure, from requests and people to reminders.

A request is told of once, by its card. Whoever could approve it and does not see the card's channel
hears of it by direct message instead. At half of the time to decide those who could still approve
are reminded, at three quarters the wider group of ``notifications.escalation``; then all is silent.

Nobody is reminded in their night, by the time zone of their Slack profile; where that is unknown,
by UTC. What falls into a night waits for the morning, and is left out where the request has ended
by then. Only what is urgent does not wait, which the policy says and not whoever asks: a request
that has four hours to be decided, or less, could expire in a single night.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from bot.values import SECOND, Occasion, Person, Reminder, Request, Value, micros

QUIET_FROM, QUIET_UNTIL = 20, 8  #: hours of the day
URGENT = micros(timedelta(hours=4))
#: For the card to be posted, which may be all that is needed.
CARD_FIRST = micros(timedelta(minutes=1))
#: So many requests for one person are told of together, also such as are due this much later.
BURST, AHEAD = 3, micros(timedelta(minutes=30))
MOST = 20  #: people who hear of one request


class Waiting(Value):
    """A pending request and who is to hear of it."""

    request: Request
    unaware: tuple[Person, ...] = ()  #: could approve, and do not see the card
    approvers: tuple[Person, ...] = ()  #: could approve and have not
    wider: tuple[Person, ...] = ()  #: of notifications.escalation


def due_at(request: Request, occasion: Occasion) -> int:
    whole = request.expires_at - request.asked_at
    match occasion:
        case Occasion.ASKED:
            return request.asked_at + CARD_FIRST
        case Occasion.HALF:
            return request.asked_at + whole // 2
        case Occasion.LATE:
            return request.asked_at + whole * 3 // 4


def is_urgent(request: Request) -> bool:
    return request.expires_at - request.asked_at <= URGENT


def is_night(person: Person, now: int) -> bool:
    hour = datetime.fromtimestamp(now / SECOND, _zone(person.timezone)).hour
    return hour >= QUIET_FROM or hour < QUIET_UNTIL


def reminders(
    waiting: Iterable[Waiting], told: Collection[Reminder], now: int
) -> Mapping[Person, tuple[Reminder, ...]]:
    """For each person what to tell them now, in one message; ``told`` is what they were told."""
    open_ = [one for one in waiting if now < one.request.expires_at]
    due = _by_person(open_, told, now, now)
    soon = _by_person(open_, told, now, now + AHEAD)
    return {person: _gathered(some, soon[person]) for person, some in due.items()}


def _gathered(due: Sequence[Reminder], soon: Sequence[Reminder]) -> tuple[Reminder, ...]:
    is_burst = len({one.request_id for one in soon}) >= BURST
    return tuple(soon if is_burst else due)


def _by_person(
    waiting: Iterable[Waiting], told: Collection[Reminder], now: int, until: int
) -> Mapping[Person, list[Reminder]]:
    found: defaultdict[Person, list[Reminder]] = defaultdict(list)
    for one in waiting:
        for person, reminder in _wanted(one, until):
            sleeps = is_night(person, now) and not is_urgent(one.request)
            if reminder not in told and not sleeps:
                found[person].append(reminder)
    return found


def _wanted(waiting: Waiting, until: int) -> Iterator[tuple[Person, Reminder]]:
    request = waiting.request
    audiences = {
        Occasion.ASKED: waiting.unaware,
        Occasion.HALF: waiting.approvers,
        Occasion.LATE: waiting.wider,
    }
    for occasion, people in audiences.items():
        if due_at(request, occasion) <= until:
            for person in people[:MOST]:
                yield person, Reminder(request_id=request.id, person=person.id, occasion=occasion)


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # no zone that this machine knows
        return UTC
