"""The reply to a command that leaves something out, where no form can be opened at once."""

from bot.values import BUTTON_VALUE, Code, asking
from handlers.blocks.elements import Element, Payload, actions, button, controls
from handlers.blocks.error import problem
from handlers.parser import Incomplete

ACTION = "command.finish"
OPEN = "Open the form"
ASKED = "the form asks for the rest. Nothing happens before you send it."
LATE = "I could not open the form in time. Press the button for another try."


def unfinished(incomplete: Incomplete, typed: str, before: str = "") -> Payload:
    """What is missing, and a button that opens the form with what was typed.

    The button carries ``typed``; a text too long for it has to be typed again.
    """
    operation = incomplete.operation
    labels = [operation.parameter(name).label.lower() for name in incomplete.missing]
    lacking = f"I still need the {' and the '.join(labels)}." if labels else ASKED
    said = before or f"{operation.label()}: {lacking}"
    if len(typed) > BUTTON_VALUE:
        return problem((f"{said} It reads: ", Code(text=operation.usage())))
    drawn = problem(said)
    return {**drawn, "blocks": [*drawn["blocks"], *actions([_opening(incomplete, typed)])]}


def _opening(incomplete: Incomplete, typed: str) -> Element:
    """Where the thread says the database nothing is missing any more, but it is not asked for."""
    if incomplete.missing:
        return button(OPEN, ACTION, typed, "primary")
    target = str(incomplete.values["target"])
    [found] = controls(asking(OPEN, incomplete.operation.name, target, incomplete.reason))
    return found
