"""The IAM policies that the catalogue needs, for whoever installs the bot."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from bot.aws.checks import kinds_of
from bot.aws.partitions import partition
from bot.errors import SettingsError
from bot.operation import REQUEST_TAG, Change, Dependent, Operation
from bot.policy.grants import ANY, Grant, grant_of, shut_accounts, tag_keys
from bot.settings import Settings
from bot.values import Value

Statements = list[dict[str, Any]]

READS = ("cloudtrail:LookupEvents", "cloudwatch:DescribeAlarmHistory",
         "cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData",
         "rds:DescribeDBClusterSnapshots", "rds:DescribeDBClusters", "rds:DescribeDBInstances",
         "rds:DescribeDBSnapshots", "rds:DescribeEvents",
         "rds:DescribePendingMaintenanceActions")  # fmt: skip
#: How the names of actions begin that change nothing.
READING = ("Describe", "Download", "Get", "List", "Lookup")
READS_OF_RDS = ["rds:Describe*", "rds:Download*", "rds:List*"]
#: What AWS needs a caller to be allowed as well, whatever the call says.
#: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html
ALONG = {"rds:ModifyDBCluster": ("rds:ModifyDBInstance",)}
#: On what a service may act for whoever calls RDS: secrets that RDS makes begin so.
#: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
BEHIND = {"kms": "key/*", "secretsmanager": "secret:rds!*"}
#: Of what exists; of the tags that decide the environment the bot may change none.
TAGGING = frozenset({"rds:AddTagsToResource", "rds:RemoveTagsFromResource"})
SNAPSHOTS = ("snapshot", "cluster-snapshot")
#: How the names of actions begin that make databases.
MAKING = ("CreateDBInstance", "RestoreDB")
TAG = "rds:AddTagsToResource"
DATABASES = ("db", "cluster")
GROUPS = ("pg", "cluster-pg")
#: Characters of a policy, blanks not counted, that AWS takes as one of its own and inside a role:
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
MANAGED, INLINE = 6_144, 10_240
#: Who runs the bot is known to nobody here: to be replaced.
OWN_IDENTITY = "iam::111122223333:role/replace-with-the-identity-of-the-bot"


class Wanted(Value):
    """What kind of policy is printed, beyond what the settings say."""

    account: str | None = None  #: for that one alone, by id or name; None: for all
    observe: bool | None = None  #: not a single action that changes anything; None: as set
    region: str | None = None  #: tells the partition where no setting does
    operations: tuple[str, ...] = ()  #: those alone, by verb or name; none: all

    def observes(self, settings: Settings) -> bool:
        return settings.observe if self.observe is None else self.observe


ALL = Wanted()


def role_policy(
    catalogue: Iterable[type[Operation]], settings: Settings, wanted: Wanted = ALL
) -> dict[str, Any]:
    """The least that the role of an account needs.

    Where no account names a role, it is the bot's own identity that needs it, and all the rest.
    Raises SettingsError for an account that the settings do not list, and for several partitions.
    """
    _listed(wanted.account, settings)
    if not _roles(settings):
        return bot_policy(catalogue, settings, wanted)
    return _document(_operating(_chosen(catalogue, wanted), settings, wanted, with_role=True))


def bot_policy(
    catalogue: Iterable[type[Operation]], settings: Settings, wanted: Wanted = ALL
) -> dict[str, Any]:
    """The least that the bot's own identity needs: to become those roles, and to publish.

    Raises as ``role_policy`` does.
    """
    partition(settings, wanted.region)
    _listed(wanted.account, settings)
    roles = _roles(settings)
    itself = len(roles) < len(settings.accounts) or not roles
    statements: Statements = []
    if itself:
        statements += _operating(_chosen(catalogue, wanted), settings, wanted, with_role=False)
    if roles:
        # AWS wants the second one on both sides, here and in the trust policy of each role.
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
        actions = ["sts:AssumeRole", "sts:SetSourceIdentity"]
        statements.append(
            {"Sid": "BecomeRoles", "Effect": "Allow", "Action": actions, "Resource": roles}
        )
    return _document([*statements, *([] if wanted.observes(settings) else _telling(settings))])


def trust_policy(settings: Settings, wanted: Wanted = ALL) -> dict[str, Any]:
    """An example for the roles; the principal is the bot's own identity, to be filled in.

    Raises SettingsError for several partitions.
    """
    identity = f"arn:{partition(settings, wanted.region)}:{OWN_IDENTITY}"
    # Another's role cannot be had by naming it to the bot: who names it knows no external id.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    ids = sorted({one.external_id for one in settings.accounts if one.external_id})
    allowed = {"Effect": "Allow", "Principal": {"AWS": identity}}
    condition = {"Condition": {"StringEquals": {"sts:ExternalId": ids}}} if ids else {}
    return _document(
        [
            {"Sid": "BecomeThisRole", **allowed, "Action": "sts:AssumeRole", **condition},
            {"Sid": "SayForWhom", **allowed, "Action": "sts:SetSourceIdentity"},
        ]
    )


def too_long(document: dict[str, Any]) -> str:
    """What to do about a policy that AWS would not take as it is; "" where it takes it."""
    length = len(json.dumps(document, separators=(",", ":")))
    if length <= MANAGED:
        return ""
    said = f"This policy has {length:,} characters, and AWS takes {MANAGED:,} in a managed policy"
    if length <= INLINE:
        return f"{said}. Put it into the role itself, as an inline one: there it takes {INLINE:,}."
    return (
        f"{said} and {INLINE:,} in an inline one. Print each account by itself (--account), only "
        "some operations (--operations), or shorten environments.words, tag_keys or instances."
    )


def only_reads(action: str) -> bool:
    """Judged by its name, as AWS names actions."""
    return action.partition(":")[2].startswith(READING)


def makes_database(action: str) -> bool:
    """Judged by its name, as AWS names actions."""
    return action.partition(":")[2].startswith(MAKING)


def _document(statements: Statements) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}


def _roles(settings: Settings) -> list[str]:
    return [one.role_arn for one in settings.accounts if one.role_arn]


def _chosen(catalogue: Iterable[type[Operation]], wanted: Wanted) -> tuple[type[Operation], ...]:
    """Raises SettingsError for an operation that is in no catalogue."""
    known = tuple(catalogue)
    names = {name for one in known for name in (one.verb, one.name)}
    if strange := [one for one in wanted.operations if one not in names]:
        verbs = ", ".join(sorted(one.verb for one in known if one.permissions))
        raise SettingsError([f"--operations {', '.join(strange)}: there are {verbs}"])
    asked = set(wanted.operations)
    return tuple(one for one in known if not asked or asked & {one.verb, one.name})


def _operating(
    catalogue: Sequence[type[Operation]], settings: Settings, wanted: Wanted, *, with_role: bool
) -> Statements:
    dependents = [one.dependent for one in catalogue if issubclass(one, Change)]
    called = {action for operation in catalogue for action in operation.permissions} | set(READS)
    behind = {action for one in dependents for action in one.actions}
    behind |= {action for one in called for action in ALONG.get(one, ())}
    allowed = called | {one for one in behind if one.startswith("rds:")}
    reading = sorted(action for action in allowed if only_reads(action))
    place = _Place(partition(settings, wanted.region))
    statements: Statements = [
        {"Sid": "Read", "Effect": "Allow", "Action": reading, "Resource": "*"}
    ]
    if wanted.observes(settings):
        return statements
    changing = sorted(allowed - set(reading))
    grants = _grants(settings, wanted, with_role)
    for number, (grant, accounts) in enumerate(grants.items(), 1):
        here = place._replace(accounts=accounts, number=f"In{number}" if len(grants) > 1 else "")
        statements += _changes(grant, changing, here)
        statements += _along(dependents, behind - allowed, settings, here)
    return [*statements, *_refusals(changing, settings, place.partition)]


def _along(
    dependents: Iterable[Dependent], behind: Iterable[str], settings: Settings, place: "_Place"
) -> Iterator[dict[str, Any]]:
    """What AWS asks for beside the right to a call on its database, and the bot never calls."""
    number, named = place.number, list(dependents)
    pairs = {(kinds, action) for one in named for action, kinds in one.on.items()}
    together = groupby(sorted(pairs), lambda one: one[0])
    for count, (kinds, those) in enumerate(together, 1):
        yield {"Sid": f"Name{count}{number}", "Effect": "Allow",
               "Action": [action for _, action in those],
               "Resource": place.arns(kinds)}  # fmt: skip
    for service, of_service in groupby(sorted(behind), lambda one: one.partition(":")[0]):
        yield _behind(service, list(of_service), place)
    for count, (service, key) in enumerate(sorted({one.passes for one in named if one.passes}), 1):
        roles: Sequence[str] = getattr(settings.roles, key)
        mine = [one for one in roles if {ANY, one.split(":")[4]} & set(place.accounts)]
        condition = {"StringEquals": {"iam:PassedToService": service}}
        if mine:
            yield {"Sid": f"PassRole{count}{number}", "Effect": "Allow", "Action": ["iam:PassRole"],
                   "Resource": mine, "Condition": condition}  # fmt: skip


def _behind(service: str, actions: list[str], place: "_Place") -> dict[str, Any]:
    """Keys only by way of the services that ask for them.

    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
    """
    resources = [
        f"arn:{place.partition}:{service}:*:{account}:{BEHIND[service]}"
        for account in place.accounts
    ]
    via = {"StringLike": {"kms:ViaService": ["rds.*", "secretsmanager.*"]}}
    sid = f"Behind{service.capitalize()}{place.number}"
    statement = {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources}
    return {**statement, **({"Condition": via} if service == "kms" else {})}


def _grants(settings: Settings, wanted: Wanted, with_role: bool) -> Mapping[Grant, tuple[str, ...]]:
    """Accounts by what may be changed there, without those where nothing may.

    Where it is the same in all of them none is named: a role changes nothing outside its own.
    """
    listed = [one for one in settings.accounts if bool(one.role_arn) is with_role]
    asked = [one.id for one in listed if wanted.account in (None, one.id, one.name)]
    found: dict[Grant, tuple[str, ...]] = {}
    for account in asked if settings.accounts else [ANY]:
        grant = grant_of(settings, account)
        found[grant] = (*found.get(grant, ()), account)
    if len(found) == 1 and wanted.account is None:
        found = dict.fromkeys(found, (ANY,))
    return {grant: accounts for grant, accounts in found.items() if not grant.is_shut}


def _listed(account: str | None, settings: Settings) -> None:
    names = [one.name or one.id for one in settings.accounts]
    if account and account not in (*names, *(one.id for one in settings.accounts)):
        there_are = ", ".join(names) or "no accounts"
        raise SettingsError([f"--account {account}: {settings.file} lists {there_are}"])


class _Place(NamedTuple):
    """Where statements hold; ``number`` tells their Sids from those for other accounts."""

    partition: str
    accounts: tuple[str, ...] = ()
    number: str = ""

    def arns(self, kinds: Iterable[str], names: Iterable[str] = ("*",)) -> list[str]:
        return [
            f"arn:{self.partition}:rds:*:{account}:{kind}:{name}"
            for account in self.accounts
            for kind in kinds
            for name in names
        ]


def changes_databases(action: str) -> bool:
    """Whether AWS asks for a yes of a database: it changes one, or is made of one."""
    return bool(set(kinds_of(action)) & set(DATABASES))


def changes_snapshots(action: str) -> bool:
    """Whether AWS asks for a yes of a snapshot that is there, and of nothing else."""
    kinds = set(kinds_of(action))
    return bool(kinds) and kinds <= set(SNAPSHOTS) and action not in TAGGING


def _changes(grant: Grant, changing: list[str], place: _Place) -> Iterator[dict[str, Any]]:
    """Each resource of a call needs its own yes. What is still to be made has no tags, so what it
    is made of decides alone, and the tags that it is given. Nor does a parameter group say which
    databases use it: the bot itself holds the rules against each of them.

    AWS does not tell a database that is just made from an untagged one: of that, too, it would take
    a request's id and a tag that opens it. The bot itself tags nothing but what it makes.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html
    """
    # All but reads, whatever it is called: as long as a policy may be, this is short.
    deny = {"Effect": "Deny", "NotAction": READS_OF_RDS, "Resource": place.arns(DATABASES)}
    of_snapshots = list(filter(changes_snapshots, changing))
    new = list(filter(makes_database, changing))
    yield from _allowed(grant, changing, deny, place)
    yield from _besides(changing, of_snapshots, place)
    if new:
        yield from _makes(grant, new, place)
    if of_snapshots:
        # Of those that are there what the bot took: hardly anybody tags them.
        ours = {"Null": {f"aws:ResourceTag/{REQUEST_TAG}": "false"}}
        yield {"Sid": f"ChangeOwnSnapshots{place.number}", "Effect": "Allow",
               "Action": of_snapshots, "Resource": place.arns(("*snapshot",)),
               "Condition": ours}  # fmt: skip
    yield from _closed(grant, of_snapshots, deny, place)


def _allowed(
    grant: Grant, changing: list[str], deny: dict[str, Any], place: _Place
) -> Iterator[dict[str, Any]]:
    """On databases, by the tags or names that open them."""
    databases, number = place.arns(DATABASES), place.number
    own = list(filter(changes_databases, changing))
    allow = {"Effect": "Allow", "Action": own, "Resource": databases}
    if grant.is_free or grant.untagged:
        yield {"Sid": f"Change{number}", **allow}
    elif grant.words and not grant.opened:
        # Said once and taken back where no tag decides: a list of all calls for each key is long.
        yield {"Sid": f"Change{number}", **allow}
        yield from _untagged(grant, any(map(makes_database, changing)), deny, number)
    elif grant.words:
        for key, also in zip(grant.keys, ("", *_marks(grant.keys)[1:]), strict=True):
            # Tagged at all: with another word than those that open it, it is refused below.
            tagged = {"Null": {f"aws:ResourceTag/{key}": "false"}}
            yield {"Sid": f"Change{also}{number}", **allow, "Condition": tagged}
    if grant.opened:
        named = place.arns(DATABASES, grant.opened)
        yield {"Sid": f"ChangeByName{number}", **allow, "Resource": named}


def _untagged(
    grant: Grant, makes: bool, deny: dict[str, Any], number: str
) -> Iterator[dict[str, Any]]:
    """What has none of the tags that decide; ``makes``: new databases, which have none yet."""
    untagged = {"Null": {f"aws:ResourceTag/{key}": "true" for key in grant.keys}}
    made = [*(f"rds:{one}*" for one in MAKING), "rds:Add*"] if makes else []
    yield {"Sid": f"NeverUntagged{number}", **deny, "NotAction": [*READS_OF_RDS, *made],
           "Condition": untagged}  # fmt: skip
    if makes:
        # What is made is given a request's id, and a tag that decides.
        refused = {"Effect": "Deny", "Action": made, "Resource": deny["Resource"]}
        lacks = {"Null": {**untagged["Null"], f"aws:RequestTag/{REQUEST_TAG}": "true"}}
        yield {"Sid": f"NeverMake{number}", **refused, "Condition": lacks}
        none = {"ForAllValues:StringNotEqualsIgnoreCase": {"aws:TagKeys": list(grant.keys)}}
        yield {"Sid": f"NeverBare{number}", **refused, "Condition": {**untagged, **none}}


def _besides(
    changing: list[str], of_snapshots: list[str], place: _Place
) -> Iterator[dict[str, Any]]:
    """Snapshots that are still to be made, and parameter groups."""
    making = [
        one for one in changing if set(kinds_of(one)) & set(SNAPSHOTS) and one not in of_snapshots
    ]
    groups = [one for one in changing if set(kinds_of(one)) & set(GROUPS)]
    yield {"Sid": f"MakeSnapshots{place.number}", "Effect": "Allow", "Action": making,
           "Resource": place.arns(SNAPSHOTS)}  # fmt: skip
    if groups:
        yield {"Sid": f"ChangeParameterGroups{place.number}", "Effect": "Allow", "Action": groups,
               "Resource": place.arns(GROUPS)}  # fmt: skip


def _closed(
    grant: Grant, of_snapshots: list[str], deny: dict[str, Any], place: _Place
) -> Iterator[dict[str, Any]]:
    """What is never changed, by its tags or its name."""
    number = place.number
    everywhere = {**deny, "Resource": place.arns((*DATABASES, "*snapshot"))}
    for key, mark in zip(grant.keys, _marks(grant.keys), strict=True):
        tag = f"aws:ResourceTag/{key}"
        # A negated comparison also holds where the tag is absent, of which others decide: so Null.
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
        other = {"Null": {tag: "false"}, "StringNotEqualsIgnoreCase": {tag: list(grant.words)}}
        yield {"Sid": f"Never{mark}{number}", **everywhere, "Condition": other}
    if grant.closed:
        named = place.arns(DATABASES, grant.closed)
        yield {"Sid": f"NeverByName{number}", **deny, "Resource": named}
        if of_snapshots:
            named = place.arns(("*snapshot",), grant.closed)
            yield {"Sid": f"NeverSnapshotsByName{number}", "Effect": "Deny",
                   "Action": of_snapshots, "Resource": named}  # fmt: skip


def _makes(grant: Grant, new: list[str], place: _Place) -> Iterator[dict[str, Any]]:
    """A new database with a request's id in its tags, and a tag or a name that opens it."""
    number = place.number
    given = place.arns((*GROUPS, "og", "subgrp"))
    named = [*place.arns(DATABASES), *given]
    allow = {"Effect": "Allow", "Action": [*new, TAG], "Resource": named}
    ours = {"Null": {f"aws:RequestTag/{REQUEST_TAG}": "false"}}
    if grant.is_free or grant.untagged:
        yield {"Sid": f"Make{number}", **allow, "Condition": ours}
    elif grant.words and not grant.opened:  # of databases all is said above
        yield {"Sid": f"Make{number}", **allow, "Action": new, "Resource": given}
    elif grant.words:
        # Which of their words opens it is said above, once it is there.
        tagged = {"ForAnyValue:StringEqualsIgnoreCase": {"aws:TagKeys": list(grant.keys)}}
        yield {"Sid": f"Make{number}", **allow, "Condition": {**ours, **tagged}}
    if grant.opened:
        named = [*place.arns(DATABASES, grant.opened), *given]
        yield {"Sid": f"MakeByName{number}", **allow, "Resource": named, "Condition": ours}


