"""GetMetricData for RDS, written out at once: moto takes minutes for what a fleet's digest asks."""

import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

from bot.sandbox.aws.cloudwatch import NAMESPACE, Figures
from bot.sandbox.aws.wire import Answer, Request
from bot.sandbox.aws.world import World

Query = Mapping[str, Any]
BEGIN = (
    '<GetMetricDataResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/">'
    "<GetMetricDataResult><MetricDataResults>"
)
END = (
    "</MetricDataResults><Messages/></GetMetricDataResult><ResponseMetadata><RequestId>{}"
    "</RequestId></ResponseMetadata></GetMetricDataResponse>"
)


class MetricData:
    """Answers in the query protocol, the only one that botocore speaks with CloudWatch."""

    def __init__(self, world: World) -> None:
        self._world = world

    def __call__(self, request: Request, account: str) -> Answer | None:
        """None where anything else than figures of RDS is asked for."""
        asked = request.parameters
        queries = asked.get("MetricDataQueries", [])
        if not all(map(_is_about_rds, queries)):
            return None
        figures = Figures(self._world, account, request.region)
        between = _epoch(asked["StartTime"]), _epoch(asked["EndTime"])
        oldest_first = asked.get("ScanBy") == "TimestampAscending"
        found = (_result(figures, one, between, oldest_first) for one in queries)
        return _answer(found)


def _result(
    figures: Figures, query: Query, between: tuple[float, float], oldest_first: bool
) -> str:
    stat, metric = query["MetricStat"], query["MetricStat"]["Metric"]
    points = figures.points(metric, stat["Stat"], int(stat["Period"]), between)
    if not oldest_first:
        points.reverse()
    times = "".join(_time(at) for at, _ in points)
    values = "".join(f"<member>{value!r}</member>" for _, value in points)
    label = escape(query.get("Label") or metric["MetricName"])
    return (
        f"<member><Id>{query['Id']}</Id><Label>{label}</Label><Timestamps>{times}</Timestamps>"
        f"<Values>{values}</Values><StatusCode>Complete</StatusCode></member>"
    )


def _answer(results: Iterator[str]) -> Answer:
    request_id = str(uuid.uuid4())
    body = "".join((BEGIN, *results, END.format(request_id))).encode()
    headers = [
        ("x-amzn-RequestId", request_id),
        ("Content-Type", "text/xml"),
        ("Content-Length", str(len(body))),
    ]
    return Answer(200, headers, body)


def _is_about_rds(query: Query) -> bool:
    return bool(query.get("MetricStat", {}).get("Metric", {}).get("Namespace") == NAMESPACE)


@lru_cache(maxsize=4096)
def _time(at: float) -> str:
    return f"<member>{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}</member>"


def _epoch(moment: str) -> float:
    written = datetime.fromisoformat(moment)
    return (written if written.tzinfo else written.replace(tzinfo=UTC)).timestamp()
