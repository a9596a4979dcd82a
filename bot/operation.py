"""The contract that every operation fulfils.

Fields are parameters, class attributes facts, methods behaviour; the docstring is the help text.
Parser, help, form, card, row, IAM policy, docs and typeahead are derived from them.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import takewhile
from typing import ClassVar, NamedTuple, Protocol, TypedDict, Unpack

from pydantic import BaseModel, ConfigDict
from pydantic.fields import FieldInfo

from bot.aws import AWS
from bot.errors import UnknownWordError
from bot.fleet.limits import Ceiling
from bot.fleet.names import near
from bot.params import Pairs, Parameter, Picker, Prose, Switch, parameter_of
from bot.values import (
    Answer,
    Appointment,
    Assessment,
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
    Order,
    Person,
    PersonId,
    Plan,
    Progress,
    Range,
    Receipt,
    Request,
    Risk,
    Sent,
    Series,
    Status,
    Tally,
    Window,
    quoted,
)


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


class Operation(BaseModel):
    """One verb of ``/rds``; an instance of it is a parsed command."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    verb: ClassVar[str]
    name: ClassVar[str]
    example: ClassVar[str]
    also: ClassVar[tuple[str, ...]] = ()  #: verbs by which it may be typed as well
    permissions: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def summary(cls) -> str:
        """The first line of the docstring."""
        return (cls.__doc__ or "").strip().partition("\n")[0]

    @classmethod
    def details(cls) -> str:
        """The docstring after its first line; may be empty."""
        rest = (cls.__doc__ or "").strip().partition("\n")[2]
        return " ".join(rest.split())

    @classmethod
    def positionals(cls) -> tuple[str, ...]:
        """Parameters that may be given without a flag: the required ones, and those named so.

        Prose never is: it has several words.
        """
        return tuple(
            name
            for name, field in cls.model_fields.items()
            if (field.is_required() or positional(field))
            and not isinstance(cls.parameter(name), Prose)
        )

    @classmethod
    def parameter(cls, name: str) -> Parameter:
        """The words for one parameter; a bare ``bool`` is a switch."""
        field = cls.model_fields[name]
        spoken = name.replace("_", " ").capitalize()
        if found := parameter_of(field):
            return found
        if field.annotation is bool:
            return Switch(spoken, "", field.description or "")
        return Parameter(spoken, name.upper(), field.description or "")

    @classmethod
    def usage(cls) -> str:
        """``/rds reboot ID [--failover]``"""
        words = [f"/rds {cls.verb}"]
        for name, field in cls.model_fields.items():
            words.append(_usage(name, field, cls.parameter(name)))
        return " ".join(words)

    def as_typed(self) -> str:
        """``/rds reboot orders-test --failover``: parsed again, it gives the same operation."""
        # Up to the first that is left out: those behind it need their flag.
        leading = tuple(takewhile(self._is_given, self.positionals()))
        flags = (name for name in type(self).model_fields if name not in leading)
        words = [f"/rds {self.verb}"]
        words += (word for name in leading for word in self._typed_first(name))
        words += (word for name in flags if self._is_given(name) for word in self._typed_flag(name))
        return " ".join(words)

    def _is_given(self, name: str) -> bool:
        field, value = type(self).model_fields[name], getattr(self, name)
        return field.is_required() or value != field.get_default(call_default_factory=True)

    def _typed_first(self, name: str) -> Iterator[str]:
        """Without a flag, so that nothing may look like ``key=value``."""
        for text in self.parameter(name).typed(getattr(self, name)):
            yield f"'{text}'" if "=" in text and text == quoted(text) else quoted(text)

    def _typed_flag(self, name: str) -> Iterator[str]:
        value = getattr(self, name)
        if value is True:
            yield flag(name)
        elif value is False:
            yield f"{flag(name)}=false"
        else:
            yield from (f"{flag(name)} {quoted(it)}" for it in self.parameter(name).typed(value))


