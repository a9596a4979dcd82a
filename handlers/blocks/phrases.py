"""What a request is called and where it stands, in the same words on every surface."""

from collections.abc import Iterator, Sequence

from bot.values import (
    Line,
    Mention,
    PersonId,
    Request,
    Role,
    Status,
    Strong,
    Target,
    Vote,
    label,
    lasting,
)
from handlers.blocks.text import cut, joined, visible

EFFECT = 300
WORD = 64
DETAIL = 600

#: For guests and people of other workspaces.
MEMBERS_ONLY = (
    "Only full members of this workspace can look at its databases here. To see or change one, "
    "ask a full member, or an admin of this workspace to make you one."
)

EMOJI = {
    Status.PENDING: "hourglass_flowing_sand",
    Status.APPROVED: "heavy_check_mark",
    Status.REJECTED: "no_entry_sign",
    Status.EXPIRED: "hourglass",
    Status.CANCELLED: "no_entry",
    Status.RUNNING: "arrows_counterclockwise",
    Status.SUCCEEDED: "white_check_mark",
    Status.FAILED: "x",
    Status.UNKNOWN: "warning",
}


def mark(request: Request) -> str:
    """The emoji of where it stands; what made things worse is not marked as good."""
    is_good = request.status is Status.SUCCEEDED
    return "warning" if is_good and request.is_worse_since else EMOJI[request.status]


def effect(request: Request) -> str:
    return cut(" ".join(map(_bearable, visible(request.step.plan.effect).split())), EFFECT)


def _bearable(word: str) -> str:
    """Names of databases hold 63 characters at most and stay whole; those of snapshots hold 255."""
    return word if len(word) <= WORD else f"{word[: WORD // 2]}…{word[-(WORD // 2 - 1) :]}"


def headline(request: Request) -> Line:
    """The first line of a card, and what a notification shows of it."""
    said = Strong(text=f"{effect(request)}: {state(request)}")
    return (said, *ended_by(request), *_asked(request))


def notice(request: Request) -> Line:
    """The headline without its looks."""
    said = f"{effect(request)}: {state(request)}"
    return (said, *ended_by(request), *_asked(request))


def ended_by(request: Request) -> Line:
    """Who ended it, where that was a person: behind ``rejected`` and ``cancelled``."""
    match request.status:
        case Status.REJECTED:
            refused = [vote for vote in request.votes if vote not in request.approvals]
            return (" by ", *mentions(refused)) if refused else ()
        case Status.CANCELLED:
            return (" by ", _asker(request))
        case _:
            return ()


def judged(request: Request) -> str:
    return f"({request.classified.environment}, {request.assessment.risk} risk)"


def state(request: Request) -> str:
    """Where it stands, and of what has ended how its database did since."""
    return f"{ended(request)}{request.since}"


def ended(request: Request) -> str:
    """The same without what was seen afterwards."""
    match request.status:
        case Status.PENDING:
            return _wanted(request)
        case Status.APPROVED:
            return _waiting(request)
        case Status.RUNNING:
            return _running(request)
        case Status.SUCCEEDED | Status.FAILED:
            return _settled(request)
        case Status.UNKNOWN:
            return "outcome unknown, a person must look"
        case Status.REJECTED | Status.EXPIRED | Status.CANCELLED:
            return request.status.value


def detail(request: Request) -> str:
    """How it ended, with AWS's own status; people's own words may be in it.

    Nothing of what was taken back: ``ended_by`` says all there is.
    """
    if request.status is Status.CANCELLED:
        return ""
    said = visible(request.outcome.detail) if request.outcome else ""
    closed = not said or said.endswith((".", "!", "?"))
    return cut(said if closed else f"{said}.", DETAIL)


def spoken_by_people(request: Request) -> bool:
    """Whether ``detail`` holds what a person wrote, which notifications do not show."""
    settled = request.outcome is not None and request.outcome.code == "settled"
    return settled or request.status is Status.REJECTED


def is_unsent(request: Request) -> bool:
    """Nothing has left the bot and still can: whoever asked may take it back."""
    return request.status.is_open and request.step.sent_at is None


