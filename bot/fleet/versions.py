"""Engine versions: which is a major one.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.Upgrading.html
"""

import re


def major(engine: str, version: str) -> str:
    """The part of a version by which AWS tells a major upgrade from a minor one: ``16`` of
    PostgreSQL 16.4, ``8.0`` of MySQL 8.0.39."""
    parts = re.split(r"[.]", version)
    if "mysql_aurora" in version:  # 8.0.mysql_aurora.3.05.2 is as major as its MySQL
        return ".".join(parts[:2])
    single = engine.endswith(("postgres", "postgresql")) or "oracle" in engine
    return parts[0] if single else ".".join(parts[:2])
