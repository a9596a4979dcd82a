"""The app's Home tab: what can be typed."""

from collections.abc import Iterable, Mapping

from bot.operation import Change, Operation
from bot.values import Code, Line
from handlers.blocks.elements import Payload, context, header, section
from handlers.blocks.rich import Block, bullets, rich_text

MOST = 40


def home(catalogue: Mapping[str, type[Operation]]) -> Payload:
    changes = [one for one in catalogue.values() if issubclass(one, Change)]
    others = [one for one in catalogue.values() if not issubclass(one, Change)]
    return {
        "type": "home",
        "blocks": [
            header("RDS Ops Bot"),
            section(
                (
                    "Anyone asks, the right people agree, I carry it out and say how it ended. "
                    "Type in any channel:",
                )
            ),
            *_verbs("Change a database", changes),
            *_verbs("Look, and decide", others),
            context(("Everything about one verb: ", Code(text="/rds help reboot"))),
        ],
    }


def _verbs(title: str, operations: Iterable[type[Operation]]) -> list[Block]:
    listed = sorted(operations, key=lambda one: one.verb)
    if not listed:
        return []
    shown: list[Line] = [(Code(text=one.usage()), f" {one.summary()}") for one in listed[:MOST]]
    rest = len(listed) - MOST
    more: list[Line] = [(f"and {rest} more",)] if rest > 0 else []
    return [header(title), rich_text(bullets([*shown, *more]))]
