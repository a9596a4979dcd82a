"""What queries and controls ask: one desk a command, over the services of the bot."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Unpack

from bot.aws import AWS
from bot.aws.accounts import Accounts
from bot.digests import Digests
from bot.errors import DirectoryError
from bot.fleet.connection_limits import Ceilings
from bot.fleet.inventory import Fleet
from bot.fleet.limits import Ceiling
from bot.incidents import IncidentActions, open_incidents, siblings_of
from bot.monitoring import Monitoring, firing, happening, limits
from bot.monitoring._markers import Markers
from bot.operation import Change, Control, Operation, WantedRequests, WantedRows
from bot.operations import CATALOGUE
from bot.policy import lowest_risk, rules_for
from bot.policy.approvers import (
    approvable,
    known_electorate,
    named,
    standing_approvers,
    who_may_approve,
)
from bot.policy.eligibility import Directory, access_of, belongs, may_request, sight
from bot.policy.judge import Judge
from bot.policy.team_zone import Zone
from bot.policy.viewers import Sight, Sights
from bot.requests.approvals import Approvals
from bot.requests.cloudops import CloudOps
from bot.requests.trouble import trouble_at
from bot.settings import Settings
from bot.values import (
    Appointment,
    AuditEntry,
    Classified,
    Database,
    Digest,
    Environment,
    Incident,
    Inventory,
    Kind,
    Limit,
    Line,
    Measure,
    Observed,
    OpenIncidents,
    OpenRequests,
    Person,
    Range,
    Request,
    Series,
    Siblings,
    Status,
    Tally,
    Trouble,
    Window,
    folded,
    micros,
)
from storage.store import Store

#: Results that a person looking for trouble wants to see.
TROUBLE = (
    "denied", "refused", "rejected", "failed", "unknown", "expired", "ambiguous", "closed",
    "preflight", "no_approvers", "guest", "bot", "external", "deactivated", "self",
    "not_approver", "not_requester", "already", "limited", "deciding_tag", "not_viewer",
    "outruled", "not_cloudops",
)  # fmt: skip
#: What anybody may ask who is no full member: how to become one, and who I think they are.
OPEN_TO_ALL = frozenset({"help", "whoami"})
MOST = 20  #: requests, or audit rows, in an answer
OPEN = 2000  #: requests that have not ended, of which anything is told
WAITING = 200  #: requests, or audit rows, that are looked through for what concerns somebody
LOOKING = ("rds:DescribeDBInstances", "rds:DescribeDBClusters")
Health = Callable[[], Awaitable[tuple[tuple[str, Line], ...]]]


@dataclass(frozen=True)
class Services:
    """Everything that lives as long as the bot."""

    store: Store
    accounts: Accounts
    fleet: Fleet
    monitoring: Monitoring
    markers: Markers
    ceilings: Ceilings
    judge: Judge
    directory: Directory
    approvals: Approvals
    digests: Digests
    incidents: IncidentActions
    sights: Sights
    settings: Settings
    clock: Callable[[], int]
    health: Health
    zone: Zone  #: of what many people read
    cloudops: CloudOps

    async def open_incidents(self) -> OpenIncidents:
        """Of all that the bot looks at, whoever asks."""
        polling, areas = self.settings.polling, self.fleet.last_seen.areas
        is_watched = self.settings.channels.incidents is not None
        return await open_incidents(
            self.store, areas, self.clock(), polling.interval, is_watched=is_watched
        )

    async def trouble(self, request: Request) -> Trouble:
        """What burns where it is asked for, whoever asks."""
        incidents, inventory = await self.open_incidents(), self.fleet.last_seen
        return await trouble_at(self.store, inventory, incidents, request, self.clock())

    async def siblings(self, incident: Incident) -> Siblings:
        """What else burns around its database, whoever asks."""
        return siblings_of(incident, self.fleet.last_seen, await self.open_incidents())


@dataclass(frozen=True)
class ServiceDesk:
    services: Services
    received_at: int  #: when the command or click that is being answered was received
    sight: Sight  #: what whoever asks may look at
    channel: str = ""  #: where it was typed or clicked; empty: in no channel
    key: str = ""  #: of the inbox row that asks for it

    @property
    def observes(self) -> bool:
        return self.services.settings.observe

    async def inventory(self) -> Inventory:
        return self.sight.of(await self.services.fleet.inventory())

    async def find(self, name: str, kinds: frozenset[Kind] = frozenset(Kind)) -> Database:
        return await self.sight.find(name, kinds)

    async def look(self, database: Database) -> Database:
        aws = self.services.accounts.door(database.target, LOOKING)
        return await aws.database(database.target)

    def door(self, database: Database, permissions: tuple[str, ...]) -> AWS:
        return self.services.accounts.door(database.target, permissions)

    async def measure(self, measures: tuple[Measure, ...], window: Window) -> tuple[Series, ...]:
        return await self.services.monitoring.attempted(measures, window)

    async def firing(self, database: Database, metric: str) -> tuple[Line, ...]:
        alarms, unknown = await self.services.monitoring.alarms(database)
        about = (one for one in alarms if one.metric in ("", metric))
        return (*(line for one in about for line in firing(one)), *(one.said for one in unknown))

    async def firing_limits(self, database: Database, metric: str) -> tuple[Limit, ...]:
        alarms, _ = await self.services.monitoring.alarms(database)
        return limits(one for one in alarms if one.metric == metric)

    async def ceilings(self, database: Database) -> Mapping[str, Ceiling]:
        return await self.services.ceilings.within(database)

    async def observe(
        self,
        database: Database,
        span: Range,
        words: Sequence[str],
        zone: str,
        *,
        week_before: bool = False,
        everything: bool = False,
    ) -> Observed:
        monitoring, markers = self.services.monitoring, self.services.markers
        (alarms, unknown), marked, incidents = await asyncio.gather(
            monitoring.alarms(database),
            markers.of(database, monitoring.window(span)),
            self.services.store.incidents.open(),
        )
        # An alarm that fires is told by itself, with its figures.
        others = (
            one for one in incidents
            if one.concerns(database) and not (one.watched and alarms)
        )  # fmt: skip
        seen = await monitoring.observe(
            database, span, words, zone, week_before=week_before, everything=everything,
            alarms=alarms, known=(*map(happening, others), *unknown),
        )  # fmt: skip
        return seen.marked(marked)

    async def compare(
        self, databases: Sequence[Database], span: Range, word: str, zone: str
    ) -> Observed:
        return await self.services.monitoring.compare(databases, span, word, zone)

    async def tallies(self, span: timedelta) -> tuple[Tally, Tally]:
        figures, until, length = self.services.store.figures, self.services.clock(), micros(span)
        since = until - length
        return await asyncio.gather(
            figures.tally(since, until), figures.tally(since - length, since)
        )

    def classify(self, database: Database) -> Classified:
        return self.services.judge.classify(database)

    def environment(self, word: str) -> Environment | None:
        """Also behind the key of a tag that decides: all that is read as ``env=staging`` is it."""
        rules = self.services.settings.environments
        key, _, value = word.partition("=")
        return rules.read(value if folded(key) in map(folded, rules.tag_keys) else word)

    async def request(self, request_id: int) -> Request:
        found = await self.services.store.requests.get(request_id)
        self.sight.require(found)
        return found

    async def requests(
        self, *, limit: int = MOST, **wanted: Unpack[WantedRequests]
    ) -> tuple[Request, ...]:
        environments = None if self.sight.is_whole else self.sight.environments
        find = self.services.store.requests.find
        return await find(environments=environments, limit=limit, **wanted)

    async def open_requests(self) -> OpenRequests:
        environments = None if self.sight.is_whole else self.sight.environments
        return await self.services.store.requests.standing(OPEN, environments)

    async def open_incidents(self) -> OpenIncidents:
        found = await self.services.open_incidents()
        seen = tuple(filter(self.sight.sees_incident, found.found))
        return found.model_copy(update={"found": seen})

    async def offers(self, change: type[Change], database: Database, person: Person) -> bool:
        if database.target.kind not in change.kinds() or barred(change, database):
            return False
        if self.services.judge.forbids(change, database):
            return False
        return await self._may_ask(person)

    async def _may_ask(self, person: Person) -> bool:
        """As last refreshed: nobody who only looks waits for Slack."""
        access, directory = self.services.settings.access.requesters, self.services.directory
        requesters = access_of(access) if access else None
        groups = await directory.known_groups(frozenset(access.groups if access else ()))
        return bool(may_request(person, requesters, groups.read, directory.own_team))

    async def audit(
        self, *, limit: int = MOST, **wanted: Unpack[WantedRows]
    ) -> tuple[AuditEntry, ...]:
        actor, since = wanted.get("actor"), wanted.get("since")
        rows = await self.services.store.audit.rows(
            request_id=wanted.get("request_id"),
            actor=None if actor is None else str(actor),
            target=wanted.get("target"),
            results=TROUBLE if wanted.get("failed") else None,
            since=None if since is None else self.services.clock() - micros(since),
            limit=limit if self.sight.is_whole else max(limit, WAITING),
        )
        if self.sight.is_whole:
            return rows
        seen = await self._seen_by_name()
        return tuple(row for row in rows if row.event.target in seen)[:limit]

    async def _seen_by_name(self) -> frozenset[str]:
        """In the trail a cluster and an instance may go by one name: both have to be seen."""
        found: defaultdict[str, list[bool]] = defaultdict(list)
        for one in (await self.services.fleet.inventory()).databases:
            found[str(one.target)].append(self.sight.sees(one))
        return frozenset(name for name, sees in found.items() if all(sees))

    async def roles(self, person: Person) -> Mapping[str, bool | None]:
        access, directory = self.services.settings.access, self.services.directory
        named = filter(None, (access.requesters, access.approvers, access.admins))
        looking = access.viewers.all_groups if access.viewers else frozenset[str]()
        ids = looking.union(group for one in named for group in one.groups)
        groups = await directory.groups(ids, self.received_at)
        team = directory.own_team
        requesters = access_of(access.requesters) if access.requesters else None

        def held(judged: Callable[[], object]) -> bool | None:
            try:
                return bool(judged())
            except DirectoryError:
                return None

        return {
            "viewer": held(lambda: sight(person, access.viewers, groups, team)),
            "requester": held(lambda: may_request(person, requesters, groups, team)),
            "approver": held(lambda: belongs(person, access_of(access.approvers), groups, team)),
            "admin": held(lambda: belongs(person, access_of(access.admins), groups, team)),
        }

    async def who_may_approve(self, request: Request) -> Line:
        now = self.services.judge.now(request)
        return await who_may_approve(self.services.directory, request, now)

    async def counting(self, request: Request) -> Request:
        now = self.services.judge.now(request)
        electorate = await known_electorate(self.services.directory, request, now)
        return electorate.counting(request)

    async def waiting_for(self, person: Person) -> tuple[Request, ...]:
        """Pending requests that this person's approval would help, oldest first.

        As last refreshed: what to show, no permission. None where nothing is sent anyway.
        """
        find = self.services.store.requests.find
        pending = await find(status=(Status.PENDING,), limit=WAITING)
        return await self.waiting_among(pending, person)

    async def waiting_among(
        self, pending: Sequence[Request], person: Person
    ) -> tuple[Request, ...]:
        """The same of those ``pending``, which are the newest first."""
        if self.observes:
            return ()
        timely = [one for one in reversed(pending) if one.expires_at > self.received_at]
        ruling = self.services.judge.now
        return await approvable(self.services.directory, timely, person, ruling)

    async def is_unsure_of(self, pending: Sequence[Request]) -> bool:
        """Whether Slack does not tell now of a group that may approve one of them: whoever is in it
        may be waited for."""
        rulings = [(one.decision, self.services.judge.now(one)) for one in pending]
        accesses = (ruling.approvers for two in rulings for ruling in two)
        groups = frozenset(group for access in accesses for group in access.groups)
        return bool((await self.services.directory.known_groups(groups)).unread)

    async def agreement(self, change: type[Change]) -> tuple[Line, ...]:
        settings, directory = self.services.settings, self.services.directory
        lowest = lowest_risk(change.name, change.risk, change.irreversible, settings.policy)
        rules: list[Line] = [(rule,) for rule in rules_for(change.name, lowest, settings.policy)]
        approvers = await standing_approvers(directory, access_of(settings.access.approvers))
        who = named([person.id for person in approvers])
        risk = (f"Risk: {lowest}, or higher where the case raises it.",)
        return (risk, *rules, ("Approvers: ", *who))

    async def digest(self, environments: tuple[Environment, ...]) -> Digest:
        zone = await self.services.zone()
        here = self._here(self.sight.narrowed(environments), timezone=zone)
        return await self.services.digests.preview(here)

    async def post_digest(self, environments: tuple[Environment, ...], person: Person) -> Digest:
        zone = await self.services.zone()
        here = self._here(self._narrowed(environments), timezone=zone)
        return await self.services.digests.post(here, person, self.received_at, self.key)

    async def digests(self) -> tuple[Appointment, ...]:
        return await self.services.digests.appointments()

    async def schedule_digest(
        self, cron: str, timezone: str | None, environments: tuple[Environment, ...], person: Person
    ) -> Appointment:
        zone = timezone or self.services.settings.timezone or person.timezone
        wanted = self._here(self._narrowed(environments), cron=cron, timezone=zone)
        return await self.services.digests.schedule(wanted, person, self.received_at)

    async def remove_digest(self, schedule_id: str, person: Person) -> Appointment:
        return await self.services.digests.remove(schedule_id, person, self.received_at)

    def _here(
        self, environments: tuple[Environment, ...], cron: str = "", timezone: str = "UTC"
    ) -> Appointment:
        return Appointment(
            id="",
            channel=self.channel,
            cron=cron,
            timezone=timezone,
            title="Database digest",
            environments=environments,
        )

    def _narrowed(self, environments: tuple[Environment, ...]) -> tuple[Environment, ...]:
        """For a channel; whoever may look at nothing is refused there, which is audited."""
        return self.sight.narrowed(environments) if self.sight else environments

    def catalogue(self) -> Mapping[str, type[Operation]]:
        return CATALOGUE

    async def may_use(self, operation: type[Operation], person: Person) -> bool:
        """Whether the verb is worth showing to somebody; not a permission."""
        return usable(operation, await self.roles(person))

    async def health(self) -> tuple[tuple[str, Line], ...]:
        return await self.services.health()

    async def approve(self, request_id: int, person: Person) -> Request:
        return await self.services.approvals.approve(request_id, person.id, self.received_at)

    async def reject(self, request_id: int, person: Person, reason: str) -> Request:
        return await self.services.approvals.reject(request_id, person.id, self.received_at, reason)

    async def cancel(self, request_id: int, person: Person) -> Request:
        return await self.services.approvals.cancel(request_id, person.id)

    async def settle(self, request_id: int, person: Person, status: Status, reason: str) -> Request:
        return await self.services.approvals.settle(
            request_id, person, self.received_at, status, reason
        )


def usable(operation: type[Operation], roles: Mapping[str, bool | None]) -> bool:
    """Whether the verb is worth showing to somebody who holds ``roles``; not a permission."""
    if issubclass(operation, Change):
        return bool(roles["requester"])
    if issubclass(operation, Control) and operation.name != "cancel_request":
        return bool(roles["approver"] or roles["admin"])
    return bool(roles["viewer"]) or operation.name in OPEN_TO_ALL


def barred(change: type[Change], database: Database) -> bool:
    """Whether such a database takes none of them, whatever value is asked for; where more has to be
    said to know, the form says it."""
    if database.is_custom and not change.takes_custom:
        return True
    try:
        asked = change.model_validate({"target": database.address})
    except ValueError:
        return False
    return "target" in asked.barred(database)
