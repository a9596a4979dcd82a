"""What nobody will ask for any more goes by itself, from every table that forgets."""

from storage.store import Store
from storage.tables.inbox import Inbox, Incoming
from tests.storage.records import START, Clock


async def test_every_table_that_can_forget_is_tidied(database: Store) -> None:
    forgetful = {name for name, table in vars(database).items() if hasattr(table, "prune")}

    assert {type(table) for table in database._pruned} == {
        type(getattr(database, name)) for name in forgetful
    }


async def test_what_a_table_keeps_stays_for_as_long_as_it_says(
    database: Store, clock: Clock
) -> None:
    row = Incoming("e1", "command", {}, START)
    await database.inbox.take_in(row)
    await database.inbox.done("e1")

    clock.now = START + Inbox.KEPT
    await database.tidy()
    assert await database.inbox.take_in(row) is False

    clock.now += 1
    await database.tidy()
    assert await database.inbox.take_in(row) is True
