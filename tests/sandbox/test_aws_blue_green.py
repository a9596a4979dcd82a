"""Blue/green deployments of instances: created, switched over or rolled back, deleted."""

from typing import Any

import pytest

from bot.sandbox.aws import AWSSandbox, ClusterSpec, InstanceSpec
from tests.sandbox.modelled import Modelled

HERE = "arn:aws:rds:us-east-1:123456789012:db"
FLEET = (
    InstanceSpec("main"),
    InstanceSpec("bare", retention_days=0),
    ClusterSpec("shop", members=("shop-1",)),
)


@pytest.fixture
def aws(shared_aws: AWSSandbox) -> AWSSandbox:
    shared_aws.reset()
    shared_aws.seed(FLEET)
    return shared_aws


def create(ask: Modelled, **more: Any) -> dict[str, Any]:
    asked = {"BlueGreenDeploymentName": "next", "Source": f"{HERE}:main", **more}
    return dict(ask.create_blue_green_deployment(**asked)["BlueGreenDeployment"])


def found(ask: Modelled) -> dict[str, Any]:
    return dict(ask.describe_blue_green_deployments()["BlueGreenDeployments"][0])


def ready(aws: AWSSandbox, ask: Modelled) -> dict[str, str]:
    made = create(ask, TargetEngineVersion="17.2", TargetDBInstanceClass="db.r6g.large")
    aws.advance(1800)
    return {"BlueGreenDeploymentIdentifier": made["BlueGreenDeploymentIdentifier"]}


def test_the_green_one_takes_the_name_and_the_blue_one_stays(
    aws: AWSSandbox, ask: Modelled
) -> None:
    made = create(ask, TargetEngineVersion="17.2")
    this = {"BlueGreenDeploymentIdentifier": made["BlueGreenDeploymentIdentifier"]}
    early = ask.refusal("switchover_blue_green_deployment", **this)
    aws.advance(1800)
    blue, green = ask.instance("main"), ask.instance(found(ask)["Target"].rpartition(":")[2])
    switching = ask.switchover_blue_green_deployment(**this)["BlueGreenDeployment"]["Status"]
    aws.advance(60)
    after, old = ask.instance("main"), ask.instance("main-old1")

    assert (made["Status"], early) == ("PROVISIONING", "InvalidBlueGreenDeploymentStateFault")
    assert {one["Status"] for one in found(ask)["Tasks"]} == {"COMPLETED"}
    assert (switching, found(ask)["Status"]) == ("SWITCHOVER_IN_PROGRESS", "SWITCHOVER_COMPLETED")
    assert (after["DbiResourceId"], old["DbiResourceId"]) == (
        green["DbiResourceId"],
        blue["DbiResourceId"],
    )
    assert (after["EngineVersion"], old["EngineVersion"]) == ("17.2", "16.8")
    assert "ReadReplicaSourceDBInstanceIdentifier" not in after
    assert (found(ask)["Source"], found(ask)["Target"]) == (f"{HERE}:main-old1", f"{HERE}:main")
    assert "Switchover completed on blue/green deployment" in ask.told(
        this["BlueGreenDeploymentIdentifier"]
    )


def test_a_switchover_may_be_rolled_back_and_be_tried_again(aws: AWSSandbox, ask: Modelled) -> None:
    this = ready(aws, ask)
    before = ask.instance("main")["DbiResourceId"]
    aws.will_end("switchover_blue_green_deployment", "SWITCHOVER_FAILED")
    ask.switchover_blue_green_deployment(**this)
    aws.advance(60)

    assert found(ask)["Status"] == "SWITCHOVER_FAILED"
    assert ask.instance("main")["DbiResourceId"] == before
    assert ask.told(this["BlueGreenDeploymentIdentifier"])[-1].endswith("was rolled back")
    ask.switchover_blue_green_deployment(**this)
    aws.advance(60)
    assert ask.instance("main-old1")["DbiResourceId"] == before


def test_a_deployment_is_deleted_with_or_without_its_target(aws: AWSSandbox, ask: Modelled) -> None:
    this = ready(aws, ask)
    deleted = ask.delete_blue_green_deployment(**this, DeleteTarget=True)["BlueGreenDeployment"]
    aws.advance(300)
    names = {one["DBInstanceIdentifier"] for one in ask.describe_db_instances()["DBInstances"]}

    assert deleted["Status"] == "DELETING"
    assert names == {"main", "bare", "shop-1"}
    assert ask.instance("main")["ReadReplicaDBInstanceIdentifiers"] == []
    gone = ask.refusal("describe_blue_green_deployments", **this)
    assert gone == "BlueGreenDeploymentNotFoundFault"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"Source": f"{HERE}:nobody"}, "DBInstanceNotFound"),
        ({"Source": f"{HERE}:bare"}, "SourceDatabaseNotSupportedFault"),
        ({"Source": f"{HERE}:shop-1"}, "SourceDatabaseNotSupportedFault"),
        ({"TargetDBParameterGroupName": "nothing"}, "DBParameterGroupNotFound"),
    ],
)
def test_what_cannot_be_deployed_is_refused_and_leaves_nothing(
    ask: Modelled, more: dict[str, str], code: str
) -> None:
    asked = {"BlueGreenDeploymentName": "next", "Source": f"{HERE}:main", **more}

    assert ask.refusal("create_blue_green_deployment", **asked) == code
    assert len(ask.describe_db_instances()["DBInstances"]) == 3
    assert ask.instance("main")["ReadReplicaDBInstanceIdentifiers"] == []


def test_a_name_is_taken_once_and_a_timeout_has_its_bounds(aws: AWSSandbox, ask: Modelled) -> None:
    this = ready(aws, ask)
    taken = {"BlueGreenDeploymentName": "next", "Source": f"{HERE}:main"}
    long = {**this, "SwitchoverTimeout": 4000}

    again = ask.refusal("create_blue_green_deployment", **taken)
    assert again == "BlueGreenDeploymentAlreadyExistsFault"
    assert ask.refusal("switchover_blue_green_deployment", **long) == "InvalidParameterValue"
