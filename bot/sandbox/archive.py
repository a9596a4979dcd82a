"""The history of the demo, written into the bot's database by the bot's own storage.

Each verb is one transaction at its own instant, with the audit row and the state that the bot
itself would have written; what would be told in Slack is not, as its messages are not there.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from bot.cron import due
from bot.digests._schedules import row_of
from bot.incidents._lifecycle import acknowledged, ended, resolved
from bot.incidents._notifications import event as about_incident
from bot.operation import Change
from bot.operations import CATALOGUE
from bot.sandbox.aws import ANALYTICS, DEMO_FLEET, LEGACY, MAIN, AWSSandbox, ClusterSpec
from bot.sandbox.aws.fleet import InstanceSpec
from bot.sandbox.history import WEEKS, Ask, Dated, Trouble, happened
from bot.values import (
    SECOND,
    Access,
    Alarm,
    AlarmState,
    Appointment,
    Assessment,
    AuditEvent,
    Call,
    Classified,
    Decision,
    Effect,
    Environment,
    Incident,
    Kind,
    Look,
    Origin,
    Outcome,
    PersonId,
    Plan,
    Progress,
    Receipt,
    Request,
    Risk,
    Stage,
    Status,
    Step,
    Target,
    Turn,
    Verdict,
    Vote,
    fingerprint,
    micros,
    plan_hash,
    session_name,
)
from storage.store import Store

Act = Callable[[], Awaitable[None]]
Moment = tuple[datetime, Act]

CHANNEL, APPROVERS = "C0DATABASE", Access(groups=("S0DBAS0001",))
ACCOUNTS = {MAIN: "main", ANALYTICS: "analytics", LEGACY: "legacy"}
#: Minutes after a change's end at which the demo looks back, as its settings have it.
LOOKS = (4, 10)
MORNINGS = Appointment(
    id="D-30f8a2", channel=CHANNEL, cron="30 8 * * mon-fri", timezone="Europe/Berlin",
    title="Database digest",
)  # fmt: skip
WORDS = {"dev": Environment.DEVELOPMENT}


@dataclass
class Pen:
    """Writes at the instant that ``at`` says."""

    store: Store
    aws: AWSSandbox
    people: Mapping[str, PersonId]
    clock: "PastClock"
    targets: dict[str, "Known"] = field(default_factory=dict)

    def known(self, name: str) -> "Known":
        if name not in self.targets:
            spec = next(one for one in DEMO_FLEET if one.identifier == name)
            self.targets[name] = Known(spec, self.aws.resource_id(spec))
        return self.targets[name]


class PastClock:
    """Stands where it was put last."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        return self.now

    def put(self, at: datetime) -> None:
        self.now = int(at.timestamp()) * SECOND


@dataclass(frozen=True)
class Known:
    """A database of the demo's, as a request knows it."""

    spec: InstanceSpec | ClusterSpec
    resource_id: str

    @property
    def target(self) -> Target:
        kind = Kind.CLUSTER if isinstance(self.spec, ClusterSpec) else Kind.INSTANCE
        return Target(
            account=self.spec.account,
            region=self.spec.region,
            kind=kind,
            identifier=self.spec.identifier,
            resource_id=self.resource_id,
        )

    @property
    def typed(self) -> str:
        cluster = "cluster:" if isinstance(self.spec, ClusterSpec) else ""
        return f"{cluster}{self.spec.identifier}@{self.place}"

    @property
    def place(self) -> str:
        return f"{ACCOUNTS[self.spec.account]}/{self.spec.region}"

    @property
    def lock(self) -> str:
        """As ``Database.lock``: members and their cluster share one."""
        is_cluster = isinstance(self.spec, ClusterSpec)
        what = f"cluster/{self.spec.identifier}" if is_cluster else self.resource_id
        return f"{self.spec.account}/{self.spec.region}/{what}"

    @property
    def classified(self) -> Classified:
        tag = self.spec.tags["Environment"]
        return Classified(
            environment=WORDS.get(tag) or Environment(tag), rule=f"tag Environment={tag}"
        )


