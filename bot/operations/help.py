from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import Field

from bot.errors import UsageError
from bot.operation import Change, Control, Desk, Operation, Query
from bot.params import Parameter
from bot.settings import OBSERVES
from bot.values import Answer, Code, Facts, Line, Paragraph, Person, Strong, paragraph


class Help(Query):
    """Show what you can type, or everything about one verb."""

    verb, name = "help", "help"
    example = "help reboot"

    about: Annotated[
        str | None,
        Parameter("Verb", "VERB", "What you want to know everything about. Left out: all verbs."),
    ] = Field(default=None, json_schema_extra={"positional": True})

    async def answer(self, desk: Desk, person: Person) -> Answer:
        catalogue = desk.catalogue()
        if self.about is None:
            return await _overview(desk, person)
        wanted = self.about.lower()
        for operation in catalogue.values():
            if wanted in (operation.verb, operation.name):
                return await _about(operation, desk)
        verbs = ", ".join(sorted(one.verb for one in catalogue.values()))
        raise UsageError(f'I know no verb "{self.about}". I know: {verbs}.', "about")


async def _overview(desk: Desk, person: Person) -> Answer:
    usable = [one for one in desk.catalogue().values() if await desk.may_use(one, person)]
    mode = [paragraph(Strong(text=OBSERVES))] * desk.observes
    parts = mode + [
        paragraph(*spans)
        for title, kind in (("Look", Query), ("Ask for a change", Change), ("Decide", Control))
        for spans in _chapter(title, [one for one in usable if issubclass(one, kind)])
    ]
    return Answer(
        title="What you can type",
        parts=tuple(parts),
        hint=(
            "Everything about one: ", Code(text="/rds help reboot"),
            ". Threads take no slash commands: mention me there instead.",
        ),
    )  # fmt: skip


def _chapter(title: str, operations: Sequence[type[Operation]]) -> Iterator[Line]:
    """What can be typed as it stands, and what it does."""
    if operations:
        yield (Strong(text=title),)
    for operation in sorted(operations, key=lambda one: one.verb):
        yield (Code(text=f"/rds {operation.example}"), f" {operation.summary()}")


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
            ("--reason TEXT", ("Why; approvers read it.",)),
            ("--dry-run", ("Show what would happen and who could approve; nothing is filed.",)),
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
