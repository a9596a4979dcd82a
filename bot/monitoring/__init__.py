"""Metrics as series: which ones a database has, what they show, and what that means in words."""

from bot.monitoring._alarms import (
    ALARMS,
    firing,
    headed,
    latest,
    limits,
    lined,
    measured,
    rule,
    spoken,
    watched,
    with_lines,
)
from bot.monitoring._findings import Finding, happening
from bot.monitoring._panels import SHOWN, WORDS, chosen, preset
from bot.monitoring._reader import READING, Monitoring
from bot.monitoring._storage import outlook
from bot.monitoring._trends import days_left
from bot.monitoring._unread import reason as unread_because

__all__ = [
    "ALARMS",
    "READING",
    "SHOWN",
    "WORDS",
    "Finding",
    "Monitoring",
    "chosen",
    "days_left",
    "firing",
    "happening",
    "headed",
    "latest",
    "limits",
    "lined",
    "measured",
    "outlook",
    "preset",
    "rule",
    "spoken",
    "unread_because",
    "watched",
    "with_lines",
]
