"""Which classes an instance may have: how they are typed, offered and asked for."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator

from bot.aws import AWS
from bot.errors import PreflightError
from bot.fleet.classes import Ratio, compared
from bot.fleet.names import near
from bot.operation._change import Option
from bot.params import Offered
from bot.values import Database


def _class(text: str) -> str:
    """``m6g.large`` is what people say for ``db.m6g.large``."""
    name = text.strip().lower()
    return name if name.startswith("db.") else f"db.{name}"


InstanceClass = Annotated[
    str,
    AfterValidator(_class),
    Offered(
        "Class",
        "CLASS",
        "For example db.m6g.large.",
        also=("DBInstanceClass", "DBClusterInstanceClass", "class", "size"),
    ),
]


async def class_options(aws: AWS, database: Database) -> Sequence[Option]:
    """What AWS offers it beside what it has, nearest first. Raises AWSError."""
    found = [one for one in await aws.classes(database) if one != database.instance_class]
    ratios = {one: compared(database.instance_class, one) for one in found}
    ordered = sorted(found, key=lambda one: _likely(ratios[one]))
    return [Option(one, one, _note(ratios[one])) for one in ordered]


async def orderable(aws: AWS, database: Database, wanted: str) -> str:
    """That AWS offers it, as a check that passed. Raises PreflightError where it does not."""
    found = await aws.classes(database)
    if wanted in found:
        return f"{wanted} can be ordered for {_engine(database)}"
    alike = near(wanted, found, limit=3)
    guess = f" Did you mean {' or '.join(alike)}?" if alike else ""
    raise PreflightError(
        f"AWS offers no {wanted} for {_engine(database)} here.{guess}",
        "instance_class",
    )


def _engine(database: Database) -> str:
    return f"{database.engine} {database.engine_version}".strip()


def _likely(ratio: Ratio | None) -> tuple[float, bool]:
    return ratio.nearness if ratio else (float("inf"), False)


def _note(ratio: Ratio | None) -> str:
    return ratio.spoken if ratio else "another family"