def _refusals(changing: list[str], settings: Settings, partition: str) -> Iterator[dict[str, Any]]:
    """Nothing where the rules let nothing pass, and no tag that decides on anything."""
    deny = {"Effect": "Deny", "Action": _alike({*changing, *TAGGING})}
    if shut := shut_accounts(settings):
        everything = [f"arn:{partition}:rds:*:{account}:*" for account in shut]
        yield {"Sid": "NeverInTheseAccounts", **deny, "Resource": everything}
    if keys := tag_keys(settings):
        named = {"ForAnyValue:StringEqualsIgnoreCase": {"aws:TagKeys": list(keys)}}
        # Not of what is made of a snapshot: it gets the tags of what that was taken of.
        apart = [f"arn:{partition}:rds:*:*:*snapshot:*"]
        yield {"Sid": "NeverTagsThatDecide", "Effect": "Deny", "Action": ["rds:*Tags*", "rds:C*"],
               "Resource": apart, "Condition": named}  # fmt: skip
        found = [f"arn:{partition}:rds:*:*:{kind}:*" for kind in DATABASES]
        others = {**named, "Null": {f"aws:RequestTag/{REQUEST_TAG}": "true"}}
        yield {"Sid": "NeverOnDatabases", "Effect": "Deny", "Action": ["rds:*Tags*"],
               "Resource": found, "Condition": others}  # fmt: skip


