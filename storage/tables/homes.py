"""Who has opened the bot's Home and what was drawn there, to redraw only what has changed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import RowMapping, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.values import SECOND, Click, Message, PersonId, Place, micros
from storage.engine import Connections, insert_into
from storage.tables import models, outbox
from storage.tables.rows import decoded, encoded_value, readable

#: Whoever has not looked for so long has to open their Home to see it change.
LATELY = micros(timedelta(days=30))
#: Changes within this time are drawn together.
GATHERING = 3 * SECOND
EVERYBODY = "homes"  #: the kind of the message that has every Home looked after

_row = models.home_views.c


@dataclass(frozen=True)
class HomeView:
    person: PersonId
    opened_at: int
    view_hash: str | None = None
    click: Click | None = None  #: their last one at a request there, since they opened it


class HomeViews:
    def __init__(self, connections: Connections, clock: Callable[[], int]) -> None:
        self._connections = connections
        self._clock = clock

    async def opened(self, person: PersonId) -> None:
        """Somebody looks at their Home now; what it showed no longer counts as drawn, and what
        came of their last click has been read."""
        seen = {"opened_at": self._clock(), "view_hash": None, "click": None}
        async with self._connections.begin() as connection:
            insert = insert_into(models.home_views, connection).values(person=str(person), **seen)
            await connection.execute(
                insert.on_conflict_do_update(index_elements=[_row.person], set_=seen)
            )

    async def drawn(self, person: PersonId, view_hash: str) -> None:
        """What their Home shows from now on."""
        statement = (
            update(models.home_views).where(_row.person == str(person)).values(view_hash=view_hash)
        )
        async with self._connections.begin() as connection:
            await connection.execute(statement)

    async def forget(self, person: PersonId) -> None:
        """Nobody keeps their Home up to date until they open it."""
        statement = delete(models.home_views).where(_row.person == str(person))
        async with self._connections.begin() as connection:
            await connection.execute(statement)

    async def get(self, person: PersonId) -> HomeView | None:
        """None where they never opened it, were forgotten since, or it cannot be read."""
        query = select(models.home_views).where(_row.person == str(person))
        async with self._connections.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return next(readable("home_views", rows, _value), None)

    async def since(self, opened_at: int) -> tuple[HomeView, ...]:
        """Homes that were opened at that instant or later, latest first."""
        query = (
            select(models.home_views)
            .where(_row.opened_at >= opened_at)
            .order_by(_row.opened_at.desc())
        )
        async with self._connections.read() as connection:
            rows = (await connection.execute(query)).mappings()
            return tuple(readable("home_views", rows, _value))

    async def lately(self) -> tuple[HomeView, ...]:
        """Those that are kept up to date."""
        return await self.since(self._clock() - LATELY)


async def stir(connection: AsyncConnection, now: int) -> None:
    """Has every Home looked after a little later; nothing where nobody has opened theirs lately."""
    looked = select(_row.person).where(_row.opened_at >= now - LATELY).limit(1)
    if (await connection.execute(looked)).first() is None:
        return
    message = Message(place=Place.HOME, address="*", kind=EVERYBODY, key=EVERYBODY)
    await outbox.post(connection, message, now, now + GATHERING)


async def note_click(connection: AsyncConnection, person: PersonId, click: Click) -> None:
    """Nothing where they never opened their Home."""
    noted = update(models.home_views).where(_row.person == str(person))
    await connection.execute(noted.values(click=encoded_value(click)))


def _value(row: RowMapping) -> HomeView:
    click = decoded(row["click"])
    return HomeView(
        PersonId.parse(row["person"]),
        row["opened_at"],
        row["view_hash"],
        None if click is None else Click.model_validate(click),
    )
