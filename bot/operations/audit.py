import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

import humanize
from pydantic import Field

from bot.errors import BotError, UnknownTargetError
from bot.fleet.names import bare
from bot.operation import Desk, Query, Topic
from bot.params import Duration, Flag, PersonRef, RequestId, Target, request_number
from bot.values import (
    Answer,
    AuditEntry,
    AuditEvent,
    Button,
    Code,
    Line,
    Mention,
    Moment,
    Paragraph,
    Person,
    PersonId,
    Span,
    Status,
    Strong,
    label,
    lasting,
    looking,
    paragraph,
)

NAMED = 3  #: people in one line


class ShowAudit(Query):
    """Show what was done, by whom, on what, with which result; newest first.

    A sentence a request; --steps shows each row. The database may be gone by now; the id of a
    request will do as well, and shows its steps.
    """

    verb, name = "audit", "show_audit"
    topic = Topic.ADMINISTRATION
    example = "audit orders-test --failed --since 7d"
    synonyms = "who whos audit trail history approved rejected touched wer quien qui"

    target: Target | None = Field(default=None, json_schema_extra={"positional": True})
    request: RequestId | None = None
    user: PersonRef | None = None
    failed: Flag = Field(default=False, description="only what was denied, refused or failed")
    since: Duration | None = None
    steps: Flag = Field(default=False, description="each row of the trail")

    async def answer(self, desk: Desk, person: Person) -> Answer:
        about = await self._about(desk)
        rows = await self._rows(desk, person, about)
        if not rows:
            if about.unknown:
                raise about.unknown
            return Answer(title="No audit rows", parts=(paragraph("Nothing fits that."),))
        verbs = {name: one.verb for name, one in desk.catalogue().items()}
        whole, took = await asyncio.gather(self._whole(desk, rows), _lengths(desk, rows))
        one = about.request is not None
        return Answer(
            title=self._title(rows),
            parts=(
                *(() if self.steps else _sentences(rows, whole, verbs, took)),
                *(map(_step, rows[:STEPS]) if self.steps or one else ()),
            ),
            buttons=() if self.steps or one else (self._button(),),
            hint=("The whole trail is checked by ", Code(text="rds-bot audit verify")),
        )

    async def _rows(self, desk: Desk, person: Person, about: "About") -> tuple[AuditEntry, ...]:
        who = None if self.user is None else PersonId(team=person.id.team, user=self.user)
        return await desk.audit(
            limit=STEPS if self.steps else READ,
            request_id=about.request,
            actor=who,
            target=about.target,
            failed=self.failed,
            since=self.since,
        )

    async def _whole(
        self, desk: Desk, rows: Sequence[AuditEntry]
    ) -> Mapping[int, tuple[AuditEntry, ...]]:
        """All rows of the requests that are told, as a search may have found only some of them."""
        ids = _requests_of(rows)
        found = await asyncio.gather(*(desk.audit(request_id=one, limit=READ) for one in ids))
        return dict(zip(ids, found, strict=False))

    def _title(self, rows: Sequence[AuditEntry]) -> str:
        count = len(_cases(rows))
        if self.steps:
            said = "The last step" if len(rows) == 1 else f"The last {len(rows)} steps"
        elif not count:
            said = "Nobody did anything but look"
        else:
            said = "The last action" if count == 1 else f"The last {min(count, TOLD)} actions"
        return said + _within(self.since)

    def _button(self) -> Button:
        line = self.model_copy(update={"steps": True}).as_typed().removeprefix("/rds ")
        return looking("Show the steps", line)

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
    "accepted": "accepted by AWS",
    "already": "had decided already",
    "ambiguous": "AWS's answer was lost",
    "bot": "bots do not count",
    "claimed": "about to be sent",
    "closed": "came too late",
    "counted": "approved, more are wanted",
    "deactivated": "account is deactivated",
    "deciding_tag": "asked for a tag that decides",
    "external": "not of this workspace",
    "guest": "guests may not",
    "limited": "too many lately, nothing filed",
    "no_approvers": "nobody could approve it",
    "not_approver": "no approver",
    "not_cloudops": "may not answer it",
    "not_denied": "it was not denied",
    "not_requester": "may not ask",
    "not_viewer": "may not look",
    "observed": "observed, nothing filed",
    "outruled": "not by the settings of now",
    "pending": "waits for approval",
    "preflight": "not possible as it is",
    "rehearsed": "dry run, nothing filed",
    "self": "own request",
    "sent": "sent to AWS",
    "unknown": "unknown, a person must look",
    "waits": "waits for another request",
}
STEPS, READ = 20, 200  #: rows that are shown, and that are looked through
TOLD = 12  #: sentences
WORDY = 120  #: characters of a reason
LOOK = "query.refused"
CLOUDOPS = "cloudops."  #: what is done with a denial, step by step
#: What somebody did, as a sentence goes on behind their name; all else by its own name.
DONE = {
    "audit.archive": "archived old audit rows",
    "cloudops.asked": "sent a CloudOps request",
    "cloudops.declined": "declined a CloudOps request",
    "cloudops.done": "marked a CloudOps request as done",
    "cloudops.refused": "was refused: a CloudOps request",
    "cloudops.taken": "took a CloudOps request",
    "cloudops.withdrawn": "withdrew a CloudOps request",
    "digest.posted": "posted a digest",
    "digest.removed": "removed a scheduled digest",
    "digest.scheduled": "scheduled a digest",
    "digest.skipped": "skipped a digest that was missed",
    "digest.snoozed": "snoozed a line of digests",
    "digest.woken": "took a snooze back",
    "digest.refused": "was refused: digests",
    "incident.refused": "was refused: an incident",
    "live.begun": "posted a live chart",
    "live.stopped": "stopped a live chart",
    "vote.approved": "approved",
    "vote.refused": "voted, which did not count, on",
    "request.cancelled": "cancelled",
    "request.denied": "asked for",
    "request.filed": "asked for",
    "request.refused": "asked for",
    "request.rechecked": "looked again at",
    "request.rehearsed": "tried, as a dry run,",
    "request.rejected": "rejected",
}
#: Who decided is told before who asked; of several the last.
LEADING = ("request.rejected", "request.cancelled", "vote.approved")
ENDED = {f"request.{one}": str(one) for one in Status if not one.is_open} | {
    "step.refused": "failed"
}


