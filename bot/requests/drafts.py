"""From what somebody asks for to the request as it would be filed: find, look, plan, judge."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from bot.aws.accounts import Accounts
from bot.errors import NotAllowedError, PreflightError, UsageError
from bot.operation import Change
from bot.policy.approvers import MAILBOX
from bot.policy.authorization import Authorization, refuse, requesters
from bot.policy.eligibility import Directory, sealed
from bot.policy.grants import grant_of
from bot.policy.judge import Judge, Judged
from bot.policy.viewers import Sight, Sights
from bot.requests.facts import standing, weights
from bot.settings import Settings
from bot.times import time_to_come
from bot.values import (
    SECOND,
    AuditEvent,
    Database,
    Effect,
    Looked,
    Order,
    Person,
    PersonId,
    Plan,
    Request,
    Status,
    Step,
    folded,
    locks,
    micros,
    plan_hash,
    resembles,
    session_name,
)
from storage.store import Store

START = "start"  #: among the facts: when it is to start, as it was typed
FURTHEST = timedelta(days=14)  #: ahead, of a start
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CLOSED_AT_AWS = (
    "AWS refuses this: the role that rds-bot iam-policy prints needs a tag on {} itself. "
    "Tag it first."
)
DECIDING = (
    "The tag {} decides who may change what, so nobody can ask for it here. Leave it out, or have "
    "it set in AWS."
)


class CardChannels(Protocol):
    """Where a request's card may stand."""

    async def card_channel(self, asked_in: str) -> str | None:
        """The configured channel, else where it was asked; None where no card may stand."""


@dataclass(frozen=True)
class Ask:
    """Somebody asks for a change, in a channel."""

    change: Change
    asker: PersonId
    channel: str
    reason: str
    received_at: int
    key: str  #: of the inbox row that carries it, which ends with the filing
    at: str = ""  #: when it is to start, on the asker's clock; empty: as soon as it may


class DeniedError(NotAllowedError):
    """A rule forbids it. ``seq`` is the audit row from which a CloudOps request can be written.

    None where nobody is to be asked for anything.
    """

    def __init__(self, judged: Judged, seq: int | None) -> None:
        super().__init__(judged.decision.reason)
        self.classified = judged.classified
        self.seq = seq


