"""Which database an alarm or an event is about, as the fleet was last seen."""

from typing import Any

from bot.aws.region import Region
from bot.errors import UsageError
from bot.fleet.inventory import Fleet
from bot.monitoring import chosen
from bot.policy.judge import Judge
from bot.values import Database, Incident, Inventory, Kind, Target


class IncidentDatabases:
    def __init__(self, fleet: Fleet, judge: Judge) -> None:
        self._fleet = fleet
        self._judge = judge

    def find(self, region: Region, kind: Kind | None, identifier: str) -> Database | None:
        """None where nobody has seen it there."""
        wanted = (region.account.id, region.name, kind, identifier.lower())
        return next((one for one in self.seen.databases if _key(one) == wanted), None)

    def is_foreign(self, region: Region, kind: Kind | None, identifier: str) -> bool:
        """Whether AWS lists it beside ours, and another service owns it."""
        wanted = (region.account.id, region.name, kind, identifier.lower())
        return any(_key(one) == wanted for one in self.seen.foreign)

    @property
    def seen(self) -> Inventory:
        return self._fleet.last_seen

    def known(self, target: Target | None) -> Database | None:
        """The same database, as last seen."""
        return _known(self.seen, target)

    def whole(self, database: Database) -> Database:
        """A member's cluster: what happens to one of them happens to all."""
        return self.seen.cluster_of(database) or database

    def about(self, region: Region, database: Database | None) -> dict[str, Any]:
        """What an incident says of where it is."""
        place = f"{region.account.name}/{region.name}"
        if database is None:
            return {"place": place}
        environment = self._judge.classify(database).environment
        return {"place": place, "target": database.target, "environment": environment}


def titled(database: Database | None, name: str, what: str) -> str:
    """What is wrong; with the name where nobody has seen the database that it would stand by."""
    return what if database or not name else f"{name}: {what}"


def is_well(inventory: Inventory, incident: Incident, since: int) -> bool:
    """Whether its database, and of a cluster each member, was available then or later."""
    database = _known(inventory, incident.target)
    if database is None:
        return False
    if inventory.unlisted(database):
        return False
    every = (database, *inventory.instances_of(database))
    return all(one.status == "available" and one.seen_at >= since for one in every)


def is_gone(inventory: Inventory, incident: Incident, since: int) -> bool:
    """Whether its region was looked through then or later, and its database was not there."""
    if incident.target is None or inventory.seen_at < since:
        return False
    if inventory.unread(incident.target):
        return False
    return _known(inventory, incident.target) is None


def charted(database: Database, metric: str) -> str:
    """The word for it in ``/rds metrics``; empty where such a database has no chart of it."""
    try:
        [plot] = chosen(database, (metric,))
    except UsageError:
        return ""
    return plot.word


def _known(inventory: Inventory, target: Target | None) -> Database | None:
    return next((one for one in inventory.databases if one.target == target), None)


def _key(database: Database) -> tuple[str, str, Kind | None, str]:
    target = database.target
    return target.account, target.region, target.kind, target.identifier.lower()
