"""Metrics as series: which ones a database has, what they show, and what that means in words."""

from bot.monitoring._presets import WORDS, chosen, preset
from bot.monitoring._reading import READING, Monitoring
from bot.monitoring._storage import outlook
from bot.monitoring._trends import days_left

__all__ = [
    "READING",
    "WORDS",
    "Monitoring",
    "chosen",
    "days_left",
    "outlook",
    "preset",
]
