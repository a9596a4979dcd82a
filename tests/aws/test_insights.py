"""Performance Insights' answers as load: what is no number is left out, the largest comes first."""

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from bot.aws.insights import read
from bot.errors import AWSUnavailableError
from bot.values import SECOND, Range, Reading, Window

NOON = 1_782_907_200 * SECOND


class Client:
    """Answers what it was given, and keeps what it was asked."""

    def __init__(self, points: list[dict[str, Any]], keys: list[dict[str, Any]]) -> None:
        self.points, self.keys = points, keys
        self.asked: list[dict[str, Any]] = []

    async def get_resource_metrics(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        first, *rest = self.points or [{}]
        token = {"NextToken": "more"} if rest and "NextToken" not in asked else {}
        points = rest if "NextToken" in asked else [first]
        return {"MetricList": [{"DataPoints": points}] if self.points else [], **token}

    async def describe_dimension_keys(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        group = asked["GroupBy"]["Group"]
        return {
            "Keys": [one for one in self.keys if any(group in name for name in one["Dimensions"])]
        }


def point(minute: int, **value: float) -> dict[str, Any]:
    return {"Timestamp": datetime.fromtimestamp(NOON / SECOND + 60 * minute, UTC), **value}


def key(name: str, value: str, total: float) -> dict[str, Any]:
    return {"Dimensions": {name: value}, "Total": total}


async def test_load_has_the_points_of_all_pages_in_order_and_its_parts_by_size() -> None:
    client = Client(
        [point(2, Value=1.5), point(1, Value=float("nan")), point(0, Value=0.5), point(3)],
        [
            key("db.wait_event.name", "Lock", 0.2),
            key("db.wait_event.name", "CPU", 0.8),
            key("db.sql_tokenized.statement", "COMMIT", 1.0),
        ],
    )

    load = await read(client, "db-1", Window.ending(NOON, 3_600, 60))

    assert load.sessions.points == ((NOON, 0.5), (NOON + 120 * SECOND, 1.5))
    assert [(one.name, one.sessions) for one in load.waits] == [("CPU", 0.8), ("Lock", 0.2)]
    assert [one.name for one in load.statements] == ["COMMIT"]
    assert {one["Identifier"] for one in client.asked} == {"db-1"}


async def test_nothing_is_an_empty_load() -> None:
    load = await read(Client([], []), "db-1", Window.ending(NOON, 3_600, 60))

    assert (load.sessions.points, load.waits, load.statements) == ((), (), ())


async def test_it_is_asked_for_periods_that_it_knows() -> None:
    client = Client([], [])
    for span in Range:
        await read(client, "db-1", Window.ending(NOON, span.seconds, span.period))

    periods = {one["PeriodInSeconds"] for one in client.asked if "PeriodInSeconds" in one}
    assert periods <= {60, 300, 3_600}


@pytest.mark.parametrize("span", Range)
@pytest.mark.parametrize("late", [0, 59, 1_799, 3_599])
async def test_nothing_is_asked_that_it_would_refuse(span: Range, late: int) -> None:
    """AWS reaches back to the start of a period, and counts its seven days from when it answers."""
    client = Client([], [])
    until = NOON + late * SECOND
    await read(client, "db-1", Window.ending(until, span.seconds, span.period))

    period = client.asked[0]["PeriodInSeconds"]
    for asked in client.asked:
        begin = int(asked["StartTime"].timestamp())
        answered_at = until // SECOND + 60
        assert begin // period * period >= answered_at - 7 * 86_400
        assert begin >= until // SECOND - span.seconds - 3_600
    assert period >= (300 if span.seconds >= 6 * 3_600 else 60)
    assert span.seconds / period <= 400


class Lapsing(Client):
    """Refuses one of its calls, counted from the first."""

    def __init__(self, refuses: int) -> None:
        points = [point(0, Value=0.5), point(1, Value=1.5)]
        super().__init__(points, [key("db.wait_event.name", "CPU", 0.8)])
        self.refuses = refuses

    def _refuse(self) -> None:
        if len(self.asked) == self.refuses:
            self.refuses = -1
            error = {"Error": {"Code": "ThrottlingException", "Message": "Rate exceeded"},
                     "ResponseMetadata": {"HTTPStatusCode": 400}}  # fmt: skip
            raise ClientError(error, "Any")

    async def get_resource_metrics(self, **asked: Any) -> dict[str, Any]:
        self._refuse()
        return await super().get_resource_metrics(**asked)

    async def describe_dimension_keys(self, **asked: Any) -> dict[str, Any]:
        self._refuse()
        return await super().describe_dimension_keys(**asked)


@pytest.mark.parametrize(
    ("refuses", "reading", "says"),
    [
        (1, Reading.PARTLY, "Its load could be read only in part: AWS answered Throttling"),
        (2, Reading.WHOLE, "Its waits could not be read: AWS answered Throttling"),
        (3, Reading.WHOLE, "Its statements could not be read: AWS answered Throttling"),
    ],
)
async def test_what_could_not_be_read_hides_nothing_else(
    refuses: int, reading: Reading, says: str
) -> None:
    load = await read(Lapsing(refuses), "db-1", Window.ending(NOON, 3_600, 60))

    assert load.sessions.reading is reading
    [said] = load.unread
    assert said.startswith(says)


async def test_where_nothing_could_be_read_it_is_an_error() -> None:
    with pytest.raises(AWSUnavailableError, match="Rate exceeded"):
        await read(Lapsing(0), "db-1", Window.ending(NOON, 3_600, 60))


@pytest.mark.parametrize("value", [-1.0, float("inf")])
async def test_a_load_that_cannot_be_is_unread(value: float) -> None:
    load = await read(Client([point(0, Value=value)], []), "db-1", Window.ending(NOON, 3_600, 60))

    assert load.sessions.reading is Reading.UNREAD


class Odd(Client):
    """Answers with something else in the place of its points, of its keys, or of both."""

    def __init__(self, metrics: Any = None, keys: Any = None) -> None:
        super().__init__([point(0, Value=0.5)], [])
        self.metrics, self.odd = metrics, keys

    async def get_resource_metrics(self, **asked: Any) -> dict[str, Any]:
        return self.metrics or await super().get_resource_metrics(**asked)

    async def describe_dimension_keys(self, **asked: Any) -> dict[str, Any]:
        return await super().describe_dimension_keys(**asked) if self.odd is None else self.odd


@pytest.mark.parametrize(
    "metric", [{}, {"DataPoints": None}, {"DataPoints": [point(0) | {"Value": None}]}]
)
async def test_a_point_without_a_value_was_not_measured(metric: dict[str, Any]) -> None:
    load = await read(Odd({"MetricList": [metric]}), "db-1", Window.ending(NOON, 3_600, 60))

    assert load.sessions.reading is Reading.EMPTY


@pytest.mark.parametrize("answer", [{"AlignedStartTime": None}, {"MetricList": None}])
async def test_an_answer_without_its_metrics_is_no_answer(answer: dict[str, Any]) -> None:
    with pytest.raises(AWSUnavailableError, match="could not be read"):
        await read(Odd(answer), "db-1", Window.ending(NOON, 3_600, 60))


@pytest.mark.parametrize("answer", [{}, {"Keys": None}])
async def test_an_answer_without_its_parts_leaves_the_load(answer: dict[str, Any]) -> None:
    load = await read(Odd(keys=answer), "db-1", Window.ending(NOON, 3_600, 60))

    assert load.sessions.points
    assert [one.partition(" could")[0] for one in load.unread] == ["Its waits", "Its statements"]


@pytest.mark.parametrize("one", [{}, {"Dimensions": None, "Total": None}])
async def test_a_part_without_a_name_or_a_size_is_no_error(one: dict[str, Any]) -> None:
    load = await read(Odd(keys={"Keys": [one]}), "db-1", Window.ending(NOON, 3_600, 60))

    assert [(share.name, share.sessions) for share in load.waits] == [("", 0.0)]
