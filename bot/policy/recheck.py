"""What got worse between the request and the send."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.policy.rules import Case, approvals
from bot.values import (
    Access,
    Assessment,
    Call,
    Database,
    Decision,
    Effect,
    Environment,
    PersonId,
    Request,
    Step,
    Target,
    Touch,
    Touched,
    Unread,
    Value,
)


class Worsening(StrEnum):
    """What got worse between the request and the send."""

    PREFLIGHT = "preflight"
    RESOURCE = "resource"
    TOUCHES = "touches"
    CALL = "call"
    DENIED = "denied"
    RISK = "risk"
    APPROVALS = "approvals"
    ENVIRONMENT = "environment"
    APPROVERS = "approvers"


class Worse(Value):
    """One thing that got worse; ``sentence`` shows before and now."""

    code: Worsening
    sentence: str


@dataclass(frozen=True)
class Now:
    """The facts of a step right before it would be sent.

    ``eligible`` are those whose approval still counts, of one human being one account.
    """

    case: Case
    decision: Decision
    call: Call
    database: Database
    eligible: frozenset[PersonId]
    touches: tuple[Touch, ...] = ()  #: beside the target, as planned now
    touched: tuple[Touched, ...] = ()  #: those of them that are there, as AWS shows them
    locks: tuple[str, ...] = ()  #: what has to be held for it


def still_approved(request: Request, step: Step, now: Now) -> tuple[Worse, ...]:
    """What got worse since people agreed; empty: go."""
    found = {
        Worsening.RESOURCE: _other_resource(step, now.database) or _replaced(step, now),
        Worsening.TOUCHES: _touches_more(step, now),
        Worsening.CALL: _other_call(step.plan.call, now.call),
        Worsening.DENIED: _denied(now.decision),
        Worsening.RISK: _riskier(request.assessment, now.case.assessment),
        Worsening.APPROVALS: _more_wanted(request.decision, now.decision),
        Worsening.ENVIRONMENT: _stricter_environment(request, now),
        Worsening.APPROVERS: _approvers_lost(request, now),
    }
    return tuple(Worse(code=code, sentence=text) for code, text in found.items() if text)


def outruled(request: Request, now: Decision) -> Worse | None:
    """Why no approval helps any more: the settings deny by now what was asked for, or want more."""
    found = {
        Worsening.DENIED: _denied(now),
        Worsening.APPROVALS: _more_wanted(request.decision, now),
    }
    return next((Worse(code=code, sentence=text) for code, text in found.items() if text), None)


def altered(request: Request, now: Decision) -> tuple[str, ...]:
    """What has changed about who decides since it was asked for, in sentences."""
    before = request.decision
    worse = outruled(request, now)
    fewer = now.effect is not Effect.DENY and now.approvals < before.approvals
    found = (
        worse.sentence if worse else "",
        f"It would need {approvals(now.approvals) if now.approvals else 'no approval'} now "
        f"({now.rule}), and still needs {approvals(before.approvals)}." * fewer,
        "Its approvers are others now: only who was one then and is one now counts."
        * (_sorted(before.approvers) != _sorted(now.approvers)),
    )
    return tuple(filter(None, found))


def _sorted(access: Access) -> tuple[list[str], list[str]]:
    return sorted(access.groups), sorted(access.users)


def _other_resource(step: Step, database: Database) -> str | None:
    before, now = step.target, database.target
    if (before.account, before.region) != (now.account, now.region):
        return f"{before.identifier} was in {before.account}/{before.region}, not {now}."
    # One that is made again, or restored, may bear the old name; its resource id is another.
    if before.resource_id == now.resource_id:
        return None
    return (
        f"{before.identifier} is another {_noun(before)} now: it was {before.resource_id} and is "
        f"{now.resource_id}."
    )


def _noun(target: Target) -> str:
    return "snapshot" if target.kind.is_snapshot else "database"


def _replaced(step: Step, now: Now) -> str | None:
    """Of what else is touched: one that was made anew under the old name, or is gone."""
    before = {one.target.place: one.target.resource_id for one in step.plan.beside(step.target)}
    for one in now.touched:
        target, seen = one.touch.target, one.looked
        was = before.get(target.place)
        if isinstance(seen, Unread) and seen.is_gone:
            return f"It also {one.touch.role} {target.identifier}, which AWS does not show now."
        current = target if isinstance(seen, Unread) else seen.database.target
        if was and was != current.resource_id:
            return (
                f"{target.identifier}, which it also {one.touch.role}, is another database now: "
                f"it was {was} and is {current.resource_id}."
            )
    return None


def _touches_more(step: Step, now: Now) -> str | None:
    """What nobody agreed to, or is not locked: another database, or more done to one of them."""
    before = {(one.target.place, one.role) for one in step.plan.beside(step.target)}
    for one in now.touches:
        if (one.target.place, one.role) not in before:
            return f"It {one.role} {one.target.identifier} as well now, which nobody agreed to."
    if missing := sorted(set(now.locks) - set(step.locks)):
        return f"It reaches more now than it holds: {', '.join(missing)}. Ask again."
    return None


def _other_call(before: Call, now: Call) -> str | None:
    if before == now:
        return None
    if before.action != now.action:
        return f"The call was {before.action} and would be {now.action}."
    names = sorted(before.arguments.keys() | now.arguments.keys())
    changes = [
        f"{name} was {_argument(before, name)} and would be {_argument(now, name)}"
        for name in names
        if _argument(before, name) != _argument(now, name)
    ]
    return f"The call would differ from what was approved: {', '.join(changes)}."


def _argument(call: Call, name: str) -> str:
    missing: Any = object()
    value = call.arguments.get(name, missing)
    return "absent" if value is missing else repr(value)


def _denied(now: Decision) -> str | None:
    if now.effect is not Effect.DENY:
        return None
    return f"It was allowed when it was asked for and is denied now ({now.rule}): {now.reason}"


def _riskier(before: Assessment, now: Assessment) -> str | None:
    if now.risk.rank <= before.risk.rank:
        return None
    reasons = [reason for reason in now.reasons if reason not in before.reasons]
    because = f": {', '.join(reasons)}" if reasons else ""
    return f"The risk was {before.risk} and is {now.risk} now{because}."


def _more_wanted(before: Decision, now: Decision) -> str | None:
    if now.approvals <= before.approvals:
        return None
    return f"It needed {approvals(before.approvals)} and needs {now.approvals} now ({now.rule})."


def _stricter_environment(request: Request, now: Now) -> str | None:
    before, current = request.classified.environment, now.case.environment
    order = list(Environment)
    newly_protected = now.decision.protected and not request.decision.protected
    if not newly_protected and order.index(current) >= order.index(before):
        return None
    if before is current:
        return f"{current.capitalize()} was not protected and is now."
    protection = ", which is protected" if now.decision.protected else ""
    return f"The environment was {before} and is {current} now{protection}."


def _approvers_lost(request: Request, now: Now) -> str | None:
    """Enough of those who saw this very plan must still count; fewer may be wanted by now."""
    wanted = min(request.decision.approvals, now.decision.approvals)
    valid = [vote for vote in request.approvals if vote.plan_hash == request.plan_hash]
    left = {vote.person for vote in valid} & now.eligible
    if len(left) >= wanted:
        return None
    lost = len(request.approvals) - len(left)
    who = "somebody" if lost == 1 else f"{lost} people"
    return (
        f"It had {approvals(len(request.approvals))} and has {len(left)} of {wanted} now, "
        f"because {who} who approved may no longer do so. Ask again. "
        "(Several accounts of one mailbox count as one person.)"
    )
