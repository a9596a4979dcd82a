"""Parameter groups: what can be set, what is refused, and what becomes of those who use a group."""

from collections.abc import Sequence
from typing import Any

import pytest

from bot.sandbox.aws import AWSSandbox, ClusterSpec, InstanceSpec
from bot.sandbox.aws.parameters import CATALOGUE, Parameter, parameters_of
from tests.sandbox.modelled import Modelled

TUNED = {"DBParameterGroupName": "tuned-parameters"}
POOL = {"DBClusterParameterGroupName": "pool-parameters"}
FLEET = (
    InstanceSpec("tuned", parameters={"max_connections": "450"}),
    InstanceSpec("plain", engine="mysql"),
    ClusterSpec("pool", members=("pool-1", "pool-2"), parameters={"work_mem": "4096"}),
)


@pytest.fixture
def aws(shared_aws: AWSSandbox) -> AWSSandbox:
    shared_aws.reset()
    shared_aws.seed(FLEET)
    return shared_aws


def change(name: str, value: str = "", method: str = "immediate") -> dict[str, str]:
    return {"ParameterName": name, "ParameterValue": value, "ApplyMethod": method}


def status(ask: Modelled, name: str = "tuned") -> str:
    [group] = ask.instance(name)["DBParameterGroups"]
    return str(group["ParameterApplyStatus"])


def members(ask: Modelled) -> list[str]:
    found = ask.cluster("pool")["DBClusterMembers"]
    return [one["DBClusterParameterGroupStatus"] for one in found]


def parameter(ask: Modelled, name: str) -> dict[str, Any]:
    pages = (ask.describe_db_parameters(**TUNED, Source=one) for one in ("user", "system"))
    [found] = [one for page in pages for one in page["Parameters"] if one["ParameterName"] == name]
    return dict(found)


def test_what_can_be_set_is_listed_in_pages_and_by_source(ask: Modelled) -> None:
    first = ask.describe_db_parameters(**TUNED, MaxRecords=20)
    rest = ask.describe_db_parameters(**TUNED, MaxRecords=20, Marker=first["Marker"])
    names = [one["ParameterName"] for page in (first, rest) for one in page["Parameters"]]

    assert sorted(names) == sorted(parameters_of("postgres16"))
    assert parameter(ask, "max_connections") == {
        "ParameterName": "max_connections",
        "ParameterValue": "450",
        "Description": "Sets max_connections.",
        "Source": "user",
        "ApplyType": "static",
        "DataType": "integer",
        "AllowedValues": "6-8388607",
        "IsModifiable": True,
        "ApplyMethod": "pending-reboot",
    }
    assert not parameter(ask, "port")["IsModifiable"]


def test_the_groups_are_listed_the_default_ones_too(ask: Modelled) -> None:
    of_instances = ask.describe_db_parameter_groups()["DBParameterGroups"]
    of_clusters = ask.describe_db_cluster_parameter_groups()["DBClusterParameterGroups"]
    defaults = ask.describe_engine_default_parameters(DBParameterGroupFamily="mysql8.0")

    assert [
        (one["DBParameterGroupName"], one["DBParameterGroupFamily"]) for one in of_instances
    ] == [
        ("default.aurora-postgresql16", "aurora-postgresql16"),
        ("default.mysql8.0", "mysql8.0"),
        ("tuned-parameters", "postgres16"),
    ]
    assert of_instances[2]["DBParameterGroupArn"].endswith(":pg:tuned-parameters")
    assert [one["DBClusterParameterGroupName"] for one in of_clusters] == ["pool-parameters"]
    assert defaults["EngineDefaults"]["Parameters"]


@pytest.mark.parametrize(
    ("name", "value", "method", "reached"),
    [
        ("work_mem", "65536", "immediate", ["applying", "in-sync"]),
        ("work_mem", "65536", "pending-reboot", ["pending-reboot", "pending-reboot"]),
        ("shared_buffers", "{DBInstanceClassMemory/16384}", "pending-reboot",
         ["pending-reboot", "pending-reboot"]),
    ],
)  # fmt: skip
def test_a_value_comes_to_every_instance_at_once_or_with_its_restart(
    aws: AWSSandbox, ask: Modelled, name: str, value: str, method: str, reached: list[str]
) -> None:
    ask.modify_db_parameter_group(**TUNED, Parameters=[change(name, value, method)])
    before = status(ask)
    aws.advance(30)

    assert [before, status(ask)] == reached
    assert status(ask, "plain") == "in-sync"
    assert parameter(ask, name)["ParameterValue"] == value
    assert ask.told("tuned-parameters") == [
        f"Updated parameter {name} to {value} with apply method {method}"
    ]
    ask.reboot_db_instance(DBInstanceIdentifier="tuned")
    aws.advance(60)
    assert status(ask) == "in-sync"


