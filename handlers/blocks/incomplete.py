"""The reply to a command that leaves something out, where no form can be opened at once."""

from bot.operation import Query
from bot.values import Code
from handlers.blocks.elements import BUTTON_VALUE, Payload, actions, button
from handlers.blocks.error import problem
from handlers.parser import Incomplete

ACTION = "command.finish"


def unfinished(incomplete: Incomplete, typed: str, before: str = "") -> Payload:
    """What is missing, how it is typed, and a button that opens the form with what was typed.

    The button carries ``typed``; a text too long for it has to be typed again.
    """
    operation = incomplete.operation
    missing = " and ".join(operation.parameter(name).usage for name in incomplete.missing)
    usage, example = Code(text=operation.usage()), Code(text=f"/rds {operation.example}")
    lacking = f"{before} {missing} is missing. It reads: ".lstrip()
    said = (lacking, usage, ", for example ", example)
    drawn = problem(said)
    if issubclass(operation, Query) or len(typed) > BUTTON_VALUE:
        return drawn
    fill_in = button("Fill in the rest", ACTION, typed, "primary")
    return {**drawn, "blocks": [*drawn["blocks"], *actions([fill_in])]}
