"""What became of each request: asked for, agreed to, sent, ended and looked back at."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.operation import Change
from bot.operations import CATALOGUE
from bot.sandbox.past.pen import ACCOUNTS, CHANNEL, Moment, Pen
from bot.sandbox.past.plan import Ask, Dated
from bot.values import (
    Access,
    Assessment,
    AuditEvent,
    Call,
    Decision,
    Effect,
    Environment,
    Look,
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
    Turn,
    Verdict,
    Vote,
    fingerprint,
    micros,
    plan_hash,
    session_name,
)
from storage.transaction import Transaction

APPROVERS = Access(groups=("S0DBAS0001",))
APPROVALS = {Risk.LOW: 0, Risk.MEDIUM: 1, Risk.HIGH: 2}
#: Minutes after a change's end at which the demo looks back, as its settings have it.
LOOKS = (4, 10)


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
            await (self._rejected if is_no else self._agreed)(tx, request, vote)

    async def _rejected(self, tx: Transaction, request: Request, vote: Vote) -> None:
        outcome = Outcome(code="rejected", detail=f"Rejected: {vote.reason}")
        facts = {"code": outcome.code}
        event = request.event("request.rejected", Status.REJECTED, vote.person, facts, vote.reason)
        await tx.transition(request, Status.REJECTED, event, ended_at=tx.now, outcome=outcome)

    async def _agreed(self, tx: Transaction, request: Request, vote: Vote) -> None:
        counted = len(request.approvals) + 1
        facts = {"plan_hash": vote.plan_hash, "counted": counted}
        if counted < request.decision.approvals:
            await tx.audit(request.event("vote.approved", "counted", vote.person, facts))
            return
        await tx.transition(
            request,
            Status.APPROVED,
            request.event("vote.approved", Status.APPROVED, vote.person, facts),
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
        approvals = APPROVALS[assessment.risk]
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
        name, (verb, *rest) = self._ask.database, self._words
        if verb == "snapshot":
            return _snapshot(name, rest[0], is_cluster=self._known.is_cluster)
        if verb == "reboot":
            return _reboot(name, failover=bool(rest))
        return _window(name, rest[0])

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


def _assessed(change: Change) -> Assessment:
    if getattr(change, "failover", False):
        return Assessment(risk=Risk.HIGH, reasons=("a failover moves the writer",))
    why = {
        "reboot": ("connections drop while it restarts",),
        "backup-window": ("backups move to another time",),
    }
    return Assessment(risk=change.risk, reasons=why.get(change.verb, ()))


def _snapshot(name: str, snapshot: str, *, is_cluster: bool) -> Plan:
    kind = "DBCluster" if is_cluster else "DB"
    owner = f"{kind if is_cluster else 'DBInstance'}Identifier"
    arguments = {owner: name, f"{kind}SnapshotIdentifier": snapshot}
    call = Call(action=f"rds:Create{kind}Snapshot", arguments=arguments)
    undo = "Delete the snapshot."
    return Plan(effect=f"Take snapshot {snapshot} of {name}", call=call, undo=undo)


def _reboot(name: str, *, failover: bool) -> Plan:
    arguments = {"DBInstanceIdentifier": name, **({"ForceFailover": True} if failover else {})}
    return Plan(
        effect=f"Reboot {name}{' with failover' if failover else ''}",
        call=Call(action="rds:RebootDBInstance", arguments=arguments),
        downtime="one to two minutes" if failover else "a minute or two",
        undo="A failover back undoes the move." if failover else "Not needed: it comes back.",
    )


def _window(name: str, window: str) -> Plan:
    arguments = {"DBInstanceIdentifier": name, "PreferredBackupWindow": window}
    return Plan(
        effect=f"Set the backup window of {name} to {window} UTC",
        call=Call(action="rds:ModifyDBInstance", arguments=arguments),
        downtime="none",
        undo="Set it back.",
    )
