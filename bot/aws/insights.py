"""Performance Insights: what the sessions of an instance worked on and waited for.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.API.html
"""

import math
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.aws.errors import reading
from bot.errors import AWSError
from bot.values import SECOND, Load, Point, Series, Share, Window

LOAD = "db.load.avg"  #: average active sessions
PERIODS = (60, 300, 3_600, 86_400)  #: seconds that it knows
KEPT = 7 * 86_400  #: seconds back that it answers for, however long it keeps what it counts
#: Of a longer time it sends only a part by the minute, as if that were all there is.
LONG, LONG_PERIOD = 6 * 3_600, 300
TOP = 8
WAITS, STATEMENTS = ("db.wait_event", "name"), ("db.sql_tokenized", "statement")


async def read(client: Any, resource_id: str, window: Window) -> Load:
    """Raises AWSError where nothing could be read, also where it is off; what else could not be is
    its ``unread``.

    ``window`` ends now; of what is longer ago than it keeps, nothing is asked.
    """
    period = _period(window)
    asked = {
        "ServiceType": "RDS",
        "Identifier": resource_id,
        "StartTime": _utc(_since(window, period)),
        "EndTime": _utc(window.until),
    }
    with reading():
        sessions = await _series(client, {**asked, "PeriodInSeconds": period})
    unread = [sessions.unread] if sessions.unread else []
    parts = [
        await _or_unread(_shares(client, asked, *group), what, unread)
        for what, group in (("waits", WAITS), ("statements", STATEMENTS))
    ]
    return Load(sessions=sessions, waits=parts[0], statements=parts[1], unread=tuple(unread))


async def _or_unread(
    shares: Awaitable[tuple[Share, ...]], what: str, unread: list[str]
) -> tuple[Share, ...]:
    """What cannot be read hides nothing else."""
    try:
        with reading():
            return await shares
    except AWSError as error:
        unread.append(f"Its {what} could not be read: {str(error).rstrip('.')}.")
        return ()


def _period(window: Window) -> int:
    """In seconds; it tells a long time whole only by periods that are not short."""
    least = max(window.period, LONG_PERIOD) if window.seconds >= LONG else window.period
    return next((one for one in PERIODS if one >= least), PERIODS[-1])


def _since(window: Window, period: int) -> int:
    """It refuses what begins more than seven days ago, and reaches back to where a period begins.

    One period less leaves room for that, and for the time that the call takes.
    """
    step = period * SECOND
    return max(window.since, (window.until - KEPT * SECOND) // step * step + 2 * step)


async def _series(client: Any, asked: Mapping[str, Any]) -> Series:
    """A point without a value was not measured. What is no load, or broke off, is unread."""
    points: list[Point] = []
    unread = ""
    try:
        with reading():
            async for page in _pages(client, asked):
                points += _measured(page)
    except AWSError as error:
        if not points:
            raise
        unread = f"Its load could be read only in part: {str(error).rstrip('.')}."
    possible = tuple(sorted(one for one in points if 0 <= one[1] < math.inf))
    if len(possible) < len(points):
        unread = unread or "Its load could be read only in part: some values cannot be."
    return Series(metric="DBLoad", unit="", points=possible, unread=unread)


def _measured(page: Mapping[str, Any]) -> Iterator[Point]:
    for metric in _listed(page, "MetricList"):
        for one in metric.get("DataPoints") or ():
            if not math.isnan(value := _number(one.get("Value"), math.nan)):
                yield int(one["Timestamp"].timestamp()) * SECOND, value


async def _pages(client: Any, asked: Mapping[str, Any]) -> AsyncIterator[Mapping[str, Any]]:
    """botocore has no paginator for it."""
    queries, token = [{"Metric": LOAD}], dict[str, str]()
    while True:
        page = await client.get_resource_metrics(MetricQueries=queries, **asked, **token)
        yield page
        if not page.get("NextToken"):
            return
        token = {"NextToken": page["NextToken"]}


async def _shares(
    client: Any, asked: Mapping[str, Any], group: str, name: str
) -> tuple[Share, ...]:
    """The largest first."""
    reply = await client.describe_dimension_keys(
        Metric=LOAD, GroupBy={"Group": group, "Limit": TOP}, **asked
    )
    found = (
        Share(
            name=(one.get("Dimensions") or {}).get(f"{group}.{name}") or "",
            sessions=_number(one.get("Total"), 0.0),
        )
        for one in _listed(reply, "Keys")
        if math.isfinite(_number(one.get("Total"), 0.0))
    )
    return tuple(sorted(found, key=lambda share: share.sessions, reverse=True))


def _listed(answer: Mapping[str, Any], what: str) -> Sequence[Mapping[str, Any]]:
    """Raises ValueError where it is not in the answer: that is not the same as nothing in it."""
    found: Sequence[Mapping[str, Any]] | None = answer.get(what)
    if found is None:
        raise ValueError(f"no {what}")
    return found


def _number(value: float | None, missing: float) -> float:
    return missing if value is None else float(value)


def _utc(at: int) -> datetime:
    return datetime.fromtimestamp(at / SECOND, UTC)