async def write_history(
    url: str, aws: AWSSandbox, people: Mapping[str, PersonId], now: datetime
) -> None:
    """Four weeks up to ``now``, into a new database; ``people`` by name."""
    clock = PastClock()
    clock.put(now - timedelta(weeks=WEEKS))
    store = await Store.open(url, clock)
    try:
        pen = Pen(store, aws, people, clock)
        for at, act in sorted(_moments(pen, now), key=lambda it: it[0]):
            clock.put(at)
            await act()
    finally:
        await store.close()


def _moments(pen: Pen, now: datetime) -> Iterator[Moment]:
    for dated in happened(now):
        course = Course if isinstance(dated.what, Ask) else Incidence
        yield from course(pen, dated).moments()
    yield from Mornings(pen, now).moments()


class Course:
    """What became of one request."""

    def __init__(self, pen: Pen, dated: Dated) -> None:
        assert isinstance(dated.what, Ask)
        self._pen, self._ask = pen, dated.what
        self._at, self._week = dated.at, dated.week
        self._known = pen.known(self._ask.database)
        self._number = 0

    def moments(self) -> Iterator[Moment]:
        ask = self._ask
        if ask.is_denied:
            yield self._at, self._denied
            return
        yield self._at, self._filed
        last = self._at
        for name, minutes in ask.votes:
            last = self._at + self._wait(minutes)
            yield last, partial(self._voted, name)
        if ask.ends is Status.CANCELLED:
            yield self._at + timedelta(minutes=17), self._taken_back
        elif ask.ends is Status.EXPIRED:
            yield self._at + timedelta(days=3), self._expired
        elif ask.ends is not Status.REJECTED:
            yield from self._at_aws(last)

    def _at_aws(self, approved: datetime) -> Iterator[Moment]:
        sent = approved + timedelta(seconds=1)
        over = sent + timedelta(seconds=self._ask.takes + 7 * self._week)
        yield sent, self._sent
        yield over, self._ended
        yield over + timedelta(minutes=LOOKS[-1]), self._looked_back

    def _wait(self, minutes: int) -> timedelta:
        """People have become quicker, week by week."""
        return timedelta(seconds=round(minutes * 60 * (8 - self._week) / 6))

    # -- what the bot wrote down

    async def _filed(self) -> None:
        self._number = await self._pen.store.requests.next_id()
        request = self._request()
        facts = {
            "risk": request.assessment.risk,
            "environment": request.classified.environment,
            "rule": request.decision.rule,
            "approvals": request.decision.approvals,
            "plan_hash": request.plan_hash,
            "policy_hash": request.policy_hash,
        }
        filed = request.event(
            "request.filed", request.status, request.requester, facts, request.reason
        )
        async with self._pen.store.write() as tx:
            await tx.file(request, filed)

    async def _denied(self) -> None:
        number = await self._pen.store.requests.next_id()
        change, plan = self._change(), self._plan()
        facts = {
            "rule": "rule 1 of 2: environment is production",
            "environment": Environment.PRODUCTION,
            "classified_by": "tag Environment=production",
            "command": change.as_typed(),
            "call": plan.call.json_value(),
        }
        denied = AuditEvent(
            action="request.denied",
            actor=str(self._pen.people[self._ask.who]),
            result="denied",
            request_id=number,
            operation=change.name,
            target=str(self._known.target),
            facts=facts,
            text=self._ask.reason,
        )
        async with self._pen.store.write() as tx:
            await tx.audit(denied)

    async def _voted(self, name: str) -> None:
        person, is_no = self._pen.people[name], self._ask.ends is Status.REJECTED
        async with self._pen.store.write() as tx:
            request = await tx.lock_request(self._number)
            vote = Vote(
                person=person,
                verdict=Verdict.REJECT if is_no else Verdict.APPROVE,
                at=tx.now,
                plan_hash=request.plan_hash,
                reason=self._ask.why if is_no else "",
            )
            await tx.vote(request.id, vote)
            if is_no:
                outcome = Outcome(code="rejected", detail=f"Rejected: {vote.reason}")
                event = request.event(
                    "request.rejected", Status.REJECTED, person, {"code": outcome.code}, vote.reason
                )
                await tx.transition(
                    request, Status.REJECTED, event, ended_at=tx.now, outcome=outcome
                )
                return
            counted = len(request.approvals) + 1
            facts = {"plan_hash": vote.plan_hash, "counted": counted}
            if counted < request.decision.approvals:
                await tx.audit(request.event("vote.approved", "counted", person, facts))
                return
            await tx.transition(
                request,
                Status.APPROVED,
                request.event("vote.approved", Status.APPROVED, person, facts),
                before=vote.at,
                approved_at=tx.now,
                send_by=tx.now + micros(request.decision.send_within),
            )

    async def _taken_back(self) -> None:
        outcome = Outcome(code="cancelled", detail="Taken back by who asked.")
        await self._closed(Status.CANCELLED, self._pen.people[self._ask.who], outcome)

    async def _expired(self) -> None:
        await self._closed(
            Status.EXPIRED, "bot", Outcome(code="expired", detail="Nobody decided in time.")
        )

    async def _closed(self, to: Status, actor: PersonId | str, outcome: Outcome) -> None:
        async with self._pen.store.write() as tx:
            request = await tx.lock_request(self._number)
            event = request.event(f"request.{to}", to, actor, {"code": outcome.code})
            await tx.transition(request, to, event, ended_at=tx.now, outcome=outcome)

    async def _sent(self) -> None:
        """And accepted: AWS's answer takes no time here."""
        async with self._pen.store.write() as tx:
            request = await tx.lock_request(self._number)
            claimed = {"claimed_at": tx.now, "lease_owner": "before", "lease_until": tx.now,
                       "fence": 1}  # fmt: skip
            step = request.step.model_copy(update=claimed)
            await tx.update_step(request.id, step)
            event = request.event("step.claimed", "claimed", facts={"fence": 1})
            request = await tx.transition(request, Status.RUNNING, event)
            step = step.model_copy(update={"sent_at": tx.now})
            await tx.update_step(request.id, step, fence=1)
            facts = {"call": step.plan.call.json_value(), "session": step.session_name}
            tx.record(request.event("step.sent", "sent", facts=facts))
            receipt = Receipt(at=tx.now, aws_request_id=fingerprint(request.id)[:8])
            accepted = {"receipt": receipt, "accepted_at": tx.now}
            await tx.update_step(request.id, step.model_copy(update=accepted), fence=1)
            answered = {"aws_request_id": receipt.aws_request_id}
            tx.record(request.event("step.accepted", "accepted", facts=answered))

    async def _ended(self) -> None:
        to, said = self._ask.ends, self._said()
        stage = Stage.SUCCEEDED if to is Status.SUCCEEDED else Stage.FAILED
        code = "succeeded" if to is Status.SUCCEEDED else "ended_badly"
        async with self._pen.store.write() as tx:
            request = await tx.lock_request(self._number)
            done = {"settled_at": tx.now, "progress": Progress(stage=stage, detail=said)}
            await tx.update_step(request.id, request.step.model_copy(update=done), fence=1)
            event = request.event(f"request.{to}", to, text=said)
            outcome = Outcome(code=code, detail=f"{said}.")
            await tx.transition(request, to, event, ended_at=tx.now, outcome=outcome)

    async def _looked_back(self) -> None:
        """Of what disturbs nobody by its nature nothing is said."""
        async with self._pen.store.write() as tx:
            await tx.lock_request(self._number)
            for minutes in LOOKS:
                if self._change().name == "create_snapshot":
                    await tx.look_back(self._number, minutes, "quiet")
                    continue
                worse = self._ask.worse if minutes == LOOKS[-1] else ""
                turn = Turn.WORSE if worse else Turn.SAME
                look = Look(minutes=minutes, turn=turn, said=worse)
                await tx.look_back(self._number, minutes, "told", look)

    # -- what was asked for

    @property
    def _words(self) -> Sequence[str]:
        return self._on_that_day(self._ask.what).split()

    def _on_that_day(self, text: str) -> str:
        return text.format(f"{self._at:%m%d}")

    def _request(self) -> Request:
        ask, known, now = self._ask, self._known, self._pen.clock.now
        change = self._change()
        step = Step(
            operation=change.name,
            params=change.model_dump(mode="json"),
            target=known.target,
            lock=known.lock,
            plan=self._plan(),
            session_name=session_name(self._number, 1),
        )
        assessment = _assessed(change)
        approvals = {Risk.LOW: 0, Risk.MEDIUM: 1, Risk.HIGH: 2}[assessment.risk]
        decision = Decision(
            effect=Effect.APPROVE if approvals else Effect.ALLOW,
            approvals=approvals,
            rule="rule 2 of 2: everything else",
            approvers=APPROVERS,
        )
        return Request(
            id=self._number,
            status=Status.PENDING if approvals else Status.APPROVED,
            requester=self._pen.people[ask.who],
            channel=CHANNEL,
            card_channel=CHANNEL,
            reason=ask.reason,
            operation=change.name,
            command=change.as_typed(),
            assessment=assessment,
            classified=known.classified,
            decision=decision,
            facts={"status": "available", "account_name": ACCOUNTS[known.spec.account],
                   "engine": known.spec.engine, "tags": dict(known.spec.tags),
                   "resource_id": known.resource_id},
            plan_hash=plan_hash((step,)),
            policy_hash=fingerprint("before the demo"),
            asked_at=now,
            expires_at=now + micros(decision.expires_after),
            approved_at=None if approvals else now,
            send_by=None if approvals else now + micros(decision.send_within),
            steps=(step,),
        )  # fmt: skip

    def _change(self) -> Change:
        verb, *rest = self._words
        given: dict[str, Any] = {"target": self._known.typed}
        match verb:
            case "snapshot":
                given |= {"snapshot": rest[0]}
            case "reboot":
                given |= {"failover": bool(rest)}
            case _:
                given |= {"window": rest[0]}
        kind = next(one for one in CATALOGUE.values() if one.verb == verb)
        assert issubclass(kind, Change)
        return kind.model_validate(given)

    def _plan(self) -> Plan:
        name, verb, word = self._ask.database, self._words[0], self._words[-1]
        match verb, word:
            case "snapshot", _:
                return _plan(f"Take snapshot {word} of {name}", "CreateDBSnapshot",
                             {"DBInstanceIdentifier": name, "DBSnapshotIdentifier": word},
                             "Deleting the snapshot undoes it.")  # fmt: skip
            case "reboot", "--failover":
                return _plan(f"Reboot {name} with failover", "RebootDBInstance",
                             {"DBInstanceIdentifier": name, "ForceFailover": True},
                             "A failover back undoes the move.")  # fmt: skip
            case "reboot", _:
                return _plan(f"Reboot {name}", "RebootDBInstance", {"DBInstanceIdentifier": name},
                             "Not needed: it comes back by itself.")  # fmt: skip
            case _:
                return _plan(f"Set the backup window of {name} to {word} UTC", "ModifyDBInstance",
                             {"DBInstanceIdentifier": name, "PreferredBackupWindow": word},
                             "Setting it back undoes it.")  # fmt: skip

    def _said(self) -> str:
        name, verb, word = self._ask.database, self._words[0], self._words[-1]
        if self._ask.why:
            return self._on_that_day(self._ask.why)
        match verb:
            case "snapshot":
                return f"{word} is available"
            case "reboot":
                return f"{name} is available; AWS reports: DB instance restarted"
            case _:
                return f"the backup window is {word} UTC"


