"""Which engines are RDS's: those that are known to be, and nothing else."""

import pytest

from bot.digests._metrics import lately
from bot.monitoring import preset
from bot.operation import Change
from bot.operations import CATALOGUE
from bot.values import Database, Kind
from tests.samples import sample_database, sample_target

OURS = (
    "aurora", "aurora-mysql", "aurora-postgresql", "mysql", "mariadb", "postgres",
    "oracle-ee", "oracle-ee-cdb", "oracle-se2", "oracle-se2-cdb",
    "sqlserver-ee", "sqlserver-se", "sqlserver-ex", "sqlserver-web", "db2-ae", "db2-se",
    "custom-oracle-ee", "custom-oracle-se2-cdb", "custom-sqlserver-se", "custom-sqlserver-web",
)  # fmt: skip
NOT_OURS = ("neptune", "docdb", "", "Neptune", "timestream-influxdb", "oracle", "postgresql")


@pytest.mark.parametrize("engine", OURS)
def test_an_engine_of_rds_is_ours(engine: str) -> None:
    assert sample_database(engine=engine).is_rds


@pytest.mark.parametrize("engine", NOT_OURS)
def test_any_other_engine_is_not(engine: str) -> None:
    database = sample_database(engine=engine)

    assert not database.is_rds
    assert "Amazon RDS" not in database.service


def test_a_change_says_itself_that_it_takes_rds_custom() -> None:
    changes = (one for one in CATALOGUE.values() if issubclass(one, Change))
    takes = {one.name for one in changes if one.takes_custom}

    assert takes == {
        "add_tags", "create_snapshot", "delete_snapshot", "modify_backup_window",
        "modify_deletion_protection", "modify_maintenance_window", "remove_tags",
    }  # fmt: skip
    assert not Change.takes_custom


def _cluster(engine: str) -> Database:
    return sample_database(target=sample_target(kind=Kind.CLUSTER), engine=engine)


@pytest.mark.parametrize("engine", ["mysql", "postgres"])
def test_a_multi_az_cluster_has_nothing_of_auroras_volume(engine: str) -> None:
    words = {plot.word for plot in preset(_cluster(engine))}

    assert {"storage", "latency", "queue", "lag"} <= words
    assert not {"commit", "volume", "buffers", "capacity", "deadlocks"} & words
    assert not any(plot.of_cluster for plot in preset(_cluster(engine)))


@pytest.mark.parametrize("engine", ["aurora-mysql", "aurora-postgresql"])
def test_an_aurora_cluster_keeps_its_own(engine: str) -> None:
    words = {plot.word for plot in preset(_cluster(engine))}

    assert {"commit", "volume", "buffers", "lag"} <= words
    assert "storage" not in words


def test_a_digest_measures_the_lag_and_the_disks_of_a_multi_az_clusters_members() -> None:
    metrics = {one.metric for one in lately(())(sample_database(cluster="pay"))}

    assert {"ReplicaLag", "FreeStorageSpace", "DiskQueueDepth"} <= metrics
    assert "AuroraReplicaLag" not in metrics
