"""What AWS will do to a database, and when, in words."""

from collections.abc import Sequence

from bot.values import Line, Maintenance, Moment, Span

#: AWS's words for what somebody asked to be done now, and in the next window.
IMMEDIATE, NEXT_WINDOW = "immediate", "next-maintenance"


def what(pending: Maintenance) -> str:
    return (pending.description or pending.action).rstrip(".")


def when(pending: Maintenance, now: int) -> Line:
    """Completes "System update. "; the date is the one that holds, and the last one is said too."""
    return (*_holds(pending, now), *_forced(pending), *_asked(pending), ".")


def _holds(pending: Maintenance, now: int) -> Sequence[Span]:
    if pending.due_at is None:
        return ("Nothing makes AWS apply it yet",)
    if pending.due_at > now:
        return ("AWS applies it by itself, from ", Moment(at=pending.due_at, is_day=True), " on")
    if pending.asked_for == IMMEDIATE:
        return ("AWS applies it now",)
    return ("AWS applies it by itself, in the next maintenance window",)


def _forced(pending: Maintenance) -> Sequence[Span]:
    if pending.forced_at is None or pending.forced_at == pending.due_at:
        return ()
    return ("; whatever the window, from ", Moment(at=pending.forced_at, is_day=True), " on")


def _asked(pending: Maintenance) -> Sequence[Span]:
    return (f" (somebody asked for it: {pending.asked_for})",) if pending.asked_for else ()
