"""Why a vote, a cancellation or a settlement does not count: pure, and in words for that person.

What bars people themselves, as having asked, stands with its sentences in
``bot.policy.eligibility``.
"""

from bot.errors import BotError, ClosedError, NotAllowedError
from bot.policy import outruled
from bot.policy.approvers import MAILBOX, Electorate
from bot.policy.authorization import refused
from bot.policy.eligibility import is_same, sealed
from bot.values import Decision, Mention, Person, PersonId, Request, Status, Verdict


def closed(request: Request) -> ClosedError | None:
    """The sentence for whoever comes too late."""
    if request.status is Status.PENDING:
        return None
    if request.status is Status.EXPIRED:
        return ClosedError(f"{request.label} has expired. If it is still wanted, ask again.")
    decided = "was already " if request.status is not Status.RUNNING else "is already "
    return ClosedError(
        f"{request.label} {decided}{request.status}; there is nothing left to decide. "
        f"See /rds status {request.label}."
    )


def ineligible(
    request: Request, electorate: Electorate, person: Person, verdict: Verdict, now: Decision
) -> BotError | None:
    """``now`` is what the settings say of the request by now."""
    allowed = electorate.judge(person, verdict, request)
    if allowed.bar is not None:
        return refused(allowed)
    if verdict is Verdict.APPROVE and (worse := outruled(request, now)):
        return NotAllowedError(f"{worse.sentence} Ask again.", code="outruled")
    return None


def not_cancellable(request: Request, person: PersonId) -> BotError | None:
    if person != request.requester:
        return NotAllowedError(
            "Only who asked can cancel a request; approvers can reject it.",
            (
                "Only ",
                Mention(person=request.requester),
                " can cancel this request; approvers can reject it.",
            ),
        )
    if request.step.sent_at is not None and request.status is Status.RUNNING:
        return ClosedError(
            f"{request.label} was already sent to AWS, so it cannot be cancelled any more. "
            f"See /rds status {request.label}."
        )
    if not request.status.is_open:
        return ClosedError(
            f"{request.label} is already {request.status}. See /rds status {request.label}."
        )
    return None


def not_settleable(request: Request, person: Person, requester: Person) -> BotError | None:
    """Whoever asked does not speak for the ending, under none of their accounts."""
    if request.status is not Status.UNKNOWN:
        said = f"{request.label} is {request.status}; only an unknown one can be settled."
        return ClosedError(said)
    mark = sealed(request.id, person)
    if is_same(person, requester) or (mark and mark == request.facts.get(MAILBOX)):
        return NotAllowedError(
            "You cannot say how your own request ended. Ask another approver or an admin to look "
            f"at AWS and to settle {request.label}.",
            code="self",
        )
    return None


def is_overdue(request: Request, now: int) -> bool:
    if request.status is Status.PENDING:
        return now >= request.expires_at
    return (
        request.status is Status.APPROVED
        and request.send_by is not None
        and (now >= request.send_by)
    )


def code(refusal: BotError) -> str:
    return refusal.code if isinstance(refusal, NotAllowedError) else "closed"
