"""Making a database under a name of its own: what it is made with, and the proof of it.

RDS knows no idempotency token, so name and tag are the key: what arrived is found again by them.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Any, ClassVar, NamedTuple

from pydantic import AfterValidator

from bot.aws import AWS
from bot.aws.declined import Known, declined
from bot.aws.statuses import ENDED_BADLY, USABLE, busy
from bot.errors import AWSError, AWSNotFoundError, PreflightError
from bot.operation._change import Change, WayBack
from bot.operation._setting import spoken
from bot.params import TAGS, Parameter
from bot.values import (
    SECOND,
    Call,
    Database,
    Difference,
    Kind,
    Order,
    Plan,
    Progress,
    Role,
    Sent,
    Stage,
    Target,
    Touch,
    folded,
)

#: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
LONGEST = 63
_NAME = re.compile(r"[A-Za-z](?:-?[A-Za-z0-9])*", re.ASCII)


def _database_name(text: str) -> str:
    if len(text) > LONGEST or not _NAME.fullmatch(text):
        raise ValueError(
            "a database's name is 1 to 63 letters, digits and single hyphens. It begins with a "
            "letter and does not end with a hyphen"
        )
    return text.lower()


DatabaseName = Annotated[
    str,
    AfterValidator(_database_name),
    Parameter(
        "New name",
        "NEW",
        "Letters, digits and hyphens, 63 at most; a name that is free.",
        also=("TargetDBInstanceIdentifier", "name"),
    ),
]

REQUEST_TAG = "rds-bot:request-id"
RESOURCE_ID = "resource_id"  #: of what was made, in the receipt and among the evidence
SETTLED = 90 * SECOND  #: what AWS accepted can be described long before this
#: https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html
RESERVED = ("aws:", "rds:")
#: How its parameter and option groups begin that nobody can change: the new one gets the same.
AWSS_OWN = ("default.", "default:")
LOOKS = ("rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:DescribeAccountAttributes")
RESTORABLE = USABLE | {"backing-up", "modifying", "stopped", "storage-full"}


class Carried(NamedTuple):
    """What the new one gets as its source has it: in words, in the call, and in ``Database``."""

    what: str
    argument: str
    shown: str

    def of(self, source: Database) -> Any:
        """None where AWS does not say, or where there is nothing to carry over."""
        value = getattr(source, self.shown)
        return None if value in ("", ()) or str(value).startswith(AWSS_OWN) else value


#: What every call takes that makes an instance of another one.
OF_INSTANCE = (
    Carried("Class", "DBInstanceClass", "instance_class"),
    Carried("Subnet group", "DBSubnetGroupName", "subnet_group"),
    Carried("Security groups", "VpcSecurityGroupIds", "security_groups"),
    Carried("Parameter group", "DBParameterGroupName", "parameter_group"),
    Carried("Option group", "OptionGroupName", "option_group"),
    Carried("Multi-AZ", "MultiAZ", "multi_az"),
    Carried("Deletion protection", "DeletionProtection", "deletion_protection"),
    Carried("Public address", "PubliclyAccessible", "public"),
    Carried("IAM authentication", "EnableIAMDatabaseAuthentication", "iam_auth"),
    Carried("Log exports", "EnableCloudwatchLogsExports", "log_exports"),
    Carried("Automatic minor upgrades", "AutoMinorVersionUpgrade", "auto_upgrade"),
    Carried("Tags on its snapshots", "CopyTagsToSnapshot", "copies_tags"),
    Carried("Certificate authority", "CACertificateIdentifier", "certificate"),
)
CEILING = Carried("Storage ceiling", "MaxAllocatedStorage", "storage_limit_gib")
STORAGE_TYPE = Carried("Storage type", "StorageType", "storage_type")
FIGURES = (
    Carried("IOPS", "Iops", "iops"),
    Carried("Throughput", "StorageThroughput", "throughput"),
)
#: From that size on gp3 has figures of its own that can be set, but for SQL Server.
#: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html
STRIPED = 400
#: The same of clusters.
OF_CLUSTER = (
    Carried("Subnet group", "DBSubnetGroupName", "subnet_group"),
    Carried("Security groups", "VpcSecurityGroupIds", "security_groups"),
    Carried("Parameter group", "DBClusterParameterGroupName", "parameter_group"),
    Carried("Deletion protection", "DeletionProtection", "deletion_protection"),
    Carried("IAM authentication", "EnableIAMDatabaseAuthentication", "iam_auth"),
    Carried("Log exports", "EnableCloudwatchLogsExports", "log_exports"),
    Carried("Tags on its snapshots", "CopyTagsToSnapshot", "copies_tags"),
    STORAGE_TYPE,
)
#: Of a Multi-AZ cluster, which AWS makes with its members.
OF_MEMBERS = (
    Carried("IOPS", "Iops", "iops"),
    Carried("Class", "DBClusterInstanceClass", "instance_class"),
)


def disk(source: Database) -> tuple[Carried, ...]:
    """Of its storage what AWS takes in the call; without anything it is gp3."""
    is_striped = (source.storage_gib or 0) >= STRIPED or source.engine.startswith("sqlserver")
    if source.storage_type.startswith("io") or (source.storage_type == "gp3" and is_striped):
        return (STORAGE_TYPE, *FIGURES)
    return () if source.storage_type == "gp3" else (STORAGE_TYPE,)


def serverless(source: Database) -> dict[str, Any]:
    """A range is said as a whole, so that it is no value to be carried over by itself."""
    if source.capacity is None:
        return {}
    least, most = source.capacity
    return {"ServerlessV2ScalingConfiguration": {"MinCapacity": least, "MaxCapacity": most}}


def without_instance(source: Database, name: str) -> Iterator[str]:
    """What is still to be done with a cluster that AWS makes without any."""
    if source.is_aurora:
        yield f"Nobody can connect to it before it has an instance. Then: /rds reader {name}"


def add_instance(plan: Plan) -> WayBack | None:
    """What is left to do with it; None for what AWS makes with all that it needs."""
    made = plan.call.arguments.get("DBClusterIdentifier")
    if made is None or "DBClusterInstanceClass" in plan.call.arguments:
        return None
    return WayBack("Add an instance…", {}, "create_reader", made, Kind.CLUSTER)


class Looked(NamedTuple):
    """What a kind of making found out: its own part of the call, and what people should know."""

    action: str
    arguments: Mapping[str, Any]
    differences: tuple[Difference, ...] = ()
    checks: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class NewDatabase(Change):
    """Makes a database under a new name; of what, and by which call, says the subclass."""

    #: What the source may be in meanwhile.
    begins_in: ClassVar[frozenset[str]] = USABLE
    #: What it does to its source.
    source_role: ClassVar[Role] = Role.CHANGES
    #: What is made, with its article.
    what: ClassVar[str]
    #: The events by which AWS says that it could not.
    declined: ClassVar[tuple[Known, ...]] = ()

    new: DatabaseName | None = None  #: None: one is made

    async def look(self, aws: AWS, source: Database) -> Looked:
        """What has to be looked up. Raises PreflightError where it cannot be made."""
        raise NotImplementedError

    def effect(self, source: Database) -> str:
        raise NotImplementedError

    def kind(self, source: Database) -> Kind:
        """Of what is made."""
        return source.target.kind

    def carried(self, source: Database) -> tuple[Carried, ...]:
        if source.target.kind is Kind.INSTANCE:
            return OF_INSTANCE
        return OF_CLUSTER if source.is_aurora else (*OF_CLUSTER, *OF_MEMBERS)

    def left(self, source: Database) -> str:
        """What the call cannot carry over, in words; AWS decides it then."""
        return ""

    def downtime(self, source: Database) -> str:
        return "none"

    def is_ready(self, found: Database) -> bool:
        """Whether what AWS calls usable does by now what it was made for."""
        return True

    def broken(self, found: Database) -> str:
        """Why it will never do that, in a sentence; empty where it may."""
        return ""

    def takes(self, source: Database) -> timedelta:
        """How long it may take: the larger, the longer."""
        return timedelta(hours=4 + (source.storage_gib or 0) // 250)

    # -- what follows ----------------------------------------------------------------------------

    async def plan(self, aws: AWS, order: Order) -> Plan:
        name = self.new or _generated(order)
        return await self.model_copy(update={"new": name})._planned(aws, order, name)

    async def _planned(self, aws: AWS, order: Order, name: str) -> Plan:
        source = await aws.database(order.target)
        for parameter, sentence in self.objections(source).items():
            raise PreflightError(sentence, parameter)
        waits = busy(source, self.what, self.begins_in)
        await _is_free(aws, name)
        looked = await self.look(aws, source)
        room, unread = await _room(aws, self.kind(source))
        tags, kept = _tags(source, order), self._kept(source, looked)
        made = order.target.model_copy(
            update={"kind": self.kind(source), "identifier": name, RESOURCE_ID: ""}
        )
        return Plan(
            effect=self.effect(source),
            call=Call(
                action=looked.action,
                arguments={**looked.arguments, **dict(_said(kept, source)), "Tags": tags},
            ),
            differences=(*looked.differences, *_differences(kept, source, tags)),
            checks=(f"the name {name} is free", *looked.checks, *room),
            warnings=(*looked.warnings, *self._left(source), *unread),
            downtime=self.downtime(source),
            busy=waits,
            undo=f"Deleting {name} undoes it.",
            touches=(
                Touch(target=order.target, role=self.source_role),
                Touch(target=made, role=Role.MAKES),
            ),
            horizon=self.takes(source),
        )

    def keep(self, reply: Mapping[str, Any]) -> dict[str, Any]:
        raw = reply.get("DBInstance") or reply.get("DBCluster") or {}
        found = raw.get("DbiResourceId") or raw.get("DbClusterResourceId")
        return {RESOURCE_ID: found} if found else {}

    async def poll(self, aws: AWS, sent: Sent) -> Progress:
        found = await _found(aws, sent)
        if found is None:
            name = _made(sent).identifier
            if _known(sent):
                return _failed(f"{name} is gone")
            return Progress(stage=Stage.WAITING, detail=f"AWS does not list {name} yet")
        return self._judge(found, sent)

    async def reconcile(self, aws: AWS, sent: Sent) -> Progress:
        found = await _found(aws, sent)
        if found is not None:
            progress = self._judge(found, sent)
            waits = progress.stage is Stage.WAITING
            return progress.model_copy(update={"stage": Stage.ARRIVED}) if waits else progress
        name = _made(sent).identifier
        if aws.now - sent.sent_at < SETTLED:
            return Progress(stage=Stage.WAITING, detail=f"looking for {name} at AWS")
        return Progress(stage=Stage.NOT_SENT, detail=f"AWS has no {name}: the call never arrived")

    def _judge(self, found: Database, sent: Sent) -> Progress:
        if not _is_ours(found, sent):
            return _failed(f"{found.name} exists, but it is not ours: the name was taken")
        evidence = {RESOURCE_ID: found.target.resource_id}
        detail = f"{found.name} is {found.status}"
        newer = (one for one in sent.events if one.at > sent.sent_at and one.concerns(found.target))
        if refusal := declined(newer, self.declined):
            return _failed(f"AWS could not do it: {refusal}")
        if found.status in USABLE and self.is_ready(found):
            return Progress(stage=Stage.SUCCEEDED, detail=detail, percent=100, evidence=evidence)
        if why := self.broken(found):
            return _failed(why)
        if found.status in ENDED_BADLY | {"deleting"}:
            return _failed(f"{detail}: AWS could not make it")
        return Progress(stage=Stage.WAITING, detail=detail, evidence=evidence)

    def _kept(self, source: Database, looked: Looked) -> tuple[Carried, ...]:
        """But for what the call says otherwise, or what AWS shows nothing of."""
        return tuple(
            one
            for one in self.carried(source)
            if one.argument not in looked.arguments and one.of(source) is not None
        )

    def _left(self, source: Database) -> Iterator[str]:
        if said := self.left(source):
            yield f"AWS's defaults hold for what is not carried over: {said}."


async def _is_free(aws: AWS, name: str) -> None:
    """Raises PreflightError where anything has that name."""
    if kind := await aws.bears(name):
        article = "an" if kind is Kind.INSTANCE else "a"
        raise PreflightError(
            f"There is {article} {kind} {name} already. Choose another name.", "new"
        )


def _generated(order: Order) -> str:
    """The same name whenever the same order is planned."""
    end = f"-{order.label.lower()}"
    return f"{order.target.identifier[: LONGEST - len(end)].rstrip('-')}{end}"


async def _room(aws: AWS, kind: Kind) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A check that passed, and a warning. Raises PreflightError where AWS allows no more."""
    try:
        quota = await aws.quota(kind)
    except AWSError as error:
        return (), (f"How many {kind}s AWS still allows could not be read: {error}",)
    if quota is None:
        return (), (f"AWS does not say how many {kind}s it still allows.",)
    if quota.used >= quota.most:
        raise PreflightError(
            f"AWS allows {quota.most} {kind}s here, and there are {quota.used}. Have the quota "
            "raised, or delete one."
        )
    return (f"{quota.used} of {quota.most} {kind}s are in use",), ()


