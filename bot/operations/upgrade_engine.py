from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any

from bot.aws import AWS
from bot.errors import PreflightError
from bot.fleet.versions import major
from bot.operation import MODIFY, Option, Setting, Topic, Wanted
from bot.params import Offered, Target
from bot.values import Assessment, Database, Kind, Plan, Risk, UpgradeOffer

Version = Annotated[
    str,
    Offered("Version", "VERSION", "For example 16.9.", also=("EngineVersion", "engine_version")),
]


class UpgradeEngine(Setting):
    """Upgrade the engine of a database to a newer version, at once.

    Connections drop while it restarts, of a Multi-AZ instance as well. There is no way back but to
    restore a snapshot. For another major version a blue/green deployment is safer.
    """

    verb, name = "upgrade", "upgrade_engine"
    topic = Topic.UPGRADES
    risk = Risk.MEDIUM
    because = "it restarts with another version, and nothing takes that back"
    irreversible = True
    of_cluster = True
    immediately = True
    horizon = timedelta(hours=6)
    declined = (
        ("RDS-EVENT-0158", "in a state that cannot be upgraded"),
        ("RDS-EVENT-0188", "in a state that can't be upgraded"),
    )
    rolled_back = (("RDS-EVENT-0270", "upgrade rollback succeeded"),)
    permissions = (*MODIFY, "rds:DescribeDBEngineVersions")
    needless = (("ApplyImmediately", "It begins at once, as soon as it is approved."),)
    example = "upgrade orders-test 16.9 --reason 'CVE of last week'"
    synonyms = "upgrade patch update+version update+engine newer+version"

    target: Target
    version: Version

    @classmethod
    async def options(cls, parameter: str, aws: AWS, database: Database) -> Sequence[Option]:
        found = await aws.upgrades(database)
        ordered = sorted(found, key=lambda one: one.is_major)
        return [Option(one.version, one.version, _note(one)) for one in ordered]

    def wanted(self, database: Database) -> tuple[Wanted, ...]:
        return (Wanted("Version", "engine_version", "EngineVersion", self.version, "version"),)

    def effect(self, database: Database) -> str:
        return f"Upgrade {database.name} to {database.engine} {self.version}"

    def arguments(self, database: Database) -> dict[str, Any]:
        allowed = {"AllowMajorVersionUpgrade": True} if self._is_major(database) else {}
        return {**super().arguments(database), **allowed}

    def own_risk(self, database: Database) -> Assessment:
        if self._is_major(database):
            return Assessment(risk=Risk.HIGH, reasons=("another major version: no way back",))
        return super().own_risk(database)

    async def guards(self, aws: AWS, database: Database) -> tuple[str, ...]:
        offers = await aws.upgrades(database)
        found = next((one for one in offers if one.version == self.version), None)
        if found is None:
            known = ", ".join(one.version for one in offers) or "nothing: it is the newest"
            raise PreflightError(
                f"{database.name} runs {database.engine_version}, from which AWS upgrades to "
                f"{known}, not to {self.version}.", "version",
            )  # fmt: skip
        if found.is_major is not self._is_major(database):
            raise PreflightError(
                f"AWS calls {self.version} a {_note(found)} version, and I took it for the other. "
                "Nothing was sent; tell whoever runs the bot.", "version",
            )  # fmt: skip
        return (f"AWS upgrades {database.engine_version} to {self.version}",)

    def downtime_of(self, database: Database) -> str:
        if self._is_major(database):
            return "ten minutes to an hour; connections drop while it upgrades"
        return "one to ten minutes; connections drop while it upgrades"

    def cannot(self, database: Database) -> Mapping[str, str]:
        if database.source and database.target.kind is Kind.CLUSTER:
            return {
                "target": f"{database.name} replicates from {database.source}, which is upgraded "
                "first by AWS's rules for clusters. Ask for that one."
            }
        return {}

    def warnings(self, database: Database) -> Iterator[str]:
        if database.replicas:
            replicas = ", ".join(database.replicas)
            yield f"Its replicas go first or with it: {replicas}."
        if self._is_major(database):
            yield (
                f"Another major version uses another parameter group: what {database.name} has "
                "set in its own is not taken over."
            )
        if not database.backup_retention_days and database.target.kind is Kind.INSTANCE:
            yield "Automated backups are off: AWS takes no snapshot before it."

    def undo(self, database: Database) -> str:
        return "Nothing undoes it: only a restored snapshot has the old version."

    def back(self, plan: Plan) -> None:
        return None

    def _is_major(self, database: Database) -> bool:
        engine = database.engine
        return major(engine, database.engine_version) != major(engine, self.version)


def _note(offer: UpgradeOffer) -> str:
    return "major" if offer.is_major else "minor"
