"""Between values and columns: what a request, its steps and its votes look like in their tables."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any, TypeVar

import structlog
from sqlalchemy import RowMapping

from bot.masking import mask
from bot.values import Look, PersonId, Request, Step, Target, Value, Vote, canonical

Columns = dict[str, Any]
Read = TypeVar("Read")

log = structlog.get_logger()


def readable(table: str, rows: Iterable[Any], read: Callable[[Any], Read]) -> Iterator[Read]:
    """What can be read of them. A row that cannot, as one of another version, or one that somebody
    has changed by hand, ends no list: the log names it, once."""
    for row in rows:
        try:
            yield read(row)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            first = next(iter(row.values())) if isinstance(row, RowMapping) else row[0]
            _told(table, str(first), f"{type(error).__name__}: {error}")


@cache
def _told(table: str, row: str, why: str) -> None:
    log.error("storage.unreadable_row", table=table, row=row, why=why)


SEEN = "{"  #: how the outcome of a look back begins that says what was seen


def encoded(value: Any) -> str:
    return canonical(value).decode()


def encoded_value(value: Value | None) -> str | None:
    return None if value is None else encoded(value.json_value())


def decoded(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def request_columns(request: Request) -> Columns:
    """All columns but ``reason_id``."""
    return {
        "id": request.id,
        "version": request.version,
        "requester": str(request.requester),
        "channel": request.channel,
        "card_channel": request.card_channel,
        "operation": request.operation,
        "command": mask(request.command),
        "risk": request.assessment.risk.value,
        "environment": request.classified.environment.value,
        "assessment": encoded_value(request.assessment),
        "classified": encoded_value(request.classified),
        "decision": encoded_value(request.decision),
        "facts": encoded(request.facts),
        "plan_hash": request.plan_hash,
        "policy_hash": request.policy_hash,
        "same_ask": request.same_ask,
        "asked_at": request.asked_at,
        "starts_at": request.starts_at,
        "card": encoded_value(request.card),
        **request_state(request),
    }


def request_state(request: Request) -> Columns:
    """The columns that a transition may change, but ``version``."""
    return {
        "status": request.status.value,
        "expires_at": request.expires_at,
        "approved_at": request.approved_at,
        "not_before": request.not_before,
        "send_by": request.send_by,
        "ended_at": request.ended_at,
        "waits_for": request.waits_for,
        "outcome": encoded_value(request.outcome),
    }


def step_columns(request_id: int, step: Step) -> Columns:
    return {
        "request_id": request_id,
        "number": step.number,
        "operation": step.operation,
        "params": encoded(step.params),
        **step.target.json_value(),
        "lock": step.lock,
        "plan": encoded_value(step.plan),
        **step_state(step),
    }


def step_state(step: Step) -> Columns:
    """The columns that change while a step is carried out."""
    return {
        "claimed_at": step.claimed_at,
        "sent_at": step.sent_at,
        "accepted_at": step.accepted_at,
        "settled_at": step.settled_at,
        "lease_owner": step.lease_owner,
        "lease_until": step.lease_until,
        "fence": step.fence,
        "session_name": step.session_name,
        "next_poll_at": step.next_poll_at,
        "receipt": encoded_value(step.receipt),
        "refusal": encoded_value(step.refusal),
        "evidence": encoded(step.evidence),
        "events": encoded([event.json_value() for event in step.events]),
        "progress": encoded_value(step.progress),
    }


def lock_columns(request_id: int, step: Step) -> list[Columns]:
    """A row for each lock, in the order in which all take theirs."""
    number, held = step.number, step.is_claimed
    return [
        {"request_id": request_id, "number": number, "lock": lock, "held": held}
        for lock in sorted(set(step.locks))
    ]


def touch_columns(request_id: int, step: Step) -> list[Columns]:
    """A row for each database beside the target."""
    return [
        {
            "request_id": request_id,
            "number": step.number,
            "role": touch.role.value,
            **touch.target.model_dump(mode="json", exclude={"resource_id"}),
        }
        for touch in step.plan.beside(step.target)
    ]


def vote_columns(request_id: int, vote: Vote) -> Columns:
    """All columns but ``reason_id``."""
    return {
        "request_id": request_id,
        "person": str(vote.person),
        "verdict": vote.verdict.value,
        "at": vote.at,
        "plan_hash": vote.plan_hash,
        "mailbox": vote.mailbox,
    }


_REQUEST_JSON = frozenset({"assessment", "classified", "decision", "facts", "outcome", "card"})
_REQUEST_PLAIN = (
    Request.model_fields.keys() - _REQUEST_JSON - {"requester", "reason", "steps", "votes", "looks"}
)
_STEP_JSON = frozenset({"params", "plan", "receipt", "refusal", "evidence", "events", "progress"})
_STEP_PLAIN = Step.model_fields.keys() - _STEP_JSON - {"target", "locks"}
_TARGET = Target.model_fields.keys()


def request_value(
    row: RowMapping,
    steps: Iterable[RowMapping],
    locks: Sequence[RowMapping],
    votes: Iterable[RowMapping],
    looks: Iterable[RowMapping] = (),
) -> Request:
    return Request.model_validate(
        {
            **{name: row[name] for name in _REQUEST_PLAIN},
            **{name: decoded(row[name]) for name in _REQUEST_JSON},
            "requester": PersonId.parse(row["requester"]),
            "reason": row["reason"] or "",
            "steps": [_step(step, locks) for step in steps],
            "votes": [_vote(vote) for vote in votes],
            "looks": [found for look in looks if (found := _look(look))],
        }
    )


def look_outcome(outcome: str, look: Look | None) -> str:
    """What became of a look back, in a word, and where something was seen, what."""
    return outcome if look is None else encoded({**look.json_value(), "outcome": outcome})


def _look(row: RowMapping) -> Look | None:
    """None where nothing was seen, or an earlier version has not kept what."""
    if not row["outcome"].startswith(SEEN):
        return None
    found = decoded(row["outcome"])
    brief = found.get("brief", "")  # an earlier version has not kept it
    return Look(minutes=row["minutes"], turn=found["turn"], said=found["said"], brief=brief)


def _step(row: RowMapping, locks: Iterable[RowMapping]) -> Columns:
    return {
        "locks": [lock["lock"] for lock in locks if lock["number"] == row["number"]],
        **{name: row[name] for name in _STEP_PLAIN},
        **{name: decoded(row[name]) for name in _STEP_JSON},
        "target": {name: row[name] for name in _TARGET},
    }


def _vote(row: RowMapping) -> Columns:
    return {
        "person": PersonId.parse(row["person"]),
        "verdict": row["verdict"],
        "at": row["at"],
        "plan_hash": row["plan_hash"],
        "reason": row["reason"] or "",
        "mailbox": row["mailbox"],
    }
