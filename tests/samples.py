"""Values as the bot makes them, for tests: an ordinary reboot of a staging database by default."""

from typing import Any

from bot.values import (
    SECOND,
    Access,
    Assessment,
    AuditEntry,
    AuditEvent,
    Call,
    Classified,
    Database,
    Decision,
    Effect,
    Environment,
    Kind,
    Outcome,
    Person,
    PersonId,
    Plan,
    Posted,
    Progress,
    Receipt,
    Request,
    Risk,
    Status,
    Step,
    Target,
    Verdict,
    Vote,
    fingerprint,
    plan_hash,
)

#: 2026-11-20 14:03:12 UTC
NOW = 1_795_183_392 * SECOND
MINUTE, HOUR = 60 * SECOND, 3600 * SECOND

TEAM = "T0000TEAM"
ANA = PersonId(team=TEAM, user="U000ANA")  #: asks
DORA = PersonId(team=TEAM, user="U00DORA")  #: approves
EVE = PersonId(team=TEAM, user="U000EVE")  #: approves too
ACCOUNT, REGION = "123456789012", "us-east-1"


def sample_target(**changes: Any) -> Target:
    fields: dict[str, Any] = {
        "account": ACCOUNT,
        "region": REGION,
        "kind": Kind.INSTANCE,
        "identifier": "orders-staging",
        "resource_id": "db-ORDERSSTAGING",
    }
    return Target(**fields | changes)


def sample_person(id: PersonId = ANA, **changes: Any) -> Person:  # noqa: A002
    return Person(**{"id": id, "name": id.user[1:].strip("0").lower()} | changes)


def sample_database(**changes: Any) -> Database:
    target = changes.pop("target", sample_target())
    fields: dict[str, Any] = {
        "target": target,
        "account_name": "main",
        "arn": f"arn:aws:rds:{target.region}:{target.account}:db:{target.identifier}",
        "status": "available",
        "engine": "postgres",
        "engine_version": "16.4",
        "instance_class": "db.m6g.large",
        "storage_gib": 100,
        "multi_az": True,
        "zone": "us-east-1a",
        "secondary_zone": "us-east-1b",
        "tags": {"Environment": "staging"},
        "backup_window": "04:00-04:30",
        "maintenance_window": "sun:05:00-sun:05:30",
        "backup_retention_days": 7,
        "latest_restorable_at": NOW - 5 * MINUTE,
        "seen_at": NOW,
    }
    return Database(**fields | changes)


def sample_plan(**changes: Any) -> Plan:
    fields: dict[str, Any] = {
        "effect": "Reboot orders-staging with failover",
        "call": Call(
            action="rds:RebootDBInstance",
            arguments={"DBInstanceIdentifier": "orders-staging", "ForceFailover": True},
        ),
        "checks": ("orders-staging is available", "Multi-AZ with a standby in us-east-1b"),
        "downtime": "one to two minutes; connections drop and DNS moves to the standby",
        "undo": "Fail over again.",
        "baseline": {"zone": "us-east-1a", "secondary_zone": "us-east-1b"},
    }
    return Plan(**fields | changes)


def sample_step(**changes: Any) -> Step:
    target = changes.pop("target", sample_target())
    fields: dict[str, Any] = {
        "operation": "reboot_instance",
        "params": {"target": f"{target.identifier}@main/{REGION}", "failover": True},
        "target": target,
        "lock": f"{target.account}/{target.region}/{target.resource_id}",
        "plan": sample_plan(),
        "session_name": "rds-bot-1042-1",
    }
    return Step(**fields | changes)


def sample_vote(person: PersonId = DORA, **changes: Any) -> Vote:
    fields: dict[str, Any] = {
        "person": person,
        "verdict": Verdict.APPROVE,
        "at": NOW + 5 * MINUTE,
        "plan_hash": plan_hash((sample_step(),)),
    }
    return Vote(**fields | changes)


def sample_decision(**changes: Any) -> Decision:
    fields: dict[str, Any] = {
        "effect": Effect.APPROVE,
        "approvals": 2,
        "rule": "rule 2 of 2: everything else",
        "approvers": Access(users=(DORA.user, EVE.user)),
    }
    return Decision(**fields | changes)


