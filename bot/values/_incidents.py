"""What alarms and RDS events have said, from start to end."""

from enum import StrEnum

from bot.values._answers import Paragraph
from bot.values._base import Value
from bot.values._databases import Database, Target
from bot.values._people import PersonId
from bot.values._requests import Posted, Request
from bot.values._vocabulary import Environment, Kind


class AlarmState(StrEnum):
    """AWS's own words."""

    ALARM = "ALARM"
    OK = "OK"
    NO_DATA = "INSUFFICIENT_DATA"


#: AWS's comparisons with a band of anomaly detection, and where the metric then is.
BANDS = {
    "GreaterThanUpperThreshold": "above",
    "LessThanLowerThreshold": "below",
    "LessThanLowerOrGreaterThanUpperThreshold": "outside",
}


class Alarm(Value):
    """A CloudWatch alarm on a metric of RDS, or a composite one over such, as it stands since
    ``since``."""

    name: str
    state: AlarmState
    since: int
    metric: str
    kind: Kind | None = None  #: with ``identifier``: the database; None for one about several
    identifier: str = ""
    comparison: str = ""  #: AWS's word: GreaterThanThreshold, …
    threshold: float | None = None  #: in the metric's unit; None: for something else
    computes: str = ""  #: the expression that it is for, or what a composite one combines
    level: float | None = None  #: the threshold of an expression, in a unit that nobody knows
    statistic: str = ""  #: Average, Maximum, p95, …
    period: int = 0  #: seconds
    beyond: int = 0  #: so many values beyond it let it fire,
    of: int = 0  #: of so many
    missing: str = ""  #: AWS's word for how it takes values that are missing
    reason: str = ""
    lately: tuple[float, ...] = ()  #: the values for which it is in its state, the newest last

    @property
    def is_composite(self) -> bool:
        return not self.metric

    @property
    def is_band(self) -> bool:
        """Whether it fires where the metric leaves what CloudWatch expects of it."""
        return self.comparison in BANDS

    @property
    def is_drawable(self) -> bool:
        """Whether what it compares is the metric itself, and no more than that."""
        return bool(self.metric) and (not self.computes or self.is_band)


class Firing(Value):
    """An alarm fired at an instant, and was over at another where it is."""

    alarm: str
    at: int
    until: int | None = None


class Origin(StrEnum):
    ALARM = "alarm"
    EVENT = "event"


class Phase(StrEnum):
    """How an incident stands."""

    FIRING = "firing"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    ENDED = "ended"  #: by itself
    RESOLVED = "resolved"  #: by a person


class Incident(Value):
    """One alarm that fires, or what happens to one database.

    ``key`` names the alarm or the database: only one incident of a key is open. ``fired_at`` is its
    latest firing or event: what is not later was taken in already.
    """

    id: int = 0
    key: str
    source: Origin
    title: str  #: what is wrong, in words: ``free storage space below 20 GiB``, ``failover``
    alarm: str = ""  #: the alarm's name
    target: Target | None = None  #: None where it is about no single database that is known
    place: str  #: account and region, as people name them
    environment: Environment | None = None
    measures: str = ""  #: AWS's name of the metric, or the category of the event
    level: float | None = None  #: an alarm's threshold
    watched: Alarm | None = None  #: the alarm as it was when it fired; None of an event
    shows: str = ""  #: what ``/rds metrics`` calls it; empty where no chart shows just that
    detail: str = ""  #: AWS's own words
    started_at: int
    fired_at: int
    repeats: int = 0
    acknowledged_at: int | None = None
    acknowledged_by: PersonId | None = None
    snoozed_until: int | None = None
    snoozed_by: PersonId | None = None
    before: Paragraph | None = None  #: what happened to its database before it; None: not read yet
    resolved_at: int | None = None
    resolved_by: PersonId | None = None  #: None of one that is resolved: it ended by itself
    card: Posted | None = None
    is_pictured: bool = False  #: its chart was asked for

    @property
    def phase(self) -> Phase:
        if self.resolved_at is not None:
            return Phase.ENDED if self.resolved_by is None else Phase.RESOLVED
        if self.snoozed_until is not None:
            return Phase.SNOOZED
        return Phase.FIRING if self.acknowledged_at is None else Phase.ACKNOWLEDGED

    @property
    def is_open(self) -> bool:
        return self.resolved_at is None

    def concerns(self, database: Database) -> bool:
        """Also where it is about the cluster of that database, or about a member."""
        if self.target is None:
            return False
        place = (self.target.account, self.target.region)
        names = {database.name, database.cluster, *database.members}
        is_there = place == (database.target.account, database.target.region)
        return is_there and self.target.identifier in names

    @property
    def label(self) -> str:
        return f"I-{self.id}"

    @property
    def address(self) -> str:
        """The database in full, as it can be typed; empty without one."""
        return self.target.typed if self.target else ""


class Note(Value):
    """A line for the thread of an incident's card."""

    incident: int
    said: Paragraph


class Unwatched(Value):
    """What could not be read, so that nobody knows what goes on there: ``what`` in words.

    ``place`` is account and region as people name them; empty: it may be anywhere.
    """

    what: str
    place: str = ""

    @property
    def phrase(self) -> str:
        return f"{self.what} in {self.place}" if self.place else self.what

    def may_hide(self, place: str) -> bool:
        """Whether something there may go on unseen."""
        return self.place in ("", place)


class OpenIncidents(Value):
    """What goes on, as far as it is known; nothing that is not known counts as quiet."""

    found: tuple[Incident, ...] = ()  #: oldest first
    unread: tuple[Unwatched, ...] = ()
    is_watched: bool = True  #: False: nobody looks at alarms and events, as no channel is set


class Siblings(Value):
    """Other open incidents around an incident's database, for whoever looks at its card."""

    incidents: tuple[Incident, ...] = ()  #: oldest first
    place: str = ""  #: of all of them: ``on this cluster``
    unread: tuple[str, ...] = ()  #: in sentences, why there may be more


class Trouble(Value):
    """What burns at a database or its family, for whoever decides on a change of it."""

    incidents: tuple[Incident, ...] = ()  #: open ones, its own first
    worse: tuple[Request, ...] = ()  #: changes after which it did worse, the latest first
    unread: tuple[str, ...] = ()  #: in sentences, what of it nobody knows
