"""What AWS has on offer: versions and what they lead to, classes, storage, authorities, logs.

A believable part of AWS's lists, not all of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product

VERSIONS: Mapping[str, Sequence[str]] = {
    "aurora-mysql": (
        "8.0.mysql_aurora.3.08.0", "8.0.mysql_aurora.3.08.2", "8.0.mysql_aurora.3.10.0"
    ),
    "aurora-postgresql": ("15.10", "16.6", "16.8", "17.4"),
    "mariadb": ("10.11.9", "10.11.11", "11.4.5"),
    "mysql": ("8.0.40", "8.0.41", "8.0.42", "8.4.4", "8.4.5"),
    "oracle-ee": (
        "19.0.0.0.ru-2025-01.rur-2025-01.r1", "19.0.0.0.ru-2025-04.rur-2025-04.r1"
    ),
    "oracle-se2": (
        "19.0.0.0.ru-2025-01.rur-2025-01.r1", "19.0.0.0.ru-2025-04.rur-2025-04.r1"
    ),
    "postgres": ("15.12", "16.6", "16.8", "16.9", "17.4", "17.5"),
    "sqlserver-se": ("15.00.4420.2.v1", "15.00.4430.1.v1", "16.00.4185.3.v1"),
}  # fmt: skip
"""By engine, the oldest first."""

LOGS: Mapping[str, Sequence[str]] = {
    "aurora-mysql": ("audit", "error", "general", "slowquery", "iam-db-auth-error", "instance"),
    "aurora-postgresql": ("postgresql", "iam-db-auth-error", "instance"),
    "mariadb": ("audit", "error", "general", "slowquery", "iam-db-auth-error"),
    "mysql": ("audit", "error", "general", "slowquery", "iam-db-auth-error"),
    "oracle-ee": ("alert", "audit", "listener", "trace", "oemagent"),
    "oracle-se2": ("alert", "audit", "listener", "trace", "oemagent"),
    "postgres": ("postgresql", "upgrade", "iam-db-auth-error"),
    "sqlserver-se": ("agent", "error", "iam-db-auth-error"),
}
"""By engine, what may be published to CloudWatch Logs."""

SIZES = ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge")
SMALL = ("micro", "small", "medium", "large", "xlarge", "2xlarge")
OPEN_SOURCE = ("m6g", "m7g", "r6g", "r7g", "m6i", "r6i")
LICENSED = ("m5", "m6i", "r5", "r6i")
STORAGE_TYPES = ("gp2", "gp3", "io1", "io2")
AURORA_STORAGE = ("aurora", "aurora-iopt1")
LARGEST_GIB = 65_536
LEAST_GROWTH = 0.1
"""AWS rounds a smaller growth up to this share; SQL Server is not in that rule."""


@dataclass(frozen=True)
class Authority:
    """A certificate authority of RDS."""

    name: str
    thumbprint: str
    valid_from: datetime
    valid_till: datetime


DEFAULT_AUTHORITY = "rds-ca-rsa2048-g1"
AUTHORITIES: Mapping[str, Authority] = {
    one.name: one
    for one in (
        Authority(
            "rds-ca-ecc384-g1",
            "9f2b41d0c6a853e7714b0d9ae58f6c23b07e11ad",
            datetime(2021, 5, 25, 22, 41, 55, tzinfo=UTC),
            datetime(2121, 5, 25, 23, 41, 55, tzinfo=UTC),
        ),
        Authority(
            DEFAULT_AUTHORITY,
            "2fa77ef894d983ba9d37ad699c84ab0f6e0d9fe4",
            datetime(2021, 5, 25, 22, 34, 57, tzinfo=UTC),
            datetime(2061, 5, 25, 23, 34, 57, tzinfo=UTC),
        ),
        Authority(
            "rds-ca-rsa4096-g1",
            "51c06b3f28e9d47a0b65d38f94e2c71a8d0f9b36",
            datetime(2021, 5, 25, 22, 38, 35, tzinfo=UTC),
            datetime(2121, 5, 25, 23, 38, 35, tzinfo=UTC),
        ),
    )
}


@dataclass(frozen=True)
class Orderable:
    """What may be ordered together."""

    engine: str
    version: str
    instance_class: str
    storage_type: str

    @property
    def key(self) -> list[str]:
        return [self.version, self.instance_class, self.storage_type]


def is_aurora(engine: str) -> bool:
    return engine.startswith("aurora-")


def major(engine: str, version: str) -> str:
    """Versions with the same one are minor upgrades of each other: `16`, `8.0`, `15.00`."""
    parts = version.split(".")
    one = "postgres" in engine or engine.startswith(("oracle-", "custom-"))
    return ".".join(parts[: 1 if one else 2])


def family(engine: str, version: str) -> str:
    """Of its parameter groups: `postgres16`, `mysql8.0`, `oracle-se2-19`, `sqlserver-se-15.0`."""
    told = major(engine, version)
    if engine.startswith(("oracle-", "custom-")):
        return f"{engine}-{told}"
    if engine.startswith("sqlserver-"):
        return f"{engine}-{told.removesuffix('0')}"
    return engine + told


def targets(engine: str, version: str) -> Sequence[str]:
    """What this version may be upgraded to; nothing where it is not on the list."""
    known = VERSIONS.get(engine, ())
    return known[known.index(version) + 1 :] if version in known else ()


def newest_minor(engine: str, version: str) -> str | None:
    """What AutoMinorVersionUpgrade would bring; None where it has it already."""
    same = [one for one in targets(engine, version) if major(engine, one) == major(engine, version)]
    return same[-1] if same else None


def classes(engine: str) -> Sequence[str]:
    """The instance classes of an engine, sorted; none for an engine that AWS sells elsewhere."""
    if engine not in VERSIONS:
        return ()
    if is_aurora(engine):
        offered = [*_sized(("r6g", "r7g", "r6i"), SIZES), *_sized(("t4g",), ("medium", "large"))]
        return sorted([*offered, "db.serverless"])
    licensed = engine.startswith(("oracle-", "sqlserver-"))
    small = _sized(("t3",) if licensed else ("t3", "t4g"), SMALL)
    return sorted([*small, *_sized(LICENSED if licensed else OPEN_SOURCE, SIZES)])


def storage_types(engine: str) -> Sequence[str]:
    return AURORA_STORAGE if is_aurora(engine) else STORAGE_TYPES


def orderable(engine: str) -> Iterator[Orderable]:
    for version, size, storage in product(
        VERSIONS.get(engine, ()), classes(engine), storage_types(engine)
    ):
        yield Orderable(engine, version, size, storage)


def least_growth(engine: str, gib: int) -> int:
    """The next size that AWS gives to whoever asks for more."""
    return gib + (
        1 if engine.startswith("sqlserver-") else -(-gib * int(LEAST_GROWTH * 100) // 100)
    )


def tunable_from(engine: str) -> int:
    """GiB below which gp3 has a fixed baseline."""
    if engine.startswith("sqlserver-"):
        return 20
    return 200 if engine.startswith("oracle-") else 400


def takes_iops(engine: str, storage_type: str, gib: int) -> bool:
    """Whether IOPS and throughput may be set; on gp2 they never may."""
    tunable = storage_type == "gp3" and gib >= tunable_from(engine)
    return tunable or storage_type in ("io1", "io2")


def rotates_without_restart(engine: str) -> bool:
    """Whether a new certificate is taken while clients stay connected."""
    return engine in ("postgres", "mysql", "mariadb") or is_aurora(engine)


def _sized(families: Sequence[str], sizes: Sequence[str]) -> Iterator[str]:
    return (f"db.{one}.{size}" for one, size in product(families, sizes))
