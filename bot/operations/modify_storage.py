import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from bot.aws import AWS
from bot.aws.declined import tells
from bot.errors import PreflightError
from bot.operation import MODIFY, Setting, Topic, Wanted
from bot.params import Parameter, Target
from bot.values import SECOND, Database, Kind, Risk, StorageOffer, micros

SIZE = re.compile(r"(\+?)(\d{1,6})\s*(%|gib|gb|g|tib|tb|t)?", re.IGNORECASE)
LEAST = 1.1  #: AWS rounds a smaller growth up to this
#: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.ModifyingExisting.html
COOLDOWN = micros(timedelta(hours=6))
FINISHED = ("RDS-EVENT-0017", "finished applying modification to")
FULL, OPTIMIZING = "storage-full", "storage-optimization"


def _size(text: str) -> str:
    match = SIZE.fullmatch(text.strip())
    if match is None:
        raise ValueError("a size reads 200, 200GiB, 1TiB, +50 or +20%")
    sign, number, unit = match.groups()
    if unit == "%":
        if not sign:
            raise ValueError("a percentage is a growth: say +20%")
        return f"+{number}%"
    times = 1024 if (unit or "").lower().startswith("t") else 1
    return f"{sign}{int(number) * times}"


Size = Annotated[
    str,
    AfterValidator(_size),
    Parameter(
        "Size", "SIZE", "GiB, or a growth: 200, 1TiB, +50, +20%.", also=("AllocatedStorage",)
    ),
]
Ceiling = Annotated[
    int,
    Field(ge=20, le=65_536),
    Parameter(
        "Ceiling", "GIB", "Up to which AWS grows it by itself.", also=("MaxAllocatedStorage",)
    ),
]
StorageType = Annotated[
    str, Parameter("Type", "TYPE", "gp3, gp2, io1 or io2.", also=("StorageType",))
]
Iops = Annotated[int, Field(ge=1), Parameter("IOPS", "N", "Reads and writes a second.")]
Throughput = Annotated[
    int, Field(ge=1), Parameter("Throughput", "N", "MiB a second.", also=("StorageThroughput",))
]


