"""What the sandbox's RDS has on offer, page by page, held against botocore's service model."""

from collections.abc import Mapping
from typing import Any, cast

import pytest
from botocore import xform_name
from moto.rds.models import rds_backends

from bot.sandbox.aws import MAIN, AWSSandbox, engines, offers
from bot.sandbox.aws.backend import ENGINE_VERSIONS, TimedBackend
from tests.sandbox.modelled import codes, faults, strangers
from tests.sandbox.refusals import refused

ELSEWHERE = {"custom-oracle-ee", "custom-sqlserver-se", "docdb", "neptune"}
"""Engines that a fleet may have and that are upgraded in other ways than these."""


@pytest.mark.parametrize("engine", sorted(set(ENGINE_VERSIONS) - ELSEWHERE))
def test_the_version_that_a_new_database_gets_is_on_offer_with_what_belongs_to_it(
    engine: str,
) -> None:
    assert ENGINE_VERSIONS[engine] in engines.VERSIONS[engine]
    assert engines.targets(engine, ENGINE_VERSIONS[engine])
    assert engines.classes(engine)
    assert engines.LOGS[engine]


@pytest.mark.parametrize(
    ("engine", "version", "major", "family"),
    [
        ("postgres", "16.8", "16", "postgres16"),
        ("mysql", "8.0.40", "8.0", "mysql8.0"),
        ("mariadb", "10.11.9", "10.11", "mariadb10.11"),
        ("oracle-se2", "19.0.0.0.ru-2025-01.rur-2025-01.r1", "19", "oracle-se2-19"),
        ("sqlserver-se", "15.00.4420.2.v1", "15.00", "sqlserver-se-15.0"),
        ("aurora-mysql", "8.0.mysql_aurora.3.08.0", "8.0", "aurora-mysql8.0"),
        ("aurora-postgresql", "16.6", "16", "aurora-postgresql16"),
    ],
)
def test_a_version_has_a_major_one_and_a_family(
    engine: str, version: str, major: str, family: str
) -> None:
    assert (engines.major(engine, version), engines.family(engine, version)) == (major, family)


@pytest.mark.parametrize(
    ("engine", "gib", "least"),
    [("postgres", 100, 110), ("mysql", 101, 112), ("sqlserver-se", 100, 101)],
)
def test_a_growth_below_a_tenth_is_rounded_up(engine: str, gib: int, least: int) -> None:
    assert engines.least_growth(engine, gib) == least


def test_answers_have_only_members_that_the_model_knows(aws: AWSSandbox) -> None:
    backend = cast(TimedBackend, rds_backends[MAIN]["us-east-1"])
    told = offers.version_of("postgres", "16.8")

    assert strangers("DBEngineVersion", told) == set()
    assert strangers("UpgradeTarget", told["ValidUpgradeTarget"][0]) == set()
    for one in engines.AUTHORITIES.values():
        assert strangers("Certificate", offers.certificate_of(backend, one)) == set()
    for option in (next(engines.orderable("postgres")), next(engines.orderable("aurora-mysql"))):
        told = offers.option_of(backend, option)
        assert strangers("OrderableDBInstanceOption", told) == set()


@pytest.mark.parametrize("engine", ["postgres", "mysql", "oracle-se2", "aurora-postgresql"])
async def test_orderable_classes_come_in_pages_without_gaps(rds: Any, engine: str) -> None:
    asked = {"Engine": engine, "EngineVersion": ENGINE_VERSIONS[engine], "MaxRecords": 100}
    pages: list[list[dict[str, Any]]] = []
    more: dict[str, Any] | None = {}
    while more is not None:
        page = await rds.describe_orderable_db_instance_options(**asked, **more)
        assert faults("DescribeOrderableDBInstanceOptions", page) == ""
        pages.append(page["OrderableDBInstanceOptions"])
        more = {"Marker": page["Marker"]} if "Marker" in page else None

    assert {one["DBInstanceClass"] for page in pages for one in page} == set(
        engines.classes(engine)
    )
    assert all(len(page) <= 100 for page in pages)


async def test_versions_name_what_they_may_be_upgraded_to(rds: Any) -> None:
    answer = await rds.describe_db_engine_versions(Engine="postgres", EngineVersion="16.8")
    [found] = answer["DBEngineVersions"]

    assert faults("DescribeDBEngineVersions", answer) == ""
    assert {
        one["EngineVersion"]: (one["AutoUpgrade"], one["IsMajorVersionUpgrade"])
        for one in found["ValidUpgradeTarget"]
    } == {"16.9": (True, False), "17.4": (False, True), "17.5": (False, True)}
    assert found["DBParameterGroupFamily"] == "postgres16"
    assert found["ExportableLogTypes"] == ["postgresql", "upgrade", "iam-db-auth-error"]


@pytest.mark.parametrize(
    ("asked", "versions"),
    [
        ({"EngineVersion": "8.0"}, ["8.0.40", "8.0.41", "8.0.42"]),
        ({"DBParameterGroupFamily": "mysql8.4"}, ["8.4.4", "8.4.5"]),
        ({"DefaultOnly": True}, ["8.0.40"]),
    ],
)
async def test_versions_are_asked_for_by_what_they_belong_to(
    rds: Any, asked: Mapping[str, Any], versions: list[str]
) -> None:
    answer = await rds.describe_db_engine_versions(Engine="mysql", **asked)

    assert [one["EngineVersion"] for one in answer["DBEngineVersions"]] == versions


async def test_valid_storage_begins_a_tenth_above_what_is_there(rds: Any) -> None:
    answer = await rds.describe_valid_db_instance_modifications(DBInstanceIdentifier="orders-prod")
    storage = {
        one["StorageType"]: one for one in answer["ValidDBInstanceModificationsMessage"]["Storage"]
    }

    assert faults("DescribeValidDBInstanceModifications", answer) == ""
    assert storage["gp3"]["StorageSize"] == [{"From": 880, "To": 65536, "Step": 1}]
    assert "ProvisionedIops" in storage["gp3"]
    assert "ProvisionedIops" not in storage["gp2"]


async def test_three_authorities_sign_certificates(rds: Any) -> None:
    answer = await rds.describe_certificates()

    assert faults("DescribeCertificates", answer) == ""
    assert [one["CertificateIdentifier"] for one in answer["Certificates"]] == [
        "rds-ca-ecc384-g1",
        "rds-ca-rsa2048-g1",
        "rds-ca-rsa4096-g1",
    ]
    assert answer["DefaultCertificateForNewLaunches"] == "rds-ca-rsa2048-g1"


@pytest.mark.parametrize(
    ("operation", "asked", "code"),
    [
        ("DescribeCertificates", {"CertificateIdentifier": "rds-ca-0"}, "CertificateNotFound"),
        ("DescribeOrderableDBInstanceOptions", {"Engine": "excel"}, "InvalidParameterValue"),
        ("DescribeDBEngineVersions", {"Engine": "excel"}, "InvalidParameterValue"),
        (
            "DescribeValidDBInstanceModifications",
            {"DBInstanceIdentifier": "nobody"},
            "DBInstanceNotFound",
        ),
    ],
)
async def test_what_is_not_there_is_refused_as_the_model_declares(
    rds: Any, operation: str, asked: Mapping[str, Any], code: str
) -> None:
    assert code in codes(operation)
    with refused(code):
        await getattr(rds, xform_name(operation))(**asked)
