"""What each person's Home shows, read when it is drawn, and told to Slack where it has changed."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog
from aiolimiter import AsyncLimiter
from slack_sdk.web.async_client import AsyncWebClient

from bot.desk import ServiceDesk, Services, usable
from bot.errors import DirectoryError
from bot.operations import CATALOGUE
from bot.policy import protected
from bot.policy.viewers import Sight
from bot.values import (
    Click,
    Incident,
    Inventory,
    Line,
    Message,
    OpenIncidents,
    Person,
    PersonId,
    Place,
    Request,
    Status,
    Unwatched,
    fingerprint,
)
from handlers.blocks.clicks import came_of
from handlers.blocks.elements import Payload
from handlers.blocks.fleet import Health, health_of
from handlers.blocks.home import Home, Running, closed_home, home
from handlers.delivery.links import Links
from handlers.directory import STALE
from handlers.slack_errors import PersonError, PlaceError
from storage.store import Store
from storage.tables.homes import EVERYBODY, HomeView

OPEN = 2000  #: requests that are looked through
ENDINGS = 10

log = structlog.get_logger()


def redrawn(person: PersonId) -> Message:
    """Has one person's Home drawn as things then stand."""
    return Message(
        place=Place.HOME,
        address=person.user,
        kind="home",
        body={"person": str(person)},
        key=f"home:{person.user}",
    )


async def redraw(store: Store, person: PersonId, click: Click | None = None) -> None:
    """The same by itself, with what came of their click at a request there."""
    async with store.write() as tx:
        if click is not None:
            await tx.note_click(person, click)
        await tx.post(redrawn(person))


@dataclass(frozen=True)
class Board:
    """What every Home shows a part of, as it stood at ``read_at``."""

    read_at: int
    waiting: tuple[Request, ...]  #: for people, or to be sent; newest first
    running: tuple[Running, ...]
    unread: int  #: open requests that are kept and cannot be read
    ended: tuple[Request, ...]
    health: Health
    incidents: OpenIncidents
    links: Mapping[int, str]  #: to the cards of incidents, by number