def sample_request(**changes: Any) -> Request:
    """A pending request, asked ``NOW``; ``step`` stands for the one in ``steps``."""
    steps = (changes.pop("step", sample_step()),)
    fields: dict[str, Any] = {
        "id": 1042,
        "status": Status.PENDING,
        "requester": ANA,
        "channel": "C000000OPS",
        "card_channel": "C0APPROVAL",
        "reason": "new parameter group",
        "operation": "reboot_instance",
        "command": "/rds reboot orders-staging@main/us-east-1 --failover",
        "assessment": Assessment(risk=Risk.HIGH, reasons=("a failover moves the writer",)),
        "classified": Classified(environment=Environment.STAGING, rule="tag Environment=staging"),
        "decision": sample_decision(),
        "facts": {
            "status": "available",
            "engine": "postgres 16.4",
            "multi_az": True,
            "zone": "us-east-1a",
            "pending": {},
            "replicas": ["orders-staging-copy"],
            "connections": 42,
            "last_snapshot": {"name": "rds:orders-staging-2026-11-20", "at": NOW - 10 * HOUR},
            "latest_restorable_at": NOW - 5 * MINUTE,
            "tags": {"Environment": "staging"},
            "account_name": "main",
            "resource_id": steps[0].target.resource_id,
        },
        "plan_hash": plan_hash(steps),
        "policy_hash": fingerprint("policy"),
        "asked_at": NOW,
        "expires_at": NOW + 72 * HOUR,
        "steps": steps,
    }
    return Request(**fields | changes)


def _approved(**changes: Any) -> Request:
    fields: dict[str, Any] = {
        "status": Status.APPROVED,
        "votes": (sample_vote(DORA), sample_vote(EVE, at=NOW + 6 * MINUTE)),
        "approved_at": NOW + 6 * MINUTE,
        "send_by": NOW + 66 * MINUTE,
    }
    return sample_request(**fields | changes)


def sample_sent_step(**changes: Any) -> Step:
    """A step that AWS accepted two seconds after it was sent."""
    sent_at = NOW + 6 * MINUTE + 2 * SECOND
    fields: dict[str, Any] = {
        "claimed_at": NOW + 6 * MINUTE + SECOND,
        "sent_at": sent_at,
        "accepted_at": sent_at + 2 * SECOND,
        "receipt": Receipt(at=sent_at + 2 * SECOND, aws_request_id="0a1b2c3d"),
        "progress": Progress(stage="waiting", detail="orders-staging is rebooting", percent=43),
    }
    return sample_step(**fields | changes)


_OUTCOMES = {
    Status.SUCCEEDED: (
        "succeeded",
        "orders-staging is available; AWS reports: Multi-AZ instance failover completed",
    ),
    Status.FAILED: ("ended_badly", "orders-staging is failed after the reboot"),
    Status.UNKNOWN: ("no_evidence", "CloudTrail still does not say whether the reboot arrived"),
}


def _executed(status: Status, **changes: Any) -> Request:
    code, detail = _OUTCOMES[status]
    step = sample_sent_step(settled_at=NOW + 7 * MINUTE + 14 * SECOND)
    fields: dict[str, Any] = {
        "status": status,
        "step": step,
        "outcome": Outcome(code=code, detail=detail),
        "ended_at": step.settled_at,
        "card": Posted(channel="C0APPROVAL", ts="1795183393.000100"),
    }
    return _approved(**fields | changes)


def sample_of(status: Status, **changes: Any) -> Request:
    """The ordinary request as it stands in that status."""
    match status:
        case Status.PENDING:
            return sample_request(**changes)
        case Status.APPROVED:
            return _approved(**changes)
        case Status.RUNNING:
            return _approved(**{"status": status, "step": sample_sent_step()} | changes)
        case Status.SUCCEEDED | Status.FAILED | Status.UNKNOWN:
            return _executed(status, **changes)
        case _:
            return _closed(status, **changes)


def _closed(status: Status, **changes: Any) -> Request:
    """Ended by people or by the clock before anything was sent."""
    detail = {
        Status.REJECTED: "Rejected: not during the sale",
        Status.EXPIRED: "Nobody decided in time.",
        Status.CANCELLED: "Request RDS-1042 was cancelled.",
    }[status]
    no = sample_vote(EVE, verdict=Verdict.REJECT, reason="not during the sale")
    fields: dict[str, Any] = {
        "status": status,
        "outcome": Outcome(code=status.value, detail=detail),
        "ended_at": NOW + 20 * MINUTE,
        "votes": (no,) if status is Status.REJECTED else (),
    }
    return sample_request(**fields | changes)


def sample_audit_row(**changes: Any) -> AuditEntry:
    """The denial of a reboot of a production database."""
    target = sample_target(identifier="orders-prod", resource_id="db-ORDERSPROD")
    fields: dict[str, Any] = {
        "action": "request.denied",
        "actor": str(ANA),
        "result": "denied",
        "request_id": 1043,
        "operation": "reboot_instance",
        "target": str(target),
        "facts": {
            "rule": "rule 1 of 2: environment is production",
            "environment": "production",
            "classified_by": "tag Environment=production",
            "command": "/rds reboot orders-prod@main/us-east-1",
            "call": {
                "action": "rds:RebootDBInstance",
                "arguments": {"DBInstanceIdentifier": "orders-prod"},
            },
        },
        "text": "new parameter group",
    }
    event = AuditEvent(**fields | changes)
    return AuditEntry(seq=77, at=NOW, event=event, hash=fingerprint("row"))
