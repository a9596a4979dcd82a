"""What is said of a change's aftermath: pure, from judgements to an answer."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import inf

from bot.aftermath._shifts import BEFORE, SENSES, Shift, Stretch, overall
from bot.operations import way_back
from bot.values import (
    Answer,
    Button,
    Chart,
    Database,
    Line,
    Marker,
    Mention,
    Moment,
    Panel,
    Paragraph,
    Request,
    Turn,
    Window,
    amount,
    paragraph,
)

BRIEF = 2  #: figures of a line that says more
WHYS = 2  #: reasons that a line bears
SHOWN = 8  #: figures of one turn that a line bears
DRAWN = 4  #: panels of the picture
ENDLESS = "endless (replication has stopped)"
RUN = "query.run.aftermath"  #: the action of a button that runs a command which only looks

Saying = Callable[[Shift], str]


def told(
    request: Request,
    database: Database,
    found: Sequence[Shift],
    chart: Chart | None,
    minutes: int,
    late: int | None,
    others: Sequence[str] = (),
) -> Answer:
    """``late``: when it was due, where that is long ago. ``others``: changes that came after it."""
    turn = overall(found)
    return Answer(
        title=headline(request, database.name, found, minutes),
        parts=(
            paragraph(*_addressed(request, turn, others), *_below(found, turn)),
            *_changed_since(others),
            *_state(database),
            *_late(late),
        ),
        buttons=tuple(_buttons(request, database, turn)),
        chart=chart,
    )


def unanswered(request: Request, minutes: int, why: str, late: int | None) -> Answer:
    name = request.step.target.identifier
    return Answer(
        title=f"{name} {spoken(minutes)} after {request.label}: it could not be looked at",
        parts=(
            paragraph(
                f"How it does since the change cannot be said. {why.rstrip('.')}. Please look at "
                "it yourself.",
            ),
            *_late(late),
        ),
        buttons=(_button("Chart", f"metrics {request.step.target.typed}"),),
    )


def headline(request: Request, name: str, found: Sequence[Shift], minutes: int) -> str:
    return f"{name} {spoken(minutes)} after {request.label}: {_word(found)}"


def picture_title(request: Request, name: str) -> str:
    """For whoever opens the picture alone: the message above it says how it does."""
    return f"{name} before and after {request.label}"


def gravest_first(panels: Sequence[Panel], found: Sequence[Shift]) -> tuple[Panel, ...]:
    """Panels of what got worse, most of all first, of what nobody can tell, then as they were."""
    order = [one.sense for turn in (Turn.WORSE, Turn.UNREAD) for one in _of(found, turn)]

    def rank(panel: Panel) -> int:
        senses = {SENSES.get(one.series.metric) for one in panel.curves}
        return next((at for at, sense in enumerate(order) if sense in senses), len(order))

    return tuple(sorted(panels, key=rank))


def verdict(found: Sequence[Shift], said: Turn | None = None) -> Line:
    """One line, the gravest first; what cannot be said is said to be so.

    ``said``: what a heading above it has said of all.
    """
    sayings: tuple[tuple[Turn, str, Saying], ...] = (
        (Turn.WORSE, "", _moved),
        (Turn.BETTER, "Better: ", _moved),
        (Turn.USUAL, "As a week before at this hour: ", _moved),
        (Turn.SAME, "As before: ", _stayed),
        (Turn.UNKNOWN, "Too few figures to say: ", _missing),
        (Turn.UNREAD, "Could not be read: ", _named),
    )
    parts = [
        f"{heading if turn is not said else ''}{listed}."
        for turn, heading, saying in sayings
        if (listed := _listed(map(saying, _of(found, turn))))
    ]
    whys = dict.fromkeys(one.why for one in found if one.why)
    line = " ".join((*parts, *list(whys)[:WHYS])) or "CloudWatch has no figures of it."
    return (line[:1].upper() + line[1:],)


def _below(found: Sequence[Shift], turn: Turn) -> Line:
    """Beneath the title, which has said all of it but the figures; of what is unread it names no
    metric."""
    return verdict(found, None if turn is Turn.UNREAD else turn)


def brief(found: Sequence[Shift]) -> str:
    """``read latency 0.6 → 2.8 ms``: what got worse, the most first; empty where nothing did."""
    worse = _of(found, Turn.WORSE)
    said = [_arrow(one) for one in worse[:BRIEF]]
    return ", ".join([*said, *([f"and {len(worse) - BRIEF} more"] if len(worse) > BRIEF else [])])


def _arrow(shift: Shift) -> str:
    before, after = _amount(shift.before or 0.0, shift), _amount(shift.after or 0.0, shift)
    figure, _, unit = before.partition(" ")
    return f"{shift.name} {figure if unit and after.endswith(f' {unit}') else before} → {after}"


def plain_verdict(found: Sequence[Shift]) -> str:
    return "".join(span for span in verdict(found) if isinstance(span, str))


def chart(
    title: str,
    stretch: Stretch,
    panels: tuple[Panel, ...],
    markers: tuple[Marker, ...],
    zone: str,
) -> Chart | None:
    """None where there is nothing to draw."""
    if not any(one.is_measured for one in panels):
        return None
    full = tuple(one for one in panels if one.is_measured or one.is_unread)
    return Chart(
        title=title,
        about=f"{_steps(stretch.window)}, from {BEFORE} minutes before the change",
        window=stretch.window,
        panels=full[:DRAWN],
        rest=full[DRAWN:],
        zone=zone,
        markers=markers,
        change=(stretch.sent_at, stretch.ended_at),
        unread=_lacking(full),
    )


def _lacking(panels: Sequence[Panel]) -> str:
    lacks = ", ".join(one.title for one in panels if one.is_unread)
    return f"{lacks} could not be read, or only in part" if lacks else ""


def spoken(minutes: int) -> str:
    return "a minute" if minutes == 1 else f"{minutes} minutes"


def _steps(window: Window) -> str:
    minutes = window.period // 60
    return "Minute by minute" if minutes == 1 else f"{minutes}-minute averages"


def _word(found: Sequence[Shift]) -> str:
    match overall(found):
        case Turn.WORSE:
            return "worse than before"
        case Turn.UNREAD:
            return "nobody can tell how it does, as not all could be read"
        case Turn.BETTER:
            return "better than before"
        case Turn.USUAL:
            return "as usual at this hour"
        case Turn.SAME if all(one.turn is Turn.SAME for one in found):
            return "as before"
        case Turn.SAME:
            return "as before, as far as there are figures"
        case _:
            return "too few figures to say how it does"


def _of(found: Sequence[Shift], turn: Turn) -> Sequence[Shift]:
    """What moved most comes first; what stayed, in the order of the picture."""
    some = [one for one in found if one.turn is turn]
    if turn in (Turn.WORSE, Turn.BETTER):
        some.sort(key=lambda one: one.times, reverse=True)
    return some


def _addressed(request: Request, turn: Turn, others: Sequence[str]) -> Line:
    """Only who has to do something is called: where others changed it since, the last of those."""
    if turn is not Turn.WORSE or others:
        return ()
    people = [request.requester]
    if not request.was_worse:  # who agreed hears of it once, as the channel does
        people += [vote.person for vote in request.approvals]
    named = [span for one in dict.fromkeys(people) for span in (Mention(person=one), ", ")]
    return (*named, "please look: ")


def _changed_since(others: Sequence[str]) -> Iterator[Paragraph]:
    if others:
        yield paragraph(f"It was changed again since, so this may come of {', '.join(others)}.")


def _state(database: Database) -> Iterator[Paragraph]:
    if database.status != "available":
        yield paragraph(f"It is {database.status} now.")


def _late(due: int | None) -> Iterator[Paragraph]:
    if due is not None:
        yield paragraph("This comes late: it was due ", Moment(at=due), ".")


def _buttons(request: Request, database: Database, turn: Turn) -> Iterator[Button]:
    name = database.target.typed
    if turn is Turn.WORSE and (back := way_back(request)):
        yield back
    yield _button("Chart", f"metrics {name} --range 3h")
    if turn is Turn.WORSE:
        yield _button("Top load", f"top {name}")
        yield _button("Logs", f"logs {name}")
        yield _button("Events", f"events {name}")


def _button(said: str, command: str) -> Button:
    return Button(label=said, action=f"{RUN}.{command.partition(' ')[0]}", value=command)


def _moved(shift: Shift) -> str:
    """``read latency rose from 0.6 ms to 3.1 ms (5.2 times as much)``"""
    before, after = shift.before or 0.0, shift.after or 0.0
    verb = "rose" if after > before else "fell"
    more = before and before < after < inf
    times = f" ({shift.times:.2g} times as much)" if more else ""
    return f"{shift.name} {verb} from {_amount(before, shift)} to {_amount(after, shift)}{times}"


def _stayed(shift: Shift) -> str:
    """``CPU 31 % → 33 %``; ``write latency 1.1 ms`` where it reads the same."""
    before, after = _amount(shift.before or 0.0, shift), _amount(shift.after or 0.0, shift)
    return f"{shift.name} {before}" + ("" if before == after else f" → {after}")


def _named(shift: Shift) -> str:
    return shift.name


def _missing(shift: Shift) -> str:
    known = [("before", shift.before), ("after", shift.after)]
    lacks = " and ".join(when for when, value in known if value is None)
    return f"{shift.name} (none {lacks})" if lacks else shift.name


def _amount(value: float, shift: Shift) -> str:
    if value == inf:
        return ENDLESS
    return amount(round(value) if shift.unit in ("", "%") else value, shift.unit)


def _listed(said: Iterable[str]) -> str:
    every = list(said)
    more = len(every) - SHOWN
    return ", ".join([*every[:SHOWN], *([f"and {more} more"] if more > 0 else [])])
