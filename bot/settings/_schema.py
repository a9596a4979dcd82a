"""The shape of rds-bot.yml: one class a section, with the defaults."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Generic, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    field_validator,
    model_validator,
)
from pydantic import StrictStr as Text

from bot.settings._thresholds import AS_USUAL
from bot.settings._types import (
    AccountId,
    Address,
    BucketUrl,
    ChannelId,
    Count,
    Cron,
    Duration,
    EachEnvironmentOnce,
    EnvironmentName,
    GroupId,
    InstanceName,
    Namespace,
    Once,
    OneOrMore,
    OperationName,
    Pattern,
    Region,
    RiskName,
    RoleArn,
    RoleArns,
    Sentence,
    TagKey,
    Thresholds,
    Timezone,
    TopicArn,
    UserId,
)
from bot.values import Environment, Risk

T = TypeVar("T")
#: What whoever meets a bot with ``observe`` reads.
OBSERVES = "I only observe here: nothing is filed or changed (observe in rds-bot.yml)."
#: When a change can be looked back at: sooner CloudWatch has too few figures.
SOONEST, LATEST = timedelta(minutes=4), timedelta(hours=24)


class Part(BaseModel):
    """A frozen piece of the settings that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PerRisk(Part, Generic[T]):
    """One value for each risk; the file may give a single one for all three."""

    low: T
    medium: T
    high: T

    def of(self, risk: Risk) -> T:
        return {Risk.LOW: self.low, Risk.MEDIUM: self.medium, Risk.HIGH: self.high}[risk]

    @model_validator(mode="before")
    @classmethod
    def _one_for_all(cls, value: object) -> object:
        return value if isinstance(value, dict) else dict.fromkeys(cls.model_fields, value)


class ChannelSettings(Part):
    """Where things are told; None: the channel where it was asked."""

    approvals: ChannelId | None = None
    audit: ChannelId | None = None
    incidents: ChannelId | None = None
    cloudops: ChannelId | None = None


class People(Part):
    """Members of any of the user groups, and single persons."""

    groups: tuple[GroupId, ...] = ()
    users: tuple[UserId, ...] = ()

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not self.groups and not self.users:
            raise ValueError("names nobody; list groups or users, or remove the key")
        return self


class ViewerSettings(Part):
    """Who may look: the groups and users (none: every full member), and at the ``environments``
    that are named those whom they name instead."""

    groups: tuple[GroupId, ...] = ()
    users: tuple[UserId, ...] = ()
    environments: Annotated[Mapping[EnvironmentName, People], EachEnvironmentOnce] = {}

    @model_validator(mode="after")
    def _narrows(self) -> Self:
        if not (self.groups or self.users or self.environments):
            raise ValueError("names nobody; list groups, users or environments, or remove the key")
        return self

    def of(self, environment: Environment) -> People | None:
        """None: every full member."""
        everywhere = self.groups or self.users
        rest = People(groups=self.groups, users=self.users) if everywhere else None
        return self.environments.get(environment, rest)

    @property
    def named(self) -> Mapping[str, People]:
        """Whom they name, by the key that does."""
        everywhere = self.groups or self.users
        named = (
            {"access.viewers": People(groups=self.groups, users=self.users)} if everywhere else {}
        )
        narrower = self.environments.items()
        return named | {f"access.viewers.environments.{one}": people for one, people in narrower}

    @property
    def all_groups(self) -> frozenset[str]:
        narrower = (people.groups for people in self.environments.values())
        return frozenset(self.groups).union(*narrower)


class AccessSettings(Part):
    """Who may look and ask (None: every full member), agree (None: nobody), administer (None:
    nobody) and answer CloudOps requests (None: who is in their channel)."""

    viewers: ViewerSettings | None = None
    requesters: People | None = None
    approvers: People | None = None
    admins: People | None = None
    cloudops: People | None = None


class AccountSettings(Part):
    """An AWS account; no regions: the one of the AWS session, no role: its own credentials."""

    id: AccountId
    name: Text = ""
    regions: tuple[Region, ...] = ()
    role_arn: RoleArn | None = None
    external_id: Text | None = None

    @model_validator(mode="after")
    def _role_of_this_account(self) -> Self:
        if self.role_arn and self.role_arn.split(":")[4] != self.id:
            raise ValueError(f"role_arn belongs to another account than {self.id}")
        if self.external_id and not self.role_arn:
            raise ValueError("external_id without role_arn is never used; give both or neither")
        return self


