"""Pending maintenance: applied now, in the next window, or left for later."""

from typing import Any

import pytest

from bot.sandbox.aws import AWSSandbox, ClusterSpec, InstanceSpec
from tests.sandbox.modelled import Modelled

FLEET = (
    InstanceSpec("patched", maintenance="system-update"),
    InstanceSpec("minor", maintenance="db-upgrade"),
    InstanceSpec("expiring", maintenance="ca-certificate-rotation", certificate_days=10),
    InstanceSpec("fine"),
    ClusterSpec("shop", members=("shop-1", "shop-2"), maintenance="db-upgrade"),
)
ACTIONS = {"patched": "system-update", "minor": "db-upgrade", "shop": "db-upgrade",
           "expiring": "ca-certificate-rotation"}  # fmt: skip
WEEK = 7 * 24 * 3600


@pytest.fixture
def aws(shared_aws: AWSSandbox) -> AWSSandbox:
    shared_aws.reset()
    shared_aws.seed(FLEET)
    return shared_aws


def asked(name: str, how: str) -> dict[str, str]:
    kind = "cluster" if name == "shop" else "db"
    arn = f"arn:aws:rds:us-east-1:123456789012:{kind}:{name}"
    return {
        "ResourceIdentifier": arn,
        "ApplyAction": ACTIONS.get(name, "db-upgrade"),
        "OptInType": how,
    }


def take(ask: Modelled, name: str, how: str) -> dict[str, Any]:
    reply = ask.apply_pending_maintenance_action(**asked(name, how))
    [action] = reply["ResourcePendingMaintenanceActions"]["PendingMaintenanceActionDetails"]
    return dict(action)


def pending(ask: Modelled) -> set[str]:
    found = ask.describe_pending_maintenance_actions()["PendingMaintenanceActions"]
    return {one["ResourceIdentifier"].rpartition(":")[2] for one in found}


def status(ask: Modelled, name: str) -> str:
    return str(ask.cluster(name)["Status"] if name == "shop" else
               ask.instance(name)["DBInstanceStatus"])  # fmt: skip


@pytest.mark.parametrize(
    ("name", "busy", "told"),
    [
        ("patched", "maintenance", ["Applying off-line patches to DB instance",
                                    "Finished applying off-line patches to DB instance"]),
        ("minor", "upgrading", ["The engine version upgrade started.",
                                "The engine version upgrade finished."]),
        ("expiring", "rebooting", ["Applying off-line patches to DB instance",
                                   "Finished applying off-line patches to DB instance"]),
        ("shop", "upgrading", ["Database cluster upgrade is in progress",
                               "Database cluster engine version has been upgraded"]),
    ],
)  # fmt: skip
def test_an_action_is_applied_at_once_and_gone_at_the_end(
    aws: AWSSandbox, ask: Modelled, name: str, busy: str, told: list[str]
) -> None:
    action = take(ask, name, "immediate")
    aws.advance(30)
    during, waits = status(ask, name), pending(ask)
    aws.advance(1000)

    assert (action["OptInStatus"], action["CurrentApplyDate"].timestamp()) == (
        "immediate",
        aws.clock() - 1030,
    )
    assert (during, status(ask, name)) == (busy, "available")
    assert waits - pending(ask) == {name}
    assert ask.told(name) == told


def test_an_upgrade_is_seen_in_the_version_and_a_rotation_in_the_certificate(
    aws: AWSSandbox, ask: Modelled
) -> None:
    before = {name: ask.instance(name) for name in ("minor", "expiring", "shop-2")}
    for name in ("minor", "expiring", "shop"):
        take(ask, name, "immediate")
    aws.advance(1000)
    after = {name: ask.instance(name) for name in before}

    versions = [(before[n]["EngineVersion"], after[n]["EngineVersion"]) for n in before]
    assert versions == [("16.8", "16.9"), ("16.8", "16.8"), ("16.6", "16.7")]
    ends = [one["expiring"]["CertificateDetails"]["ValidTill"] for one in (before, after)]
    assert (ends[1] - ends[0]).days > 350


def test_an_upgrade_may_be_rolled_back_and_then_still_waits(aws: AWSSandbox, ask: Modelled) -> None:
    aws.will_end("db_upgrade", "rolled-back", "minor")
    take(ask, "minor", "immediate")
    aws.advance(1000)

    assert ask.instance("minor")["EngineVersion"] == "16.8"
    assert "minor" in pending(ask)
    assert ask.told("minor")[-1].endswith("The engine version upgrade rollback succeeded.")


@pytest.mark.parametrize("undone", [False, True])
def test_an_action_waits_for_the_window_unless_it_is_undone(
    aws: AWSSandbox, ask: Modelled, undone: bool
) -> None:
    action = take(ask, "minor", "next-maintenance")
    if undone:
        assert take(ask, "minor", "undo-opt-in")["OptInStatus"] == "undo-opt-in"
    aws.advance(WEEK)

    due = action["CurrentApplyDate"]
    assert (due.strftime("%a"), due.hour) == ("Sun", 5)
    assert ("minor" in pending(ask)) is undone
    assert ask.instance("minor")["EngineVersion"] == ("16.8" if undone else "16.9")


@pytest.mark.parametrize(
    ("name", "more", "code"),
    [
        ("nobody", {}, "ResourceNotFoundFault"),
        ("fine", {}, "ResourceNotFoundFault"),
        ("minor", {"ApplyAction": "system-update"}, "ResourceNotFoundFault"),
        ("minor", {"OptInType": "sometime"}, "InvalidParameterValue"),
    ],
)
def test_what_is_not_pending_is_refused(
    ask: Modelled, name: str, more: dict[str, str], code: str
) -> None:
    wanted = asked(name, "immediate") | more

    assert ask.refusal("apply_pending_maintenance_action", **wanted) == code


def test_a_busy_database_takes_no_maintenance_and_what_runs_is_not_undone(
    aws: AWSSandbox, ask: Modelled
) -> None:
    take(ask, "minor", "immediate")
    undo = asked("minor", "undo-opt-in")
    running = ask.refusal("apply_pending_maintenance_action", **undo)
    aws.advance(60)
    busy = ask.refusal("apply_pending_maintenance_action", **undo)

    assert (running, busy) == ("InvalidParameterCombination", "InvalidDBInstanceState")
