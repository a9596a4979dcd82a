"""What ``/rds`` alone opens: what can be done from here, and what is open or waits."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from bot.operation import Change, Control, Operation, Topic
from bot.values import Code, Line, Request, Strong, asking
from handlers.blocks.elements import (
    MENU,
    OPTION,
    OPTIONS,
    Payload,
    actions,
    button,
    context,
    header,
    option,
    placeholder,
    plain_text,
    section,
)
from handlers.blocks.modal import modal, title
from handlers.blocks.phrases import MEMBERS_ONLY
from handlers.blocks.rich import Block
from handlers.blocks.rows import rows, to_cancel, to_decide

CALLBACK = "launcher"
LAUNCH = "launch."
BUTTONS = 25  #: a block holds no more
#: Of these there are buttons, in this order.
COMMON = ("create_snapshot", "reboot_instance", "show_metrics", "list_databases")
NOTHING = "No request waits for you."
MOST = 15  #: requests of a list

WAITING = "/rds requests"
MINE = "/rds requests --mine"


class Desktop(NamedTuple):
    """What one person has before them; ``channel`` is where they are, None: in no channel."""

    operations: Sequence[type[Operation]]
    mine: Sequence[Request]
    waiting: Sequence[Request]
    channel: str | None


def launcher(desktop: Desktop, notice: Sequence[Block] = ()) -> Payload:
    """What waits first, then how to begin. ``notice`` is what came of the last click."""
    waiting = rows(desktop.waiting, to_decide, MOST, (Code(text=WAITING),))
    mine = rows(desktop.mine, to_cancel, MOST, (Code(text=MINE),))
    blocks = [
        *notice,
        *_under("Waiting for you", waiting, NOTHING),
        *beginnings(desktop.operations, more=True),
        *_under("Your open requests", mine),
    ]
    return _view(desktop, blocks)


def closed_launcher(desktop: Desktop) -> Payload:
    """For guests and people of other workspaces."""
    few = actions([_verb(one) for one in desktop.operations][:BUTTONS])
    return _view(desktop, [section((MEMBERS_ONLY,)), *few])


def beginnings(operations: Iterable[type[Operation]], *, more: bool = False) -> Iterator[Block]:
    """A button for each of the commonest; with ``more`` the rest behind selects."""
    usable = {one.name: one for one in operations}
    first = [_verb(usable.pop(name)) for name in COMMON if name in usable]
    yield from actions([*first, *(_selects(usable.values()) if more else ())])


def changes_of(
    database: str, head: Line, changes: Sequence[type[Change]], channel: str | None
) -> Payload:
    """Those that fit one database, named as it is typed: a row of buttons for each topic."""
    blocks = [section(head if changes else (*head, ". No change fits it now."))]
    for topic in Topic:
        if buttons := [_form(one, database) for one in changes if one.topic is topic]:
            blocks += [section((Strong(text=topic.heading),)), *actions(buttons)]
    return {
        **modal("Changes", blocks),
        "private_metadata": json.dumps({"channel": channel}),
    }


def _form(change: type[Change], database: str) -> dict[str, Any]:
    label = f"{title(change)}…"
    given = asking(label, change.name, database)
    return button(label, given.action, given.value, spoken=f"{label} {change.summary()}")


def asks_nothing(operation: type[Operation]) -> bool:
    """A query that can be answered without a form."""
    needs = any(field.is_required() for field in operation.model_fields.values())
    return not (needs or issubclass(operation, Change | Control))


def _view(desktop: Desktop, blocks: Sequence[Block]) -> Payload:
    return {
        **modal("RDS Ops Bot", blocks),
        "callback_id": CALLBACK,
        "private_metadata": json.dumps({"channel": desktop.channel}),
    }


def _under(heading: str, drawn: Sequence[Block], nothing: str = "") -> Iterator[Block]:
    if drawn:
        yield header(heading)
        yield from drawn
    elif nothing:
        yield context((nothing,))


def _selects(operations: Iterable[type[Operation]]) -> Iterator[dict[str, Any]]:
    """What asks for a change, and what looks: by topic each, as there are many.

    A choice stands for the button that it replaces: see ``handlers.intake.menus``.
    """
    groups = defaultdict(list)
    for one in sorted(filter(_is_offered, operations), key=lambda it: it.verb):
        groups[one.topic].append(option(_label(one), f"{LAUNCH}{one.name} {one.name}"))
    for name, words, of_changes in (("changes", "Change…", True), ("more", "More…", False)):
        topics = [one for one in Topic if groups[one] and one.is_of_changes is of_changes]
        if topics:
            yield {
                "type": "static_select",
                "action_id": f"{MENU}{name}",
                **placeholder(words),
                "option_groups": [
                    {"label": plain_text(one.heading, OPTION), "options": groups[one][:OPTIONS]}
                    for one in topics
                ],
            }


def _is_offered(operation: type[Operation]) -> bool:
    """Decisions have their buttons at the requests."""
    return not issubclass(operation, Control) or operation.topic is Topic.DIGESTS


def _label(operation: type[Operation]) -> str:
    return title(operation) if asks_nothing(operation) else f"{title(operation)}…"


def _verb(operation: type[Operation]) -> dict[str, Any]:
    label = _label(operation)
    spoken = f"{label} {operation.summary()}"
    return button(label, f"{LAUNCH}{operation.name}", operation.name, spoken=spoken)
