"""What holds for every operation that makes a database, and for each that will be added."""

from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from bot.errors import AWSRefusedError, PreflightError
from bot.operation import REQUEST_TAG, NewDatabase
from bot.operation._new_database import SETTLED
from bot.operations import CATALOGUE
from bot.values import Database, Kind, Plan, Quota, Receipt, Role, Sent, Stage
from handlers.parser import Command, parse
from tests.operations.door import cluster, door, event, order, sent
from tests.samples import MINUTE, NOW, sample_database, sample_target

MAKING = tuple(
    one for one in CATALOGUE.values() if isinstance(one, type) and issubclass(one, NewDatabase)
)
each = pytest.mark.parametrize("making", MAKING, ids=lambda one: one.verb)
RDS = botocore.session.get_session().get_service_model("rds")
SHOWN: dict[str, Any] = {
    "subnet_group": "private",
    "security_groups": ("sg-1", "sg-2"),
    "parameter_group": "orders",
    "deletion_protection": True,
    "log_exports": ("postgresql",),
    "tags": {"Environment": "staging", "team": "orders", "aws:cloudformation:stack-name": "db"},
}


def example(making: type[NewDatabase]) -> NewDatabase:
    found = parse(making.example, CATALOGUE)
    assert isinstance(found, Command)
    assert isinstance(found.operation, NewDatabase)
    return found.operation


def source(making: type[NewDatabase], **changes: Any) -> Database:
    if Kind.INSTANCE in making.kinds():
        return sample_database(**{**SHOWN, **changes})
    return cluster(**{**SHOWN, "writer": "shop-staging-1", **changes})


def made(making: type[NewDatabase], **changes: Any) -> Database:
    change = example(making)
    kind, name = change.kind(source(making)), change.new
    target = sample_target(kind=kind, identifier=name, resource_id="db-NEW")
    fields = {"tags": {REQUEST_TAG: "RDS-1042"}, "replication": "replicating"}
    return sample_database(**{"target": target, **fields, **changes})


async def planned(making: type[NewDatabase], doors: Any = None, **changes: Any) -> Plan:
    database = source(making, **changes)
    aws = door(database, **(doors or {}))
    return await example(making).plan(aws, order(database))


async def was_sent(making: type[NewDatabase], **changes: Any) -> Sent:
    return sent(await planned(making), source(making), **changes)


@each
async def test_its_call_is_one_that_aws_takes_and_the_same_each_time(
    making: type[NewDatabase],
) -> None:
    plan = await planned(making)

    shape = RDS.operation_model(plan.call.action.partition(":")[2]).input_shape
    report = ParamValidator().validate(plan.call.arguments, shape)
    assert not report.has_errors(), report.generate_report()
    assert plan == await planned(making)
    assert plan.call.action in making.permissions
    assert "rds:AddTagsToResource" in making.permissions


@each
async def test_the_new_one_has_its_sources_tags_and_ours(making: type[NewDatabase]) -> None:
    plan = await planned(making)

    tags = {one["Key"]: one["Value"] for one in plan.call.arguments["Tags"]}
    assert tags == {"Environment": "staging", "team": "orders", REQUEST_TAG: "RDS-1042"}


@each
async def test_more_tags_than_aws_takes_are_refused_before_it_is_asked_for(
    making: type[NewDatabase],
) -> None:
    with pytest.raises(PreflightError, match="50 tags"):
        await planned(making, tags={f"t{number}": "x" for number in range(50)})


@each
async def test_what_is_carried_over_stands_on_the_card(making: type[NewDatabase]) -> None:
    plan = await planned(making)

    said = {one.what: one.wanted for one in plan.differences}
    database = source(making)
    for one in example(making).carried(database):
        if one.argument in plan.call.arguments and one.of(database) not in (None, False):
            assert one.what in said
    assert "team=orders" in said["Tags"]
    assert f"Deleting {example(making).new} undoes it." == plan.undo


@each
async def test_the_new_name_is_locked_and_the_source_is_named(making: type[NewDatabase]) -> None:
    plan = await planned(making)

    [new] = [one.target for one in plan.touches if one.role is Role.MAKES]
    assert (new.identifier, new.resource_id) == (example(making).new, "")
    assert plan.role(source(making).target) is making.source_role


@each
@pytest.mark.parametrize("kind", Kind)
async def test_a_name_that_is_taken_is_refused(making: type[NewDatabase], kind: Kind) -> None:
    with pytest.raises(PreflightError, match=f"{kind} .* already") as refused:
        await planned(making, {"taken": kind})

    assert refused.value.parameter == "new"


