"""Digests: what is worth knowing of a fleet, told at set times or when somebody asks."""

from bot.digests._office import Digests, below
from bot.digests._rounds import Rounds
from bot.digests._survey import Survey

__all__ = ["Digests", "Rounds", "Survey", "below"]
