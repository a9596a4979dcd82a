"""A change that the policy denies."""

from bot.values import Classified, Strong
from handlers.blocks.cloudops import CREATE
from handlers.blocks.elements import Payload, actions, button, context, notification
from handlers.blocks.rich import lines, rich_text


def denied(reason: str, seq: int | None, classified: Classified | None = None) -> Payload:
    """``reason`` is the policy's sentence, ``seq`` the audit row that holds the denial.

    None: it cannot be handed on.
    """
    blocks = [rich_text(lines((Strong(text="Denied:"), f" {reason}")))]
    if classified is not None:
        why = f"It counts as {classified.environment}, by {classified.rule}."
        blocks.append(context((why,)))
    if seq is not None:
        offer = button("Create CloudOps request", CREATE, str(seq), "primary")
        blocks += actions([offer])
    return {"text": notification((f"Denied: {reason}",)), "blocks": blocks}