class ModifyStorage(Setting):
    """Grow the storage of a database, or change its type, IOPS, throughput or ceiling.

    Storage never shrinks again. AWS rounds a growth of less than 10 % up, and takes the next change
    six hours later at the earliest, and only once it has optimised the storage.
    """

    verb, name = "storage", "modify_storage"
    topic = Topic.SIZE
    also = ("grow",)
    risk = Risk.MEDIUM
    because = "AWS takes the next change of storage only hours later"
    of_cluster = True
    one_of = ("size", "type", "iops", "throughput", "ceiling")
    immediately = True
    begins_in = frozenset({"available", FULL})
    horizon = timedelta(hours=6)
    permissions = (*MODIFY, "rds:DescribeEvents", "rds:DescribeValidDBInstanceModifications")
    needless = (("ApplyImmediately", "It begins at once, as soon as it is approved."),)
    downtime = "none, but it may be slower while AWS optimises it"
    example = "storage orders-test 120 --reason '9 days of room left'"
    synonyms = (
        "grow+storage grow+disk increase+storage increase+disk increase+space expand+storage "
        "expand+disk extend+storage extend+disk add+storage add+disk add+space more+storage "
        "more+disk more+space bigger+disk"
    )

    target: Target
    size: Size | None = Field(default=None, json_schema_extra={"positional": True})
    type: StorageType | None = None
    iops: Iops | None = None
    throughput: Throughput | None = None
    ceiling: Ceiling | None = None

    def wanted(self, database: Database) -> tuple[Wanted, ...]:
        size = self.size and self._gib(database)
        asked = (
            Wanted("Storage", "storage_gib", "AllocatedStorage", size, "size", unit="GiB"),
            Wanted("Storage type", "storage_type", "StorageType", self.type, "type"),
            Wanted("IOPS", "iops", "Iops", self.iops, "iops"),
            Wanted("Throughput", "throughput", "StorageThroughput", self.throughput, "throughput",
                   unit="MiB/s"),
            Wanted("Ceiling", "storage_limit_gib", "MaxAllocatedStorage", self.ceiling, "ceiling",
                   unit="GiB"),
        )  # fmt: skip
        return tuple(one for one in asked if one.value)

    def is_reached(self, wanted: Wanted, current: Any) -> bool:
        """AWS may have grown it further by itself meanwhile."""
        if wanted.shown == "storage_gib":
            return current is not None and current >= wanted.value
        return super().is_reached(wanted, current)

    def cannot(self, database: Database) -> Mapping[str, str]:
        name, now = database.name, database.storage_gib or 0
        if database.is_aurora:
            return {"target": f"{name} is Aurora: its storage grows and shrinks by itself."}
        if not self.wanted(database):
            return {"size": "Say what to change: a size such as +20%, or --type, --iops, "
                    "--throughput or --ceiling."}  # fmt: skip
        if self.size and self._asked(now) < now:
            return {"size": f"{name} has {now} GiB, and storage never shrinks. Choose more."}
        if self.ceiling is not None and self.ceiling < ceil(now * LEAST):
            return {"ceiling": f"{name} has {now} GiB: a ceiling is at least 10 % more, "
                    f"{ceil(now * LEAST)} GiB."}  # fmt: skip
        if database.status == FULL and (self.type or self.iops or self.throughput):
            return {"size": f"{name} is out of storage: AWS takes more of it then, and nothing "
                    "else. Ask for the size alone."}  # fmt: skip
        if self._reshapes and database.status == OPTIMIZING:
            done = "" if database.optimized is None else f" ({database.optimized} % done)"
            return {"target": f"AWS still optimises the storage of {name}{done}, and takes no "
                    "other change of it before. That lasts hours, sometimes days."}  # fmt: skip
        return {}

    async def guards(self, aws: AWS, database: Database) -> tuple[str, ...]:
        if not self._reshapes:
            return ()
        await self._has_rested(aws, database)
        if database.target.kind is Kind.CLUSTER:
            return ("no change of its storage within six hours",)
        offer = _offer(await aws.storage_offers(database), self.type or database.storage_type)
        for parameter, value, spans in (
            ("size", self.size and self._gib(database), offer.gib),
            ("iops", self.iops, offer.iops),
            ("throughput", self.throughput, offer.throughput),
        ):
            if value and not any(least <= value <= most for least, most in spans):
                said = " or ".join(f"{least} to {most}" for least, most in spans) or "none"
                raise PreflightError(
                    f"AWS takes {said} of {parameter} with {offer.storage_type} for "
                    f"{database.name}, not {value}.", parameter,
                )  # fmt: skip
        return ("no change of its storage within six hours", "AWS offers it")

    def effect(self, database: Database) -> str:
        if [one.shown for one in self.wanted(database)] == ["storage_gib"]:
            return f"Grow the storage of {database.name} to {self._gib(database)} GiB"
        return super().effect(database)

    def warnings(self, database: Database) -> Iterator[str]:
        if self.size is None:
            return
        asked, gets = self._asked(database.storage_gib or 0), self._gib(database)
        if gets > asked:
            yield f"AWS rounds the growth up to 10 %: {gets} GiB instead of {asked}."
        yield f"Costs for {gets} GiB instead of {database.storage_gib} from now on: no way back."

    def undo(self, database: Database) -> str:
        if self.size is not None:
            return "Nothing undoes it: storage never shrinks."
        return super().undo(database)

    def before(self, database: Database) -> Mapping[str, str]:
        return {} if self.size is not None else super().before(database)

    @property
    def _reshapes(self) -> bool:
        """Whether AWS works on the disk: a ceiling alone is only a number."""
        return any((self.size, self.type, self.iops, self.throughput))

    def _asked(self, now: int) -> int:
        """GiB, before AWS rounds."""
        sign, number, unit = SIZE.fullmatch(self.size or "").groups()  # type: ignore[union-attr]
        if unit == "%":
            return ceil(now * (100 + int(number)) / 100)
        return now + int(number) if sign else int(number)

    def _gib(self, database: Database) -> int:
        """What AWS makes of it, frozen here: it rounds what is too little up.

        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.ModifyingExisting.html
        """
        now = database.storage_gib or 0
        asked = self._asked(now)
        if asked <= now or database.engine.startswith("sqlserver"):
            return asked
        return max(asked, ceil(now * 11 / 10))

    async def _has_rested(self, aws: AWS, database: Database) -> None:
        """Raises PreflightError where its storage was changed too short a while ago."""
        events = await aws.events(database.target, aws.now - COOLDOWN)
        changed = [one.at for one in events if tells(one, FINISHED) and "storage" in one.message]
        if changed:
            again = datetime.fromtimestamp((max(changed) + COOLDOWN) / SECOND, UTC)
            raise PreflightError(
                f"The storage of {database.name} was changed less than six hours ago. AWS takes "
                f"the next change from {again:%H:%M} UTC on."
            )


def _offer(offers: tuple[StorageOffer, ...], storage_type: str) -> StorageOffer:
    """Raises PreflightError where AWS does not offer that type."""
    for one in offers:
        if one.storage_type == storage_type:
            return one
    known = ", ".join(one.storage_type for one in offers) or "nothing else"
    raise PreflightError(f'AWS offers no storage type "{storage_type}" here, but {known}.', "type")
