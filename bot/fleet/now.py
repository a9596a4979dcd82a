"""What goes on at one database now, of all that is open, and what of it nobody knows: pure."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.values import (
    Database,
    Incident,
    Inventory,
    Kind,
    Line,
    Moment,
    OpenIncidents,
    OpenRequests,
    Request,
    Role,
    Status,
    Target,
    family_last_seen,
)

ORDER = ALARM, UNSURE, RUNS, WAITS = ("🚨", "⚠️", "🔄", "⏳")
QUIET = len(ORDER)
NOT_WATCHED = "No alarms are watched here: channels.incidents is not set in rds-bot.yml."
UNREAD = 6  #: places that one sentence names


class Now(NamedTuple):
    """``unread``: it is not known whether there is more."""

    incidents: tuple[Incident, ...]
    requests: tuple[Request, ...]
    unread: bool

    @property
    def rank(self) -> int:
        """Sorts what needs somebody most first; QUIET where nothing is known to go on."""
        marks = [ALARM] * bool(self.incidents) + [mark(one) for one in self.requests]
        return min(map(ORDER.index, marks), default=QUIET)

    @property
    def marks(self) -> str:
        """``🚨 I-2 🔄 RDS-7``; ``?`` where nothing is known to go on and something may."""
        said = [f"{ALARM} {one.label}" for one in self.incidents]
        said += [f"{mark(one)} {one.label}" for one in self.requests]
        return " ".join(said) or ("?" if self.unread else "")


def there(database: Database, incidents: OpenIncidents) -> OpenIncidents:
    """With only that unread which may hide something where the database is."""
    place = f"{database.account_name}/{database.target.region}"
    unread = tuple(one for one in incidents.unread if one.may_hide(place))
    return incidents.model_copy(update={"unread": unread})


def now_at(database: Database, incidents: OpenIncidents, requests: OpenRequests) -> Now:
    """A cluster's members are of it; what goes on at the cluster is not of each member."""
    found = (one for one in incidents.found if one.target and _is_of(database, one.target))
    asked = (one for one in requests.found if _changes(one, database))
    hidden = there(database, incidents).unread
    return Now(tuple(found), tuple(asked), bool(hidden or requests.unread))


def around(target: Target, inventory: Inventory, incidents: OpenIncidents) -> OpenIncidents:
    """What is open at it or at any of its family, its own first; unread is only what may hide
    something there."""
    database = inventory.database(target)
    if database is None:
        family, places = [target], None
    else:
        kin = [one.database for one in family_last_seen(database, inventory).kin]
        family = [target, *(one.target for one in kin)]
        places = {f"{one.account_name}/{one.target.region}" for one in (database, *kin)}
    names = [one.typed for one in family]
    found = [one for one in incidents.found if one.target and one.target.typed in names]
    found.sort(key=lambda one: (one.address != target.typed, one.acknowledged_at is not None))
    unread = (
        one for one in incidents.unread
        if places is None or any(map(one.may_hide, places))
    )  # fmt: skip
    return incidents.model_copy(update={"found": tuple(found), "unread": tuple(unread)})


def mark(request: Request) -> str:
    """Of one that has not ended."""
    return {Status.RUNNING: RUNS, Status.UNKNOWN: UNSURE}.get(request.status, WAITS)


def alarm(incident: Incident) -> Line:
    """``🚨 warehouse: free storage space below 200 GiB, since … (I-2, acknowledged)``"""
    name = f"{incident.target.identifier}: " if incident.target else ""
    phase = "" if incident.acknowledged_at is None else ", acknowledged"
    phase = phase if incident.snoozed_until is None else ", snoozed"
    since = Moment(at=incident.started_at)
    return (f"{ALARM} {name}{incident.title}, since ", since, f" ({incident.label}{phase})")


def not_known(incidents: OpenIncidents, requests: OpenRequests) -> Iterator[str]:
    """In sentences, what could not be read, so that nobody takes it for quiet."""
    if incidents.unread:
        yield f"Not read lately: {_listed([one.phrase for one in incidents.unread])}."
    if requests.unread:
        some = f"{requests.unread} request{'' if requests.unread == 1 else 's'}"
        yield f"I could not read {some} that I keep; my log names them."


def _changes(request: Request, database: Database) -> bool:
    """What is only read stays as it is."""
    touches = (one for one in request.step.touches if one.role is not Role.READS)
    return any(_is_of(database, one.target) for one in touches)


def _is_of(database: Database, target: Target) -> bool:
    own = database.target
    if (own.account, own.region) != (target.account, target.region):
        return False
    if own.kind is target.kind:
        return own.resource_id == target.resource_id or own.identifier == target.identifier
    return own.kind is Kind.CLUSTER and target.identifier in database.members


def _listed(phrases: Sequence[str]) -> str:
    shown = list(phrases[:UNREAD])
    if (left := len(phrases) - UNREAD) > 0:
        shown.append(f"{left} more")
    *first, last = shown
    return " and ".join(filter(None, (", ".join(first), last)))
