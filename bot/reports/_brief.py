"""A report of few cases: what happened, counted, in a few lines; nothing is estimated from them."""

from collections import Counter
from collections.abc import Iterator
from statistics import median

from bot.reports._figures import ENOUGH, EXECUTED, ReportFigures
from bot.reports._words import several
from bot.values import Incident, Line, Moment, Paragraph, Status, Tally, lasting, paragraph


def is_small(found: ReportFigures) -> bool:
    """Whether there are too few of everything to say more than how many."""
    return all(one.count < ENOUGH for one in found.all)


def brief(now: Tally, before: Tally, span: str) -> Iterator[Paragraph]:
    """``Median time to approve 7 s.`` ``1 incident still open (since 8:16).``, below its title."""
    if rest := _aside(now):
        yield paragraph(f"Besides: {rest}.")
    if now.waits:
        of = "Time" if len(now.waits) == 1 else "Median time"
        yield paragraph(f"{of} to approve {lasting(int(median(now.waits)))}.")
    if now.incidents:
        yield Paragraph(line=_incidents(now.incidents))
    if any(count for _, _, count in before.requests) or before.incidents:
        began = several(len(before.incidents), "incident")
        yield paragraph(f"In the {span} before: {operations(before)}; {began}.")


def brief_title(now: Tally, span: str) -> str:
    """``The last 30 days: 2 operations, both succeeded``"""
    said = operations(now)
    return f"The last {span}: {said[0].lower()}{said[1:]}"


def operations(tally: Tally) -> str:
    """``2 operations, both succeeded``; of what was executed."""
    counted = _statuses(tally)
    executed = sum(counted[one] for one in EXECUTED)
    if not executed:
        return "No operation was executed"
    said = several(executed, "operation")
    if counted[Status.SUCCEEDED] == executed:
        return f"{said}, {({1: 'which', 2: 'both'}).get(executed, 'all')} succeeded"
    parts = [f"{counted[one]:,} {one}" for one in Status if one in EXECUTED and counted[one]]
    return f"{said}: {', '.join(parts)}"


def _aside(tally: Tally) -> str:
    counted = _statuses(tally)
    rest = [f"{counted[one]:,} {one}" for one in Status if one not in EXECUTED and counted[one]]
    denied = [f"{tally.denied:,} denied"] if tally.denied else []
    return ", ".join((*rest, *denied))


def _incidents(found: tuple[Incident, ...]) -> Line:
    still = [one for one in found if one.is_open]
    said = several(len(found), "incident")
    if not still:
        return (f"{said}, over by now." if len(found) == 1 else f"{said}, all over by now.",)
    since = Moment(at=min(one.started_at for one in still))
    if len(still) == len(found) == 1:
        return (f"{said} still open (since ", since, ").")
    oldest = "since " if len(still) == 1 else "the oldest since "
    return (f"{said}, {len(still):,} still open ({oldest}", since, ").")


def _statuses(tally: Tally) -> Counter[Status]:
    counted = Counter[Status]()
    for _, status, count in tally.requests:
        counted[status] += count
    return counted
