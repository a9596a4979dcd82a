"""A private reply where something went wrong: what, why, what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.values import BUTTON_VALUE, RUN, Code, Line
from handlers.blocks.elements import Payload, actions, button, notification
from handlers.blocks.rich import bullets, lines, rich_text
from handlers.blocks.text import plain, visible

SENTENCE = 2000
CHOICES = 5


@dataclass(frozen=True)
class Suggestion:
    """A command that may have been meant; ``about`` says more, ``runs`` gives it a button."""

    command: str
    about: str = ""
    runs: bool = False


def problem(
    sentence: str | Line, offers: Sequence[Suggestion] = (), reference: str | None = None
) -> Payload:
    """``text`` and ``blocks``; ``reference`` is the id under which the log tells more."""
    line: Line = (sentence,) if isinstance(sentence, str) else sentence
    said: Line = line if plain(line).strip() else ("Something went wrong, and nothing tells what.",)
    logged: list[Line] = [("Reference: ", Code(text=reference))] if reference else []
    block = rich_text(
        lines(said, limit=SENTENCE), bullets(map(_offered, offers[:CHOICES])), lines(*logged)
    )
    runnable = [visible(one.command) for one in offers[:CHOICES] if one.runs]
    pressed = [
        button(f"Run {command}", f"{RUN}.{number}", command)
        for number, command in enumerate(runnable)
        if 0 < len(command) <= BUTTON_VALUE
    ]
    return {"text": notification(said), "blocks": [block, *actions(pressed)]}


def _offered(offer: Suggestion) -> Line:
    shown = Code(text=offer.command)
    return (shown, f" {offer.about}") if offer.about else (shown,)
