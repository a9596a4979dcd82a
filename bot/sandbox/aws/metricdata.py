"""GetMetricData for RDS, written out at once: moto takes minutes for what a fleet's digest asks."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

from bot.sandbox.aws.cloudwatch import NAMESPACE, Figures
from bot.sandbox.aws.lapses import Lapse, Lapses, Message, Points
from bot.sandbox.aws.wire import Answer, Request
from bot.sandbox.aws.world import World

Query = Mapping[str, Any]
EVER = 2**40
BEGIN = (
    '<GetMetricDataResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/">'
    "<GetMetricDataResult><MetricDataResults>"
)
END = (
    "</MetricDataResults>{}<Messages>{}</Messages></GetMetricDataResult><ResponseMetadata>"
    "<RequestId>{}</RequestId></ResponseMetadata></GetMetricDataResponse>"
)


class MetricData:
    """Answers in the query protocol, the only one that botocore speaks with CloudWatch."""

    def __init__(self, world: World, lapses: Lapses) -> None:
        self._world = world
        self._lapses = lapses

    def __call__(self, request: Request, account: str) -> Answer | None:
        """None where anything else than figures of RDS is asked for."""
        asked = request.parameters
        queries = asked.get("MetricDataQueries", [])
        if not all(map(_is_about_rds, queries)):
            return None
        figures = Figures(self._world, account, request.region)
        between = _epoch(asked["StartTime"]), _epoch(asked["EndTime"])
        lapses = [self._lapses.of(one, request.region) for one in queries]
        newest_first = asked.get("ScanBy") != "TimestampAscending"
        page = Page(int(asked.get("NextToken") or 0), self._lapses.page)
        for query, lapse in zip(queries, lapses, strict=True):
            if not lapse.is_left_out:
                page.add(query, lapse, lapse.told(_points(figures, query, between)), newest_first)
        return page.answer(one.whole for one in lapses)


def _points(figures: Figures, query: Query, between: tuple[float, float]) -> Points:
    stat, metric = query["MetricStat"], query["MetricStat"]["Metric"]
    return figures.points(metric, stat["Stat"], int(stat["Period"]), between)


class Page:
    """So many points of an answer from ``start`` on; what is cut is partial, and goes on."""

    def __init__(self, start: int, size: int | None) -> None:
        self._start = start
        self._until = EVER if size is None else start + size
        self._seen = 0
        self._results: list[str] = []

    def add(self, query: Query, lapse: Lapse, points: Points, newest_first: bool) -> None:
        first, self._seen = self._seen, self._seen + len(points)
        begins, goes_on = self._start <= first < self._until, first < self._start < self._seen
        if not (begins or goes_on):
            return
        ordered = points[::-1] if newest_first else points
        here = ordered[max(0, self._start - first) : self._until - first]
        status = "PartialData" if self._seen > self._until else lapse.status
        self._results.append(_result(query, lapse, here, status))

    def answer(self, messages: Iterable[Message | None]) -> Answer:
        goes_on = self._seen > self._until
        token = f"<NextToken>{self._until}</NextToken>" if goes_on else ""
        said = "".join(dict.fromkeys(map(_message, messages)))
        request_id = str(uuid.uuid4())
        body = "".join((BEGIN, *self._results, END.format(token, said, request_id))).encode()
        headers = [
            ("x-amzn-RequestId", request_id),
            ("Content-Type", "text/xml"),
            ("Content-Length", str(len(body))),
        ]
        return Answer(200, headers, body)


def _result(query: Query, lapse: Lapse, points: Points, status: str) -> str:
    times = "".join(_time(at) for at, _ in points)
    values = "".join(f"<member>{value!r}</member>" for _, value in points)
    label = escape(query.get("Label") or query["MetricStat"]["Metric"]["MetricName"])
    return (
        f"<member><Id>{query['Id']}</Id><Label>{label}</Label><Timestamps>{times}</Timestamps>"
        f"<Values>{values}</Values><StatusCode>{status}</StatusCode>"
        f"<Messages>{_message(lapse.message)}</Messages></member>"
    )


def _message(said: Message | None) -> str:
    if said is None:
        return ""
    code, value = map(escape, said)
    return f"<member><Code>{code}</Code><Value>{value}</Value></member>"


def _is_about_rds(query: Query) -> bool:
    return bool(query.get("MetricStat", {}).get("Metric", {}).get("Namespace") == NAMESPACE)


@lru_cache(maxsize=4096)
def _time(at: float) -> str:
    return f"<member>{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}</member>"


def _epoch(moment: str) -> float:
    written = datetime.fromisoformat(moment)
    return (written if written.tzinfo else written.replace(tzinfo=UTC)).timestamp()
