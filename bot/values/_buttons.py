"""Buttons that look, and buttons that open a form; neither changes anything by itself."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from urllib.parse import quote, unquote

from bot.values._answers import Button, Menu
from bot.values._metrics import Range

RUN = "query.run"  #: action of a button whose value is a command that only looks
FORM = "form.open"  #: action of a button whose value is what `asking` writes
CHANGES = "launch.changes"  #: action of a button whose value is a database, as it is typed
WEEK_BEFORE, ALL = "--week-before", "--all"
LONG = 115  #: characters of a command, behind which a choice has no room for its range
_BLANK = re.compile(r"[%\s]")  #: of a value: blanks part one from another
#: Characters that Slack keeps of a button's value.
#: https://docs.slack.dev/reference/block-kit/block-elements/button-element
BUTTON_VALUE = 2_000
KEEP, STOP = "live.keep", "live.stop"  #: actions of what is kept fresh
AGAIN = "picture.again"  #: its value is the command that the picture answers
OPEN_CHART, SHARE_CHART = "picture.open", "picture.share"  #: of a private reply


def looking(label: str, line: str) -> Button:
    """Runs a command that only looks. Raises nothing: a command that changes is refused when it is
    pressed."""
    return Button(label=label, action=f"{RUN}.{_slug(label)}", value=line)


def asking(
    label: str,
    operation: str,
    target: str,
    reason: str = "",
    values: Mapping[str, str] = MappingProxyType({}),
) -> Button:
    """Opens the form of a change, with the database, the reason and other values filled in.

    ``target``: in full, as it is typed; ``values``: by parameter, one a line where it takes
    several. Nothing is asked for until the form is sent.
    """
    given = (f"{name}={_BLANK.sub(_escaped, one)}" for name, one in values.items())
    value = " ".join((operation, target, *given))
    value = f"{value}\n{reason}" if reason else value
    return Button(label=label, action=f"{FORM}.{operation}", value=value)


def changing(label: str, target: str) -> Button:
    """Opens all the changes that fit a database, by what they are for."""
    return Button(label=label, action=CHANGES, value=target)


def filled(given: Sequence[str]) -> dict[str, str]:
    """The values that ``asking`` wrote, by parameter."""
    pairs = (one.partition("=") for one in given if "=" in one)
    return {name: unquote(value) for name, _, value in pairs}


def _escaped(found: re.Match[str]) -> str:
    return quote(found[0])


def ranges(line: str, shown: Range) -> tuple[Menu | Button, ...]:
    """The same over another time, and over the same time anew.

    ``line`` is the command without its range. One that is too long for a select has two buttons.
    """
    again = refresh(f"{line} --range {shown}")
    if len(line) > LONG:
        others = [span for span in (Range.WEEK, Range.DAY, Range.HOUR) if span is not shown]
        return (*(_over(line, span) for span in others[:2]), again)
    choices = tuple(_over(line, span) for span in Range)
    return (Menu(label="Range", choices=choices, chosen=shown.label), again)


def _over(line: str, span: Range) -> Button:
    return Button(label=span.label, action=f"picture.{span}", value=f"{line} --range {span}")


def refresh(line: str) -> Button:
    """The same anew: a picture's own command."""
    return Button(label="↻ Refresh", action=AGAIN, value=line)


def more(*choices: Button) -> Menu:
    """What is wanted less often."""
    return Menu(label="More", choices=choices)


def week_before(line: str, is_shown: bool) -> Button:
    """Shows the week before beside it, or leaves it out again. ``line``: without either."""
    if is_shown:
        return Button(label="Without last week", action="picture.week", value=line)
    label = "Compare with last week"
    return Button(label=label, action="picture.week", value=f"{line} {WEEK_BEFORE}")


def all_panels(line: str, is_shown: bool) -> Button:
    """Shows every panel in place of the unusual ones, or those again. ``line``: without either."""
    if is_shown:
        return Button(label="Unusual panels", action="picture.all", value=line)
    return Button(label="All panels", action="picture.all", value=f"{line} {ALL}")


def keep_fresh(line: str) -> Button:
    """Posts it where that is pressed, for all to see."""
    return Button(label="Post live chart here (1 h)", action=KEEP, value=line)


def _slug(label: str) -> str:
    """Of letters and digits: action ids differ within a block."""
    return "".join(filter(str.isalnum, label)).lower()