def _cases(rows: Sequence[AuditEntry]) -> list[tuple[AuditEntry, ...]]:
    """The rows of each request together, all else alone, newest first; mere looks aside.

    Steps of CloudOps requests are by others and later, so each is told.
    """
    cases: dict[tuple[int, int], list[AuditEntry]] = {}
    for row in rows:
        number = 0 if _is_cloudops(row) else row.event.request_id or 0
        if row.event.action != LOOK:
            cases.setdefault((number, 0 if number else row.seq), []).append(row)
    return [tuple(one) for one in cases.values()]


def _sentences(
    rows: Sequence[AuditEntry],
    whole: Mapping[int, tuple[AuditEntry, ...]],
    verbs: Mapping[str, str],
    took: Mapping[int, str],
) -> Iterator[Paragraph]:
    cases = _cases(rows)
    for case in cases[:TOLD]:
        if _is_cloudops(case[0]):
            yield paragraph(*_cloudops_step(case[0], verbs))
        else:
            length = took.get(case[0].event.request_id or 0, "")
            yield paragraph(*_sentence(_complete(case, whole), verbs, length))
    if len(cases) > TOLD:
        more = f"and {len(cases) - TOLD}{' or more' if len(rows) == READ else ''} earlier"
        yield paragraph(f"{more}; narrow it with a database, --user or --since")
    yield from _looks([row for row in rows if row.event.action == LOOK])


def _complete(
    case: Sequence[AuditEntry], whole: Mapping[int, tuple[AuditEntry, ...]]
) -> Sequence[AuditEntry]:
    rows = whole.get(case[0].event.request_id or 0, ())
    return [row for row in rows if not _is_cloudops(row)] or case


def _is_cloudops(row: AuditEntry) -> bool:
    return row.event.action.startswith(CLOUDOPS)


def _cloudops_step(row: AuditEntry, verbs: Mapping[str, str]) -> Line:
    """``2:11 PM Pat declined a CloudOps request, reboot orders-prod, for Ana: "not today"``"""
    event, asked = row.event, row.event.facts.get("asked_by")
    whose: Line = (", for ", *_actor(asked)) if asked and asked != event.actor else ()
    came = f" → {_result(event)}" if event.action == "cloudops.refused" else ""
    return (
        "• ", Moment(at=row.at), " ", *_actor(event.actor), f" {_done(event)}",
        _about_what(event, verbs), *whose, came, _reason(row),
    )  # fmt: skip


async def _lengths(desk: Desk, rows: Sequence[AuditEntry]) -> Mapping[int, str]:
    """How long each took, as its card says it: the rows of the trail are written moments later.

    Without what is gone or cannot be read.
    """
    ids = _requests_of(rows)
    took = zip(ids, await asyncio.gather(*(_length(desk, one) for one in ids)), strict=True)
    return {number: lasting(length) for number, length in took if length is not None}


async def _length(desk: Desk, number: int) -> int | None:
    try:
        return (await desk.request(number)).step.took
    except BotError:
        return None


def _requests_of(rows: Sequence[AuditEntry]) -> list[int]:
    """Of those that are told, each once."""
    ids = dict.fromkeys(row.event.request_id for row in rows if row.event.request_id)
    return list(ids)[:TOLD]


