import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Any

from pydantic import AfterValidator

from bot.operation import MODIFY_CLUSTER, Setting, Topic, Wanted
from bot.params import Cluster, Parameter
from bot.values import Database, Risk

#: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html
LARGEST, LEAST_OF_MOST = 256, 1
_RANGE = re.compile(r"(\d{1,3}(?:\.[05])?)-(\d{1,3}(?:\.[05])?)", re.ASCII)


def _range(text: str) -> str:
    found = _RANGE.fullmatch(text)
    if found is None:
        raise ValueError("a range reads MIN-MAX in halves of a capacity unit, like 0.5-8")
    least, most = float(found[1]), float(found[2])
    if least > most or not LEAST_OF_MOST <= most <= LARGEST:
        raise ValueError("MIN is from 0 to MAX, and MAX from 1 to 256 capacity units")
    return _said((least, most))


def _said(range_: tuple[float, float]) -> str:
    return "-".join(f"{one:g}" for one in range_)


Range = Annotated[
    str,
    AfterValidator(_range),
    Parameter("Range", "MIN-MAX", "In capacity units, by halves, like 0.5-8; MIN 0 pauses it."),
]


class ModifyCapacity(Setting):
    """Set between which sizes an Aurora Serverless v2 cluster scales.

    In Aurora capacity units, by halves, from 0 to 256. With 0 it pauses when nobody is connected.
    """

    verb, name = "capacity", "modify_capacity"
    topic = Topic.SIZE
    risk = Risk.LOW
    because = "its size follows its load within the range"
    horizon = timedelta(minutes=60)
    permissions = MODIFY_CLUSTER
    needless = (("ApplyImmediately", "A range changes at once in any case."),)
    example = "capacity search-test 1-16 --reason 'the new index is larger'"
    synonyms = "acu serverless min+acu max+acu scale+serverless"

    target: Cluster
    range: Range

    def wanted(self, database: Database) -> tuple[Wanted, ...]:
        least, most = map(float, self.range.split("-"))
        what, argument = "Capacity", "ServerlessV2ScalingConfiguration"
        return (
            Wanted(what, "capacity", argument, (least, most), "range", unit="ACU", words=_said),
        )

    def arguments(self, database: Database) -> dict[str, Any]:
        least, most = map(float, self.range.split("-"))
        return {
            "ServerlessV2ScalingConfiguration": {"MinCapacity": least, "MaxCapacity": most},
        }

    def cannot(self, database: Database) -> Mapping[str, str]:
        if database.capacity is None:
            return {
                "target": f"{database.name} has no range to scale in: it is no cluster of Aurora "
                "Serverless v2. Change the class of its members instead."
            }
        return {}

    def warnings(self, database: Database) -> Iterator[str]:
        least, most = map(float, self.range.split("-"))
        if least == 0:
            yield "It pauses when nobody is connected; the next connection then waits for it."
        if database.capacity and most < database.capacity[1]:
            yield "Above the new maximum it gets slower, and takes fewer connections."
        if database.capacity and most > database.capacity[1]:
            yield f"Under load it may cost up to what {most:g} capacity units cost."
