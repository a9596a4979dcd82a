"""Buttons below a picture. Each holds a command that only looks, and runs it anew."""

from bot.values._answers import Button
from bot.values._metrics import Range

WEEK_BEFORE = "--week-before"
KEEP, STOP = "live.keep", "live.stop"  #: actions of what is kept fresh


def ranges(line: str, shown: Range) -> tuple[Button, ...]:
    """The same over another time; over the same time it is read anew.

    ``line`` is the command without its range.
    """
    return tuple(
        Button(
            label=f"Refresh {span}" if span is shown else span.value,
            action=f"picture.{span}",
            value=f"{line} --range {span}",
        )
        for span in Range
    )


def week_before(line: str, is_shown: bool) -> Button:
    """Shows the week before beside it, or leaves it out again. ``line``: without either."""
    if is_shown:
        return Button(label="Without the week before", action="picture.week", value=line)
    return Button(label="Week before", action="picture.week", value=f"{line} {WEEK_BEFORE}")


def keep_fresh(line: str) -> Button:
    return Button(label="Keep fresh", action=KEEP, value=line)
