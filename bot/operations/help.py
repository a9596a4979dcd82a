from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import Field

from bot.errors import UsageError
from bot.fleet.names import near
from bot.operation import Change, Control, Desk, Operation, Query, Topic, search, spoken_words
from bot.params import Phrase
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
    asking,
    folded,
    looking,
    paragraph,
)

OPEN = frozenset({"help", "whoami"})  #: for whoever may look at nothing
FOUND, RELATED = 8, 3  #: commands that answer some words, and those shown below one
BUTTONS = 4  #: forms that have a button of their own

#: What a topic offers beside commands.
BESIDE: Mapping[Topic, Line] = {
    Topic.APPROVALS: ("Approve and reject with the buttons of a card, in my Home, or by command.",),
    Topic.INCIDENTS: (
        "Acknowledge, snooze and resolve with the buttons of an incident's card. My Home shows "
        "what nobody has acknowledged yet.",
    ),
}
#: What most people come for, in the order in which it is shown.
COMMON = (
    "list_databases", "show_metrics", "create_snapshot", "reboot_instance", "list_requests",
)  # fmt: skip


class Help(Query):
    """Show what you can type: the commonest first, a topic, what words are about, or one command.

    Any words do: storage, a bigger machine, DBInstanceClass.
    """

    verb, name = "help", "help"
    topic = Topic.ADMINISTRATION
    example = "help storage"

    about: Annotated[
        str | None,
        Phrase("About", "WORD …", "A command, a topic, or any words. Left out: the commonest."),
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
            return _changes(usable) if topic is Topic.CHANGES else _chapter(topic, usable)
        # Its own words name what others do.
        if found := search(self.about, [one for one in usable if one is not Help]):
            return _found(self.about, found)
        raise _unknown(self.about, desk)


def _overview(usable: Sequence[type[Operation]], desk: Desk) -> Answer:
    """Five to begin with; whoever may use none of them is shown what they may."""
    common = [one for name in COMMON for one in usable if one.name == name]
    mode = [paragraph(Strong(text=OBSERVES))] * desk.observes
    topics = [topic for topic in Topic if any(one.topic is topic for one in usable)]
    return Answer(
        title="What you can type",
        parts=(*mode, *map(_line, common or usable)),
        buttons=(_topics(topics),) if common else (),
        hint=(
            "Search: ", Code(text="/rds help storage"), ", or all about one: ",
            Code(text="/rds help reboot"), ". In threads, mention me there instead.",
        ) if common else (),
    )  # fmt: skip


def _chapter(topic: Topic, usable: Sequence[type[Operation]]) -> Answer:
    mine = sorted((one for one in usable if one.topic is topic), key=lambda one: one.verb)
    beside = (paragraph(*BESIDE[topic]),) if topic in BESIDE and mine else ()
    nothing = () if mine else (paragraph("Nothing of this is for you."),)
    others = [one for one in Topic if one is not topic and any(it.topic is one for it in usable)]
    return Answer(
        title=topic.heading,
        parts=(*map(_line, mine), *beside, *nothing),
        buttons=(*_openers(mine), _topics(others)) if mine else (),
    )


def _changes(usable: Sequence[type[Operation]]) -> Answer:
    """All of them by their topics: verbs alone, as there are many."""
    topics = [one for one in Topic if one.is_of_changes and any(it.topic is one for it in usable)]
    nothing = () if topics else (paragraph("Nothing of this is for you."),)
    return Answer(
        title="Ask for a change",
        parts=(*(_verbs(topic, usable) for topic in topics), *nothing),
        buttons=(_topics(topics),) if topics else (),
        hint=("All about one: ", Code(text="/rds help reboot")) if topics else (),
    )


def _verbs(topic: Topic, usable: Sequence[type[Operation]]) -> Paragraph:
    verbs = sorted(one.verb for one in usable if one.topic is topic)
    return paragraph(Strong(text=f"{topic.heading}:"), f" {', '.join(verbs)}")


def _found(typed: str, found: Sequence[type[Operation]]) -> Answer:
    """What somebody's words are about, best first."""
    best = found[:FOUND]
    left = len(found) - len(best)
    more = (paragraph(f"and {left} more; say it in more words"),) if left else ()
    title = f'About "{typed}"'
    return Answer(title=title, parts=(*map(_line, best), *more), buttons=_openers(best))


def _line(operation: type[Operation]) -> Paragraph:
    """As it can be typed, and what it does."""
    return paragraph(Code(text=f"/rds {operation.example}"), f" {operation.summary()}")


def _openers(operations: Sequence[type[Operation]]) -> tuple[Button | Menu, ...]:
    """What opens their forms; more than a few stand behind a menu."""
    forms = [_opener(one) for one in operations if not issubclass(one, Control) and _asks(one)]
    if len(forms) <= BUTTONS:
        return tuple(forms)
    return (Menu(label="Open the form…", choices=tuple(forms), named=True),)


def _opener(operation: type[Operation]) -> Button:
    return asking(f"{operation.label()}…", operation.name, "")


def _asks(operation: type[Operation]) -> bool:
    return any(field.is_required() for field in operation.model_fields.values())


def _topics(topics: Sequence[Topic]) -> Menu:
    choices = tuple(looking(one.heading, f"help {one}") for one in topics)
    return Menu(label="Topics", choices=choices, named=True)


def _topic(wanted: str) -> Topic | None:
    """Also by how it begins, or in the other number: ``digest``, ``incident``, ``admin``."""
    if wanted in list(Topic):
        return Topic(wanted)
    return next((one for one in Topic if len(wanted) > 3 and one.startswith(wanted[:5])), None)


def _unknown(about: str, desk: Desk) -> UsageError:
    words = spoken_words(desk.catalogue().values())
    alike = near(folded(about), words, limit=2)
    quoted = " or ".join(f'"{one}"' for one in alike)
    meant = f" Did you mean {quoted}?" if alike else ""
    topics = ", ".join(Topic)
    return UsageError(f'I know nothing about "{about}".{meant} Topics: {topics}.', "about")


async def _one(operation: type[Operation], usable: Sequence[type[Operation]], desk: Desk) -> Answer:
    """Whoever may look at nothing is told nothing of what they could not use."""
    if operation in usable or any(one.name not in OPEN for one in usable):
        return await _about(operation, usable, desk)
    return Answer(
        title=f"/rds {operation.verb} is for full members",
        parts=(paragraph("What you can type: "), *map(_line, usable)),
    )


async def _about(
    operation: type[Operation], usable: Sequence[type[Operation]], desk: Desk
) -> Answer:
    related = [one for one in search(operation.verb, usable) if one is not operation][:RELATED]
    details = (paragraph(operation.details()),) if operation.details() else ()
    return Answer(
        title=operation.summary(),
        parts=(
            paragraph("For example: ", Code(text=f"/rds {operation.example}")),
            paragraph("All of it: ", Code(text=operation.usage())),
            *details,
            *(Facts(pairs=pairs) for pairs in (_parameters(operation),) if pairs),
            *(await _agreement(operation, desk) if issubclass(operation, Change) else ()),
            *([paragraph(Strong(text="Related")), *map(_line, related)] if related else ()),
        ),
        buttons=_openers([operation]) if operation in usable else (),
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
