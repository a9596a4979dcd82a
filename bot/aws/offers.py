"""What AWS offers a database to become: classes, versions and sizes of storage."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.values import CertificateOffer, StorageOffer, UpgradeOffer

Raw = Mapping[str, Any]


def classes(options: Iterable[Raw], storage_type: str) -> tuple[str, ...]:
    """Instance classes that can be ordered with that kind of storage, each once, sorted.

    Of Aurora every option names its own kind of storage, which is no condition there.
    """
    return tuple(
        sorted(
            {
                one["DBInstanceClass"]
                for one in options
                if not storage_type or one.get("StorageType") in (storage_type, None)
            }
        )
    )


def upgrades(versions: Iterable[Raw]) -> tuple[UpgradeOffer, ...]:
    """To which versions one can be upgraded, in AWS's order: oldest first."""
    return tuple(
        UpgradeOffer(
            version=one["EngineVersion"],
            is_major=bool(one.get("IsMajorVersionUpgrade")),
            is_automatic=bool(one.get("AutoUpgrade")),
        )
        for version in versions
        for one in version.get("ValidUpgradeTarget") or ()
    )


def certificates(reply: Raw, versions: Iterable[Raw], version: str) -> CertificateOffer:
    """The authority of new databases first, then the newest; only those that the engine takes."""
    default = reply.get("DefaultCertificateForNewLaunches")
    engine = next((one for one in versions if one.get("EngineVersion") == version), {})
    taken = engine.get("SupportedCACertificateIdentifiers")
    found = [
        one
        for one in reply.get("Certificates") or ()
        if not taken or one.get("CertificateIdentifier") in taken
    ]
    newest = sorted(found, key=lambda one: one["ValidFrom"], reverse=True)
    ids = [str(one["CertificateIdentifier"]) for one in newest]
    return CertificateOffer(
        authorities=tuple(sorted(ids, key=lambda one: one != default)),
        in_place=engine.get("SupportsCertificateRotationWithoutRestart"),
    )


def storage(message: Raw) -> tuple[StorageOffer, ...]:
    """What an instance's storage may become, by kind of storage."""
    return tuple(
        StorageOffer(
            storage_type=one.get("StorageType", ""),
            gib=_ranges(one.get("StorageSize")),
            iops=_ranges(one.get("ProvisionedIops")),
            throughput=_ranges(one.get("ProvisionedStorageThroughput")),
            grows_by_itself=bool(one.get("SupportsStorageAutoscaling")),
        )
        for one in message.get("Storage") or ()
    )


def _ranges(raw: Iterable[Raw] | None) -> tuple[tuple[int, int], ...]:
    return tuple((one["From"], one["To"]) for one in raw or ())
