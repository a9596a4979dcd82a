"""Waits that are stored as instants, and do not outlast a clock that is put back."""

from typing import Any

from sqlalchemy import ColumnElement, or_


def passed(until: ColumnElement[Any], now: int, longest: int) -> ColumnElement[bool]:
    """``bot.values.passed`` in SQL: over, or further off than anybody sets it."""
    return or_(until <= now, until > now + 2 * longest)
