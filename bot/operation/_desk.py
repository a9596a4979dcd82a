"""What operations may ask of the bot."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol, TypedDict, Unpack

from bot.aws import AWS
from bot.errors import UnknownWordError
from bot.fleet.limits import Ceiling
from bot.fleet.names import near
from bot.values import (
    Appointment,
    AuditEntry,
    Classified,
    Database,
    Digest,
    Environment,
    Inventory,
    Kind,
    Limit,
    Line,
    Measure,
    Observed,
    OpenIncidents,
    OpenRequests,
    Person,
    PersonId,
    Range,
    Request,
    Series,
    Status,
    Tally,
    Window,
)

if TYPE_CHECKING:
    from bot.operation._change import Change
    from bot.operation._operation import Operation


class WantedRequests(TypedDict, total=False):
    """What is left out or None does not matter."""

    status: tuple[Status, ...] | None
    requester: PersonId | None
    target: str | None


class WantedRows(TypedDict, total=False):
    """Of the audit trail; what is left out or None does not matter."""

    request_id: int | None
    actor: PersonId | None
    target: str | None
    since: timedelta | None
    failed: bool  #: only what was denied, refused, rejected, failed or unknown


class Desk(Protocol):
    """What a query or a control may ask; ``asker`` is whoever typed the command."""

    @property
    def observes(self) -> bool:
        """Whether a change is answered by its plan alone, and nothing is ever sent."""

    async def inventory(self) -> Inventory: ...
    async def find(self, name: str, kinds: frozenset[Kind] = ...) -> Database:
        """The one database of that name. Raises UnknownTargetError or AmbiguousTargetError."""

    async def snapshots(self) -> Inventory:
        """Manual snapshots everywhere, seen as databases are; a minute old at most."""

    async def look(self, database: Database) -> Database:
        """The same database, read from AWS now. Raises AWSError."""

    def door(self, database: Database, permissions: tuple[str, ...]) -> AWS:
        """AWS where the database is, for these actions and no others."""

    async def measure(self, measures: tuple[Measure, ...], window: Window) -> tuple[Series, ...]:
        """One series a measure, all of one region, in the same order; unread where AWS does not
        answer. Whoever asks the same within a minute shares one reading.
        """

    async def firing(self, database: Database, metric: str) -> tuple[Line, ...]:
        """Of the alarms that fire on a metric of it now, or that this could not be read."""

    async def firing_limits(self, database: Database, metric: str) -> tuple[Limit, ...]:
        """Thresholds of those alarms, as lines of a picture; what cannot be read has none."""

    async def ceilings(self, database: Database) -> Mapping[str, Ceiling]:
        """How many connections it takes, or each member of a cluster, by the instance's name."""

    async def observe(
        self,
        database: Database,
        span: Range,
        words: Sequence[str],
        zone: str,
        *,
        week_before: bool = False,
        everything: bool = False,
    ) -> Observed:
        """Its metrics of that time, in a picture for readers in ``zone`` and in words.

        Without ``words`` what matters for its engine, of which the four most unusual are drawn, or
        ``everything``. ``week_before``: with the same time a week
        before beside it. Raises UsageError for an unknown metric, and AWSError.
        """

    async def compare(
        self, databases: Sequence[Database], span: Range, word: str, zone: str
    ) -> Observed:
        """One metric of several databases on one scale. Raises as ``observe`` does."""

    async def tallies(self, span: timedelta) -> tuple[Tally, Tally]:
        """What that much time until now came to, and as much time before it."""

    def classify(self, database: Database) -> Classified: ...
    def environment(self, word: str) -> Environment | None:
        """The environment that a word means here; None where it means none."""

    async def request(self, request_id: int) -> Request:
        """Raises UnknownRequestError."""

    async def requests(
        self, *, limit: int = ..., **wanted: Unpack[WantedRequests]
    ) -> tuple[Request, ...]:
        """Newest first."""

    async def open_requests(self) -> OpenRequests:
        """What has not ended."""

    async def open_incidents(self) -> OpenIncidents:
        """What goes on, and what of it could not be read."""

    async def offers(self, change: "type[Change]", database: Database, person: Person) -> bool:
        """Whether its form may lead somewhere: not a permission, but no rule denies it there."""

    async def audit(
        self, *, limit: int = ..., **wanted: Unpack[WantedRows]
    ) -> tuple[AuditEntry, ...]:
        """Newest first."""

    async def roles(self, person: Person) -> Mapping[str, bool | None]:
        """viewer, requester, approver, admin, as the directory knows them now; None where Slack
        does not tell."""

    async def who_may_approve(self, request: Request) -> Line:
        """The people and groups whose approval would count, for a sentence."""

    async def counting(self, request: Request) -> Request:
        """Without approvals that do not count any more, as last refreshed: for showing."""

    async def agreement(self, change: "type[Change]") -> tuple[Line, ...]:
        """Its risk, what the policy asks for before it runs, and who its approvers are."""

    async def digest(self, environments: tuple[Environment, ...]) -> Digest:
        """What a digest in this channel would tell now."""

    async def post_digest(self, environments: tuple[Environment, ...], person: Person) -> Digest:
        """The same, posted here for everybody."""

    async def digests(self) -> tuple[Appointment, ...]:
        """Every schedule, with its next time."""

    async def schedule_digest(
        self, cron: str, timezone: str | None, environments: tuple[Environment, ...], person: Person
    ) -> Appointment:
        """``timezone``: None for the team's, else the person's.

        Raises NotAllowedError, UsageError.
        """

    async def remove_digest(self, schedule_id: str, person: Person) -> Appointment:
        """Raises NotAllowedError, and UsageError where there is none that can be removed."""

    def catalogue(self) -> "Mapping[str, type[Operation]]": ...
    async def may_use(self, operation: "type[Operation]", person: Person) -> bool: ...
    async def health(self) -> tuple[tuple[str, Line], ...]:
        """The bot's own state, for ``status bot``."""

    async def approve(self, request_id: int, person: Person) -> Request: ...
    async def reject(self, request_id: int, person: Person, reason: str) -> Request: ...
    async def cancel(self, request_id: int, person: Person) -> Request: ...
    async def settle(
        self, request_id: int, person: Person, status: Status, reason: str
    ) -> Request: ...


def environments(desk: Desk, word: str | None) -> tuple[Environment, ...]:
    """The one that ``word`` means here; none where there is no word, for all of them.

    Raises UnknownWordError where it means none.
    """
    if word is None:
        return ()
    if found := desk.environment(word):
        return (found,)
    meant = near(word, Environment, limit=1)
    guess = f" (did you mean {meant[0]}?)" if meant else ""
    known = f"the environments are {', '.join(Environment)}, and what your team calls them"
    told = f'"{word}" is no environment{guess}: {known}.'
    raise UnknownWordError(told, "environment", meant, word)
