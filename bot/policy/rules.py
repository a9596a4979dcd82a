"""One case against the rules."""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from typing import Any, ClassVar, Protocol

from pydantic import Field

from bot.policy.eligibility import access_of, distinct
from bot.settings import People, PolicySettings, Rule
from bot.values import (
    Assessment,
    Decision,
    Effect,
    Environment,
    Person,
    Risk,
    Value,
    folded,
    resembles,
)


class Kept(Value):
    """Where a database is, and what it and its family are tagged with."""

    account: str
    tags: Mapping[str, str] = Field(default_factory=dict)
    kin: tuple[Mapping[str, str], ...] = ()  #: the tags of each other database of its family
    is_whole: bool = True  #: everybody of that family could be read


class Case(Kept):
    """What the rules look at: a change, after ``assessed``, and the database it is for."""

    operation: str
    assessment: Assessment
    environment: Environment  #: the strictest of all that it touches
    also: frozenset[Environment] = frozenset()  #: what else tags, names or families say
    touched: tuple[Kept, ...] = ()  #: the others that it touches


class Judgeable(Protocol):
    """What a change declares of itself."""

    name: ClassVar[str]
    risk: ClassVar[Risk]
    irreversible: ClassVar[bool]


def assessed(operation: Judgeable, assessment: Assessment, policy: PolicySettings) -> Assessment:
    """The risk with ``policy.risk`` applied.

    The setting takes the place of the operation's own risk; what the database's state or the
    parameters raised stays raised, and an irreversible operation can only be raised.
    """
    setting = policy.risk.get(operation.name)
    if setting is None or setting is assessment.risk:
        return assessment
    reason = f"policy.risk sets {operation.name} to {setting}"
    if operation.irreversible and setting.rank < assessment.risk.rank:
        reason += ", but what cannot be undone can only be raised"
        return _because(assessment.risk, assessment, reason)
    if setting.rank < assessment.risk.rank and operation.risk.rank < assessment.risk.rank:
        return _because(assessment.risk, assessment, reason + ", but this case is riskier")
    return _because(setting, assessment, reason)


def stricter(one: Assessment, other: Assessment | None) -> Assessment:
    """The higher risk of both; what looking has found raises it, and makes nothing milder."""
    if other is None or other.risk.rank < one.risk.rank:
        return one
    reasons = dict.fromkeys((*one.reasons, *other.reasons))
    return Assessment(risk=other.risk, reasons=tuple(reasons))


def rule_for(case: Case, policy: PolicySettings) -> Rule:
    """The first rule that matches; the settings see to it that one does."""
    return policy.rules[_matching(case, policy)]


def decide(case: Case, policy: PolicySettings, approvers: People | None) -> Decision:
    """The policy's word; ``approvers`` are those of ``access``, for rules that name none."""
    number = _matching(case, policy)
    rule = policy.rules[number]
    risk = case.assessment.risk
    decision = Decision(
        effect=Effect.DENY,
        rule=f"rule {number + 1} of {len(policy.rules)}: {conditions(rule)}{_why(rule, case)}",
        approvers=access_of(rule.approvers or approvers),
        expires_after=(rule.expires_after or policy.expires_after).of(risk),
        send_within=rule.send_within or policy.send_within,
        protected=case.environment in protected(policy),
    )
    if rule.approvals is None:
        return decision.model_copy(update={"reason": rule.deny})
    return _wanting(decision, rule.approvals.of(risk), risk)


def protected(policy: PolicySettings) -> frozenset[Environment]:
    """Environments that a rule denies, or for which it wants more approvals than the last rule.

    Where the last rule denies, these are all environments that no rule before it lets pass.
    """
    *rules, last = policy.rules
    singled_out = {
        environment
        for rule in rules
        for environment in rule.environment
        if _is_stricter(rule, last)
    }
    if last.approvals is not None:
        return frozenset(singled_out)
    passing = {one for rule in rules if rule.approvals for one in rule.environment}
    return frozenset(singled_out | (set(Environment) - passing))


def enough(decision: Decision, eligible: Collection[Person]) -> str | None:
    """Why the approvals wanted can never come together, or None where they can.

    ``eligible`` are the people whose approval would count, so never the requester; several
    accounts of one human being are one of them.
    """
    eligible = distinct(eligible)
    if decision.effect is not Effect.APPROVE or len(eligible) >= decision.approvals:
        return None
    there_are = {0: "nobody", 1: "only one person"}.get(len(eligible), f"only {len(eligible)}")
    names = f" ({', '.join(sorted(person.name for person in eligible))})" if eligible else ""
    return (
        f"This needs {approvals(decision.approvals)} from people other than you, and {there_are}"
        f"{names} could give one. Ask whoever runs the bot to name more approvers "
        "(access.approvers in rds-bot.yml)."
    )


def approvals(number: int) -> str:
    return "1 approval" if number == 1 else f"{number} approvals"


