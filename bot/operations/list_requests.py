from pydantic import Field

from bot.errors import UnknownTargetError
from bot.fleet.names import bare
from bot.operation import Desk, Query, Topic
from bot.params import Flag, Target, request_number
from bot.values import (
    Answer,
    Code,
    Line,
    Mention,
    Moment,
    Person,
    Request,
    Status,
    Table,
    paragraph,
)

OPEN = (Status.PENDING, Status.APPROVED, Status.RUNNING, Status.UNKNOWN)


class ListRequests(Query):
    """List open requests; with --all the ended ones too, with --mine only yours.

    The database may be gone by now; the id of a request will do as well.
    """

    verb, name = "requests", "list_requests"
    topic = Topic.APPROVALS
    example = "requests --mine"
    synonyms = "request pending approval queue todo"

    target: Target | None = Field(default=None, json_schema_extra={"positional": True})
    mine: Flag = Field(default=False, description="only what you asked for")
    all: Flag = Field(default=False, description="the ended ones too")

    async def answer(self, desk: Desk, person: Person) -> Answer:
        found = await self._found(desk, person)
        if not found:
            return Answer(title="No requests", parts=(paragraph(_nothing(self)),))
        rows = tuple(map(_row, found))
        return Answer(
            title=f"{len(found)} request{'' if len(found) == 1 else 's'}, newest first",
            parts=(Table(columns=COLUMNS, rows=rows),),
            hint=("One in full: ", Code(text=f"/rds status {found[0].label}")),
        )

    async def _found(self, desk: Desk, person: Person) -> tuple[Request, ...]:
        """Raises UnknownTargetError for a name that neither a database nor a request has."""
        if self.target is None:
            return await self._of(desk, person, None)
        try:
            return await self._of(desk, person, (await desk.find(self.target)).name)
        except UnknownTargetError:
            if (number := request_number(self.target)) is not None:
                return (await desk.request(number),)
            gone = bare(self.target)  # a database that is gone keeps its requests
            if not await desk.requests(target=gone, limit=1):
                raise
            return await self._of(desk, person, gone)

    async def _of(self, desk: Desk, person: Person, name: str | None) -> tuple[Request, ...]:
        return await desk.requests(
            status=None if self.all else OPEN,
            requester=person.id if self.mine else None,
            target=name,
        )


COLUMNS = ("Request", "What", "Status", "Asked by", "When")


def _row(request: Request) -> tuple[Line, ...]:
    return (
        (request.label,),
        (request.step.plan.effect,),
        (request.stands,),
        (Mention(person=request.requester),),
        (Moment(at=request.asked_at),),
    )


def _nothing(query: ListRequests) -> str:
    return "Nothing was asked yet." if query.all else "Nothing is open. --all shows the ended ones."
