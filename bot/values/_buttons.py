"""Buttons that look, and buttons that open a form; neither changes anything by itself."""

from bot.values._answers import Button
from bot.values._metrics import Range

RUN = "query.run"  #: action of a button whose value is a command that only looks
FORM = "form.open"  #: action of a button whose value is what `asking` writes
WEEK_BEFORE = "--week-before"
KEEP, STOP = "live.keep", "live.stop"  #: actions of what is kept fresh


def looking(label: str, line: str) -> Button:
    """Runs a command that only looks. Raises nothing: a command that changes is refused when it is
    pressed."""
    return Button(label=label, action=f"{RUN}.{_slug(label)}", value=line)


def asking(label: str, operation: str, target: str, reason: str = "") -> Button:
    """Opens the form of a change, with the database and the reason filled in.

    ``target``: in full, as it is typed. Nothing is asked for until the form is sent.
    """
    value = f"{operation} {target}\n{reason}" if reason else f"{operation} {target}"
    return Button(label=label, action=f"{FORM}.{operation}", value=value)


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


def _slug(label: str) -> str:
    """Of letters and digits: action ids differ within a block."""
    return "".join(filter(str.isalnum, label)).lower()