def positional(field: FieldInfo) -> bool:
    """An optional parameter declared with ``Field(json_schema_extra={"positional": True})``."""
    extra = field.json_schema_extra
    return isinstance(extra, dict) and bool(extra.get("positional"))


def flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _usage(name: str, field: FieldInfo, parameter: Parameter) -> str:
    if isinstance(parameter, Prose) and field.is_required():
        return f"{flag(name)} {parameter.usage}"
    if field.is_required():
        return parameter.usage
    if positional(field):
        return f"[{parameter.usage}]"
    return f"[{flag(name)} {parameter.usage}]" if parameter.usage else f"[{flag(name)}]"


class Query(Operation):
    """Only reads, and answers at once."""

    async def answer(self, desk: Desk, person: Person) -> Answer:
        raise NotImplementedError


class Control(Operation):
    """Acts on the bot's own records; audited."""

    async def act(self, desk: Desk, person: Person) -> Answer:
        raise NotImplementedError


class WayBack(NamedTuple):
    """What its button says, and what its form holds beside the database."""

    label: str
    values: Mapping[str, str]


class Change(Operation):
    """Alters AWS: planned, perhaps approved, sent once, then followed until it settles."""

    risk: ClassVar[Risk]
    #: How long the bot follows before it says that AWS never settled.
    horizon: ClassVar[timedelta] = timedelta(hours=1)
    #: Nothing brings back what it takes away: ``policy.risk`` can raise its risk, never lower it.
    irreversible: ClassVar[bool] = False
    #: Parameters that AWS's call has and nobody need say here, with the reason.
    needless: ClassVar[Sequence[tuple[str, str]]] = ()
    #: Whether AWS takes the call for RDS Custom, by its own reference of the API.
    takes_custom: ClassVar[bool] = False

    target: str

    @classmethod
    def kinds(cls) -> frozenset[Kind]:
        parameter = cls.parameter("target")
        assert isinstance(parameter, Picker)
        return parameter.kinds

    def risk_for(self, database: Database) -> Assessment:
        """The risk of this very change, raised by what it asks for or by the database's state."""
        return Assessment(risk=self.risk, reasons=())

    def objections(self, database: Database) -> Mapping[str, str]:
        """Why the database cannot take it, as it was last seen: a sentence by parameter."""
        return {}

    def barred(self, database: Database) -> Mapping[str, str]:
        """Why it is not for such a database at all, else its own objections."""
        if database.is_custom and not self.takes_custom:
            return {
                "target": f"{database.name} runs on RDS Custom ({database.engine}), for which AWS "
                f'does not take "{self.verb}". Whoever keeps its machine does that there.'
            }
        return self.objections(database)

    def tag_keys(self) -> Iterator[tuple[str, str]]:
        """The key of each tag that was asked for, with the parameter that asks for it."""
        for name in type(self).model_fields:
            if isinstance(self.parameter(name), Pairs):
                for pair in getattr(self, name):
                    yield name, pair.partition("=")[0]

    def back(self, plan: Plan) -> "WayBack | None":
        """The same operation as the way back from it; None where it has none."""
        return None

    async def plan(self, aws: AWS, order: Order) -> Plan:
        """Look, check the guards, and say what would happen; no side effect.

        Called when the change is asked for and again right before it is sent; the same facts must
        give the same call. Raises PreflightError if the target cannot take it.
        """
        raise NotImplementedError

    async def execute(self, aws: AWS, order: Order, plan: Plan) -> Receipt:
        """Send ``plan.call`` unchanged. Called at most once for a step."""
        return await aws.act(plan.call)

    async def poll(self, aws: AWS, sent: Sent) -> Progress:
        """How far a change that AWS accepted has come; done means evidence after ``sent_at``."""
        raise NotImplementedError

    async def reconcile(self, aws: AWS, sent: Sent) -> Progress:
        """After a crash or a lost reply: did our call arrive? Never sends again."""
        raise NotImplementedError
