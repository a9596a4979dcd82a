from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from bot.errors import UsageError
from bot.fleet.names import near
from bot.operation import Change, Control, Desk, Operation, Query
from bot.params import Choice
from bot.settings import OBSERVES
from bot.values import (
    Answer,
    Button,
    Code,
    Facts,
    Line,
    Menu,
    Paragraph,
    Person,
    Strong,
    folded,
    looking,
    paragraph,
)

OPEN = frozenset({"help", "whoami"})  #: for whoever may look at nothing


class Topic(StrEnum):
    """What commands are for; the words that ``/rds help`` takes."""

    LOOK = "look"
    CHANGE = "change"
    APPROVE = "approvals"
    INCIDENTS = "incidents"
    DIGESTS = "digests"
    ADMINISTRATION = "administration"


TITLES: Mapping[Topic, str] = {
    Topic.LOOK: "Look at databases",
    Topic.CHANGE: "Ask for a change",
    Topic.APPROVE: "Approve and follow requests",
    Topic.INCIDENTS: "Incidents",
    Topic.DIGESTS: "Digests",
    Topic.ADMINISTRATION: "Administration",
}
#: Where the kind of a command does not say it.
TOPICS: Mapping[str, Topic] = {
    "list_requests": Topic.APPROVE, "show_status": Topic.APPROVE,
    "show_events": Topic.INCIDENTS, "show_logs": Topic.INCIDENTS,
    "settle_request": Topic.ADMINISTRATION, "show_audit": Topic.ADMINISTRATION,
    "show_report": Topic.ADMINISTRATION, "whoami": Topic.ADMINISTRATION,
    "help": Topic.ADMINISTRATION,
}  # fmt: skip
#: What a topic offers beside commands.
BESIDE: Mapping[Topic, Line] = {
    Topic.APPROVE: ("Approve and reject with the buttons of a card, in my Home, or by command.",),
    Topic.INCIDENTS: (
        "Acknowledge, snooze and resolve with the buttons of an incident's card. My Home shows "
        "what nobody has acknowledged yet.",
    ),
}
#: What most people come for, in the order in which it is shown.
COMMON = (
    "list_databases", "show_metrics", "create_snapshot", "reboot_instance", "list_requests",
)  # fmt: skip


def topic_of(operation: type[Operation]) -> Topic:
    if operation.verb.startswith("digest"):
        return Topic.DIGESTS
    kind = Topic.CHANGE if issubclass(operation, Change) else Topic.LOOK
    kind = Topic.APPROVE if issubclass(operation, Control) else kind
    return TOPICS.get(operation.name, kind)


class Help(Query):
    """Show what you can type: the commonest first, a topic, or everything about one command."""

    verb, name = "help", "help"
    example = "help reboot"

    about: Annotated[
        str | None,
        Choice(
            "Command or topic",
            "VERB|TOPIC",
            "A command, as reboot, or a topic. Left out: the commonest.",
            options=tuple(Topic),
            is_open=True,
        ),
    ] = Field(default=None, json_schema_extra={"positional": True})

    async def answer(self, desk: Desk, person: Person) -> Answer:
        usable = [one for one in desk.catalogue().values() if await desk.may_use(one, person)]
        if self.about is None:
            return _overview(usable, desk)
        wanted = folded(self.about)
        for operation in desk.catalogue().values():
            if wanted in (operation.verb, operation.name):
                return await _one(operation, usable, desk)
        if topic := _topic(wanted):
            return _chapter(topic, usable)
        raise _unknown(self.about, desk)


def _overview(usable: Sequence[type[Operation]], desk: Desk) -> Answer:
    """Five to begin with; whoever may use none of them is shown what they may."""
    common = [one for name in COMMON for one in usable if one.name == name]
    mode = [paragraph(Strong(text=OBSERVES))] * desk.observes
    topics = [topic for topic in Topic if any(topic_of(one) is topic for one in usable)]
    more = Menu(label="More", choices=tuple(_button(one) for one in topics))
    return Answer(
        title="What you can type",
        parts=(*mode, *map(_line, common or usable)),
        buttons=(more,) if common else (),
        hint=(
            "More: ", Code(text=f"/rds help {'|'.join(topics)}"), ", or all about one: ",
            Code(text="/rds help reboot"), ". In threads, mention me there instead.",
        ) if common else (),
    )  # fmt: skip


