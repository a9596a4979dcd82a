"""The names of AWS's API work for parameters, in every way in which people write them."""

import botocore.session
import pytest
from botocore import xform_name

from bot.errors import UsageError
from bot.operation import Operation
from bot.operations import CATALOGUE
from bot.params import parameter_of
from handlers.parser import Command, parse
from handlers.parser._arguments import names, parameters
from handlers.parser._lookup import bare

SNAPSHOT, FAILOVER = "snapshot orders pre-1", "reboot orders --failover"
WINDOW, TAGGED = "backup-window orders 03:00-04:00", "snapshot orders --tag a=1"
SAME = [
    ("snapshot orders snapshot_id=pre-1", SNAPSHOT),
    ("snapshot orders --snapshot-id pre-1", SNAPSHOT),
    ("snapshot orders --snapshot_id=pre-1", SNAPSHOT),
    ("snapshot orders --snapshotId pre-1", SNAPSHOT),
    ("snapshot orders DBSnapshotIdentifier=pre-1", SNAPSHOT),
    ("snapshot orders --db-snapshot-identifier pre-1", SNAPSHOT),
    ("snapshot orders --DBClusterSnapshotIdentifier pre-1", SNAPSHOT),
    ("snapshot --snapshot-id pre-1 orders", SNAPSHOT),
    ("create_snapshot instance_id=orders snapshot_id=pre-1", SNAPSHOT),
    ("snapshot DBInstanceIdentifier=orders DBSnapshotIdentifier=pre-1", SNAPSHOT),
    ("snapshot --db-cluster-identifier orders pre-1", SNAPSHOT),
    ("snapshot cluster_id=orders pre-1", SNAPSHOT),
    ("snapshot orders Tags=a=1", TAGGED),
    ("snapshot orders --tags a=1", TAGGED),
    ("reboot orders force_failover=true", FAILOVER),
    ("reboot orders --force-failover", FAILOVER),
    ("reboot orders --ForceFailover", FAILOVER),
    ("reboot orders --ForceFailover=true", FAILOVER),
    ("reboot orders ForceFailover=yes", FAILOVER),
    ("reboot_instance db_instance_identifier=orders force_failover=True", FAILOVER),
    ("reboot --instance orders --failover", FAILOVER),
    ("reboot orders force_failover=false", "reboot orders"),
    ("backup-window orders backup_window=03:00-04:00", WINDOW),
    ("backup-window orders --backup-window 03:00-04:00", WINDOW),
    ("backup-window orders PreferredBackupWindow=03:00-04:00", WINDOW),
    ("backup-window orders --preferred-backup-window 03:00-04:00", WINDOW),
    ("modify_backup_window instance_id=orders preferred_backup_window=03:00-04:00", WINDOW),
    ("reboot orders dryRun=true", "reboot orders --dry-run"),
    ("show DBInstanceIdentifier=orders", "show orders"),
    ("metrics --cluster orders", "metrics orders"),
]


@pytest.mark.parametrize(("typed", "meant"), SAME)
def test_it_means_the_same(typed: str, meant: str) -> None:
    understood = parse(typed, CATALOGUE)

    assert isinstance(understood, Command)
    assert understood == parse(meant, CATALOGUE)


@pytest.mark.parametrize(
    "typed",
    ["snapshot o pre-1 snapshot_id=pre-2", "snapshot o --snapshot a --DBSnapshotIdentifier b",
     "reboot o --failover force_failover=true"],
)  # fmt: skip
def test_two_names_of_one_parameter_are_one(typed: str) -> None:
    with pytest.raises(UsageError, match=r"given twice|does not belong there"):
        parse(typed, CATALOGUE)


NEEDLESS = [
    ("backup-window o 03:00-04:00 --apply-immediately", "backup-window o 03:00-04:00"),
    ("backup-window o 03:00-04:00 --apply-immediately=true", "backup-window o 03:00-04:00"),
    ("backup-window o --apply-immediately false 03:00-04:00", "backup-window o 03:00-04:00"),
    ("backup-window o 03:00-04:00 ApplyImmediately=true", "backup-window o 03:00-04:00"),
    ("backup-window o 03:00-04:00 apply_immediately=no", "backup-window o 03:00-04:00"),
    ("backup-window o 03:00-04:00 --no-apply-immediately", "backup-window o 03:00-04:00"),
    ("backup-window --apply-immediately o 03:00-04:00 --reason x y",
     "backup-window o 03:00-04:00 --reason x y"),
    ("reboot o --apply-immediately", "reboot o"),
    ("snapshot o --ApplyImmediately", "snapshot o"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "meant"), NEEDLESS)
def test_what_nobody_need_say_is_answered_with_the_command_without_it(
    typed: str, meant: str
) -> None:
    with pytest.raises(UsageError, match="at once") as caught:
        parse(typed, CATALOGUE)

    assert caught.value.suggestions == (meant,)
    if typed.startswith("backup-window"):
        assert "nothing else that is pending is carried along" in str(caught.value)


def test_a_reason_may_say_it_all_the_same() -> None:
    parsed = parse("backup-window o 03:00-04:00 --reason 'not --apply-immediately'", CATALOGUE)

    assert isinstance(parsed, Command)
    assert parsed.reason == "not --apply-immediately"


@pytest.mark.parametrize("operation", CATALOGUE.values(), ids=lambda one: one.name)
def test_no_other_name_takes_that_of_a_parameter(operation: type[Operation]) -> None:
    known = parameters(operation)
    assert {name: names(known)[bare(name)] for name in known} == {name: name for name in known}


#: Of each call, which of its members people may give, and the parameter that it is.
CALLS = {
    "CreateDBSnapshot": ("create_snapshot", {"DBInstanceIdentifier": "target",
                         "DBSnapshotIdentifier": "snapshot", "Tags": "tag"}),
    "CreateDBClusterSnapshot": ("create_snapshot", {"DBClusterIdentifier": "target",
                                "DBClusterSnapshotIdentifier": "snapshot", "Tags": "tag"}),
    "RebootDBInstance": ("reboot_instance", {"DBInstanceIdentifier": "target",
                         "ForceFailover": "failover"}),
    "ModifyDBInstance": ("modify_backup_window", {"DBInstanceIdentifier": "target",
                         "PreferredBackupWindow": "window"}),
    "ModifyDBCluster": ("modify_backup_window", {"DBClusterIdentifier": "target",
                        "PreferredBackupWindow": "window"}),
}  # fmt: skip


@pytest.mark.parametrize("call", CALLS)
def test_each_name_is_one_of_awss_model_and_works_in_both_its_writings(call: str) -> None:
    operation, members = CALLS[call]
    model = botocore.session.get_session().get_service_model("rds").operation_model(call)
    known = names(parameters(CATALOGUE[operation]))

    assert model.input_shape is not None
    assert members.keys() <= model.input_shape.members.keys()
    assert {name: known.get(bare(name)) for name in members} == members
    assert {name: known.get(bare(xform_name(name))) for name in members} == members
    assert parameter_of(CATALOGUE[operation].model_fields["target"])
