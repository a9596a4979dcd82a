"""Before and after: how a database does since a change, told in the thread of its card."""

from bot.aftermath._shifts import Stretch, against_week_before, overall, shifts
from bot.aftermath._tick import AftermathTick
from bot.aftermath._words import gravest_first, picture_title, told, verdict
from bot.values import Turn

__all__ = [
    "AftermathTick",
    "Stretch",
    "Turn",
    "against_week_before",
    "gravest_first",
    "overall",
    "picture_title",
    "shifts",
    "told",
    "verdict",
]
