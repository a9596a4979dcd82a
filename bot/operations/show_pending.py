import asyncio
from collections.abc import Iterator

from bot.aws import AWS
from bot.errors import AWSError
from bot.fleet.maintenance import IMMEDIATE, NEXT_WINDOW, what, when
from bot.fleet.windows import window_words
from bot.operation import Change, Desk, Query, Topic
from bot.params import Target
from bot.values import (
    Answer,
    Button,
    Code,
    Database,
    Facts,
    Line,
    Maintenance,
    Paragraph,
    Person,
    Strong,
    asking,
    paragraph,
)

MAINTENANCE = "apply_maintenance"  #: the operation whose form the buttons open
ACTION_ID = 255  #: characters
OFFERED = 3  #: actions that have buttons
Found = tuple[Maintenance, ...] | AWSError


class ShowPending(Query):
    """Show what AWS will do to a database, and when.

    That is pending maintenance, of a cluster its members' too, and modifications that wait for the
    maintenance window.
    """

    verb, name = "pending", "show_pending"
    permissions = (
        "rds:DescribeDBInstances",
        "rds:DescribeDBClusters",
        "rds:DescribePendingMaintenanceActions",
    )
    topic = Topic.UPGRADES
    example = "pending orders-staging"

    target: Target

    async def answer(self, desk: Desk, person: Person) -> Answer:
        database, inventory = await desk.find(self.target), await desk.inventory()
        database = await desk.look(database)
        aws = desk.door(database, self.permissions)
        members = inventory.instances_of(database)
        all_ = (database, *(one for one in members if one.target != database.target))
        read = await asyncio.gather(*(_read(aws, one) for one in all_))
        found = dict(zip((one.name for one in all_), read, strict=True))
        change = desk.catalogue()[MAINTENANCE]
        may = issubclass(change, Change) and await desk.offers(change, database, person)
        return Answer(
            title=_title(database, found, all_),
            parts=(
                *(line for one in all_ for line in _lines(one, found[one.name], database, aws.now)),
                *filter(None, (_unlisted(inventory.unlisted(database)),)),
                Facts(pairs=tuple(_windows(database, person, aws.now))),
            ),
            buttons=tuple(_buttons(all_, found)) if may else (),
            hint=("Its settings: ", Code(text=f"/rds show {database.address}")),
        )


async def _read(aws: AWS, database: Database) -> Found:
    """Or why it could not be read: one of several must not hide the others."""
    try:
        return await aws.maintenance(database)
    except AWSError as error:
        return error


def _title(database: Database, found: dict[str, Found], all_: tuple[Database, ...]) -> str:
    known = [one for one in found.values() if not isinstance(one, AWSError)]
    count = sum(map(len, known)) + sum(len(one.pending) for one in all_)
    if len(known) < len(found):
        return f"{database.name}: not all that is pending could be read"
    if not count:
        return f"{database.name}: nothing is pending"
    return f"{database.name}: {count} pending"


def _lines(one: Database, found: Found, asked: Database, now: int) -> Iterator[Paragraph]:
    of: Line = (Strong(text=one.name), ": ") if one.name != asked.name else ()
    if isinstance(found, AWSError):
        yield paragraph("• ", *of, f"maintenance could not be read: {found}")
    else:
        for each in found:
            yield paragraph("• ", *of, f"{what(each)} ({each.action}). ", *when(each, now))
    for name, value in sorted(one.pending.items()):
        yield paragraph("• ", *of, f"{name} becomes {value} in the maintenance window.")


def _unlisted(why: str) -> Paragraph | None:
    return paragraph(why) if why else None


def _windows(database: Database, person: Person, now: int) -> Iterator[tuple[str, Line]]:
    yield "Maintenance window", (window_words(database.maintenance_window, person.timezone, now),)


def _buttons(all_: tuple[Database, ...], found: dict[str, Found]) -> Iterator[Button]:
    pairs = [
        (one, each)
        for one in all_
        if not isinstance(its := found[one.name], AWSError)
        for each in its
        if each.asked_for != IMMEDIATE
    ]
    for one, each in pairs[:OFFERED]:
        named = f" {each.action}" if len(pairs) > 1 else ""
        yield _form(f"Apply{named} now…", one, each, "now")
        if each.asked_for == NEXT_WINDOW:
            yield _form(f"Take{named} back…", one, each, "undo")
        else:
            yield _form(f"In the next window{named}…", one, each, "next-window")


def _form(label: str, database: Database, pending: Maintenance, at: str) -> Button:
    values = {"when": at, "action": pending.action}
    opens = asking(label, MAINTENANCE, database.target.typed, values=values)
    # Slack takes an action once in a row of buttons.
    named = f"{opens.action}.{at}.{pending.action}.{database.name}"
    return opens.model_copy(update={"action": named[:ACTION_ID]})
