"""Before and after: how a database does since a change, told in the thread of its card."""

from bot.aftermath._shifts import Stretch, against_week_before, overall, shifts
from bot.aftermath._tick import AftermathTick
from bot.aftermath._words import told, verdict
from bot.values import Turn

__all__ = [
    "AftermathTick",
    "Stretch",
    "Turn",
    "against_week_before",
    "overall",
    "shifts",
    "told",
    "verdict",
]
