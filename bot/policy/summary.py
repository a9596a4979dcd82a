"""What the rules say of a change in general, for whoever thinks of asking for it."""

from collections.abc import Iterator

from bot.policy.rules import approvals, conditions
from bot.settings import PolicySettings, Rule
from bot.values import Risk


def lowest_risk(name: str, risk: Risk, irreversible: bool, policy: PolicySettings) -> Risk:
    """Of a change that declares this of itself, before its case raises it."""
    setting = policy.risk.get(name, risk)
    return Risk.highest(risk, setting) if irreversible else setting


def rules_for(name: str, lowest: Risk, policy: PolicySettings) -> tuple[str, ...]:
    """A sentence for each rule that a change can meet, in the order in which they are tried."""
    risks = [risk for risk in Risk if risk.rank >= lowest.rank]
    return tuple(_sentences(name, policy, risks))


def _sentences(name: str, policy: PolicySettings, risks: list[Risk]) -> Iterator[str]:
    for rule in policy.rules:
        met = [risk for risk in risks if not rule.risk or risk in rule.risk]
        if met and (not rule.operation or name in rule.operation):
            where = "Everywhere else" if rule.is_unconditional else f"Where {conditions(rule)}"
            yield f"{where}: {_verdict(rule, met)}"


def _verdict(rule: Rule, risks: list[Risk]) -> str:
    if rule.approvals is None:
        return f"not allowed. {rule.deny}"
    wanted = {risk: rule.approvals.of(risk) for risk in risks}
    whose = ", from approvers of its own" if rule.approvers else ""
    if len(set(wanted.values())) == 1:
        return f"{_needs(wanted[risks[0]])}{whose}."
    each = (f"{_needs(number)} at {risk} risk" for risk, number in wanted.items())
    return f"{', '.join(each)}{whose}."


def _needs(number: int) -> str:
    return approvals(number) if number else "no approval"
