"""Which database an alarm or an event is about, as the fleet was last seen."""

from typing import Any

from bot.aws.region import Region
from bot.errors import UsageError
from bot.fleet import Fleet
from bot.judging import Judge
from bot.monitoring import chosen
from bot.values import Database, Target
from bot.vocabulary import Kind


class Places:
    def __init__(self, fleet: Fleet, judge: Judge) -> None:
        self._fleet = fleet
        self._judge = judge

    def find(self, region: Region, kind: Kind | None, identifier: str) -> Database | None:
        """None where nobody has seen it there."""
        wanted = (region.account.id, region.name, kind, identifier.lower())
        return next((one for one in self._fleet.last_seen.databases if _key(one) == wanted), None)

    def known(self, target: Target | None) -> Database | None:
        """The same database, as last seen."""
        return next((one for one in self._fleet.last_seen.databases if one.target == target), None)

    def whole(self, database: Database) -> Database:
        """A member's cluster: what happens to one of them happens to all."""
        return self._fleet.last_seen.cluster_of(database) or database

    def about(self, region: Region, database: Database | None) -> dict[str, Any]:
        """What an incident says of where it is."""
        place = f"{region.account.name}/{region.name}"
        if database is None:
            return {"place": place}
        environment = self._judge.classify(database).environment
        return {"place": place, "target": database.target, "environment": environment}


def charted(database: Database, metric: str) -> str:
    """The word for it in ``/rds metrics``; empty where such a database has no chart of it."""
    try:
        [plot] = chosen(database, (metric,))
    except UsageError:
        return ""
    return plot.word


def _key(database: Database) -> tuple[str, str, Kind | None, str]:
    target = database.target
    return target.account, target.region, target.kind, target.identifier.lower()
