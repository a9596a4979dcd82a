"""What must be agreed to by whom, and whether that still holds: facts in, decisions out."""

from bot.policy._deciding import Case, Judged, assessed, decide, enough, protected, rule_for
from bot.policy._worsening import Now, Worse, Worsening, still_approved

__all__ = [
    "Case",
    "Judged",
    "Now",
    "Worse",
    "Worsening",
    "assessed",
    "decide",
    "enough",
    "protected",
    "rule_for",
    "still_approved",
]
