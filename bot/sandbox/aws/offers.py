"""What may be asked for: engine versions, orderable classes, valid storage, authorities."""

from typing import Any, cast

from moto.core.responses import ActionResult
from moto.rds.exceptions import InvalidParameterValue, RDSClientError

from bot.sandbox.aws import engines
from bot.sandbox.aws.actions import Actions
from bot.sandbox.aws.backend import ENGINE_VERSIONS, TimedBackend, require
from bot.sandbox.aws.engines import AUTHORITIES, DEFAULT_AUTHORITY, Authority, Orderable
from bot.sandbox.aws.models import USABLE, TimedInstance

Answer = dict[str, Any]


class OfferActions(Actions):
    def describe_orderable_db_instance_options(self) -> ActionResult:
        engine = self._engine()
        found = [
            one
            for one in engines.orderable(engine or "")
            if self.said("EngineVersion") in (None, one.version)
            and self.said("DBInstanceClass") in (None, one.instance_class)
        ]
        return self.paged(
            "OrderableDBInstanceOptions",
            [option_of(self.backend, one) for one in found],
            key=lambda it: [it["EngineVersion"], it["DBInstanceClass"], it["StorageType"]],
        )

    def describe_db_engine_versions(self) -> ActionResult:
        wanted = self._engine()
        found = [
            version_of(engine, version)
            for engine, versions in engines.VERSIONS.items()
            for version in versions
            if wanted in (None, engine)
            and _begins(version, self.said("EngineVersion"))
            and self.said("DBParameterGroupFamily") in (None, engines.family(engine, version))
            and (not self.said("DefaultOnly") or version == ENGINE_VERSIONS[engine])
        ]
        return self.paged(
            "DBEngineVersions", found, key=lambda one: [one["Engine"], one["EngineVersion"]]
        )

    def describe_valid_db_instance_modifications(self) -> ActionResult:
        instance = self.backend.instance(self.said("DBInstanceIdentifier"))
        require(instance, (*USABLE, "storage-full"))
        aurora = engines.is_aurora(instance.engine)
        storage = [] if aurora else [storage_of(instance, one) for one in engines.STORAGE_TYPES]
        return ActionResult({"ValidDBInstanceModificationsMessage": {"Storage": storage}})

    def describe_certificates(self) -> ActionResult:
        wanted = self.said("CertificateIdentifier")
        if wanted and wanted not in AUTHORITIES:
            raise certificate_not_found(wanted)
        found = [
            certificate_of(self.backend, one)
            for name, one in AUTHORITIES.items()
            if wanted in (None, name)
        ]
        paged = self.paged("Certificates", found, key=lambda one: one["CertificateIdentifier"])
        default = {"DefaultCertificateForNewLaunches": DEFAULT_AUTHORITY}
        return ActionResult(cast(Answer, paged.result) | default)

    def _engine(self) -> str | None:
        """Raises InvalidParameterValue for an engine that is not AWS's."""
        engine: str | None = self.said("Engine")
        if engine and engine not in ENGINE_VERSIONS:
            raise InvalidParameterValue(f"Unrecognized engine name: {engine}")
        return engine


def certificate_not_found(name: str) -> RDSClientError:
    return RDSClientError("CertificateNotFound", f"Certificate not found: {name}")


def _begins(version: str, wanted: str | None) -> bool:
    """A major version asks for all of its minor ones."""
    return wanted is None or version == wanted or version.startswith(f"{wanted}.")


def option_of(backend: TimedBackend, one: Orderable) -> Answer:
    aurora = engines.is_aurora(one.engine)
    return {
        "Engine": one.engine,
        "EngineVersion": one.version,
        "DBInstanceClass": one.instance_class,
        "LicenseModel": "license-included"
        if one.engine.startswith(("oracle-se", "sqlserver-"))
        else "general-public-license",
        "AvailabilityZones": [{"Name": backend.region_name + letter} for letter in "abc"],
        "MultiAZCapable": not aurora,
        "ReadReplicaCapable": not aurora,
        "Vpc": True,
        "SupportsStorageEncryption": True,
        "StorageType": one.storage_type,
        "SupportsIops": one.storage_type in ("gp3", "io1", "io2"),
        "SupportsStorageThroughput": one.storage_type == "gp3",
        "SupportsEnhancedMonitoring": True,
        "SupportsIAMDatabaseAuthentication": not one.engine.startswith(("oracle-", "sqlserver-")),
        "SupportsPerformanceInsights": not one.instance_class.endswith((".micro", ".small")),
        **({} if aurora else {"MinStorageSize": 20, "MaxStorageSize": engines.LARGEST_GIB}),
        "SupportsStorageAutoscaling": not aurora,
    }


def version_of(engine: str, version: str) -> Answer:
    return {
        "Engine": engine,
        "MajorEngineVersion": engines.major(engine, version),
        "EngineVersion": version,
        "DBParameterGroupFamily": engines.family(engine, version),
        "DBEngineDescription": engine,
        "DBEngineVersionDescription": f"{engine} {version}",
        "Status": "available",
        "ValidUpgradeTarget": [
            target_of(engine, version, one) for one in engines.targets(engine, version)
        ],
        "ExportableLogTypes": engines.LOGS[engine],
        "SupportsLogExportsToCloudwatchLogs": True,
        "SupportsReadReplica": True,
        "SupportsCertificateRotationWithoutRestart": engines.rotates_without_restart(engine),
        "SupportedCACertificateIdentifiers": list(AUTHORITIES),
    }


def target_of(engine: str, version: str, target: str) -> Answer:
    return {
        "Engine": engine,
        "EngineVersion": target,
        "Description": f"{engine} {target}",
        "AutoUpgrade": target == engines.newest_minor(engine, version),
        "IsMajorVersionUpgrade": engines.major(engine, target) != engines.major(engine, version),
    }


def storage_of(instance: TimedInstance, storage_type: str) -> Answer:
    least = engines.least_growth(instance.engine, instance.allocated_storage)
    sizes = [{"From": least, "To": engines.LARGEST_GIB, "Step": 1}]
    told: Answer = {
        "StorageType": storage_type,
        "StorageSize": sizes,
        "SupportsStorageAutoscaling": True,
    }
    if engines.takes_iops(instance.engine, storage_type, instance.allocated_storage):
        low = 12_000 if storage_type == "gp3" else 1_000
        told["ProvisionedIops"] = [{"From": low, "To": 64_000, "Step": 1}]
        told["IopsToStorageRatio"] = [{"From": 0.5, "To": 50.0}]
        if storage_type == "gp3":
            told["ProvisionedStorageThroughput"] = [{"From": 500, "To": 4_000, "Step": 1}]
    return told


def certificate_of(backend: TimedBackend, one: Authority) -> Answer:
    return {
        "CertificateIdentifier": one.name,
        "CertificateType": "CA",
        "Thumbprint": one.thumbprint,
        "ValidFrom": one.valid_from,
        "ValidTill": one.valid_till,
        "CertificateArn": f"arn:aws:rds:{backend.region_name}::cert:{one.name}",
        "CustomerOverride": False,
    }
