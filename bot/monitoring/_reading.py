"""Reading metrics for somebody: once a minute for all who ask the same."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence

from bot.aws.accounts import Accounts
from bot.ceilings import Ceilings
from bot.limits import Ceiling, shared
from bot.monitoring._comparing import Compared, said_of, side_by_side
from bot.monitoring._drafting import chart
from bot.monitoring._findings import calm, findings
from bot.monitoring._presets import Plot, chosen
from bot.values import (
    SECOND,
    Database,
    Line,
    Measure,
    Observed,
    Range,
    Series,
    Strong,
    Target,
    Window,
)
from bot.vocabulary import Kind

PRICE = 0.01 / 1000  #: dollars for a metric: https://aws.amazon.com/cloudwatch/pricing/
KEPT = 64  #: readings that are remembered
MINUTE = 60 * SECOND
READING = ("cloudwatch:GetMetricData",)

Reading = tuple[tuple[Measure, ...], Window]
Measured = Mapping[Measure, Series]


class Monitoring:
    def __init__(self, accounts: Accounts, ceilings: Ceilings, clock: Callable[[], int]) -> None:
        self._accounts = accounts
        self._ceilings = ceilings
        self._clock = clock
        self._readings: OrderedDict[Reading, asyncio.Task[tuple[Series, ...]]] = OrderedDict()
        self.requested = 0  #: metrics that CloudWatch was asked for: it charges by them

    @property
    def spent(self) -> str:
        """What reading metrics cost since the start, in words."""
        return f"{self.requested:,}, about ${self.requested * PRICE:.2f}"

    async def observe(
        self, database: Database, span: Range, words: Sequence[str], zone: str
    ) -> Observed:
        """The chart and the findings of so many hours until now.

        ``words`` are metrics; none: what matters for its engine. Raises UsageError for an unknown
        one, AWSError where CloudWatch cannot be asked.
        """
        plots = chosen(database, words)
        window = Window.ending(self._clock() // MINUTE * MINUTE, span.seconds, span.period)
        measures = tuple(one for plot in plots for one in measures_of(plot, database))
        found = dict(zip(measures, await self.read(measures, window), strict=True))
        limits = await self._limits(plots, database)
        said = _said(database, found, window, limits)
        limit = shared(limits.values())
        return Observed(
            findings=said, chart=chart(database, plots, found, window, span, said, zone, limit)
        )

    async def compare(
        self, databases: Sequence[Database], span: Range, word: str, zone: str
    ) -> Observed:
        """One metric of several databases, a panel for each on one and the same scale.

        The busiest comes first. Raises as ``observe`` does.
        """
        window = Window.ending(self._clock() // MINUTE * MINUTE, span.seconds, span.period)
        measured = await asyncio.gather(*(self._one(one, word, window) for one in databases))
        busiest = sorted(measured, key=lambda one: one.mean, reverse=True)
        return Observed(
            findings=tuple(map(said_of, busiest)), chart=side_by_side(busiest, window, span, zone)
        )

    async def _one(self, database: Database, word: str, window: Window) -> Compared:
        [plot] = chosen(database, (word,))
        measures = measures_of(plot, database)
        found = dict(zip(measures, await self.read(measures, window), strict=True))
        limits = await self._limits((plot,), database)
        return Compared(database, plot, found, shared(limits.values()))

    async def _limits(self, plots: Sequence[Plot], database: Database) -> Mapping[str, Ceiling]:
        """By instance; asked for only where connections are shown."""
        if not any(plot.word == "connections" for plot in plots):
            return {}
        return await self._ceilings.within(database)

    async def read(self, measures: tuple[Measure, ...], window: Window) -> tuple[Series, ...]:
        """One series a measure, all of one region, in the same order; shared and remembered."""
        key = (measures, window)
        if key not in self._readings:
            self._readings[key] = asyncio.create_task(self._ask(measures, window))
            while len(self._readings) > KEPT:
                self._readings.popitem(last=False)
        try:
            return await asyncio.shield(self._readings[key])
        except Exception:
            self._readings.pop(key, None)
            raise

    async def read_once(self, measures: tuple[Measure, ...], window: Window) -> tuple[Series, ...]:
        """The same without remembering it: for whole fleets."""
        return await self._ask(measures, window) if measures else ()

    async def _ask(self, measures: tuple[Measure, ...], window: Window) -> tuple[Series, ...]:
        self.requested += len(measures)
        return await self._accounts.door(measures[0].target, READING).metrics(measures, window)


def measures_of(plot: Plot, database: Database) -> tuple[Measure, ...]:
    """Of a cluster each member is measured, except for what only the whole has."""
    targets: tuple[Target, ...] = (database.target,)
    if database.target.kind is Kind.CLUSTER and not plot.of_cluster:
        targets = tuple(_member(database, name) for name in database.members)
    return tuple(
        Measure(target=target, metric=metric) for metric, _ in plot.metrics for target in targets
    )


def _member(cluster: Database, name: str) -> Target:
    update = {"kind": Kind.INSTANCE, "identifier": name, "resource_id": ""}
    return cluster.target.model_copy(update=update)


def _said(
    database: Database, found: Measured, window: Window, limits: Mapping[str, Ceiling]
) -> tuple[Line, ...]:
    """Of a cluster member by member, with their names."""
    targets = dict.fromkeys(one.target.identifier for one in found)
    by_name = {name: _of(name, found) for name in targets}
    several = database.target.kind is Kind.CLUSTER
    lines = tuple(
        (Strong(text=name), ": ", *line) if several else line
        for name, series in by_name.items()
        for line in findings(database, series, window, limits.get(name))
    )
    return lines or (calm(by_name.get(database.writer or database.name, {})),)


def _of(name: str, found: Measured) -> Mapping[str, Series]:
    return {one.metric: series for one, series in found.items() if one.target.identifier == name}