class Drafts:
    def __init__(
        self,
        store: Store,
        accounts: Accounts,
        sights: Sights,
        judge: Judge,
        directory: Directory,
        channels: CardChannels,
        settings: Settings,
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._sights = sights
        self._judge = judge
        self._authorization = Authorization(store, directory)
        self._channels = channels
        self._settings = settings

    async def draft(self, ask: Ask) -> Request:
        """The request as it would stand; generated names and parameters are frozen in it.

        With ``observe`` also one that is denied, as nothing is filed anyway. Raises UsageError,
        NotAllowedError, DeniedError, PreflightError or AWSError. What people or the policy refuse
        is audited here.
        """
        asker = await self._may_ask(ask)
        starts_at = _start(ask, asker)
        await self._no_deciding_tags(ask)
        sight = await self._sights.of(asker, ask.received_at)
        seen = await self._find(ask, sight)
        change = ask.change.model_copy(update={"target": seen.address})
        change = change.as_of(datetime.fromtimestamp(ask.received_at / SECOND, UTC), asker.timezone)
        order = Order(
            # Before anything is filed: names of snapshots and of sessions at AWS are made of it.
            request_id=await self._store.requests.next_id(),
            target=seen.target,
            requester=asker.id,
            reason=ask.reason,
            asked_at=ask.received_at,
        )
        aws = self._accounts.door(order.target, change.permissions)
        # One look for all: what people weigh has to be what the rules have judged.
        looking = asyncio.ensure_future(self._accounts.look(order.target))
        looked, planned, weighed = await asyncio.gather(
            looking, _attempted(change.plan(aws, order)), weights(aws.region, looking)
        )
        plan = planned if isinstance(planned, Plan) else None
        looked = await self._accounts.reach(looked, plan) if plan else looked
        judged = self._judge.judge(change, looked, plan)
        await self._may_look(ask, sight, looked, judged)
        observes = self._settings.observe and isinstance(planned, Plan)
        if judged.decision.effect is Effect.DENY and not observes:
            # Before the guards speak: to mend those would be in vain.
            raise await self._denied(ask, order, judged, planned, looked.database.account_name)
        planned = _barred(change, looked.database) or planned
        if isinstance(planned, Plan):
            planned = await self._patient(planned, looked, judged)
        if isinstance(planned, PreflightError):
            event = _refused(ask, order, "preflight", str(planned))
            await refuse(self._store, event, planned)
        if judged.decision.effect is not Effect.DENY:
            planned = self._forewarned(planned, looked.database)
        channel = await self._channels.card_channel(ask.channel)
        request = self._request(ask, change, order, looked, planned, judged, channel)
        facts = {**standing(looked), **weighed, MAILBOX: sealed(order.request_id, asker)}
        facts |= {START: ask.at} if ask.at else {}
        return _starting(request.model_copy(update={"facts": facts}), starts_at)

    async def _may_ask(self, ask: Ask) -> Person:
        """Who asks, under the id by which Slack knows them. Raises NotAllowedError."""
        refused = _refused(ask, None, "refused", ask.reason)
        return await self._authorization.require(
            ask.asker, requesters(self._settings), ask.received_at, refused
        )

    async def _find(self, ask: Ask, sight: Sight) -> Database:
        """The database, which whoever asks has to be among those who may look at."""
        try:
            return await sight.find(ask.change.target, ask.change.kinds())
        except NotAllowedError as error:
            await refuse(self._store, _refused(ask, None, error.code, ask.reason), error)

    async def _may_look(self, ask: Ask, sight: Sight, looked: Looked, judged: Judged) -> None:
        """What else it touches is told by name, so whoever asks has to see that as well."""
        if looked.touched:
            families = (one.looked for one in looked.touched)
            try:
                # Of what cannot be read nobody knows better than that it counts as the strictest.
                sight.require_environment(judged.classified.environment)
                for one in families:
                    if isinstance(one, Looked):
                        sight.require(one.database)
            except NotAllowedError as error:
                await refuse(self._store, _refused(ask, None, error.code, ask.reason), error)

    async def _no_deciding_tags(self, ask: Ask) -> None:
        """By such a tag others are judged, so nobody has it for the asking. Raises UsageError."""
        for parameter, key in ask.change.tag_keys():
            deciding = self._settings.deciding_tags
            if folded(key) in deciding or any(resembles(key, one) for one in deciding):
                event = _refused(ask, None, "deciding_tag", ask.change.as_typed())
                await refuse(self._store, event, UsageError(DECIDING.format(key), parameter))

    async def _patient(self, plan: Plan, looked: Looked, judged: Judged) -> Plan | PreflightError:
        """A busy database is waited for where people have to agree first, which takes its time too,
        or where a request of ours keeps it busy."""
        if not plan.busy:
            return plan
        if judged.decision.effect is Effect.APPROVE:
            waits = f"{plan.busy} Once approved, it is sent when it is."
            return plan.model_copy(update={"warnings": (*plan.warnings, waits)})
        for lock in locks(looked, plan):
            if await self._store.requests.holder(lock) is not None:
                return plan
        return PreflightError(f"{plan.busy} Ask again when it is.")

    def _forewarned(self, plan: Plan, database: Database) -> Plan:
        """Before anybody agrees to what AWS would refuse by the policy that the bot prints."""
        if grant_of(self._settings, database.target.account).opens(database):
            return plan
        return plan.model_copy(
            update={"warnings": (*plan.warnings, CLOSED_AT_AWS.format(database.name))}
        )

    async def _denied(
        self,
        ask: Ask,
        order: Order,
        judged: Judged,
        planned: Plan | PreflightError,
        account: str,
    ) -> NotAllowedError:
        """Audit the denial with all that a CloudOps request needs; the error is to be raised."""
        call = planned.call.json_value() if isinstance(planned, Plan) else None
        async with self._store.write() as tx:
            seq = await tx.audit(
                AuditEvent(
                    action="request.denied",
                    actor=str(order.requester),
                    result="denied",
                    request_id=order.request_id,
                    operation=ask.change.name,
                    target=str(order.target),
                    facts={
                        "rule": judged.decision.rule,
                        "environment": judged.classified.environment,
                        "classified_by": judged.classified.rule,
                        "account_name": account,
                        "command": ask.change.as_typed(),
                        "call": call,
                    },
                    text=ask.reason,
                )
            )
        if judged.is_denied_by_rule:
            return DeniedError(judged, None if self._settings.observe else seq)
        return NotAllowedError(judged.decision.reason)

    def _request(
        self,
        ask: Ask,
        change: Change,
        order: Order,
        looked: Looked,
        plan: Plan,
        judged: Judged,
        channel: str | None,
    ) -> Request:
        allowed = judged.decision.effect is Effect.ALLOW
        step = Step(
            operation=change.name,
            params=change.model_dump(mode="json"),
            target=order.target,
            lock=looked.database.lock,
            locks=locks(looked, plan),
            plan=plan,
            session_name=session_name(order.request_id, order.number),
        )
        return Request(
            id=order.request_id,
            status=Status.APPROVED if allowed else Status.PENDING,
            requester=order.requester,
            channel=ask.channel,
            card_channel=channel,
            reason=ask.reason,
            operation=change.name,
            command=change.as_typed(),
            assessment=judged.case.assessment,
            classified=judged.classified,
            decision=judged.decision,
            plan_hash=plan_hash((step,)),
            policy_hash=self._judge.policy_hash,
            asked_at=ask.received_at,
            expires_at=ask.received_at + micros(judged.decision.expires_after),
            approved_at=ask.received_at if allowed else None,
            send_by=ask.received_at + micros(judged.decision.send_within) if allowed else None,
            steps=(step,),
        )


def _start(ask: Ask, asker: Person) -> int | None:
    """When it is to start; None: as soon as it may. Raises UsageError for what is no such time."""
    if not ask.at:
        return None
    now = datetime.fromtimestamp(ask.received_at / SECOND, UTC)
    try:
        found = time_to_come(ask.at, now, asker.timezone)
    except ValueError as error:
        raise UsageError(f'I cannot start it at "{ask.at}": {error}.', "at") from error
    if found - now > FURTHEST:
        raise UsageError(
            f"A start is at most {FURTHEST.days} days ahead: who approves it now cannot know how "
            "things stand then. Ask again nearer to it.", "at",
        )  # fmt: skip
    return micros(found - EPOCH)


def _starting(request: Request, starts_at: int | None) -> Request:
    """The same, not sent before that: so it is decided by then."""
    if starts_at is None:
        return request
    later = request.model_copy(update={"starts_at": starts_at})
    until = {"expires_at": min(request.expires_at, starts_at)}
    if request.approved_at is not None:
        until["send_by"] = later.send_until(request.approved_at)
    return later.model_copy(update=until)


def _refused(ask: Ask, order: Order | None, code: str, text: str) -> AuditEvent:
    return AuditEvent(
        action="request.refused",
        actor=str(order.requester if order else ask.asker),
        result=code,
        request_id=order.request_id if order else None,
        operation=ask.change.name,
        target=str(order.target) if order else ask.change.target,
        text=text,
    )


def _barred(change: Change, database: Database) -> PreflightError | None:
    """What AWS would refuse whatever the plan."""
    for parameter, sentence in change.barred(database).items():
        return PreflightError(sentence, parameter)
    return None


async def _attempted(planning: Awaitable[Plan]) -> Plan | PreflightError:
    """A denial speaks before the target's state does, so a failed guard is kept for later."""
    try:
        return await planning
    except PreflightError as error:
        return error