def test_a_value_may_fail_to_apply(aws: AWSSandbox, ask: Modelled) -> None:
    aws.will_end("apply_parameters", "failed-to-apply", "tuned")
    ask.modify_db_parameter_group(**TUNED, Parameters=[change("work_mem", "65536")])
    aws.advance(30)
    failed = status(ask)
    ask.modify_db_parameter_group(**TUNED, Parameters=[change("work_mem", "4096")])
    aws.advance(30)

    assert (failed, status(ask)) == ("failed-to-apply", "in-sync")


def test_a_clusters_group_reaches_each_member(aws: AWSSandbox, ask: Modelled) -> None:
    static = change("rds.logical_replication", "1", "pending-reboot")
    ask.modify_db_cluster_parameter_group(**POOL, Parameters=[static])
    waiting = members(ask)
    ask.reboot_db_instance(DBInstanceIdentifier="pool-2")
    aws.advance(60)
    found = ask.describe_db_cluster_parameters(**POOL, Source="user")["Parameters"]

    assert (waiting, members(ask)) == (["pending-reboot"] * 2, ["pending-reboot", "in-sync"])
    assert {one["ParameterName"] for one in found} == {"rds.logical_replication", "work_mem"}


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ([], "InvalidParameterValue"),
        ([change("work_mem", str(number)) for number in range(64, 85)], "InvalidParameterValue"),
        ([change("no_such_thing", "1")], "InvalidParameterValue"),
        ([change("port", "1", "pending-reboot")], "InvalidParameterValue"),
        ([change("work_mem", "63")], "InvalidParameterValue"),
        ([change("work_mem", "much")], "InvalidParameterValue"),
        ([change("log_statement", "some")], "InvalidParameterValue"),
        ([change("work_mem", "64", "later")], "InvalidParameterValue"),
        ([change("max_connections", "100")], "InvalidParameterCombination"),
        ([change("work_mem", "64"), change("work_mem", "1")], "InvalidParameterValue"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_sets_nothing(
    ask: Modelled, asked: Sequence[dict[str, str]], code: str
) -> None:
    assert ask.refusal("modify_db_parameter_group", **TUNED, Parameters=asked) == code
    assert [one["ParameterName"] for one in _set(ask)] == ["max_connections"]
    assert status(ask) == "in-sync"


@pytest.mark.parametrize(
    ("action", "group", "code"),
    [
        ("modify_db_parameter_group", "default.mysql8.0", "InvalidParameterValue"),
        ("modify_db_parameter_group", "nothing", "DBParameterGroupNotFound"),
        ("reset_db_parameter_group", "default.mysql8.0", "InvalidParameterValue"),
        ("reset_db_parameter_group", "nothing", "DBParameterGroupNotFound"),
        ("delete_db_parameter_group", "tuned-parameters", "InvalidDBParameterGroupState"),
        ("describe_db_parameters", "nothing", "DBParameterGroupNotFound"),
        ("describe_db_parameter_groups", "nothing", "DBParameterGroupNotFound"),
    ],
)
def test_a_group_that_cannot_be_changed_is_refused(
    ask: Modelled, action: str, group: str, code: str
) -> None:
    asked: dict[str, dict[str, Any]] = {
        "modify": {"Parameters": [change("autocommit", "1")]},
        "reset": {"ResetAllParameters": True},
    }
    more = asked.get(action.partition("_")[0], {})

    assert ask.refusal(action, DBParameterGroupName=group, **more) == code


def test_parameters_are_reset_one_or_all(aws: AWSSandbox, ask: Modelled) -> None:
    ask.modify_db_parameter_group(**TUNED, Parameters=[change("work_mem", "64")])
    aws.advance(30)
    one = {"ParameterName": "max_connections", "ApplyMethod": "pending-reboot"}
    ask.reset_db_parameter_group(**TUNED, Parameters=[one])
    left, waits = [it["ParameterName"] for it in _set(ask)], status(ask)
    ask.reset_db_parameter_group(**TUNED, ResetAllParameters=True)

    assert (left, waits, _set(ask)) == (["work_mem"], "pending-reboot", [])
    assert ask.refusal("reset_db_parameter_group", **TUNED) == "InvalidParameterCombination"


def _set(ask: Modelled) -> list[dict[str, Any]]:
    return list(ask.describe_db_parameters(**TUNED, Source="user")["Parameters"])


@pytest.mark.parametrize("engine", CATALOGUE)
def test_what_a_parameter_has_by_default_it_allows(engine: str) -> None:
    for one in parameters_of(engine).values():
        assert one.parameter_value is None or one.allows(one.parameter_value), one


@pytest.mark.parametrize(
    ("allowed", "value", "fits"),
    [
        ("-1-2147483647", "-1", True), ("-1-2147483647", "-2", False), ("0-1.0", "0.5", True),
        ("0-1.0", "1.1", False), ("0,1", "1", True), ("0,1", "2", False), (None, "any", True),
        ("1-9", "{DBInstanceVCPU*2}", True), ("1-9", "GREATEST(1,2)", True), ("1-9", "", False),
    ],
)  # fmt: skip
def test_allowed_values_are_ranges_and_lists(allowed: str | None, value: str, fits: bool) -> None:
    assert Parameter("name", None, "dynamic", "string", allowed).allows(value) is fits
