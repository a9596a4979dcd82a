"""A report in words and in a table."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

from bot.reports._figures import CLEAR, ENOUGH, EXECUTED, Figure, ReportFigures, answered_at
from bot.reports._statistics import Estimate
from bot.values import Line, Moment, Paragraph, Status, Table, Tally, paragraph

COLUMNS = ("Figure", "Now", "Before", "Change")
SCATTERED = "too scattered"
METHODS = (
    f'"Clear" means significant at {100 * CLEAR:g} %: by Fisher\'s exact test for shares, by a '
    "rank test for times.",
    "The range behind a figure holds the true one in 95 of 100 reports.",
    "It is Wilson's interval for shares, an order interval for medians, a bootstrap for means.",
    f"With fewer than {ENOUGH} cases nothing is estimated: chance alone moves them a lot.",
)
MISSING = ". Open incidents aren't counted, so the real averages are higher."
#: Unit, its seconds, and from how many seconds on it reads well.
UNITS = (("d", 86_400, 172_800), ("h", 3_600, 7_200), ("min", 60, 60), ("s", 1, 0))


def span_of(since: timedelta) -> str:
    hours = since.total_seconds() / 3600
    count, unit = (hours / 24, "day") if hours >= 48 or hours == 24 else (hours, "hour")
    return unit if count == 1 else f"{_short(count)} {unit}s"


def title_of(found: ReportFigures, span: str) -> str:
    done = found.successes
    if done.count == 0:
        return f"The last {span}: no operation was executed"
    if done.now is None:
        return f"The last {span}: {several(done.count, 'operation')}"
    return f"The last {span}: {_value(done.now.value, '%')} of {done.count} operations succeeded"


def sentences(found: ReportFigures, now: Tally, before: Tally, span: str) -> Iterator[Paragraph]:
    yield from _requests(now, before, span)
    yield from _incidents(now)
    yield from _reservations(found, (now, before))


def methods() -> Iterator[Paragraph]:
    """How it is computed."""
    return (paragraph(one) for one in METHODS)


def changes(found: ReportFigures, span: str) -> Paragraph:
    clear = [f"{one.label}: {one.change}" for one in found.compared if one.is_clear]
    if clear:
        return paragraph(f"Against the {span} before: {'; '.join(clear)}.")
    if all(one.before is None or one.now is None for one in found.compared):
        return paragraph(f"There is too little to compare with the {span} before.")
    return paragraph(f"Nothing has clearly changed against the {span} before.")


def table(found: ReportFigures) -> Table:
    """Of what there is enough of to say something."""
    return Table(columns=COLUMNS, rows=tuple(_row(one, one.now) for one in found.all if one.now))


def _row(figure: Figure, now: Estimate) -> tuple[Line, ...]:
    unit, cases = figure.unit, f"{figure.count:,} {figure.which}".rstrip()
    return (
        (figure.label,),
        (f"{_value(now.value, unit)} ({_between(now, unit)}) of {cases}",),
        (_before(figure),),
        (figure.change or "-",),
    )


def _before(figure: Figure) -> str:
    if figure.before is None:
        return f"too few ({figure.count_before})"
    return f"{_value(figure.before, figure.unit)} of {figure.count_before:,}"


def _value(value: float, unit: str) -> str:
    if unit == "s":
        unit, size = unit_of(value)
        value /= size
    return f"{_short(value)} {unit}"


def _between(estimate: Estimate, unit: str) -> str:
    if estimate.low is None or estimate.high is None:
        return SCATTERED
    size = 1 if unit != "s" else unit_of(estimate.value)[1]
    return f"{_short(estimate.low / size)}–{_short(estimate.high / size)}"  # noqa: RUF001


def _short(value: float) -> str:
    """Nearly all is not all."""
    fine = value < 10 or 99 < value < 100
    return f"{value:.1f}".removesuffix(".0") if fine else f"{value:,.0f}"


def unit_of(seconds: float) -> tuple[str, int]:
    return next((unit, size) for unit, size, least in UNITS if seconds >= least)


def _requests(now: Tally, before: Tally, span: str) -> Iterator[Paragraph]:
    counted = _statuses(now)
    executed = sum(counted[one] for one in EXECUTED)
    rest = [f"{counted[one]} {one}" for one in Status if one not in EXECUTED and counted[one]]
    asked = f"{_asked(now)}; {', '.join([f'{executed} executed', *rest])}."
    yield paragraph(f"{asked} In the {span} before: {_asked(before)}.")
    if counted[Status.UNKNOWN]:
        yield paragraph("Unknown endings don't count as successes.")
    if counted[Status.PENDING]:
        yield paragraph("Pending requests aren't in the time to approve.")


def _asked(tally: Tally) -> str:
    requests = several(_statuses(tally).total(), "request")
    return f"{requests} and {several(tally.denied, 'denial')}"


def several(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _statuses(tally: Tally) -> Counter[Status]:
    counted = Counter[Status]()
    for _, status, count in tally.requests:
        counted[status] += count
    return counted


def _incidents(now: Tally) -> Iterator[Paragraph]:
    """What the means leave out makes them look better than things are."""
    if not now.incidents:
        yield paragraph("No incident began.")
        return
    unanswered = [one for one in now.incidents if answered_at(one) is None]
    still = [one for one in now.incidents if one.is_open]
    waiting = [one for one in unanswered if one.is_open]
    by_itself = len(unanswered) - len(waiting)
    yield paragraph(
        f"{several(len(now.incidents), 'incident')}: {len(now.incidents) - len(unanswered)} "
        f"acknowledged by somebody, {by_itself} recovered before that, "
        f"{len(waiting)} not acknowledged so far."
    )
    if by_itself:
        yield paragraph("What recovered before that counts in MTTR, and not in MTTA.")
    if still:
        oldest = Moment(at=min(one.started_at for one in still))
        yield paragraph(f"Still open: {len(still)}, the oldest since ", oldest, MISSING)


def _reservations(found: ReportFigures, tallies: Sequence[Tally]) -> Iterator[Paragraph]:
    few = [f"{one.label} ({one.count})" for one in found.all if one.count < ENOUGH]
    if few:
        yield paragraph(f"Too few cases to estimate: {', '.join(few)}.")
    most = tallies[0].most
    if any(most in (len(one.waits), len(one.incidents)) for one in tallies):
        yield paragraph(f"Of times to approve and of incidents the newest {most:,} were read.")
