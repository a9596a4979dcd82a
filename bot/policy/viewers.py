"""Who may look at which databases: every full member, or whom ``access.viewers`` names."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from bot.errors import NotAllowedError, UnknownTargetError, UsageError
from bot.fleet.inventory import Fleet
from bot.policy.eligibility import Directory, Groups, sight
from bot.settings import ViewerSettings
from bot.values import (
    DATABASES,
    Classified,
    Database,
    Environment,
    Incident,
    Inventory,
    Kind,
    Person,
    Request,
    Trouble,
)

NOT_VIEWER = "not_viewer"  #: in the audit trail
Classify = Callable[[Database], Classified]


@dataclass(frozen=True)
class Sight:
    """What one person may look at: the databases of these environments, in the fleet."""

    fleet: Fleet
    classify: Classify
    environments: frozenset[Environment]

    def __bool__(self) -> bool:
        return bool(self.environments)

    @property
    def is_whole(self) -> bool:
        return self.environments >= set(Environment)

    def sees(self, seen: Database | Request) -> bool:
        """A request counts as its database did when it was asked for."""
        if self.is_whole:
            return True
        classified = seen.classified if isinstance(seen, Request) else self.classify(seen)
        return classified.environment in self.environments

    def sees_incident(self, incident: Incident) -> bool:
        """One about no database that is known may be about any."""
        if self.is_whole:
            return True
        seen = self.fleet.last_seen.database(incident.target) if incident.target else None
        said = {incident.environment, *([self.classify(seen).environment] if seen else ())}
        return said <= self.environments

    def of_trouble(self, trouble: Trouble) -> Trouble:
        incidents = tuple(filter(self.sees_incident, trouble.incidents))
        worse = tuple(filter(self.sees, trouble.worse))
        return trouble.model_copy(update={"incidents": incidents, "worse": worse})

    def of(self, inventory: Inventory) -> Inventory:
        return inventory if self.is_whole else inventory.only(self.sees)

    def require(self, seen: Database | Request) -> None:
        """Raises NotAllowedError."""
        if not self.is_whole:
            classified = seen.classified if isinstance(seen, Request) else self.classify(seen)
            self.require_environment(classified.environment)

    def require_environment(self, environment: Environment) -> None:
        """Raises NotAllowedError."""
        if environment not in self.environments:
            raise NotAllowedError(
                f"You are not among those who may look at {environment} databases "
                "(access.viewers in rds-bot.yml). Ask one of them, or whoever runs the bot.",
                code=NOT_VIEWER,
            )

    def narrowed(self, environments: tuple[Environment, ...]) -> tuple[Environment, ...]:
        """Those of them that may be looked at; without any, all that may. NotAllowedError: none."""
        if self.is_whole:
            return environments
        wanted = set(environments or Environment)
        if found := tuple(one for one in Environment if one in self.environments & wanted):
            return found
        raise NotAllowedError(
            "You are not among those who may look at these databases (access.viewers in "
            "rds-bot.yml). Ask one of them, or whoever runs the bot.",
            code=NOT_VIEWER,
        )

    async def find(self, name: str, kinds: frozenset[Kind] = DATABASES) -> Database:
        """As ``Fleet.find``, among these. Raises NotAllowedError for one of the others."""
        try:
            return await self.fleet.find(name, kinds, self.of)
        except UnknownTargetError:
            if not self.is_whole:
                with suppress(UsageError):
                    self.require(await self.fleet.find(name, kinds))
            raise


class Sights:
    """Of whom, by the settings and by what the directory says."""

    def __init__(
        self, directory: Directory, fleet: Fleet, classify: Classify, viewers: ViewerSettings | None
    ) -> None:
        self._directory = directory
        self._fleet = fleet
        self._classify = classify
        self._viewers = viewers
        self._groups = viewers.all_groups if viewers else frozenset[str]()

    async def of(self, person: Person, asked_at: int) -> Sight:
        """By groups as they are now, of a ``person`` who was read as they are now.

        Raises DirectoryError where only a group could name them of which Slack does not tell now.
        """
        return self._sight(person, await self._directory.groups(self._groups, asked_at))

    async def known(self, person: Person) -> Sight:
        """As last refreshed: for what is offered, never for what is told."""
        groups = await self._directory.known_groups(self._groups)
        return self._sight(person, groups.read)

    def _sight(self, person: Person, groups: Groups) -> Sight:
        seen = sight(person, self._viewers, groups, self._directory.own_team)
        return Sight(self._fleet, self._classify, seen)