class Incidence:
    """What became of one alarm."""

    def __init__(self, pen: Pen, dated: Dated) -> None:
        assert isinstance(dated.what, Trouble)
        self._pen, self._trouble, self._at = pen, dated.what, dated.at
        self._number = 0

    def moments(self) -> Iterator[Moment]:
        yield self._at, self._begun
        if self._trouble.seen:
            name, minutes = self._trouble.seen
            yield self._at + timedelta(minutes=minutes), partial(self._seen, name)
        yield self._at + timedelta(minutes=self._trouble.over), self._over

    async def _begun(self) -> None:
        trouble, known, now = (
            self._trouble,
            self._pen.known(self._trouble.database),
            self._pen.clock.now,
        )
        alarm = Alarm(
            name=trouble.alarm, state=AlarmState.ALARM, since=now, metric=trouble.metric,
            kind=known.target.kind, identifier=trouble.database,
            comparison="GreaterThanThreshold", threshold=trouble.threshold, statistic="Average",
            period=60, beyond=3, of=3,
        )  # fmt: skip
        incident = Incident(
            key=f"alarm/{known.spec.account}/{known.spec.region}/{trouble.alarm}",
            source=Origin.ALARM, title=trouble.title, alarm=trouble.alarm, target=known.target,
            place=known.place, environment=known.classified.environment, measures=trouble.metric,
            level=trouble.threshold, watched=alarm, shows=trouble.shows,
            detail=f"3 values in 3 min, the last {trouble.peak}", started_at=now, fired_at=now,
        )  # fmt: skip
        async with self._pen.store.write() as tx:
            opened = await tx.open_incident(incident)
            assert opened is not None
            self._number = opened.id
            tx.record(about_incident(opened, "started"))

    async def _seen(self, name: str) -> None:
        person = self._pen.people[name]
        await self._moved("acknowledged", lambda it, now: acknowledged(it, person, now), person)

    async def _over(self) -> None:
        if not self._trouble.resolved_by:
            await self._moved("ended", ended)
            return
        person = self._pen.people[self._trouble.resolved_by]
        await self._moved("resolved", lambda it, now: resolved(it, person, now), person)

    async def _moved(
        self,
        verb: str,
        change: Callable[[Incident, int], Incident | None],
        person: PersonId | None = None,
    ) -> None:
        async with self._pen.store.write() as tx:
            after = change(await tx.lock_incident(self._number), tx.now)
            assert after is not None
            await tx.save_incident(after)
            tx.record(about_incident(after, verb, person))


