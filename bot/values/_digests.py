"""The digest before anybody draws it."""

from enum import StrEnum

from bot.values._answers import Answer, Line
from bot.values._base import Value
from bot.values._messages import Trail
from bot.values._people import PersonId
from bot.values._vocabulary import Environment, Kind

LISTED = 16  #: concerns: each takes two of a message's 50 blocks


class Section(StrEnum):
    """The parts of a digest, in the order in which they are read."""

    ACTION = "action"
    CHANGED = "changed"
    TREND = "trend"

    @property
    def heading(self) -> str:
        return {"action": "Needs action", "changed": "Changed lately"}.get(self, "Trends")


class Concern(Value):
    """One thing that somebody who keeps databases wants to know of.

    ``key`` is the same tomorrow, ``state`` changes when it became news: "storage full in a week".
    """

    key: str
    section: Section
    line: Line
    state: str = ""
    rank: float = 0.0  #: within its section, the least first
    database: str = ""  #: its address, as it can be typed
    metrics: str = ""  #: what shows it: words for ``/rds metrics``
    mend: str = ""  #: the operation that mends it, by name
    is_weekly: bool = False  #: it can wait for the first digest of a week
    is_known: bool = False  #: it was told before in this state, and is told again


class Week(Value):
    """What the bot did in the last seven days. ``approved_after`` is the median."""

    requests: int = 0
    executed: int = 0
    succeeded: int = 0
    denied: int = 0
    approved_after: int | None = None  #: microseconds


class Digest(Value):
    """``notes`` say what is odd about this one: that it is late, or what could not be looked at."""

    title: str
    at: int
    scope: str  #: which databases, in words
    databases: int
    concerns: tuple[Concern, ...] = ()
    unchanged: int = 0  #: told before and left out
    snoozed: int = 0
    notes: tuple[Line, ...] = ()
    week: Week = Week()
    clear: tuple[str, ...] = ()  #: what gives nothing to say, of all that was looked at
    trail: Trail = Trail()
    pictures: tuple[Answer, ...] = ()  #: what shows it, for its thread

    @property
    def listed(self) -> tuple[Concern, ...]:
        """What one message bears."""
        return self.concerns[:LISTED]

    @property
    def unlisted(self) -> tuple[Concern, ...]:
        return self.concerns[LISTED:]


class Appointment(Value):
    """A digest's standing times: a cron expression, read in a time zone."""

    id: str
    channel: str
    cron: str
    timezone: str
    title: str
    environments: tuple[Environment, ...] = ()
    created_by: PersonId | None = None  #: None: the settings say so
    since: int | None = None  #: None: since the settings say so
    next_at: int | None = None
    trouble: str = ""  #: why it is never served, in a sentence; empty where it is

    @property
    def scope(self) -> str:
        """Which databases, in words."""
        return " and ".join(self.environments) or "all environments"


class Lifecycle(Value):
    """How long AWS supports a major version of an engine; None where it does not say."""

    engine: str
    major: str
    standard_until: int | None = None
    extended_until: int | None = None  #: at a price

    def covers(self, version: str) -> bool:
        """``8.0`` covers ``8.0.39``."""
        return version == self.major or version.startswith(f"{self.major}.")


class Quota(Value):
    """How much of what AWS allows in an account and region is used; ``kind``: snapshots of which.

    AWS counts the snapshots of instances and of clusters apart.
    """

    account: str
    region: str
    used: int
    most: int
    kind: Kind = Kind.INSTANCE


class Maintenance(Value):
    """What AWS will do to a database.

    ``due_at`` is when it does, what people asked for counted; None where nothing makes it yet.
    """

    arn: str
    action: str
    description: str = ""
    due_at: int | None = None
    auto_after: int | None = None  #: in the first maintenance window from then on
    forced_at: int | None = None  #: as soon as possible from then on, whatever the window
    asked_for: str = ""  #: AWS's word: immediate or next-maintenance; empty where nobody asked