class NamePattern(Part):
    """Databases whose name holds a match (``search``, without regard to case)."""

    match: Pattern
    environment: EnvironmentName


class EnvironmentSettings(Part):
    """How the environment of a target is found: tags, instances, accounts, patterns, default.

    ``words`` are a team's own values of those tags, beside the ones that everybody uses.
    """

    tag_keys: tuple[TagKey, ...] = ("Environment", "Env", "ENV", "Stage")
    words: Mapping[Text, EnvironmentName] = {}
    instances: Annotated[Mapping[InstanceName, EnvironmentName], Once] = {}
    accounts: Mapping[AccountId, EnvironmentName] = {}
    patterns: tuple[NamePattern, ...] = ()
    default: EnvironmentName = Environment.PRODUCTION

    @field_validator("words")
    @classmethod
    def _each_word_means_one_thing(
        cls, words: Mapping[str, Environment]
    ) -> Mapping[str, Environment]:
        read: dict[str, Environment] = {}
        for text, environment in words.items():
            word = Environment.word(text)
            known = Environment.parse(word) or read.get(word)
            if not word or known not in (None, environment):
                already = f"it means {known} already" if known else "nothing of it can be seen"
                raise ValueError(f'"{text}" cannot mean {environment}: {already}')
            read[word] = environment
        return read

    def read(self, value: str) -> Environment | None:
        """What the value of a tag means; None where it is nobody's word for an environment."""
        return Environment.parse(value) or self.words.get(Environment.word(value))


class Rule(Part):
    """One rule of the policy: it matches where all its conditions do; an empty one is none.

    ``tag`` maps keys to the values that fit. Either ``deny`` or ``approvals`` is set, never both.
    None in the rest means the setting of ``access`` or ``policy``.
    """

    environment: OneOrMore[EnvironmentName] = ()
    operation: OneOrMore[OperationName] = ()
    account: OneOrMore[AccountId] = ()
    tag: Annotated[Mapping[TagKey, OneOrMore[Text]], Once, Field(min_length=1)] = {}
    risk: OneOrMore[RiskName] = ()
    deny: Sentence | None = None
    approvals: PerRisk[Count] | None = None
    approvers: People | None = None
    expires_after: PerRisk[Duration] | None = None
    send_within: Duration | None = None
    type_name: StrictBool = False

    @field_validator("type_name")
    @classmethod
    def _not_promised_in_vain(cls, type_name: bool) -> bool:
        if type_name:
            raise ValueError("is not supported yet: remove it")
        return type_name

    @property
    def is_unconditional(self) -> bool:
        return not (self.environment or self.operation or self.account or self.tag or self.risk)

    @model_validator(mode="after")
    def _denies_or_allows(self) -> Self:
        if (self.deny is None) == (self.approvals is None):
            raise ValueError("needs either deny or approvals")
        idle = {"approvers", "expires_after", "send_within", "type_name"} & self.model_fields_set
        if self.deny is not None and idle:
            raise ValueError(f"denies, so {', '.join(sorted(idle))} would never be used")
        return self


