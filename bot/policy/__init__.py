"""What must be agreed to by whom, and whether that still holds: facts in, decisions out."""

from bot.policy.recheck import Now, Worse, Worsening, altered, outruled, still_approved
from bot.policy.rules import Case, Judgeable, assessed, decide, enough, protected, rule_for
from bot.policy.summary import lowest_risk, rules_for

__all__ = [
    "Case",
    "Judgeable",
    "Now",
    "Worse",
    "Worsening",
    "altered",
    "assessed",
    "decide",
    "enough",
    "lowest_risk",
    "outruled",
    "protected",
    "rule_for",
    "rules_for",
    "still_approved",
]
