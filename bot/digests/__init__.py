"""Digests: what is worth knowing of a fleet, told at set times or when somebody asks."""

from bot.digests._service import Digests, below, details_key, put_off
from bot.digests._survey import Survey
from bot.digests._tick import DigestTick

__all__ = ["DigestTick", "Digests", "Survey", "below", "details_key", "put_off"]
