"""What an answer to a sentence is made of, and what it is made from."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.fleet import names
from bot.fleet.now import around
from bot.values import Button, Database, Environment, Inventory, Line, OpenIncidents, Strong
from handlers.parser import Kind
from handlers.suggestions._named import Seen


@dataclass(frozen=True)
class Offered:
    """A database and what is offered for it, the likeliest first."""

    database: Database
    environment: Environment
    buttons: tuple[Button, ...]

    @property
    def line(self) -> Line:
        said = f" is {self.database.status} ({self.environment}, {self.database.engine})"
        return (Strong(text=self.database.name), said)

    @property
    def short(self) -> Line:
        """Of several, beside a button, in one line of a phone."""
        return (Strong(text=self.database.name), f" · {self.database.status}")


@dataclass(frozen=True)
class Reply:
    """``buttons`` are about no one database. ``decides`` is the verb of a decision about a request:
    which ones are open to it only the store knows."""

    kind: Kind
    lead: Line
    offers: tuple[Offered, ...] = ()
    buttons: tuple[Button, ...] = ()
    decides: str = ""
    requests: tuple[int, ...] = ()
    first: tuple[Button, ...] = ()  #: before what is offered for each database
    alarms: tuple[Line, ...] = ()  #: what burns there, or may burn unseen: before all else

    @property
    def pressed(self) -> tuple[Button, ...]:
        """Every button, in reading order."""
        offered = (one for offer in self.offers for one in offer.buttons)
        return (*self.first, *offered, *self.buttons)


NO_INCIDENTS = OpenIncidents()


@dataclass(frozen=True)
class View:
    """What whoever asks may look at. ``here`` is what the thread is about; ``likely`` are those
    that they probably mean where they name none."""

    fleet: Sequence[Seen]
    here: Database | None = None
    likely: Sequence[Database] = ()
    incidents: OpenIncidents = NO_INCIDENTS

    def around(self, one: Database) -> OpenIncidents:
        """What is open at it or its family, and what of it nobody knows."""
        seen = Inventory(databases=tuple(it.database for it in self.fleet), seen_at=0)
        return around(one.target, seen, self.incidents)

    def environment(self, one: Database) -> Environment:
        found = (it.environment for it in self.fleet if it.database.target == one.target)
        return next(found, Environment.PRODUCTION)

    def typed(self, one: Database) -> str:
        return names.spoken(one, [it.database for it in self.fleet])
