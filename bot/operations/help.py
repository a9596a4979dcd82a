from typing import Annotated

from pydantic import Field

from bot.errors import UsageError
from bot.operation import Change, Desk, Operation, Query
from bot.params import Parameter
from bot.values import Answer, Code, Facts, Line, Paragraph, Person, paragraph


class Help(Query):
    """Show what you can type, or everything about one verb."""

    verb, name = "help", "help"
    example = "help reboot"

    about: Annotated[str | None, Parameter("Verb", "VERB")] = Field(
        default=None, json_schema_extra={"positional": True}
    )

    async def answer(self, desk: Desk, person: Person) -> Answer:
        catalogue = desk.catalogue()
        if self.about is None:
            return await _overview(desk, person)
        wanted = self.about.lower()
        for operation in catalogue.values():
            if wanted in (operation.verb, operation.name):
                return _about(operation)
        verbs = ", ".join(sorted(one.verb for one in catalogue.values()))
        raise UsageError(f"I know no verb {self.about!r}. I know: {verbs}.", "about")


async def _overview(desk: Desk, person: Person) -> Answer:
    usable = [one for one in desk.catalogue().values() if await desk.may_use(one, person)]
    changes = [one for one in usable if issubclass(one, Change)]
    others = [one for one in usable if not issubclass(one, Change)]
    return Answer(
        title="What you can type",
        parts=(*map(_line, changes), *map(_line, others)),
        hint=("Everything about one: ", Code(text="/rds help reboot")),
    )


def _line(operation: type[Operation]) -> Paragraph:
    return paragraph(Code(text=operation.usage()), f" {operation.summary()}")


def _about(operation: type[Operation]) -> Answer:
    words = [operation.parameter(name) for name in operation.model_fields]
    pairs: list[tuple[str, Line]] = [(word.label, (word.hint or word.usage,)) for word in words]
    if issubclass(operation, Change):
        pairs += [
            ("--reason TEXT", ("Why; approvers read it.",)),
            ("--dry-run", ("Show what would happen and who could approve; nothing is filed.",)),
            ("Risk", (operation.risk.value,)),
        ]
    details = (paragraph(operation.details()),) if operation.details() else ()
    facts = (Facts(pairs=tuple(pairs)),) if pairs else ()
    return Answer(
        title=operation.summary(),
        parts=(paragraph(Code(text=operation.usage())), *details, *facts),
        hint=("For example: ", Code(text=f"/rds {operation.example}")),
    )
