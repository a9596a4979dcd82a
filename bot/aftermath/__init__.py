"""Before and after: how a database does since a change, told in the thread of its card."""

from bot.aftermath._judging import Stretch, Turn, against_week_before, overall, shifts
from bot.aftermath._looking import Aftermaths
from bot.aftermath._wording import told, verdict

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