def _alike(actions: Iterable[str]) -> list[str]:
    """All that begin so: a refusal may be wider than what is let through, and shorter for it."""
    return sorted({re.sub(r"(:[A-Z][a-z]+).*", r"\1*", one) for one in actions})


def _marks(keys: Sequence[str]) -> list[str]:
    """Of each key what a Sid can hold, letters and digits, and its number: no two are alike."""
    plain = ("".join(one for one in key if one.isascii() and one.isalnum()) for key in keys)
    return [f"{key}Is{number}" for number, key in enumerate(plain, 1)]


def _telling(settings: Settings) -> Statements:
    topic, namespace = settings.notifications.sns_topic_arn, settings.telemetry.namespace
    announce = {"Sid": "Announce", "Effect": "Allow", "Action": ["sns:Publish"], "Resource": topic}
    return [announce] * bool(topic) + [_publishing(one) for one in (namespace,) if one]


def _publishing(namespace: str) -> dict[str, Any]:
    """PutMetricData knows no resources; the namespace is what can be limited.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html
    """
    return {
        "Sid": "PublishFigures",
        "Effect": "Allow",
        "Action": ["cloudwatch:PutMetricData"],
        "Resource": "*",
        "Condition": {"StringEquals": {"cloudwatch:namespace": namespace}},
    }
