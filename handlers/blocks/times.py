"""Instants in words. Instants are microseconds since 1970, UTC."""

from datetime import UTC, datetime

from bot.values import SECOND


def utc(at: int) -> str:
    """``2026-11-20 14:03 UTC``"""
    return f"{datetime.fromtimestamp(at // SECOND, UTC):%Y-%m-%d %H:%M} UTC"


def utc_day(at: int) -> str:
    """``2026-11-20``, the day that it is in UTC."""
    return f"{datetime.fromtimestamp(at // SECOND, UTC):%Y-%m-%d}"
