"""The digest before anybody draws it."""

from collections.abc import Collection, Sequence
from enum import StrEnum

from bot.values._answers import Answer, Line, Strong
from bot.values._base import Value, fingerprint
from bot.values._messages import Trail
from bot.values._people import PersonId
from bot.values._vocabulary import Environment, Kind

LISTED = 10  #: of what needs action, in the message itself
DETAILED = 20  #: of all else, in its thread
HANDLE = 100  #: characters that a choice of a menu has room for, beside its action


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
    ``line`` says all of it; ``brief`` the worst, behind the name: "full in about 12 days".
    """

    key: str
    section: Section
    line: Line
    brief: Line = ()
    state: str = ""
    rank: float = 0.0  #: within its section, the least first
    database: str = ""  #: its address, as it can be typed
    family: str = ""  #: the same of a cluster and its members
    metrics: str = ""  #: what shows it: words for ``/rds metrics``
    mend: str = ""  #: the operation that mends it, by name
    is_weekly: bool = False  #: it can wait for the first digest of a week
    is_known: bool = False  #: it was told before in this state, and is told again

    @property
    def name(self) -> str:
        """Of the database, as people call it; empty for what is about no single one."""
        return self.database.removeprefix("cluster:").partition("@")[0]

    @property
    def short(self) -> Line:
        """``**warehouse (production)** full in 12 days``; all of it where nothing is brief."""
        return (*self.line[:1], " ", *self.brief) if self.brief else self.line

    @property
    def headline(self) -> Line:
        """The same without what only the line has to say: "warehouse full in about 12 days"."""
        first = self.line[0] if self.line else ""
        said = self.name or (first.text if isinstance(first, Strong) else "")
        return (said, " ", *self.brief) if said and self.brief else self.line

    @property
    def handle(self) -> str:
        """What a channel puts off: its key, or what stands for one that no choice could hold."""
        fits = len(self.key) <= HANDLE and self.key.isascii() and self.key.isprintable()
        return self.key if fits else fingerprint(self.key)


class Snoozed(Value):
    """What a channel has put off. ``by`` is None where nobody knows any more who did."""

    handle: str
    until: int
    by: PersonId | None = None


class Week(Value):
    """What the bot did in the last seven days. ``approved_after`` is the median."""

    requests: int = 0
    executed: int = 0
    succeeded: int = 0
    denied: int = 0
    approved_after: int | None = None  #: microseconds


class Digest(Value):
    """``notes`` say what could not be looked at, ``excuses`` that it is late or what it makes up
    for."""

    title: str
    at: int
    scope: str  #: which databases, in words
    databases: int
    concerns: tuple[Concern, ...] = ()  #: the worst first
    unchanged: int = 0  #: told before and left out
    still: tuple[Concern, ...] = ()  #: those of them that need action, the worst first
    snoozed: int = 0
    notes: tuple[Line, ...] = ()
    excuses: tuple[Line, ...] = ()
    week: Week = Week()
    clear: tuple[str, ...] = ()  #: what gives nothing to say, of all that was looked at
    trail: Trail = Trail()
    pictures: tuple[Answer, ...] = ()  #: what shows it, for its thread
    quiet_days: int = 0  #: how often it was posted this week without anything that needs action

    @property
    def urgent(self) -> tuple[Concern, ...]:
        return tuple(one for one in self.concerns if one.section is Section.ACTION)

    @property
    def others(self) -> tuple[Concern, ...]:
        return tuple(one for one in self.concerns if one.section is not Section.ACTION)

    @property
    def unlisted(self) -> tuple[Concern, ...]:
        """What neither the message nor its thread has room for."""
        return (*self.urgent[LISTED:], *self.others[DETAILED:])

    @property
    def is_quiet(self) -> bool:
        """Nothing to tell, and everything could be looked at."""
        return self.databases > 0 and not (self.concerns or self.still or self.notes)

    @property
    def needs_nothing(self) -> bool:
        """No database needs action, of all that could be looked at and is not snoozed."""
        return not (self.urgent or self.still or self.notes or self.snoozed)

    def head(self, put_off: Collection[str] = ()) -> Line:
        """``4 need action: warehouse full in about 12 days``, the worst of new and known; a
        database with two findings is one.

        ``put_off``: handles of what a channel has put off since.
        """
        known = (*self.urgent, *self.still)
        urgent = sorted(
            (one for one in known if one.handle not in put_off), key=lambda one: one.rank
        )
        if urgent:
            return (f"{needing(urgent)}: ", *urgent[0].headline)
        if not self.databases:
            return (f"There is no database of {self.scope} to look at",)
        if known:
            said = "everything that needs action is snoozed"
        else:
            other = " new" if self.unchanged else " else" if self.snoozed else ""
            said = f"nothing{other} needs action"
        return (f"As far as I could look, {said}" if self.notes else said.capitalize(),)


def needing(found: Sequence[Concern]) -> str:
    """``4 need action (6 findings)``: several of one database or cluster count once."""
    count = len({one.family or one.database or one.key for one in found})
    more = f" ({len(found):,} findings)" if len(found) > count else ""
    return f"{count:,} need{'s' if count == 1 else ''} action{more}"


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
    """How much of what AWS allows in an account and region is used.

    ``kind``: of which databases, or of the snapshots of which.

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