def _looks(rows: Sequence[AuditEntry]) -> Iterator[Paragraph]:
    """Refusals of mere looks, counted: they would push out what was done."""
    if rows:
        noun = "refused look" if len(rows) == 1 else "refused looks"
        who = list(dict.fromkeys(row.event.actor for row in rows))
        more = f" and {len(who) - NAMED} more" if len(who) > NAMED else ""
        yield paragraph(f"{len(rows)} {noun}, by ", *_people(who[:NAMED]), f"{more}.")


def _people(actors: Sequence[str]) -> Iterator[Span]:
    for number, one in enumerate(actors):
        yield from (", ",) if number else ()
        yield from _actor(one)


def _sentence(case: Sequence[AuditEntry], verbs: Mapping[str, str], took: str = "") -> Line:
    """``2:11 PM Emil approved RDS-1002 (2 of 2), reboot orders-test → succeeded in 4 s``

    ``case``: newest first.
    """
    leads = (row for action in LEADING for row in case if row.event.action == action)
    lead = next(leads, case[-1])
    event = lead.event
    done = _done(event)
    what = [label(event.request_id)] if event.request_id else []
    return (
        "• ", Moment(at=lead.at), " ", *_actor(event.actor), f" {done}",
        *((" ", Strong(text=what[0])) if what else ()), _votes(case), _about_what(event, verbs),
        *_asker(lead, case), *_ending(lead, case, took), _reason(lead), _uncounted(case),
    )  # fmt: skip


def _done(event: AuditEvent) -> str:
    if event.action in DONE:
        return DONE[event.action]
    subject, _, verb = event.action.partition(".")
    if subject == "incident" and (number := event.facts.get("incident")):
        return f"{verb} I-{number}"
    return event.action.replace(".", " ").replace("_", " ")


def _votes(case: Sequence[AuditEntry]) -> str:
    """`` (2 of 2)``: of how many that are needed; of none where nobody has to agree."""
    filed = next((row for row in case if row.event.action == "request.filed"), None)
    needed = filed and filed.event.facts.get("approvals")
    voted = len({row.event.actor for row in case if row.event.action == "vote.approved"})
    return f" ({voted} of {needed})" if voted and needed else ""


def _about_what(event: AuditEvent, verbs: Mapping[str, str]) -> str:
    verb = verbs.get(event.operation or "", (event.operation or "").replace("_", " "))
    database = (event.target or "").partition("@")[0]
    said = " ".join(filter(None, (verb, database)))
    return f", {said}" if said and event.request_id else f" {said}" if said else ""


def _asker(lead: AuditEntry, case: Sequence[AuditEntry]) -> Line:
    asked = next((row.event.actor for row in case if row.event.action == "request.filed"), None)
    return (", for ", *_actor(asked)) if asked and asked != lead.event.actor else ()


def _ending(lead: AuditEntry, case: Sequence[AuditEntry], took: str) -> Line:
    """What came of it; of what has not ended, where it stands."""
    last = next((row for row in case if row.event.action in ENDED), None)
    if last is lead:
        return ()
    if last is None:
        newest = next((row for row in case if row.event.action != "vote.refused"), lead)
        if newest.event.action == lead.event.action == "vote.approved":
            return (f" → {_result(newest.event)}",)
        return (f" → {_result(newest.event)}",) if newest.event.request_id else ()
    return (f" → {ENDED[last.event.action]}{f' in {took}' if took else ''}",)


def _reason(lead: AuditEntry) -> str:
    """Why somebody rejected or declined it."""
    text = " ".join(lead.event.text.split())
    if lead.event.action not in ("request.rejected", "cloudops.declined") or not text:
        return ""
    return f': "{text[:WORDY]}{"…" if len(text) > WORDY else ""}"'


def _uncounted(case: Sequence[AuditEntry]) -> str:
    refused = [row for row in case if row.event.action == "vote.refused"]
    if not refused or len(refused) == len(case):
        return ""
    votes = "1 vote" if len(refused) == 1 else f"{len(refused)} votes"
    return f" ({votes} did not count)"


def _step(row: AuditEntry) -> Paragraph:
    """``2:11 PM @emil RDS-1002 orders-test: vote.approved, approved (row 17)``"""
    event = row.event
    database = (event.target or "").partition("@")[0]
    about = " ".join(filter(None, (label(event.request_id) if event.request_id else "", database)))
    return paragraph(
        "• ", Moment(at=row.at), " ", *_actor(event.actor), f" {about}".rstrip(), ": ",
        Code(text=event.action), f", {_result(event)} (row {row.seq})",
    )  # fmt: skip


def _result(event: AuditEvent) -> str:
    return RESULTS.get(event.result, event.result.replace("_", " "))


def _actor(actor: str) -> Line:
    return (Mention(person=PersonId.parse(actor)),) if ":" in actor else (actor,)


def _within(since: timedelta | None) -> str:
    return "" if since is None else f" of {humanize.precisedelta(since)}"
