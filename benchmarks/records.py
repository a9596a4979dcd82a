"""Requests as the bot would have filed them, put straight into its database."""

from collections.abc import Sequence

from bot.operation import Change
from bot.values import (
    SECOND,
    Access,
    Assessment,
    AuditEvent,
    Call,
    Classified,
    Decision,
    Effect,
    Environment,
    Kind,
    Order,
    Outcome,
    PersonId,
    Plan,
    Receipt,
    Request,
    Risk,
    Status,
    Step,
    Target,
    plan_hash,
)
from storage.store import Store

TEAM = "T0HOME0001"
ANA = PersonId(team=TEAM, user="U0ANA00001")
DORA = PersonId(team=TEAM, user="U0DORA0001")
CHANNEL = "C0DATABASE"
DAY = 24 * 3600 * SECOND
#: How many are stored in one transaction.
TOGETHER = 100


def target(identifier: str) -> Target:
    return Target(
        account="123456789012",
        region="us-east-1",
        kind=Kind.INSTANCE,
        identifier=identifier,
        resource_id=f"db-{identifier.upper()}",
    )


def reboot_plan(identifier: str) -> Plan:
    call = Call(action="rds:RebootDBInstance", arguments={"DBInstanceIdentifier": identifier})
    return Plan(effect=f"Reboot {identifier}", call=call, baseline={"zone": "us-east-1a"})


def order(number: int, where: Target, now: int) -> Order:
    return Order(request_id=number, target=where, requester=ANA, asked_at=now)


def step(change: Change, order: Order, plan: Plan) -> Step:
    where = order.target
    return Step(
        operation=change.name,
        params=change.model_dump(mode="json"),
        target=where,
        lock=f"{where.account}/{where.region}/{where.kind}/{where.identifier}/{change.name}",
        plan=plan,
        session_name=f"rds-bot-{order.request_id}-1",
    )


def request(order: Order, step: Step) -> Request:
    return Request(
        id=order.request_id,
        status=Status.PENDING,
        requester=order.requester,
        channel=CHANNEL,
        card_channel=CHANNEL,
        reason="to be measured",
        operation=step.operation,
        command=f"/rds show {step.target.identifier}",
        assessment=Assessment(risk=Risk.MEDIUM, reasons=("connections drop",)),
        classified=Classified(environment=Environment.TEST, rule="tag Environment=test"),
        decision=Decision(
            effect=Effect.APPROVE, approvals=1, approvers=Access(groups=("S0DBAS0001",))
        ),
        facts={"status": "available", "multi_az": False, "account_name": "main"},
        plan_hash=plan_hash((step,)),
        policy_hash="none",
        asked_at=order.asked_at,
        expires_at=order.asked_at + DAY,
        steps=(step,),
    )


def event(request: Request, action: str) -> AuditEvent:
    return AuditEvent(action=action, actor="bot", result="done", request_id=request.id)


async def file(store: Store, requests: Sequence[Request]) -> None:
    """Pending, without a word to anybody."""
    for start in range(0, len(requests), TOGETHER):
        async with store.write() as tx:
            for one in requests[start : start + TOGETHER]:
                await tx.file(one, event(one, "request.filed"))


async def accept(store: Store, requests: Sequence[Request]) -> None:
    """Filed requests begin to run: approved, claimed, sent, and accepted by AWS."""
    for start in range(0, len(requests), TOGETHER):
        async with store.write() as tx:
            for one in requests[start : start + TOGETHER]:
                at = dict.fromkeys(("claimed_at", "sent_at", "accepted_at"), tx.now)
                sent = one.step.model_copy(update={**at, "receipt": Receipt(at=tx.now)})
                approved = await tx.transition(
                    one, Status.APPROVED, event(one, "vote.approved"), send_by=None
                )
                await tx.transition(approved, Status.RUNNING, event(one, "request.running"))
                await tx.update_step(one.id, sent)


async def cancel(store: Store, one: Request) -> None:
    outcome = Outcome(code="cancelled", detail="Taken back by who asked.")
    async with store.write() as tx:
        gone = event(one, "request.cancelled")
        await tx.transition(one, Status.CANCELLED, gone, ended_at=tx.now, outcome=outcome)
