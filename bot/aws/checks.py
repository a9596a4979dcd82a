"""Whether AWS lets the bot do its work: identity, clock, roles, regions, permissions."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from pydantic import Field

from bot.aws.errors import reading
from bot.aws.partitions import COMMERCIAL, partition_of
from bot.aws.session import Account, Acting, Sessions
from bot.checks import (
    CheckOutcome,
    Finding,
    Findings,
    clock,
    looked,
    ok,
    skipped,
    together,
    trouble,
)
from bot.errors import AWSError, AWSRefusedError
from bot.values import Value

CHECKING = Acting(session_name="rds-bot-check", source_identity="rds-bot-check")
IDENTITY = (
    "Run the bot with a role, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. "
    "Also set AWS_REGION if the accounts in rds-bot.yml name no regions."
)
ROLE = (
    "Compare the role's trust policy with: rds-bot iam-policy --of trust. Compare the bot's own "
    "permissions with: rds-bot iam-policy --of bot. Both must have external_id of rds-bot.yml."
)
REGION = "Compare the role with: rds-bot iam-policy; check the region's name and the network."
POLICY = "Give the role what this prints: rds-bot iam-policy"
#: Of several findings about one thing the first of these is told.
WORST = (CheckOutcome.PROBLEM, CheckOutcome.SKIPPED, CheckOutcome.OK)
SIMULATE = "To have it checked, allow iam:SimulatePrincipalPolicy."
PUBLISH = "cloudwatch:PutMetricData"
FIGURES = "Give the bot's own identity what this prints: rds-bot iam-policy --of bot"

#: Which actions each operation needs, by its verb.
Needs = Mapping[str, Sequence[str]]


class Trial(Value):
    """What the role must be allowed on a database with these ``tags``, or must not be."""

    needs: Needs
    tags: Mapping[str, str] = Field(default_factory=dict)
    on: tuple[str, ...] = ()  #: ARNs on which all of it is tried; none: what the actions are for
    told: Mapping[str, str] = Field(default_factory=dict)  #: other keys of conditions
    unless: str = ""  #: why it must not, as a clause that ends a sentence; "" where it must


#: What is tried in an account, by its id.
Trials = Callable[[str], Sequence[Trial]]


async def look(
    accounts: Sequence[Account], region: str | None, trials: Trials, namespace: str | None
) -> Findings:
    """``namespace``: where in CloudWatch the bot publishes its own figures; None: nowhere."""
    named = (one for account in accounts for one in account.regions)
    async with Sessions(region, nearest=next(named, None)) as sessions:
        own, when = await _identity(sessions)
        if own is None:
            because = "AWS does not know who the bot is"
            return (*when, *(skipped(f"aws.{one.name}", because) for one in accounts))
        placed = [one.model_copy(update={"regions": one.regions or own.regions})
                  for one in accounts or (own,)]  # fmt: skip
        found = await asyncio.gather(
            _publishing(sessions, own, namespace),
            *(_account(sessions, one, trials(one.id)) for one in placed),
        )
    return (*when, *(finding for part in found for finding in part))


async def _identity(sessions: Sessions) -> tuple[Account | None, Findings]:
    """Who the bot is without any role, and whether AWS's clock agrees with its own."""
    seen: list[Account] = []

    async def ask() -> Finding:
        seen.append(await sessions.own_account())
        return ok("aws.identity", f"the bot's own account is {seen[0].id}")

    async def ask_time() -> Finding:
        sts = await sessions.client("sts", seen[0], seen[0].regions[0])
        sent = datetime.now(UTC)
        with reading():
            reply = await sts.get_caller_identity()
        # AWS refuses a signature that is five minutes off, with the code of a wrong key.
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html
        date = reply["ResponseMetadata"]["HTTPHeaders"].get("date")
        return clock("aws.clock", sent, datetime.now(UTC), date)

    identity = await looked("aws.identity", ask(), IDENTITY)
    if not seen:
        return None, (identity,)
    return seen[0], (identity, await looked("aws.clock", ask_time(), IDENTITY))


async def _account(sessions: Sessions, account: Account, trials: Sequence[Trial]) -> Findings:
    name = f"aws.{account.name}"
    arns: list[str] = []
    role = await looked(f"{name}.role", _role(sessions, account, arns), ROLE)
    if not arns:
        because = "the bot cannot act in this account"
        left = (*account.regions, "permissions")
        return (role, *(skipped(f"{name}.{one}", because) for one in left))
    regions = (
        looked(f"{name}.{region}", _region(sessions, account, region), REGION)
        for region in account.regions
    )
    allowed = looked(
        f"{name}.permissions", _permissions(sessions, account, arns[0], trials), POLICY
    )
    return (role, *await together(*regions, allowed))


