"""What a digest could not read, named: databases, figures and why."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from bot.digests._metrics import Found
from bot.settings._thresholds import METRICS
from bot.values import Database, Line, Reading, Series, Strong, Target

NAMED = 3  #: databases, and metrics, in one line


@dataclass
class _Gap:
    """What one place does not tell for one reason."""

    databases: dict[str, None] = field(default_factory=dict)
    metrics: dict[str, None] = field(default_factory=dict)
    is_whole: bool = False  #: of something not even a part is known


def gaps(databases: Sequence[Database], found: Sequence[Found]) -> Iterator[Line]:
    """A line for each account, region and reason."""
    known = {one.target: one for one in databases}
    groups: dict[tuple[str, str], _Gap] = {}
    for (target, metric), series in _unread(found):
        one = known[target]
        place = f"{one.account_name}/{target.region}"
        gap = groups.setdefault((place, series.unread), _Gap())
        gap.databases[one.name] = None
        gap.metrics[METRICS[metric].spoken if metric in METRICS else metric] = None
        gap.is_whole |= series.reading is Reading.UNREAD
    return (_line(place, why, gap) for (place, why), gap in groups.items())


def lacking(names: Iterable[tuple[str, Series | None]]) -> str:
    """``CPU of a, b and 2 more could not be read``, for a caption; empty: all was read."""
    lacks = list(dict.fromkeys(name for name, one in names if one is not None and one.unread))
    return f"{_listed(lacks)} could not be read, or only in part" if lacks else ""


def _unread(found: Sequence[Found]) -> Iterator[tuple[tuple[Target, str], Series]]:
    return ((key, series) for some in found for key, series in some.items() if series.unread)


def _line(place: str, why: str, gap: _Gap) -> Line:
    could = "could not be read" if gap.is_whole else "could be read only in part"
    return (
        f"CloudWatch did not tell all of {place}: ", Strong(text=_listed(list(gap.databases))),
        f" {could} ({_listed(list(gap.metrics))}). {why}",
    )  # fmt: skip


def _listed(names: Sequence[str]) -> str:
    left = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {left} more" if left > 0 else "")
