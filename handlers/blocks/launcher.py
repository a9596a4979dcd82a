"""What ``/rds`` alone opens: what can be done from here, and what is open or waits."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from bot.operation import Change, Control, Operation
from bot.values import Code, Request
from handlers.blocks.elements import Payload, actions, button, context, header, section
from handlers.blocks.modal import modal, title
from handlers.blocks.phrases import MEMBERS_ONLY
from handlers.blocks.rich import Block
from handlers.blocks.rows import Row, rows, to_cancel, to_decide

CALLBACK = "launcher"
LAUNCH = "launch."
BUTTONS = 25  #: of each kind; a block holds no more
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
    """``notice`` is what came of the last click."""
    return _view(desktop, [*notice, *_verbs_of(desktop), *_lists(desktop)])


def closed_launcher(desktop: Desktop) -> Payload:
    """For guests and people of other workspaces."""
    return _view(desktop, [section((MEMBERS_ONLY,)), *_verbs_of(desktop)])


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


def _verbs_of(desktop: Desktop) -> Iterator[Block]:
    changes = [one for one in desktop.operations if issubclass(one, Change)]
    yield from _verbs("Change a database", changes)
    others = [one for one in desktop.operations if not issubclass(one, Change | Control)]
    yield from _verbs("Look", others)


def _lists(desktop: Desktop) -> Iterator[Block]:
    yield from _list("My open requests", desktop.mine, to_cancel, MINE)
    yield from _list("Waiting for me", desktop.waiting, to_decide, WAITING)


def _verbs(heading: str, operations: Iterable[type[Operation]]) -> Iterator[Block]:
    listed = sorted(operations, key=lambda one: one.verb)[:BUTTONS]
    if listed:
        yield header(heading)
        yield from actions([_verb(one) for one in listed])


def _verb(operation: type[Operation]) -> dict[str, Any]:
    label = title(operation) if asks_nothing(operation) else f"{title(operation)}…"
    spoken = f"{label} {operation.summary()}"
    return button(label, f"{LAUNCH}{operation.name}", operation.name, spoken=spoken)


def _list(heading: str, requests: Sequence[Request], row: Row, more: str) -> Iterator[Block]:
    yield header(heading)
    if requests:
        yield from rows(requests, row, MOST, (Code(text=more),))
    else:
        yield context(("Nothing.",))
