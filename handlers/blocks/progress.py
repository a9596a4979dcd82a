"""How far a change has come, and how long such a change usually takes."""

from collections.abc import Iterator

from bot.values import (
    Line,
    Moment,
    Request,
    Strong,
    Usual,
    between,
    lasting,
)
from handlers.blocks.phrases import is_unanswered, mentions, tally
from handlers.blocks.rich import Part, bullets, lines

BAR = 10
STEPS = 4  #: taken up, sent, accepted by AWS, proven
EVENTS = 3
NAMED = 3  #: people who approved


def progress(request: Request, usual: Usual | None) -> Iterator[Part | None]:
    """Of a running request: a bar with words, then its steps with their times."""
    yield lines(*_now(request))
    yield bullets([*agreed(request), *_steps(request), *_expected(request, usual)])


def shortly(request: Request, usual: Usual | None) -> Iterator[Line]:
    """The same in as few lines as a phone has: the bar, who agreed, until about when."""
    yield from _now(request)
    yield from agreed(request)
    expected = tuple(_expected(request, usual))
    sent = request.step.sent_at
    yield from expected or ([("Sent to AWS ", Moment(at=sent), ".")] if sent else [])


def briefly(request: Request, usual: Usual | None) -> Iterator[Line]:
    """The same where many are listed: the bar, since when, and until about when."""
    yield from _now(request)
    if request.step.sent_at is not None:
        yield ("Sent to AWS ", Moment(at=request.step.sent_at))
    yield from _expected(request, usual)


def agreed(request: Request) -> Iterator[Line]:
    """Who approved, and that it is enough; nothing where nobody had to."""
    if request.approvals:
        yield ("Approved by ", *mentions(request.approvals, NAMED), f": {tally(request)}.")


def _now(request: Request) -> Iterator[Line]:
    step = request.step
    if step.sent_at is None:
        yield (
            f"{_steps_bar(1)}Checking once more that this is still safe, then sending it to AWS.",
        )
    elif is_unanswered(request):
        yield from _unanswered(request)
    elif step.progress is None:
        yield (f"{_steps_bar(3)}AWS accepted the call; following its progress.",)
    elif step.progress.percent is None:
        yield (f"{_steps_bar(3)}{step.progress.detail}",)
    else:
        yield (f"{_bar(step.progress.percent)}{step.progress.detail}",)
    if step.evidence.get("late"):
        yield (Strong(text="It takes longer than expected;"), " I keep following.")


def _unanswered(request: Request) -> Iterator[Line]:
    found = request.step.progress
    if found is None:
        yield (f"{_steps_bar(2)}AWS's answer is on the way.",)
        return
    yield (Strong(text="AWS's answer was lost; I will not send it again."), f" {found.detail}")


def _steps(request: Request) -> Iterator[Line]:
    step = request.step
    if step.claimed_at is not None:
        yield ("Taken up ", Moment(at=step.claimed_at))
    if step.sent_at is None:
        return
    yield ("Sent to AWS ", Moment(at=step.sent_at), "; it cannot be cancelled any more")
    if step.accepted_at is not None:
        yield ("AWS accepted it after ", lasting(step.accepted_at - step.sent_at))
    for event in step.events[-EVENTS:]:
        yield (f"AWS reports: {event.message} ", Moment(at=event.at))


def _expected(request: Request, usual: Usual | None) -> Iterator[Line]:
    sent_at = request.step.sent_at
    if usual is None or sent_at is None or request.step.evidence.get("late"):
        return
    until = Moment(at=sent_at + usual.p90)
    yield (f"Usually it takes {between(usual.median, usual.p90)}; expected to end by ", until)


def _bar(percent: int) -> str:
    within = min(max(percent, 0), 100)
    done = within * BAR // 100
    return f"{'▓' * done}{'░' * (BAR - done)} {within} % · "


def _steps_bar(done: int) -> str:
    """AWS gives no percentage of most changes; an invented one would be a lie."""
    return f"{'▓' * done}{'░' * (STEPS - done)} step {done} of {STEPS} · "
