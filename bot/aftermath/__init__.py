"""Before and after: how a database does since a change, told in the thread of its card."""

from bot.aftermath._judging import Stretch, against_week_before, overall, shifts
from bot.aftermath._looking import Aftermaths
from bot.aftermath._wording import told, verdict
from bot.vocabulary import Turn

__all__ = [
    "Aftermaths",
    "Stretch",
    "Turn",
    "against_week_before",
    "overall",
    "shifts",
    "told",
    "verdict",
]