def _chapter(topic: Topic, usable: Sequence[type[Operation]]) -> Answer:
    mine = sorted((one for one in usable if topic_of(one) is topic), key=lambda one: one.verb)
    others = tuple(_button(one) for one in Topic if one is not topic)
    beside = (paragraph(*BESIDE[topic]),) if topic in BESIDE and mine else ()
    nothing = () if mine else (paragraph("Nothing of this is for you."),)
    return Answer(
        title=TITLES[topic],
        parts=(*map(_line, mine), *beside, *nothing),
        buttons=(Menu(label="More", choices=others),) if mine else (),
    )


def _line(operation: type[Operation]) -> Paragraph:
    """As it can be typed, and what it does."""
    return paragraph(Code(text=f"/rds {operation.example}"), f" {operation.summary()}")


def _button(topic: Topic) -> Button:
    return looking(TITLES[topic], f"help {topic}")


def _topic(wanted: str) -> Topic | None:
    """Also by how it begins, or in the other number: ``digest``, ``incident``, ``admin``."""
    return next((one for one in Topic if len(wanted) > 3 and one.startswith(wanted[:5])), None)


def _unknown(about: str, desk: Desk) -> UsageError:
    verbs = [one.verb for one in desk.catalogue().values()]
    alike = near(folded(about), [*verbs, *Topic], limit=2)
    meant = f" Did you mean {' or '.join(alike)}?" if alike else ""
    return UsageError(
        f'I know no command and no topic "{about}".{meant} Topics: {", ".join(Topic)}.', "about"
    )


async def _one(operation: type[Operation], usable: Sequence[type[Operation]], desk: Desk) -> Answer:
    """Whoever may look at nothing is told nothing of what they could not use."""
    if operation in usable or any(one.name not in OPEN for one in usable):
        return await _about(operation, desk)
    return Answer(
        title=f"/rds {operation.verb} is for full members",
        parts=(paragraph("What you can type: "), *map(_line, usable)),
    )


async def _about(operation: type[Operation], desk: Desk) -> Answer:
    details = (paragraph(operation.details()),) if operation.details() else ()
    return Answer(
        title=operation.summary(),
        parts=(
            paragraph("For example: ", Code(text=f"/rds {operation.example}")),
            paragraph("All of it: ", Code(text=operation.usage())),
            *details,
            *(Facts(pairs=pairs) for pairs in (_parameters(operation),) if pairs),
            *(await _agreement(operation, desk) if issubclass(operation, Change) else ()),
        ),
        hint=_needs(operation),
    )


def _parameters(operation: type[Operation]) -> tuple[tuple[str, Line], ...]:
    words = map(operation.parameter, operation.model_fields)
    pairs: list[tuple[str, Line]] = [(word.label, (word.hint or word.usage,)) for word in words]
    if issubclass(operation, Change):
        pairs += [
            ("--reason TEXT", ("Why is this needed? Approvers see it.",)),
            ("--at TIME", ('When it starts: 02:00, "sat 02:00" or "in 2h", on your clock.',)),
            ("--dry-run", ("Show what would happen and who could approve. Nothing is filed.",)),
        ]
    return tuple(pairs)


async def _agreement(change: type[Change], desk: Desk) -> tuple[Paragraph, ...]:
    mode = [paragraph(Strong(text=OBSERVES))] * desk.observes
    return (
        *mode,
        paragraph(Strong(text="Who must agree here")),
        *(paragraph(*line) for line in await desk.agreement(change)),
    )


def _needs(operation: type[Operation]) -> Line:
    if not operation.permissions:
        return ()
    return ("What it needs at AWS: ", Code(text=", ".join(operation.permissions)))
