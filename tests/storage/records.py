"""Values that the storage tests fill tables with."""

from typing import Any

from bot.values import (
    SECOND,
    Assessment,
    AuditEvent,
    Call,
    Classified,
    Decision,
    Effect,
    Environment,
    Kind,
    Message,
    PersonId,
    Place,
    Plan,
    Request,
    Risk,
    Status,
    Step,
    Target,
    Verdict,
    Vote,
    plan_hash,
)
from storage.store import Store

ANN, BOB, CAT = (PersonId(team="T1", user=user) for user in ("UANN", "UBOB", "UCAT"))
START = 1_800_000_000 * SECOND
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        return self.now


def a_target(identifier: str = "orders-test") -> Target:
    return Target(
        account="123456789012",
        region="us-east-1",
        kind=Kind.INSTANCE,
        identifier=identifier,
        resource_id=f"db-{identifier.upper()}",
    )


def a_step(identifier: str = "orders-test", **changes: Any) -> Step:
    call = Call(action="rds:RebootDBInstance", arguments={"DBInstanceIdentifier": identifier})
    fields: dict[str, Any] = {
        "operation": "reboot_instance",
        "params": {"target": identifier, "failover": False},
        "target": a_target(identifier),
        "lock": f"123456789012/us-east-1/db-{identifier.upper()}",
        "plan": Plan(effect=f"Reboot {identifier}", call=call, baseline={"status": "available"}),
        "session_name": f"rds-bot-{identifier}",
    }
    return Step(**fields | changes)


def a_request(request_id: int, *, step: Step | None = None, **changes: Any) -> Request:
    step = step or a_step()
    fields: dict[str, Any] = {
        "id": request_id,
        "status": Status.PENDING,
        "requester": ANN,
        "channel": "C1",
        "card_channel": "C2",
        "reason": "the new parameter group",
        "operation": step.operation,
        "command": f"/rds reboot {step.target.identifier}",
        "assessment": Assessment(risk=Risk.MEDIUM, reasons=("connections drop",)),
        "classified": Classified(environment=Environment.TEST, rule="tag Environment=test"),
        "decision": Decision(effect=Effect.APPROVE, approvals=1),
        "facts": {"status": "available", "multi_az": True},
        "plan_hash": plan_hash((step,)),
        "policy_hash": "policy-1",
        "asked_at": START,
        "expires_at": START + HOUR,
        "steps": (step,),
    }
    return Request(**fields | changes)


def an_event(
    request: Request | None = None, action: str = "request.filed", **changes: Any
) -> AuditEvent:
    fields: dict[str, Any] = {
        "action": action,
        "actor": str(ANN),
        "result": "filed",
        "request_id": request and request.id,
        "operation": request and request.operation,
        "target": request and request.step.target.identifier,
    }
    return AuditEvent(**fields | changes)


def a_vote(person: PersonId = BOB, verdict: Verdict = Verdict.APPROVE, **changes: Any) -> Vote:
    return Vote(**{"person": person, "verdict": verdict, "at": START, "plan_hash": "1"} | changes)


def a_message(address: str = "C2", place: Place = Place.CHANNEL, **changes: Any) -> Message:
    return Message(**{"place": place, "address": address, "kind": "answer"} | changes)


async def filed(database: Store, **changes: Any) -> Request:
    """A stored request; ``identifier`` names its database, ``status`` where it stands."""
    step = changes.pop("step", None) or a_step(changes.pop("identifier", "orders-test"))
    status = changes.pop("status", Status.PENDING)
    request = a_request(await database.requests.next_id(), step=step, **changes)
    async with database.write() as tx:
        request = await tx.file(request, an_event(request))
    return await moved(database, request, *PATHS[status])


async def moved(database: Store, request: Request, *path: Status, **changes: Any) -> Request:
    for status in path:
        async with database.write() as tx:
            request = await tx.transition(
                request, status, an_event(request, f"request.{status}"), **changes
            )
    return request


#: How a request gets from pending to each status.
PATHS: dict[Status, tuple[Status, ...]] = {
    Status.PENDING: (),
    Status.REJECTED: (Status.REJECTED,),
    Status.EXPIRED: (Status.EXPIRED,),
    Status.CANCELLED: (Status.CANCELLED,),
    Status.APPROVED: (Status.APPROVED,),
    Status.RUNNING: (Status.APPROVED, Status.RUNNING),
    Status.SUCCEEDED: (Status.APPROVED, Status.RUNNING, Status.SUCCEEDED),
    Status.FAILED: (Status.APPROVED, Status.RUNNING, Status.FAILED),
    Status.UNKNOWN: (Status.APPROVED, Status.RUNNING, Status.UNKNOWN),
}