class Homes:
    """Fans out what changed to whoever looked at their Home lately, and publishes one Home."""

    def __init__(
        self,
        services: Services,
        client: AsyncWebClient,
        links: Links,
        clock: Callable[[], int],
        pause: float = 3.0,
    ) -> None:
        """``pause``: seconds from one look at everybody's Home to the next."""
        self._services = services
        self._client = client
        self._links = links
        self._clock = clock
        self._views = services.store.homes
        self._pace = AsyncLimiter(1, pause)
        self._board: Board | None = None
        self._known: dict[PersonId, Person] = {}
        self._judged: tuple[Inventory, Health] | None = None
        self._watched: tuple[Health, tuple[Unwatched, ...]] | None = None

    async def deliver(self, message: Message) -> None:
        """Raises what Slack and the directory raise: the outbox tries again."""
        if message.kind == EVERYBODY:
            async with self._pace:
                await self._look_after_all()
        else:
            as_of = message.body.get("as_of")
            await self._publish(message.address, PersonId.parse(message.body["person"]), as_of)

    async def look_at_fleet(self) -> None:
        """After it was read anew: whoever watches hears of it where its health has changed, or
        what is known of its alarms."""
        watched = self._health(), (await self._services.open_incidents()).unread
        if watched == self._watched:
            return
        self._watched = watched
        async with self._services.store.write() as tx:
            tx.stir_homes()

    async def _look_after_all(self) -> None:
        """Those whose Home would look different get a message of their own."""
        views = await self._views.lately()
        if not views:
            return
        board = await self._read()
        stale = [view for view in views if not await self._is_current(view, board)]
        if not stale:
            return
        async with self._services.store.write() as tx:
            for view in stale:
                message = redrawn(view.person)
                body = {**message.body, "as_of": board.read_at}
                await tx.post(message.model_copy(update={"body": body}))

    async def _is_current(self, view: HomeView, board: Board) -> bool:
        """False also for whom Slack does not say now who they are: that is tried again."""
        if view.view_hash is None:
            return False
        await asyncio.sleep(0)  # hundreds may be drawn without waiting for anything else
        try:
            person = self._known.get(view.person) or await self._meet(view.person)
            return fingerprint(await self._draw(person, board, view.click)) == view.view_hash
        except DirectoryError as error:
            log.info("homes.put_off", person=str(view.person), why=str(error))
            return False

    async def _publish(self, user: str, person: PersonId, as_of: int | None) -> None:
        found = await self._meet(person)
        if found.is_deactivated:
            await self._views.forget(person)
            return
        seen = await self._views.get(person)
        drawn = await self._draw(
            found, await self._board_as_of(as_of), seen.click if seen else None
        )
        mark = fingerprint(drawn)
        # views.publish is limited by the minute, and most changes show in few Homes.
        # https://docs.slack.dev/reference/methods/views.publish
        if seen is not None and seen.view_hash == mark:
            return
        try:
            await self._client.views_publish(user_id=user, view=drawn)
        except (PersonError, PlaceError) as error:  # nobody looks at that Home, now or ever
            log.info("homes.forgotten", person=str(person), why=error.why)
            await self._views.forget(person)
        else:
            await self._views.drawn(person, mark)

    async def _meet(self, person: PersonId) -> Person:
        """Remembered: a Home is compared as of whom they were when it was drawn, without a read."""
        found = self._known[person] = await self._services.directory.known_person(person)
        return found

    # -- what it shows -------------------------------------------------------------------------

    async def _draw(self, person: Person, board: Board, click: Click | None) -> Payload:
        sight = await self._services.sights.known(person)
        if not sight:
            return closed_home()
        ages = (board.read_at, board.read_at - STALE)
        desk, lately = (ServiceDesk(self._services, at, sight) for at in ages)
        pending = [one for one in board.waiting if one.status is Status.PENDING]
        roles = await lately.roles(person)
        return home(
            Home(
                person=person,
                waiting=await desk.waiting_among(pending, person),
                mine=[one for one in board.waiting if one.requester == person.id],
                running=[one for one in board.running if sight.sees(one.request)],
                incidents=_seen(board.incidents, sight),
                links=board.links,
                unread=board.unread,
                is_unsure=await desk.is_unsure_of(pending),
                health=board.health if sight.is_whole else self._health_in(sight),
                ended=[one for one in board.ended if sight.sees(one)],
                roles=[role for role, held in roles.items() if held],
                operations=[one for one in CATALOGUE.values() if usable(one, roles)],
                observes=self._services.settings.observe,
                clicked=await self._clicked(click, board, sight),
            )
        )

    async def _clicked(
        self, click: Click | None, board: Board, sight: Sight
    ) -> tuple[Request, Line] | None:
        """None also where that request cannot be read, or not be looked at any more."""
        if click is None:
            return None
        known = (*board.waiting, *(one.request for one in board.running), *board.ended)
        found = [one for one in known if one.id == click.request]
        found = found or list(await self._services.store.requests.of((click.request,)))
        seen = next(filter(sight.sees, found), None)
        return None if seen is None else (seen, came_of(click, seen))

    async def _board_as_of(self, read_at: int | None) -> Board:
        """The one that was read then, or a newer one; without an instant one that is read now."""
        board = self._board
        if board is None or read_at is None or board.read_at < read_at:
            return await self._read()
        return board

    async def _read(self) -> Board:
        requests, read_at = self._services.store.requests, self._clock()
        incidents = await self._services.open_incidents()
        standing = await requests.standing(OPEN)
        running = [one for one in standing.found if one.status is Status.RUNNING]
        self._board = Board(
            read_at=read_at,
            waiting=tuple(one for one in standing.found if one.status is not Status.RUNNING),
            running=tuple(await self._running(running)),
            unread=standing.unread,
            ended=await requests.endings(ENDINGS),
            health=self._health(),
            incidents=incidents,
            links=await self._linked(incidents.found),
        )
        return self._board

    async def _running(self, running: Sequence[Request]) -> list[Running]:
        requests = self._services.store.requests
        kinds = {(one.operation, one.classified.environment) for one in running}
        usual = {kind: await requests.usual(*kind) for kind in kinds}
        return [Running(one, usual[one.operation, one.classified.environment]) for one in running]

    async def _linked(self, incidents: Sequence[Incident]) -> dict[int, str]:
        found = [(one.id, await self._links.to(one.card)) for one in incidents if one.card]
        return {number: link for number, link in found if link}

    def _health(self) -> Health:
        """Judged once for each reading of the fleet."""
        inventory = self._services.fleet.last_seen
        if self._judged is None or self._judged[0] is not inventory:
            self._judged = (inventory, self._health_of(inventory))
        return self._judged[1]

    def _health_in(self, sight: Sight) -> Health:
        return self._health_of(sight.of(self._services.fleet.last_seen))

    def _health_of(self, inventory: Inventory) -> Health:
        judge, policy = self._services.judge, self._services.settings.policy
        found = [(one, judge.classify(one).environment) for one in inventory.databases]
        return health_of(found, protected(policy), inventory.unreachable)


def _seen(incidents: OpenIncidents, sight: Sight) -> OpenIncidents:
    found = tuple(filter(sight.sees_incident, incidents.found))
    return incidents.model_copy(update={"found": found})
