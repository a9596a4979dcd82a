"""What the tables say of the bot's own work, for figures: sums, never single people or names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select

from bot.values import SECOND, Environment, Lengths, Status, Tally
from storage.engine import Connections
from storage.tables import models
from storage.tables.incidents import Incidents
from storage.tables.requests import BY_EVIDENCE

TALLIED = 1_000  #: times to approve, and incidents, of one tally

Work = tuple[str, str]  #: operation and environment

_request, _step, _vote, _event = (
    models.requests.c, models.steps.c, models.votes.c, models.audit.c,
)  # fmt: skip
_APPROVED_BY_PEOPLE = and_(
    _request.approved_at.is_not(None), exists().where(_vote.request_id == _request.id)
)
_EXECUTED = tuple(f"request.{one}" for one in (Status.SUCCEEDED, Status.FAILED, Status.UNKNOWN))


@dataclass(frozen=True)
class Ending:
    """The first ending of one request; what is settled after ``unknown`` is no second one.

    ``seq`` is its audit row's, ``seconds`` those since the send; None where nothing was sent.
    """

    seq: int
    at: int
    operation: str
    environment: Environment
    region: str
    status: Status
    seconds: float | None


class Figures:
    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def outcomes(self) -> Mapping[tuple[str, str, Status], int]:
        """How many requests there are by operation, environment and status."""
        columns = _request.operation, _request.environment, _request.status
        query = select(*columns, func.count()).group_by(*columns)
        return {
            (operation, environment, Status(status)): count
            for operation, environment, status, count in await self._all(query)
        }

    async def approvals(self, bounds: tuple[float, ...]) -> Mapping[Work, Lengths]:
        """From asking to the last approval, of what people approved."""
        took = _request.approved_at - _request.asked_at
        return await self._lengths(took, bounds, _APPROVED_BY_PEOPLE)

    async def executions(self, bounds: tuple[float, ...]) -> Mapping[Work, Lengths]:
        """From send to proof, of what succeeded; what a person settled is left out."""
        took = _step.settled_at - _step.sent_at
        done = and_(_request.status == Status.SUCCEEDED, took.is_not(None), BY_EVIDENCE)
        return await self._lengths(took, bounds, done)

    async def reconciliations(self, bounds: tuple[float, ...]) -> Mapping[Work, Lengths]:
        """From send to knowing whether it arrived, of what AWS never answered; by evidence only."""
        found = func.coalesce(_step.accepted_at, _step.settled_at) - _step.sent_at
        # The first key of canonical JSON, as its keys are sorted.
        refused = _request.outcome.startswith('{"code":"refused', autoescape=True)
        unanswered = and_(_step.receipt.is_(None), or_(_request.outcome.is_(None), ~refused))
        return await self._lengths(found, bounds, and_(unanswered, found.is_not(None), BY_EVIDENCE))

    async def tally(self, since: int, until: int) -> Tally:
        """Of what was asked for, refused and began in that time, up to before ``until``."""
        asked = and_(_request.asked_at >= since, _request.asked_at < until)
        work = _request.operation, _request.status
        counts = select(*work, func.count()).where(asked).group_by(*work).order_by(*work)
        denied = select(func.count()).where(
            _event.action == "request.denied", _event.at >= since, _event.at < until
        )
        waits = (
            select(_request.approved_at - _request.asked_at)
            .where(asked, _APPROVED_BY_PEOPLE)
            .order_by(_request.id.desc())
            .limit(TALLIED)
        )
        return Tally(
            since=since,
            until=until,
            requests=tuple((one, Status(status), n) for one, status, n in await self._all(counts)),
            denied=(await self._all(denied))[0][0],
            waits=tuple(wait for (wait,) in await self._all(waits)),
            incidents=await Incidents(self._connections).between(since, until, TALLIED),
            most=TALLIED,
        )

    async def audit_head(self) -> int:
        """The number of the newest audit row; 0 where there is none."""
        (row,) = await self._all(select(models.audit_head.c.seq))
        return int(row[0])

    async def endings(self, after: int, until: int, limit: int) -> tuple[Ending, ...]:
        """In the order in which they were recorded, behind one audit row and up to another."""
        earlier = models.audit.alias("earlier")
        settled = exists().where(
            earlier.c.request_id == _event.request_id,
            earlier.c.action == f"request.{Status.UNKNOWN}",
            earlier.c.seq < _event.seq,
        )
        query = (
            select(
                _event.seq, _event.at, _request.operation, _request.environment,
                _step.region, _event.action, _step.sent_at,
            )
            .join_from(models.audit, models.requests, _request.id == _event.request_id)
            .join(models.steps, and_(_step.request_id == _request.id, _step.number == 1))
            .where(_event.seq > after, _event.seq <= until, _event.action.in_(_EXECUTED), ~settled)
            .order_by(_event.seq)
            .limit(limit)
        )  # fmt: skip
        return tuple(_ending(*row) for row in await self._all(query))

    async def _lengths(
        self, took: ColumnElement[Any], bounds: tuple[float, ...], which: ColumnElement[bool]
    ) -> Mapping[Work, Lengths]:
        work = _request.operation, _request.environment
        within = [
            func.sum(case((took <= int(bound * SECOND), 1), else_=0)).label(f"up_to_{number}")
            for number, bound in enumerate(bounds)
        ]
        query = (
            select(*work, func.count(), func.sum(took), *within)
            .join_from(models.requests, models.steps)
            .where(which, _step.number == 1)
            .group_by(*work)
        )
        return {
            (operation, environment): Lengths(tuple(map(int, up_to)), count, float(total) / SECOND)
            for operation, environment, count, total, *up_to in await self._all(query)
        }

    async def _all(self, query: Select[Any]) -> Any:
        async with self._connections.read() as connection:
            return (await connection.execute(query)).all()


def _ending(
    seq: int,
    at: int,
    operation: str,
    environment: str,
    region: str,
    action: str,
    sent_at: int | None,
) -> Ending:
    return Ending(
        seq=seq,
        at=at,
        operation=operation,
        environment=Environment(environment),
        region=region,
        status=Status(action.removeprefix("request.")),
        seconds=None if sent_at is None else (at - sent_at) / SECOND,
    )