async def _role(sessions: Sessions, account: Account, arns: list[str]) -> Finding:
    """Becomes it as a change does: with external id, session name and source identity."""
    name = f"aws.{account.name}.role"
    async with _as_if_changing(sessions, "sts", account, account.regions[0]) as sts:
        identity = await sts.get_caller_identity()
    if identity["Account"] != account.id:
        told = f"the credentials belong to account {identity['Account']}, not {account.id}"
        return trouble(name, told, "Give the account its role_arn in rds-bot.yml.")
    arns.append(identity["Arn"])
    if account.role_arn is None:
        return ok(name, "no role is set; the bot acts with its own credentials")
    return ok(name, f"the bot can become {account.role_arn}")


async def _region(sessions: Sessions, account: Account, region: str) -> Finding:
    """By the credentials that reads use, and by those of a change: either may end at a region."""
    client = await sessions.client("rds", account, region)
    with reading():
        page = await client.describe_db_instances(MaxRecords=100)
    async with _as_if_changing(sessions, "rds", account, region) as acting:
        await acting.describe_db_instances(MaxRecords=20)
    more = " or more" if page.get("Marker") else ""
    return ok(f"aws.{account.name}.{region}", f"instances seen: {len(page['DBInstances'])}{more}")


async def _permissions(
    sessions: Sessions, account: Account, arn: str, trials: Sequence[Trial]
) -> Finding:
    name, source = f"aws.{account.name}.permissions", account.role_arn or role_of(arn)
    found: list[Finding] = []
    try:
        async with _as_if_changing(sessions, "iam", account, account.regions[0]) as iam:
            for trial in trials:
                answers: list[Mapping[str, Any]] = []
                for asked in asked_of(trial, account):
                    reply = await iam.simulate_principal_policy(PolicySourceArn=source, **asked)
                    answers += reply["EvaluationResults"]
                found.append(tried(name, answers, trial))
    except AWSError as error:
        return _unsaid(name, "the role", error)
    return min(found, key=lambda one: WORST.index(one.outcome))


def asked_of(trial: Trial, account: Account) -> list[dict[str, Any]]:
    """As SimulatePrincipalPolicy takes it. What must not pass is asked of databases alone."""
    tags = [
        {"ContextKeyName": key, "ContextKeyType": "string", "ContextKeyValues": [value]}
        for key, value in _conditions(trial)
    ]
    context = {"ContextEntries": tags} if tags else {}
    return [
        {"ActionNames": actions, "ResourceArns": resources[: 1 if trial.unless else None],
         **context}
        for resources, actions in _tried(trial, account)
    ]  # fmt: skip


def _conditions(trial: Trial) -> Iterator[tuple[str, str]]:
    yield from ((f"aws:ResourceTag/{key}", value) for key, value in trial.tags.items())
    yield from trial.told.items()


def _tried(trial: Trial, account: Account) -> list[tuple[list[str], list[str]]]:
    if not trial.on:
        return resources_of(trial.needs, account)
    return [(list(trial.on), sorted({one for needed in trial.needs.values() for one in needed}))]


def tried(name: str, answers: Iterable[Mapping[str, Any]], trial: Trial) -> Finding:
    """What a simulation says of a trial."""
    if not trial.unless:
        return judged(name, answers, trial.needs)
    passing = {one["EvalActionName"] for one in answers if one["EvalDecision"] == "allowed"}
    if passing:
        told = f"the role may {', '.join(sorted(passing))} {trial.unless}"
        return trouble(name, told, POLICY)
    return ok(name, "the role may do what it needs, and nothing where the rules let nothing pass")


async def _publishing(sessions: Sessions, own: Account, namespace: str | None) -> Findings:
    """By the bot's own credentials, which publish; in a role nothing is published."""
    if namespace is None:
        return ()
    return (await looked("aws.figures", _figures(sessions, own, namespace), FIGURES),)


