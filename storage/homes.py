"""Who has opened the bot's Home and what was drawn there, to redraw only what has changed."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import RowMapping, select, update

from bot.values import PersonId
from storage import models
from storage.engines import Connections, insert_into

_row = models.home_views.c


@dataclass(frozen=True)
class HomeView:
    person: PersonId
    opened_at: int
    view_hash: str | None = None


class HomeViews:
    def __init__(self, connections: Connections, clock: Callable[[], int]) -> None:
        self._connections = connections
        self._clock = clock

    async def opened(self, person: PersonId) -> None:
        """Somebody looks at their Home now."""
        now = self._clock()
        async with self._connections.begin() as connection:
            insert = insert_into(models.home_views, connection).values(
                person=str(person), opened_at=now
            )
            await connection.execute(
                insert.on_conflict_do_update(index_elements=[_row.person], set_={"opened_at": now})
            )

    async def drawn(self, person: PersonId, view_hash: str) -> None:
        """What their Home shows from now on."""
        statement = (
            update(models.home_views).where(_row.person == str(person)).values(view_hash=view_hash)
        )
        async with self._connections.begin() as connection:
            await connection.execute(statement)

    async def since(self, opened_at: int) -> tuple[HomeView, ...]:
        """Homes that were opened at that instant or later, latest first."""
        query = (
            select(models.home_views)
            .where(_row.opened_at >= opened_at)
            .order_by(_row.opened_at.desc())
        )
        async with self._connections.read() as connection:
            return tuple(map(_value, (await connection.execute(query)).mappings()))


def _value(row: RowMapping) -> HomeView:
    return HomeView(PersonId.parse(row["person"]), row["opened_at"], row["view_hash"])
