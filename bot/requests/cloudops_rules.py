"""What may become of a CloudOps request, and who is told of it: pure."""

from collections.abc import Mapping

from bot.errors import NotAllowedError
from bot.policy.eligibility import is_same
from bot.values import (
    AuditEntry,
    AuditEvent,
    CloudOpsRequest,
    CloudOpsState,
    Line,
    Mention,
    Message,
    Moment,
    Person,
    PersonId,
    Place,
)

_OPEN = frozenset({CloudOpsState.OPEN, CloudOpsState.TAKEN})
#: From where it may become what.
FROM: Mapping[CloudOpsState, frozenset[CloudOpsState]] = {
    CloudOpsState.OPEN: frozenset(),
    CloudOpsState.TAKEN: frozenset({CloudOpsState.OPEN}),
    CloudOpsState.DONE: _OPEN,
    CloudOpsState.DECLINED: _OPEN,
    CloudOpsState.WITHDRAWN: _OPEN,
}
OWN = (
    "You asked for this yourself, so somebody else has to take it, do it or decline it. "
    "You can withdraw it."
)
OTHERS = "Only who asked can withdraw this. You can decline it."


def moved(
    before: CloudOpsRequest, to: CloudOpsState, who: PersonId, at: int, reason: str = ""
) -> CloudOpsRequest | None:
    """None where it cannot become that any more."""
    if before.state not in FROM[to]:
        return None
    if to is CloudOpsState.TAKEN:
        return before.model_copy(update={"state": to, "taken_by": who, "taken_at": at})
    ended = {"state": to, "ended_by": who, "ended_at": at, "reason": reason}
    return before.model_copy(update=ended)


def unasked(to: CloudOpsState, person: Person, requester: Person) -> NotAllowedError | None:
    """Whoever asked does not answer themselves, under none of their accounts; nobody else
    withdraws."""
    is_own = is_same(person, requester)
    if to is CloudOpsState.WITHDRAWN:
        return None if is_own else NotAllowedError(OTHERS)
    return NotAllowedError(OWN, code="self") if is_own else None


def late(request: CloudOpsRequest, person: PersonId) -> NotAllowedError:
    """For whoever comes too late: what became of it, by whom and when."""
    spans = (*_became(request, person), *_left(request))
    plain = "".join(span if isinstance(span, str) else "…" for span in spans)
    return NotAllowedError(plain, spans, "closed")


def _became(request: CloudOpsRequest, person: PersonId) -> Line:
    is_taken = request.state is CloudOpsState.TAKEN
    by, at = (
        (request.taken_by, request.taken_at) if is_taken else (request.ended_by, request.ended_at)
    )
    who = "You" if by == person or by is None else Mention(person=by)
    return (who, f" {PAST[request.state]} ", Moment(at=at or 0))


def _left(request: CloudOpsRequest) -> Line:
    still = "; you can still mark it done." if request.is_open else ". Nothing is left to do."
    return (still,)


#: What somebody did with it.
PAST: Mapping[CloudOpsState, str] = {
    CloudOpsState.TAKEN: "took this",
    CloudOpsState.DONE: "marked this done",
    CloudOpsState.DECLINED: "declined this",
    CloudOpsState.WITHDRAWN: "withdrew this",
}


def event(request: CloudOpsRequest, denied: AuditEntry, who: PersonId) -> AuditEvent:
    """For the trail: who brought it to where it stands."""
    return _about(denied).model_copy(
        update={
            "action": f"cloudops.{request.state}",
            "actor": str(who),
            "result": request.state.value,
            "text": request.reason,
        }
    )


def refusal(denied: AuditEntry, to: CloudOpsState, who: PersonId, code: str) -> AuditEvent:
    about = _about(denied)
    facts = {**about.facts, "wanted": to.value}
    return about.model_copy(update={"actor": str(who), "result": code, "facts": facts})


def _about(denied: AuditEntry) -> AuditEvent:
    given = denied.event
    return AuditEvent(
        action="cloudops.refused",
        actor="bot",
        result="refused",
        request_id=given.request_id,
        operation=given.operation,
        target=given.target,
        facts={"denial": denied.seq, "asked_by": given.actor},
    )


def card(request: CloudOpsRequest) -> Message:
    """It is drawn from the request at delivery, so one waiting row is enough."""
    return Message(
        place=Place.CHANNEL,
        address=request.card.channel if request.card else request.channel,
        kind="cloudops",
        body={"denial": request.denial},
        key=key(request.denial),
        instead=request.requester.user,
    )


def key(denial: int) -> str:
    """Of the message in the channel."""
    return f"cloudops:{denial}"


def told(request: CloudOpsRequest) -> tuple[Message, ...]:
    """Its message anew, and directly whoever waits for it: who asked, or who took what is
    withdrawn."""
    is_withdrawn = request.state is CloudOpsState.WITHDRAWN
    waits = request.taken_by if is_withdrawn else request.requester
    return (card(request), *((_step(request, waits),) if waits else ()))


def _step(request: CloudOpsRequest, waits: PersonId) -> Message:
    return Message(
        place=Place.PERSON,
        address=waits.user,
        kind="cloudops_step",
        body={"denial": request.denial, "state": request.state.value},
        key=f"cloudops:{request.denial}:{request.state}",
    )