def is_untouched(request: Request) -> bool:
    """It ended, and AWS did nothing of it: it can be asked for again as it was."""
    if request.status is Status.EXPIRED:
        return True
    code = request.outcome.code if request.outcome else ""
    was_refused = code.startswith(("refused.", "not_sent"))
    return request.status is Status.FAILED and (was_refused or request.step.sent_at is None)


def is_unanswered(request: Request) -> bool:
    """Sent, but AWS has not said that it took it."""
    step = request.step
    return step.sent_at is not None and step.accepted_at is None and step.receipt is None


def approvals(count: int) -> str:
    return f"{count} approval{'' if count == 1 else 's'}"


def tally(request: Request) -> str:
    """``1 of 2``; more may have agreed than were wanted."""
    return f"{len(request.approvals)} of {request.decision.approvals}"


def mentions(votes: Sequence[Vote], most: int = 100) -> Line:
    return people([vote.person for vote in votes], most)


def people(ids: Sequence[PersonId], most: int) -> Line:
    """``@dora, @eve (+3 more)``"""
    named = joined([(Mention(person=one),) for one in ids[:most]], ", ")
    return (*named, f" (+{len(ids) - most} more)") if len(ids) > most else named


def listed(names: Sequence[str], most: int = 8) -> str:
    """``a, b, c and 90 more``; ``none`` without any."""
    shown = ", ".join(names[:most])
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{shown}{more}" or "none"


def touched(request: Request, most: int) -> Iterator[str]:
    """``Also restarts orders-a, orders-b and 12 more``: a line for each thing that it does to
    databases beside its target."""
    step = request.step
    beside = step.plan.beside(step.target)
    for role in Role:
        if names := [_near(one.target, step.target) for one in beside if one.role is role]:
            yield f"Also {role} {listed(names, most)}"


def locked(request: Request) -> str:
    """What nothing else changes meanwhile, by name."""
    touches = (one for one in request.step.touches if one.role is not Role.READS)
    return listed([_near(one.target, request.step.target) for one in touches], 3)


def _near(other: Target, target: Target) -> str:
    """Its name, and where it is unless that is where the target is."""
    place = (other.account, other.region)
    return other.identifier if place == (target.account, target.region) else str(other)


def _asked(request: Request) -> Line:
    return (f" {judged(request)} · {request.label}, asked by ", _asker(request))


def _asker(request: Request) -> Mention:
    return Mention(person=request.requester)


def _wanted(request: Request) -> str:
    return request.wanting


def _waiting(request: Request) -> str:
    agreed = "approved" if request.decision.approvals else "needs no approval"
    if request.waits_for is not None:
        return f"{agreed}, waits for {label(request.waits_for)}"
    if request.starts_at is not None:
        return f"{agreed}, waits for its start"
    return f"{agreed}, waiting to be sent"


def _running(request: Request) -> str:
    if request.step.sent_at is None:
        return "about to be sent"
    if is_unanswered(request):
        # before the first look at AWS the answer may still be on its way
        return "sent, AWS's answer was lost" if request.step.progress else "sent to AWS"
    if request.step.evidence.get("late"):
        return "running, takes longer than expected"
    return "running"


#: By what was found when it was looked at again.
_LATER = {
    "done": "done in its window",
    "rolled_back": "rolled back in its window",
    "declined": "scheduled, and AWS could not do it",
    "undone": "scheduled, then taken back",
    "pending": "scheduled, still pending after its window",
    "unanswered": "scheduled, unknown what became of it",
}


def _settled(request: Request) -> str:
    step = request.step
    if step.sent_at is None:
        return f"{request.status}, nothing was sent"
    if step.took is None:
        return request.status.value
    code = request.outcome.code if request.outcome else ""
    if code == "scheduled":
        return _LATER.get(step.evidence.get("recheck", ""), "scheduled, AWS does it later")
    said = "rolled back" if code == "rolled_back" else request.status.value
    word = "in" if request.status is Status.SUCCEEDED else "after"
    return f"{said} {word} {lasting(step.took)}"
