"""How much a database takes: by class, by engine, by parameter."""

from typing import Any

import pytest

from bot.fleet.limits import ceiling, max_connections, memory_gib, processors
from bot.values import Database
from tests.samples import sample_database


def database(engine: str = "postgres", size: str = "db.m6g.large", **more: Any) -> Database:
    facts = {"parameter_group": "tuned", **more}
    return sample_database(engine=engine, instance_class=size, **facts)


@pytest.mark.parametrize(
    ("name", "gib", "cores"),
    [("db.t4g.medium", 4, 2), ("db.t3.micro", 1, 2), ("db.m6g.large", 8, 2),
     ("db.r6g.2xlarge", 64, 8), ("db.r5.24xlarge", 768, 96), ("db.m6gd.medium", 4, 1),
     ("db.serverless", None, None), ("", None, None), ("db.q9.large", None, None)],
)  # fmt: skip
def test_what_a_class_says(name: str, gib: float | None, cores: int | None) -> None:
    assert (memory_gib(name), processors(name)) == (gib, cores)


@pytest.mark.parametrize(
    ("engine", "size", "limit"),
    [
        ("postgres", "db.m6g.large", 901), ("postgres", "db.r6g.8xlarge", 5000),
        ("mysql", "db.m6g.large", 682), ("mariadb", "db.m6g.large", 341),
        ("aurora-mysql", "db.r6g.large", 1069), ("aurora-mysql", "db.r6g.xlarge", 2069),
        ("sqlserver-se", "db.m5.large", 32767), ("oracle-se2", "db.m5.large", None),
        ("postgres", "db.serverless", None),
    ],
)  # fmt: skip
def test_connections_that_a_class_takes(engine: str, size: str, limit: int | None) -> None:
    assert max_connections(database(engine, size)) == limit


@pytest.mark.parametrize(
    ("engine", "units", "limit"),
    [("aurora-postgresql", (2, 8), 1802), ("aurora-postgresql", (0.5, 64), 2000),
     ("aurora-mysql", (2, 8), 1069)],
)  # fmt: skip
def test_a_serverless_instance_takes_what_its_largest_capacity_has(
    engine: str, units: tuple[float, float], limit: int
) -> None:
    assert max_connections(database(engine, "db.serverless", capacity=units)) == limit


@pytest.mark.parametrize(
    ("parameter", "said", "why"),
    [
        (None, "≈ 901", "as postgres computes it for db.m6g.large; a little less in truth"),
        ("500", "500", "set in parameter group tuned"),
        ("{DBInstanceClassMemory/12582880}", "≈ 682",
         "computed from the formula in parameter group tuned"),
        ("LEAST({DBInstanceClassMemory/9531392},300)", "≈ 300",
         "computed from the formula in parameter group tuned"),
    ],
)  # fmt: skip
def test_the_limit_that_holds(parameter: str | None, said: str, why: str) -> None:
    found = ceiling(database(), parameter)

    assert (str(found), found and found.why) == (said, why)


def test_a_formula_that_nobody_understands_gives_no_limit() -> None:
    assert ceiling(database(), "GREATEST({log(DBInstanceClassMemory/805306368)*45},100)") is None
    assert ceiling(database(), "{DBInstanceClassMemory/99999999999999}") is None
    assert ceiling(database(), "0") is None


def test_a_number_that_waits_for_a_restart_is_said_so() -> None:
    found = ceiling(database(parameters_wait=True), "500")

    assert found is not None
    assert found.why == "set in parameter group tuned, where changes wait for a restart"
