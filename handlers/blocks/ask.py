"""The first of two forms after "Ask about this database": what to ask, of which database, why."""

import json
from collections.abc import Mapping, Sequence

from bot.operation import Change, Operation
from handlers.blocks.elements import (
    OPTION,
    OPTIONS,
    Element,
    Payload,
    context,
    input_block,
    option,
    placeholder,
    plain_text,
)
from handlers.blocks.form import ACTION, PICK, Offer, picked
from handlers.blocks.modal import TITLE, modal, title
from handlers.blocks.text import cut, visible

CALLBACK = "asking"
LOOKING = "show_database"
#: What is looked at with a database alone, the commonest first.
LOOKS = ("show_metrics", "show_top", "show_connections", "show_events", LOOKING)
WHAT, TARGET, REASON = "what", "target", "reason"
LONGEST_REASON = 1000
WHY = "Why is this needed? Approvers see it."
HEADING = "Ask about a database"
GUIDE = "The message is quoted as the reason. Nothing is asked for before the next form is sent."


def asking(
    catalogue: Mapping[str, type[Operation]], guess: Sequence[Offer], reason: str, channel: str
) -> Payload:
    """``guess`` is the database that the message seems to mean, or none."""
    looks = [catalogue[name] for name in LOOKS if name in catalogue]
    offered = [*looks, *(one for one in catalogue.values() if issubclass(one, Change))]
    blocks = [
        context((GUIDE,)),
        input_block(WHAT, "What", _choice(offered)),
        input_block(TARGET, "Database", _picker(guess)),
        input_block(REASON, "Reason", _prose(reason), hint=WHY, optional=True),
    ]
    return {
        **modal(HEADING, blocks),
        "callback_id": CALLBACK,
        "submit": plain_text("Next", TITLE),
        # the picker searches for what this operation takes: databases of either kind
        "private_metadata": json.dumps({"operation": LOOKING, "channel": channel}),
    }


def _choice(offered: list[type[Operation]]) -> Element:
    options = [_offered(one) for one in offered][:OPTIONS]
    return {
        "type": "static_select",
        "action_id": ACTION,
        "options": options,
        "initial_option": options[0],
    }


def _offered(operation: type[Operation]) -> Element:
    summary = plain_text(visible(operation.summary()), OPTION)
    return {**option(title(operation), operation.name), "description": summary}


def _picker(guess: Sequence[Offer]) -> Element:
    chosen = {"initial_option": picked(guess[0])} if guess else {}
    return {
        "type": "external_select",
        "action_id": PICK,
        "min_query_length": 0,
        **placeholder("Type a part of its name"),
        **chosen,
    }


def _prose(reason: str) -> Element:
    said = cut(visible(reason), LONGEST_REASON)
    initial = {"initial_value": said} if said else {}
    return {"type": "plain_text_input", "action_id": ACTION, "multiline": True, **initial}