def _because(risk: Risk, assessment: Assessment, reason: str) -> Assessment:
    return Assessment(risk=risk, reasons=(*assessment.reasons, reason))


class Match(IntEnum):
    """Whether a condition holds; PERHAPS where tags contradict each other, or were not read, and
    where it holds for some of what is touched and not for all."""

    NO = 0
    PERHAPS = 1
    YES = 2


def _matching(case: Case, policy: PolicySettings) -> int:
    """The first rule that matches, in each environment that is said of it; of those rules the one
    that demands most."""
    others = sorted(case.also - {case.environment})
    first = (_matching_in(one, case, policy) for one in (case.environment, *others))
    return max(first, key=lambda number: _demand(policy.rules[number], case.assessment.risk))


def _matching_in(environment: Environment, case: Case, policy: PolicySettings) -> int:
    """The first rule that matches, or one before it that may, where that is stricter."""
    candidates: list[int] = []
    for number, rule in enumerate(policy.rules):
        match = _matches(rule, environment, case)
        if match:
            candidates.append(number)
        if match is Match.YES:
            break
    risk = case.assessment.risk
    return max(candidates, key=lambda number: _demand(policy.rules[number], risk))


def _why(rule: Rule, case: Case) -> str:
    """Why a rule for another environment than the one that is shown."""
    if not rule.environment or case.environment in rule.environment:
        return ""
    touched = "something that it touches, or " if case.touched else ""
    return f", as {touched}one of its tags, its names or its family says"


def _demand(rule: Rule, risk: Risk) -> float:
    """How many approvals it wants; a denial is more than any."""
    return math.inf if rule.approvals is None else rule.approvals.of(risk)


def _matches(rule: Rule, environment: Environment, case: Case) -> Match:
    plainly = (
        (not rule.environment or environment in rule.environment)
        and (not rule.operation or case.operation in rule.operation)
        and (not rule.risk or case.assessment.risk in rule.risk)
    )
    return min(_of_all(rule, case), default=Match.YES) if plainly else Match.NO


def _of_all(rule: Rule, case: Case) -> Iterator[Match]:
    """How each condition about databases holds for all that is touched."""
    kept = (case, *case.touched)
    if rule.account:
        yield _together(Match.YES if it.account in rule.account else Match.NO for it in kept)
    for key, values in rule.tag.items():
        yield _together(_has_tag(it, key, values) for it in kept)


def _together(matches: Iterable[Match]) -> Match:
    """Where some say yes and others no, the rule holds if it is the stricter one."""
    said = set(matches)
    return said.pop() if len(said) == 1 else Match.PERHAPS


def _has_tag(case: Kept, key: str, values: Sequence[str]) -> Match:
    """Keys and values are folded, so one database may have a key twice, as Team and team.

    YES where it has the tag, and no other value of that key stands anywhere in its family; NO
    where that value stands nowhere in it, nor anything that only looks like it.
    """
    wanted = set(map(folded, values))
    own = _values(case.tags, key)
    found = own.union(*(_values(tags, key) for tags in case.kin))
    family = (case.tags, *case.kin)
    if not case.is_whole or any(resembles(name, key) for tags in family for name in tags):
        return Match.PERHAPS
    if own and found <= wanted:
        return Match.YES
    near = any(resembles(value, one) for value in found for one in wanted)
    return Match.PERHAPS if found & wanted or near else Match.NO


def _values(tags: Mapping[str, str], key: str) -> frozenset[str]:
    return frozenset(folded(value) for name, value in tags.items() if folded(name) == folded(key))


def conditions(rule: Rule) -> str:
    """``environment is staging and risk is high``; of a rule without any: everything else."""
    named = {
        "environment": rule.environment,
        "operation": rule.operation,
        "account": rule.account,
        **{f"tag {key}": values for key, values in rule.tag.items()},
        "risk": rule.risk,
    }
    words = [f"{what} is {' or '.join(values)}" for what, values in named.items() if values]
    return " and ".join(words) or "everything else"


def _wanting(decision: Decision, wanted: int, risk: Risk) -> Decision:
    if not wanted:
        told: dict[str, Any] = {
            "effect": Effect.ALLOW,
            "reason": f"A change of {risk} risk needs no approval.",
        }
    elif not decision.approvers:
        told = {
            "reason": f"A change of {risk} risk needs {approvals(wanted)}, and nobody is set who "
            "could approve. Ask whoever runs the bot to set access.approvers in rds-bot.yml."
        }
    else:
        told = {
            "effect": Effect.APPROVE,
            "approvals": wanted,
            "reason": f"A change of {risk} risk needs {approvals(wanted)}.",
        }
    return decision.model_copy(update=told)


def _is_stricter(rule: Rule, last: Rule) -> bool:
    if rule.approvals is None:
        return True
    if last.approvals is None:
        return False
    risks = rule.risk or tuple(Risk)
    return any(rule.approvals.of(risk) > last.approvals.of(risk) for risk in risks)
