from datetime import timedelta
from typing import NamedTuple

import humanize
from pydantic import Field

from bot.errors import UnknownTargetError
from bot.fleet.names import bare
from bot.operation import Desk, Query
from bot.params import Duration, Flag, PersonRef, RequestId, Target, request_number
from bot.values import (
    Answer,
    AuditEntry,
    AuditEvent,
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


class ShowAudit(Query):
    """Show what was done, by whom, on what, with which result; newest first.

    The database may be gone by now; the id of a request will do as well.
    """

    verb, name = "audit", "show_audit"
    example = "audit orders-test --failed --since 7d"

    target: Target | None = Field(default=None, json_schema_extra={"positional": True})
    request: RequestId | None = None
    user: PersonRef | None = None
    failed: Flag = Field(default=False, description="only what was denied, refused or failed")
    since: Duration | None = None

    async def answer(self, desk: Desk, person: Person) -> Answer:
        who = None if self.user is None else PersonId(team=person.id.team, user=self.user)
        about = await self._about(desk)
        rows = await desk.audit(
            request_id=about.request,
            actor=who,
            target=about.target,
            failed=self.failed,
            since=self.since,
        )
        if not rows:
            if about.unknown:
                raise about.unknown
            return Answer(title="No audit rows", parts=(paragraph("Nothing fits that."),))
        return Answer(
            title=_title(len(rows)) + _within(self.since),
            parts=(Table(columns=COLUMNS, rows=tuple(map(_row, rows))),),
            hint=("The whole trail is checked by ", Code(text="rds-bot audit verify")),
        )

    async def _about(self, desk: Desk) -> "About":
        """A name that nothing has today may be a request's, or stand in the trail all the same."""
        if self.target is None:
            return About(self.request)
        try:
            return About(self.request, str((await desk.find(self.target)).target))
        except UnknownTargetError as error:
            number = request_number(self.target)
            if number is not None and self.request in (None, number):
                return About(number)
            return About(self.request, bare(self.target), error)


class About(NamedTuple):
    """What the trail is searched for. ``unknown``: no database has that name today."""

    request: int | None
    target: str | None = None
    unknown: UnknownTargetError | None = None


#: Codes of the trail in the words that people read; a code that is a word stands for itself.
RESULTS = {
    "accepted": "AWS took it",
    "already": "had decided already",
    "ambiguous": "AWS's answer was lost",
    "bot": "bots do not count",
    "closed": "came too late",
    "counted": "approved, more are wanted",
    "deactivated": "account is deactivated",
    "deciding_tag": "asked for a tag that decides",
    "external": "not of this workspace",
    "guest": "guests may not",
    "limited": "too many lately, nothing filed",
    "no_approvers": "nobody could approve it",
    "not_approver": "no approver",
    "not_denied": "it was not denied",
    "not_requester": "may not ask",
    "not_viewer": "may not look",
    "observed": "observed, nothing filed",
    "outruled": "not by the settings of now",
    "pending": "waits for approval",
    "preflight": "not possible as it is",
    "rehearsed": "dry run, nothing filed",
    "self": "own request",
    "unknown": "unknown, a person must look",
    "waits": "waits for another request",
}
COLUMNS = ("When", "Who", "Step", "On", "Result", "Operation", "Row")


def _title(count: int) -> str:
    return "The last step" if count == 1 else f"The last {count} steps"


def _row(row: AuditEntry) -> tuple[Line, ...]:
    event = row.event
    request = label(event.request_id) if event.request_id else ""
    database = (event.target or "").partition("@")[0]
    return (
        (Moment(at=row.at),),
        _actor(event.actor),
        (event.action,),
        (" ".join(filter(None, (request, database))),),
        (_result(event),),
        (event.operation or "",),
        (str(row.seq),),
    )


def _result(event: AuditEvent) -> str:
    return RESULTS.get(event.result, event.result.replace("_", " "))


def _actor(actor: str) -> Line:
    return (Mention(person=PersonId.parse(actor)),) if ":" in actor else (actor,)


def _within(since: timedelta | None) -> str:
    return "" if since is None else f" of {humanize.precisedelta(since)}"