class PolicySettings(Part):
    """Who must agree to what: the first rule that matches holds."""

    rules: tuple[Rule, ...] = (
        Rule(
            environment=(Environment.PRODUCTION,),
            deny="Operations not allowed on production instances. "
            "Please create a CloudOps request.",
        ),
        Rule(approvals=PerRisk[Count](low=0, medium=1, high=2)),
    )
    risk: Mapping[OperationName, RiskName] = {}
    expires_after: PerRisk[Duration] = PerRisk[Duration](
        low=timedelta(hours=72), medium=timedelta(hours=72), high=timedelta(hours=72)
    )
    send_within: Duration = timedelta(hours=1)

    @field_validator("rules")
    @classmethod
    def _ends_with_a_rule_for_the_rest(cls, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        if not rules or not rules[-1].is_unconditional:
            raise ValueError(
                "the last rule must have no conditions, so that every change meets a rule. "
                "Add one, for example {approvals: {low: 0, medium: 1, high: 2}}"
            )
        for number, rule in enumerate(rules[:-1]):
            if rule.is_unconditional:
                raise ValueError(f"rule {number} has no conditions, so those after it never match")
        return rules


class QuotaSettings(Part):
    """So many within so long; the file has it as one word, ``20/1h``."""

    most: Annotated[StrictInt, Field(ge=1, le=10_000)]  #: each of them is read
    within: Duration

    @model_validator(mode="before")
    @classmethod
    def _one_word(cls, value: object) -> object:
        if isinstance(value, dict):
            return value
        most, slash, within = value.partition("/") if isinstance(value, str) else ("", "", "")
        if not (slash and most.strip().isdecimal()):
            raise ValueError(f'"{value}" is no limit; write how many in how long: 20/1h')
        return {"most": int(most), "within": within.strip()}


class LimitSettings(Part):
    """How many changes may be filed; every one of several limits holds. None: any number.

    AWS takes 100 manual snapshots in a region: a day's worth of one person is less.
    """

    per_person: OneOrMore[QuotaSettings] | None = (
        QuotaSettings(most=20, within=timedelta(hours=1)),
        QuotaSettings(most=60, within=timedelta(days=1)),
    )
    per_database: OneOrMore[QuotaSettings] | None = (
        QuotaSettings(most=20, within=timedelta(hours=1)),
        QuotaSettings(most=60, within=timedelta(days=1)),
    )


class SnapshotSettings(Part):
    """Which snapshots stay.

    ``keep_tags``: a snapshot with such a tag, as its key or its value, is never deleted.
    """

    keep_tags: OneOrMore[TagKey] = ("keep", "retain", "legal-hold")


class PollingSettings(Part):
    """How often running changes, alarms and events are looked at, and after how long a card says
    that its change takes longer than expected."""

    interval: Duration = timedelta(seconds=30)
    timeout: Duration = timedelta(minutes=5)


class AuditSettings(Part):
    """How long audit rows are kept, and where closed segments are archived (None: nowhere)."""

    retention: Duration = timedelta(days=400)
    archive: BucketUrl | None = None


class NotificationSettings(Part):
    """Where else results are announced (None: nowhere), and who hears by direct message of what
    nobody has decided in three quarters of its time (None: nobody)."""

    sns_topic_arn: TopicArn | None = None
    escalation: People | None = None


class HealthSettings(Part):
    """Where /healthz, /readyz and /metrics are served; None: nowhere."""

    listen: Address | None = None


class TelemetrySettings(Part):
    """The CloudWatch namespace that gets the bot's own figures; None: CloudWatch gets none."""

    namespace: Namespace | None = None


class RoleSettings(Part):
    """Roles that AWS's services act by, one of each account; none: what needs one is refused."""

    monitoring: RoleArns = ()


class DigestSettings(Part):
    """A scheduled summary; no environments: all of them."""

    channel: ChannelId
    cron: Cron
    timezone: Timezone = "UTC"
    title: Sentence = "Digest"
    environments: OneOrMore[EnvironmentName] = ()


class Configuration(Part):
    """All of rds-bot.yml. ``observe``: nothing is changed, every change is answered by its plan.

    ``timezone``: of pictures that many people read; None: that of most digests, else of most
    people.
    """

    observe: StrictBool = False
    timezone: Timezone | None = None
    channels: ChannelSettings = ChannelSettings()
    access: AccessSettings = AccessSettings()
    accounts: tuple[AccountSettings, ...] = ()
    environments: EnvironmentSettings = EnvironmentSettings()
    policy: PolicySettings = PolicySettings()
    limits: LimitSettings = LimitSettings()
    snapshots: SnapshotSettings = SnapshotSettings()
    polling: PollingSettings = PollingSettings()
    audit: AuditSettings = AuditSettings()
    notifications: NotificationSettings = NotificationSettings()
    health: HealthSettings = HealthSettings()
    telemetry: TelemetrySettings = TelemetrySettings()
    roles: RoleSettings = RoleSettings()
    digests: tuple[DigestSettings, ...] = ()
    thresholds: Thresholds = AS_USUAL
    aftermath: tuple[Duration, ...] = (timedelta(minutes=15), timedelta(minutes=60))

    @field_validator("aftermath")
    @classmethod
    def _when_there_are_figures(cls, aftermath: tuple[timedelta, ...]) -> tuple[timedelta, ...]:
        for one in aftermath:
            if one % timedelta(minutes=1) or not SOONEST <= one <= LATEST:
                raise ValueError("each must be in whole minutes, from 4m to 24h")
        return aftermath

    @field_validator("accounts")
    @classmethod
    def _each_account_once(
        cls, accounts: tuple[AccountSettings, ...]
    ) -> tuple[AccountSettings, ...]:
        for what in ("id", "name"):
            values = [getattr(account, what) for account in accounts]
            twice = {value for value in values if value and values.count(value) > 1}
            if twice:
                raise ValueError(f"two accounts have the {what} {', '.join(sorted(twice))}")
        return accounts
