from datetime import timedelta

from pydantic import Field

from bot.errors import UnknownTargetError
from bot.operation import Desk, Query
from bot.params import Duration, Flag, PersonRef, RequestId, Target
from bot.values import (
    Answer,
    AuditRow,
    Code,
    Line,
    Mention,
    Moment,
    Person,
    PersonId,
    Table,
    label,
    paragraph,
)


class Audit(Query):
    """Show what was done, by whom, on what, with which result; newest first."""

    verb, name = "audit", "show_audit"
    example = "audit orders-test --failed --since 7d"

    target: Target | None = Field(default=None, json_schema_extra={"positional": True})
    request: RequestId | None = None
    user: PersonRef | None = None
    failed: Flag = Field(default=False, description="only what was denied, refused or failed")
    since: Duration | None = None

    async def answer(self, desk: Desk, person: Person) -> Answer:
        who = None if self.user is None else PersonId(team=person.id.team, user=self.user)
        rows = await desk.audit(
            request_id=self.request,
            actor=who,
            target=await self._target(desk),
            failed=self.failed,
            since=self.since,
        )
        if not rows:
            return Answer(title="No audit rows", parts=(paragraph("Nothing fits that."),))
        return Answer(
            title=_title(len(rows)) + _within(self.since),
            parts=(Table(columns=COLUMNS, rows=tuple(map(_row, rows))),),
            hint=("The whole trail is checked by ", Code(text="rds-bot audit verify")),
        )

    async def _target(self, desk: Desk) -> str | None:
        """A name that nothing has today may stand in the trail all the same."""
        try:
            return None if self.target is None else str((await desk.find(self.target)).target)
        except UnknownTargetError:
            return self.target


COLUMNS = ("When", "Who", "Step", "Operation", "On", "Result", "Row")


def _title(count: int) -> str:
    return "The last step" if count == 1 else f"The last {count} steps"


def _row(row: AuditRow) -> tuple[Line, ...]:
    event = row.event
    request = label(event.request_id) if event.request_id else ""
    database = (event.target or "").partition("@")[0]
    return (
        (Moment(at=row.at),),
        _actor(event.actor),
        (event.action,),
        (event.operation or "",),
        (" ".join(filter(None, (request, database))),),
        (event.result,),
        (str(row.seq),),
    )


def _actor(actor: str) -> Line:
    return (Mention(person=PersonId.parse(actor)),) if ":" in actor else (actor,)


def _within(since: timedelta | None) -> str:
    return "" if since is None else f" of {since.total_seconds() / 3600:g} hours"
