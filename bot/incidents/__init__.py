"""Alarms and RDS events as incidents: seen, told in one channel, taken care of by people."""

from bot.incidents._actions import MORNING, SPANS, IncidentActions
from bot.incidents._reach import open_incidents
from bot.incidents._siblings import redrawn, siblings_of
from bot.incidents._watch import Watch

__all__ = [
    "MORNING",
    "SPANS",
    "IncidentActions",
    "Watch",
    "open_incidents",
    "redrawn",
    "siblings_of",
]
