"""Reading metrics for somebody: once a minute for all who ask the same."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bot.aws.accounts import Accounts
from bot.errors import AWSError, UnknownWordError
from bot.fleet.connection_limits import Ceilings
from bot.fleet.limits import Ceiling, shared
from bot.monitoring._alarms import ALARMS, about, firing, headed, with_lines
from bot.monitoring._chart import chart, panel
from bot.monitoring._comparison import Compared, leading, said_of, side_by_side
from bot.monitoring._findings import Finding, findings, measured
from bot.monitoring._order import unusual_first
from bot.monitoring._panels import MOST, SHOWN, Plot, chosen, is_known
from bot.monitoring._unread import Measured, reason, unanswered, unread
from bot.monitoring._week_before import against, doubled, moved
from bot.monitoring._week_before import week_before as before
from bot.settings._thresholds import AS_USUAL, Thresholds
from bot.values import (
    SECOND,
    Alarm,
    Database,
    Kind,
    Line,
    Measure,
    Observed,
    Panel,
    Range,
    Series,
    Strong,
    Target,
    Window,
)

PRICE = 0.01 / 1000  #: dollars for a metric: https://aws.amazon.com/cloudwatch/pricing/
KEPT = 64  #: readings that are remembered
MINUTE = 60 * SECOND
READING = ("cloudwatch:GetMetricData",)
#: What fills up or leaks is told by a longer look, whatever stretch of time is drawn.
TREND, FILLING = Range.WEEK, ("FreeStorageSpace", "DatabaseConnections")

Asked = tuple[tuple[Measure, ...], Window]


class Monitoring:
    def __init__(
        self,
        accounts: Accounts,
        ceilings: Ceilings,
        clock: Callable[[], int],
        thresholds: Thresholds = AS_USUAL,
    ) -> None:
        self._accounts = accounts
        self._ceilings = ceilings
        self._clock = clock
        self._thresholds = thresholds
        self._readings: OrderedDict[Asked, asyncio.Task[tuple[Series, ...]]] = OrderedDict()
        self.requested = 0  #: metrics that CloudWatch was asked for: it charges by them

    @property
    def spent(self) -> str:
        """What reading metrics cost since the start, in words."""
        return f"{self.requested:,}, about ${self.requested * PRICE:.2f}"

    def window(self, span: Range) -> Window:
        """So far back from the last whole minute."""
        return Window.ending(self._clock() // MINUTE * MINUTE, span.seconds, span.period)

    async def observe(
        self,
        database: Database,
        span: Range,
        words: Sequence[str],
        zone: str,
        *,
        week_before: bool = False,
        everything: bool = False,
        alarms: Sequence[Alarm] = (),
        known: tuple[Finding, ...] = (),
    ) -> Observed:
        """The chart and the findings of so many hours until now.

        ``words`` are metrics; none: what matters for its engine, of which the four most unusual
        are drawn, or ``everything``. ``week_before``: with the same hours of the week before
        beside it. ``alarms`` fire on it, and ``known`` is what else is wrong whatever the figures
        say: they come first, and then nothing is called calm.

        Raises UsageError for an unknown metric, AWSError where CloudWatch cannot be asked.
        """
        plots = chosen(database, words)
        window = self.window(span)
        measures = tuple(one for plot in plots for one in measures_of(plot, database))
        found = await self._found(measures, window)
        trend = await self._trend(measures, span)
        earlier = moved(await self._attempted(measures, before(window))) if week_before else {}
        limits = await self._limits(plots, database)
        worth = _findings(database, found, window, limits, self._thresholds, trend)
        fires = tuple(Finding(headed(one), line) for one in alarms for line in firing(one))
        compared = earlier if week_before else None
        head, said = _judged(database, span, plots, found, worth, (*fires, *known), trend, compared)
        if not words:
            plots = unusual_first(
                plots, found, earlier, frozenset(one.metric for one in alarms), worth
            )
        drawn = chart(
            database, plots, found, window, span, zone, shared(limits.values()),
            self._thresholds, earlier, MOST if words or everything else SHOWN,
        )  # fmt: skip
        return Observed(headline=head, findings=said, chart=drawn and with_lines(drawn, alarms))

    async def _trend(self, measures: tuple[Measure, ...], span: Range) -> Measured:
        """A week of what fills up; nothing where that is drawn anyway."""
        if span is TREND:
            return {}
        filling = tuple(one for one in measures if one.metric in FILLING)
        return await self._attempted(filling, self.window(TREND)) if filling else {}

    async def alarms(self, database: Database) -> tuple[tuple[Alarm, ...], tuple[Finding, ...]]:
        """Those that fire on it now; and a line where that could not be read."""
        try:
            every = await self._accounts.door(database.target, ALARMS).alarms_firing()
        except AWSError as error:
            said = f"Whether an alarm of it fires could not be read. {reason(error, ALARMS)}"
            return (), (Finding("its alarms could not be read", (said,)),)
        return about(every, database), ()

    async def _alarms_of(
        self, databases: Sequence[Database]
    ) -> tuple[Mapping[Target, tuple[Alarm, ...]], tuple[Line, ...]]:
        """The same of several, each region asked once."""
        regions = {(one.target.account, one.target.region): one.target for one in databases}
        found = await asyncio.gather(
            *(self._accounts.door(one, ALARMS).alarms_firing() for one in regions.values()),
            return_exceptions=True,
        )
        known, lacks = dict[tuple[str, str], Sequence[Alarm]](), list[Line]()
        for place, result in zip(regions, found, strict=True):
            if isinstance(result, AWSError):
                lacks.append((f"Whether alarms fire in {place[1]} could not be read. "
                              f"{reason(result, ALARMS)}",))  # fmt: skip
            elif isinstance(result, BaseException):
                raise result
            else:
                known[place] = result
        return {
            one.target: about(known.get((one.target.account, one.target.region), ()), one)
            for one in databases
        }, tuple(lacks)

    async def compare(
        self, databases: Sequence[Database], span: Range, word: str, zone: str
    ) -> Observed:
        """One metric of several databases, a panel for each on one and the same scale.

        The busiest comes first; one that cannot be read hides no other. Raises UnknownWordError for
        an unknown metric, or for several.
        """
        _refuse_several(word, databases)
        window = self.window(span)
        plots = [chosen(one, (word,), "metric")[0] for one in databases]
        pairs = zip(databases, plots, strict=True)
        compared, (alarms, lacks) = await asyncio.gather(
            asyncio.gather(*(self._one(*pair, window) for pair in pairs)),
            self._alarms_of(databases),
        )
        busiest = sorted(
            (replace(one, alarms=alarms[one.database.target]) for one in compared),
            key=lambda one: one.mean,
            reverse=True,
        )
        drawn = side_by_side(busiest, window, span, zone, self._thresholds)
        said = (*map(said_of, busiest), *lacks)
        return Observed(headline=leading(busiest), findings=said, chart=drawn)

    async def panels(
        self, database: Database, words: Sequence[str], window: Window
    ) -> tuple[Measured, tuple[Panel, ...]]:
        """Metrics of any time, as they were measured and as panels. Raises as ``observe`` does."""
        plots = chosen(database, words)
        measures = tuple(one for plot in plots for one in measures_of(plot, database))
        found = await self._found(measures, window)
        return found, tuple(panel(plot, database, found, None, self._thresholds) for plot in plots)

    async def _one(self, database: Database, plot: Plot, window: Window) -> Compared:
        found = await self._attempted(measures_of(plot, database), window)
        limits = await self._limits((plot,), database)
        return Compared(database, plot, found, shared(limits.values()))

    async def _found(self, measures: tuple[Measure, ...], window: Window) -> Measured:
        return dict(zip(measures, await self.read(measures, window), strict=True))

    async def _attempted(self, measures: tuple[Measure, ...], window: Window) -> Measured:
        """The same, unread where AWS does not answer."""
        try:
            return await self._found(measures, window)
        except AWSError as error:
            return unanswered(measures, error)

    async def attempted(self, measures: tuple[Measure, ...], window: Window) -> tuple[Series, ...]:
        """As ``read``, unread where AWS does not answer."""
        return tuple((await self._attempted(measures, window)).values())

    async def _limits(self, plots: Sequence[Plot], database: Database) -> Mapping[str, Ceiling]:
        """By instance; asked for only where connections are shown."""
        if not any(plot.word == "connections" for plot in plots):
            return {}
        return await self._ceilings.within(database)

    async def read(self, measures: tuple[Measure, ...], window: Window) -> tuple[Series, ...]:
        """One series a measure, all of one region, in the same order; shared and remembered.

        What could not be read, or not all of it, is asked for again by whoever asks next.
        """
        if not measures:
            return ()
        key = (measures, window)
        if key not in self._readings:
            self._readings[key] = asyncio.create_task(self._ask(measures, window))
            while len(self._readings) > KEPT:
                self._readings.popitem(last=False)
        task = self._readings[key]
        try:
            # Others share this reading: one who gives up ends it for nobody.
            found = await asyncio.shield(task)
        except Exception:
            self._forget(key, task)
            raise
        if any(one.unread for one in found):
            self._forget(key, task)
        return found

    def _forget(self, key: Asked, task: asyncio.Task[tuple[Series, ...]]) -> None:
        if self._readings.get(key) is task:
            del self._readings[key]

    async def read_once(self, measures: tuple[Measure, ...], window: Window) -> tuple[Series, ...]:
        """The same without remembering it: for whole fleets. Unread where AWS does not answer."""
        if not measures:
            return ()
        try:
            return await self._ask(measures, window)
        except AWSError as error:
            return tuple(unanswered(measures, error).values())

    async def _ask(self, measures: tuple[Measure, ...], window: Window) -> tuple[Series, ...]:
        self.requested += len(measures)
        return await self._accounts.door(measures[0].target, READING).metrics(measures, window)


def _refuse_several(typed: str, databases: Sequence[Database]) -> None:
    words = tuple(filter(None, typed.replace(",", " ").split()))
    if len(words) > 1:
        known = [one for one in words if all(is_known(one, other) for other in databases)]
        raise UnknownWordError(
            f"compare takes one metric, and {typed} are {len(words)}. Ask for one after the other.",
            "metric",
            known,
            typed,
        )


def measures_of(plot: Plot, database: Database) -> tuple[Measure, ...]:
    """Of a cluster each member is measured, except for what only the whole has.

    Lag is that of its replicas too, but for those in other regions, whose names are ARNs.
    """
    targets: tuple[Target, ...] = (database.target,)
    if plot.word == "lag":
        replicas = (name for name in database.replicas if ":" not in name)
        targets += tuple(_member(database, name) for name in replicas)
    if database.target.kind is Kind.CLUSTER and not plot.of_cluster:
        targets = tuple(_member(database, name) for name in database.members)
    return tuple(
        Measure(target=target, metric=metric) for metric, _ in plot.metrics for target in targets
    )


def _member(cluster: Database, name: str) -> Target:
    update = {"kind": Kind.INSTANCE, "identifier": name, "resource_id": ""}
    return cluster.target.model_copy(update=update)


def _findings(
    database: Database,
    found: Measured,
    window: Window,
    limits: Mapping[str, Ceiling],
    thresholds: Thresholds,
    trend: Measured | None = None,
) -> tuple[Finding, ...]:
    """Of a cluster member by member, with their names; it may have none."""
    if not found:
        none = "no instance of which that could be measured"
        return (Finding(none, (f"{database.name} has {none}.",)),)
    targets = dict.fromkeys(one.target.identifier for one in found)
    return tuple(
        _named(name, one) if _is_cluster(database) else one
        for name in targets
        for one in findings(
            database, _of(name, found), window, limits.get(name), thresholds,
            _of(name, trend or {}),
        )
    )  # fmt: skip


def _named(member: str, one: Finding) -> Finding:
    return Finding(f"{member}: {one.head}", (Strong(text=member), ": ", *one.said), one.about)


def _is_cluster(database: Database) -> bool:
    return database.target.kind is Kind.CLUSTER


def _beside(
    database: Database, plots: Sequence[Plot], found: Measured, earlier: Measured
) -> tuple[Finding, ...]:
    """Against last week; what is about double or half is worth the heading."""
    now, then = _whole(database, found), _whole(database, earlier)
    told = against(plots, now, then)
    return told if doubled(plots, now, then) else tuple(one._replace(head="") for one in told)


def _judged(
    database: Database,
    span: Range,
    plots: Sequence[Plot],
    found: Measured,
    worth: tuple[Finding, ...],
    known: tuple[Finding, ...] = (),
    trend: Measured | None = None,
    earlier: Measured | None = None,
) -> tuple[str, tuple[Line, ...]]:
    """The heading, and what is said: what is known to be wrong, what the figures say, what of them
    could not be read; and the figures themselves where they say nothing.

    ``earlier``: of last week, where that is to be compared; what of it is not known is not calm.
    """
    beside = () if earlier is None else _beside(database, plots, found, earlier)
    is_compared = not any(one.unread for one in (earlier or {}).values())
    lacks = (*unread(plots, found, named=_is_cluster(database)), *_untold(trend or {}, found))
    is_judged = any(one.about for one in worth)
    calm = not (known or worth or lacks)
    figures = () if is_judged else measured(_whole(database, found), calm=calm)
    head = _headline(database, span, (*known, *worth, *beside), calm=is_compared and not lacks)
    told = (one.said for one in (*known, *worth))
    return head, (*told, *lacks, *figures, *(one.said for one in beside))


def _headline(database: Database, span: Range, told: tuple[Finding, ...], *, calm: bool) -> str:
    """The gravest finding; calm only where there is none, and all was read."""
    for one in told:
        if one.head:
            apart = one.head if isinstance(one.said[0], Strong) else ""
            return apart or f"{database.name}: {one.head}"
    if calm:
        return f"{database.name}: nothing unusual in the {span.spoken}"
    return f"{database.name}: not everything could be read"


def _untold(trend: Measured, found: Measured) -> tuple[Line, ...]:
    """What the longer look could not read; of what the shorter could not either, that is said."""
    lacks = {one.unread for measure, one in trend.items()
             if one.unread and not found[measure].unread}  # fmt: skip
    return tuple((f"The trend of the last 7 days could not be read. {why}",) for why in lacks)


def _whole(database: Database, found: Measured) -> Mapping[str, Series]:
    """What is said of it as a whole: of a cluster that of its writer."""
    return _of(database.writer or database.name, found)


def _of(name: str, found: Measured) -> Mapping[str, Series]:
    return {one.metric: series for one, series in found.items() if one.target.identifier == name}