async def _figures(sessions: Sessions, own: Account, namespace: str) -> Finding:
    name, region = "aws.figures", own.regions[0]
    sts, iam = [await sessions.client(one, own, region) for one in ("sts", "iam")]
    where = {"ContextKeyName": "cloudwatch:namespace", "ContextKeyType": "string"}
    try:
        with reading():
            arn = (await sts.get_caller_identity())["Arn"]
            reply = await iam.simulate_principal_policy(
                PolicySourceArn=role_of(arn),
                ActionNames=[PUBLISH],
                ContextEntries=[{**where, "ContextKeyValues": [namespace]}],
            )
    except AWSError as error:
        return _unsaid(name, "the bot's own identity", error)
    return publishable(name, reply["EvaluationResults"], namespace)


def publishable(name: str, answers: Iterable[Mapping[str, Any]], namespace: str) -> Finding:
    """What a simulation says of PutMetricData into that namespace."""
    if all(one["EvalDecision"] == "allowed" for one in answers):
        return ok(name, f"the bot may publish its figures in {namespace}")
    return trouble(name, f"the bot may not {PUBLISH} into {namespace}", FIGURES)


def _unsaid(name: str, who: str, error: AWSError) -> Finding:
    code = f" ({error.code})" if isinstance(error, AWSRefusedError) else ""
    return skipped(name, f"AWS would not say what {who} may do{code}: {error}", SIMULATE)


@asynccontextmanager
async def _as_if_changing(
    sessions: Sessions, service: str, account: Account, region: str
) -> AsyncIterator[Any]:
    opened = sessions.acting(service, account, region, CHECKING)
    with reading():
        async with opened as client:
            yield client


def judged(name: str, answers: Iterable[Mapping[str, Any]], needs: Needs) -> Finding:
    """What a simulation says of each operation; what hangs on tags it cannot say."""
    denied: set[str] = set()
    unsaid: set[str] = set()
    for one in answers:
        if one["EvalDecision"] != "allowed":
            # A condition on what was not told here denies as well, and says nothing of the role.
            # https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html
            open_ended = one["EvalDecision"] == "implicitDeny" and one.get("MissingContextValues")
            (unsaid if open_ended else denied).add(one["EvalActionName"])
    if denied:
        lacking = (
            f"{verb} ({', '.join(sorted(missing))})"
            for verb, actions in needs.items()
            if (missing := denied.intersection(actions))
        )
        return trouble(name, f"the role may not do all of: {'; '.join(lacking)}", POLICY)
    if unsaid:
        told = f"it depends on tags or conditions whether the role may {', '.join(sorted(unsaid))}"
        return skipped(name, told)
    return ok(name, f"the role may do what these need: {', '.join(sorted(needs))}")


def role_of(arn: str) -> str:
    """The identity whose policies count: of a session of a role, the role."""
    parts = arn.split(":")
    if parts[2] != "sts":
        return arn
    role = parts[5].split("/")[1]
    return f"arn:{parts[1]}:iam::{parts[4]}:role/{role}"


def resources_of(needs: Needs, account: Account) -> list[tuple[list[str], list[str]]]:
    """Resources, and the actions to simulate on them: a permission on all of RDS is not needed."""
    actions = sorted({action for wanted in needs.values() for action in wanted}, key=kinds_of)
    region = account.regions[0]
    prefix = f"arn:{partition_of(region) or COMMERCIAL}:rds:{region}:{account.id}"
    return [
        ([f"{prefix}:{kind}:rds-bot-check" for kind in kinds] or ["*"], sorted(group))
        for kinds, group in groupby(actions, kinds_of)
    ]


def kinds_of(action: str) -> tuple[str, ...]:
    """The kinds of resources that an RDS action is authorised on; none for a read."""
    service, _, verb = action.partition(":")
    if service != "rds" or verb.startswith(("Describe", "List")):
        return ()
    if verb == "AddTagsToResource":
        return ("cluster", "cluster-snapshot", "db", "snapshot")
    if verb == "RemoveTagsFromResource":  # of no snapshot: by a tag the bot knows its own
        return ("cluster", "db")
    if verb.endswith("ParameterGroup"):
        return ("cluster-pg",) if "Cluster" in verb else ("pg",)
    kind = ("cluster",) if "Cluster" in verb or verb in _OF_CLUSTERS else ("db",)
    return (*kind, *(_SNAPSHOT_OF[one] for one in kind if "Snapshot" in verb))


#: Authorised on clusters, which their names do not say.
_OF_CLUSTERS = frozenset({"DisableHttpEndpoint", "EnableHttpEndpoint"})
_SNAPSHOT_OF = {"cluster": "cluster-snapshot", "db": "snapshot"}