def _tags(source: Database, order: Order) -> list[dict[str, str]]:
    """Those of its source, as they decide who may change it, and ours."""
    kept = {
        key: value
        for key, value in source.tags.items()
        if not folded(key).startswith(RESERVED) and folded(key) != REQUEST_TAG
    }
    if len(kept) >= TAGS:
        raise PreflightError(
            f"{source.name} has {len(kept)} tags. AWS takes {TAGS}, and one of them is mine."
        )
    pairs = {**kept, REQUEST_TAG: order.label}
    return [{"Key": key, "Value": value} for key, value in sorted(pairs.items())]


def _said(kept: tuple[Carried, ...], source: Database) -> Iterator[tuple[str, Any]]:
    for one in kept:
        value = one.of(source)
        yield one.argument, list(value) if isinstance(value, tuple) else value


def _differences(
    kept: tuple[Carried, ...], source: Database, tags: list[dict[str, str]]
) -> Iterator[Difference]:
    pairs = ", ".join(f"{one['Key']}={one['Value']}" for one in tags)
    yield Difference(what="Tags", current="", wanted=pairs)
    for one in kept:
        if one.of(source) is not False:  # what it has not is in the call, which stands below
            yield Difference(what=one.what, current="", wanted=spoken(one.of(source)))


async def _found(aws: AWS, sent: Sent) -> Database | None:
    try:
        return await aws.database(_made(sent))
    except AWSNotFoundError:
        return None


def _made(sent: Sent) -> Target:
    return next(one.target for one in sent.plan.touches if one.role is Role.MAKES)


def _known(sent: Sent) -> str:
    """AWS's id of what was made, from its receipt or from an earlier look; empty: not known."""
    kept = sent.receipt.detail if sent.receipt else {}
    return str(sent.evidence.get(RESOURCE_ID) or kept.get(RESOURCE_ID) or "")


def _is_ours(found: Database, sent: Sent) -> bool:
    """By AWS's own id once it is known: tags may be removed."""
    if known := _known(sent):
        return found.target.resource_id == known
    return found.tags.get(REQUEST_TAG) == sent.order.label


def _failed(detail: str) -> Progress:
    return Progress(stage=Stage.FAILED, detail=detail)
