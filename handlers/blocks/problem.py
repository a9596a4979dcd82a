"""A private reply where something went wrong: what, why, what to do next."""

from collections.abc import Sequence

from bot.values import Code, Line
from handlers.blocks.elements import Payload, notification
from handlers.blocks.rich import bullets, lines, rich_text
from handlers.blocks.text import plain

SENTENCE = 2000
CHOICES = 5


def problem(
    sentence: str | Line, choices: Sequence[str] = (), reference: str | None = None
) -> Payload:
    """``text`` and ``blocks``. ``choices`` are names or commands that may have been meant.

    ``reference`` is the id under which the log tells more.
    """
    line: Line = (sentence,) if isinstance(sentence, str) else sentence
    said: Line = line if plain(line).strip() else ("Something went wrong, and nothing tells what.",)
    meant: list[Line] = [("Did you mean:",)] if choices else []
    logged: list[Line] = [("Reference: ", Code(text=reference))] if reference else []
    block = rich_text(
        lines(said, *meant, limit=SENTENCE),
        bullets((Code(text=choice),) for choice in choices[:CHOICES]),
        lines(*logged),
    )
    return {"text": notification(said), "blocks": [block]}