@each
async def test_where_aws_allows_no_more_it_is_refused(making: type[NewDatabase]) -> None:
    full = Quota(account="main", region="us-east-1", used=40, most=40)

    with pytest.raises(PreflightError, match="AWS allows 40"):
        await planned(making, {"databases": full})


@each
@pytest.mark.parametrize("unread", [None, AWSRefusedError("AccessDenied", "no")])
async def test_a_quota_that_cannot_be_read_is_said(making: type[NewDatabase], unread: Any) -> None:
    plan = await planned(making, {"databases": unread})

    assert any("still allow" in one for one in plan.warnings)


@each
async def test_it_waits_for_its_source_or_is_refused(making: type[NewDatabase]) -> None:
    with pytest.raises(PreflightError, match="deleting"):
        await planned(making, status="deleting")

    assert "renaming" in (await planned(making, status="renaming")).busy


SEEN = [
    pytest.param(None, Stage.WAITING, id="not listed yet"),
    pytest.param({"status": "creating"}, Stage.WAITING, id="creating"),
    pytest.param({"status": "backing-up"}, Stage.WAITING, id="backing up"),
    pytest.param({}, Stage.SUCCEEDED, id="available"),
    pytest.param({"status": "storage-optimization"}, Stage.SUCCEEDED, id="usable"),
    pytest.param({"status": "failed"}, Stage.FAILED, id="failed"),
    pytest.param({"status": "incompatible-restore"}, Stage.FAILED, id="not restorable"),
    pytest.param({"status": "deleting"}, Stage.FAILED, id="on its way out"),
    pytest.param({"tags": {}}, Stage.FAILED, id="not ours"),
    pytest.param({"tags": {REQUEST_TAG: "RDS-7"}}, Stage.FAILED, id="another request's"),
]


@each
@pytest.mark.parametrize(("shown", "stage"), SEEN)
async def test_it_is_done_when_ours_is_usable(
    making: type[NewDatabase], shown: dict[str, Any] | None, stage: Stage
) -> None:
    there = None if shown is None else made(making, **shown)

    found = await example(making).poll(door(made=there), await was_sent(making))

    assert found.stage is stage
    assert found.percent == (100 if stage is Stage.SUCCEEDED else None)


@each
async def test_what_aws_named_in_its_reply_is_known_by_that(making: type[NewDatabase]) -> None:
    change = example(making)
    noun = "DBInstance" if change.kind(source(making)) is Kind.INSTANCE else "DBCluster"
    named = (
        {"DbiResourceId": "db-NEW"} if noun == "DBInstance" else {"DbClusterResourceId": "db-NEW"}
    )
    receipt = Receipt(at=NOW, detail=change.keep({noun: named}))
    call = await was_sent(making, receipt=receipt)
    other = made(making).target.model_copy(update={"resource_id": "db-OTHER"})

    untagged = await change.poll(door(made=made(making, tags={})), call)
    replaced = await change.poll(door(made=made(making, target=other)), call)
    gone = await change.poll(door(), call)

    assert untagged.stage is Stage.SUCCEEDED
    assert replaced.stage is Stage.FAILED
    assert gone.stage is Stage.FAILED


@each
async def test_an_event_that_says_no_ends_it(making: type[NewDatabase]) -> None:
    call, change = await was_sent(making), example(making)
    there = made(making, status="creating")

    for number, sentence in making.declined:
        no = event(sentence, NOW + MINUTE, number)
        no = no.model_copy(update={"source": change.new, "source_kind": f"db-{there.target.kind}"})
        told = call.model_copy(update={"events": (no,)})
        earlier = call.model_copy(update={"events": (no.model_copy(update={"at": NOW - 1}),)})
        assert (await change.poll(door(made=there), told)).stage is Stage.FAILED
        assert (await change.poll(door(made=there), earlier)).stage is Stage.WAITING


@each
async def test_a_lost_answer_is_found_out_by_name_and_tag(making: type[NewDatabase]) -> None:
    change, call = example(making), await was_sent(making)
    begun = door(made=made(making, status="creating"))

    arrived = await change.reconcile(begun, call)
    assert (arrived.stage, arrived.evidence) == (Stage.ARRIVED, {"resource_id": "db-NEW"})
    for there, after, stage in (
        (made(making), MINUTE, Stage.SUCCEEDED),
        (made(making, tags={}), MINUTE, Stage.FAILED),
        (None, SETTLED - 1, Stage.WAITING),
        (None, SETTLED, Stage.NOT_SENT),
    ):
        found = await change.reconcile(door(made=there, now=NOW + after), call)
        assert found.stage is stage