class Mornings:
    """The digest of each weekday; Dora scheduled it."""

    def __init__(self, pen: Pen, now: datetime) -> None:
        self._pen, self._now = pen, now
        began = int((now - timedelta(weeks=WEEKS)).timestamp()) * SECOND
        self._about = MORNINGS.model_copy(update={"created_by": pen.people["dora"], "since": began})

    def moments(self) -> Iterator[Moment]:
        until = int(self._now.timestamp()) * SECOND
        since = self._about.since or 0
        yield datetime.fromtimestamp(since / SECOND, UTC), self._scheduled
        for one in due(self._about.cron, self._about.timezone, since, until):
            yield (
                datetime.fromtimestamp(one.at / SECOND, UTC),
                partial(self._posted, one.wall_clock),
            )

    async def _scheduled(self) -> None:
        about, dora = self._about, self._pen.people["dora"]
        facts = about.model_dump(
            mode="json", include={"id", "channel", "cron", "timezone", "environments"}
        )
        event = AuditEvent(
            action="digest.scheduled", actor=str(dora), result="scheduled", facts=facts
        )
        async with self._pen.store.write() as tx:
            await tx.add_schedule(row_of(about, dora), event)

    async def _posted(self, wall_clock: str) -> None:
        about, store = self._about, self._pen.store
        attempt = await store.schedules.claim_run(about.id, wall_clock)
        assert attempt is not None
        facts = {"id": about.id, "channel": about.channel, "due": wall_clock}
        posted = AuditEvent(action="digest.posted", actor="bot", result="posted", facts=facts)
        async with store.write() as tx:
            await tx.end_run(about.id, wall_clock, attempt, "posted")
            await tx.audit(posted)
        await store.cursors.set(f"digest:{about.id}", str(self._pen.clock.now))


def _assessed(change: Change) -> Assessment:
    if getattr(change, "failover", False):
        return Assessment(risk=Risk.HIGH, reasons=("a failover moves the writer",))
    why = {
        "reboot": ("connections drop while it restarts",),
        "backup-window": ("backups move to another time",),
    }
    return Assessment(risk=change.risk, reasons=why.get(change.verb, ()))


def _plan(effect: str, action: str, arguments: dict[str, Any], undo: str) -> Plan:
    return Plan(effect=effect, call=Call(action=f"rds:{action}", arguments=arguments), undo=undo)
