"""From concerns to a digest: what is news, what stays the same, what is put off."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.values import SECOND, Concern, Section, micros
from storage.tables.concerns import ToldState

#: An unchanged concern is told again after a week, a little less so that Monday's comes on Monday.
AGAIN = micros(timedelta(days=7) - timedelta(hours=2))


@dataclass(frozen=True)
class News:
    """``told`` is what is remembered from now on; a snoozed concern is not: then it is news."""

    concerns: tuple[Concern, ...]
    still: tuple[Concern, ...]  #: unchanged and left out, of what needs action
    unchanged: int
    snoozed: int
    told: Mapping[str, ToldState]


def news(
    found: Sequence[Concern],
    told: Mapping[str, ToldState],
    snoozed: Collection[str],
    now: int,
    *,
    weekly: bool = True,
) -> News:
    """What of it is worth saying to who has heard what was ``told``.

    ``weekly``: whether this is the first digest of its week, which tells what is told once in one.
    """
    timely = [one for one in found if weekly or not one.is_weekly]
    awake = [one for one in timely if not {one.key, one.handle} & set(snoozed)]
    shown: list[Concern] = []
    same: list[Concern] = []
    remembered = {} if weekly else {one: told[one] for one in _weekly_keys(found) if one in told}
    for one in awake:
        earlier = told.get(one.key)
        is_same = earlier is not None and earlier.state == one.state
        if earlier is not None and is_same and not one.is_weekly and now - earlier.at < AGAIN:
            remembered[one.key] = earlier
            same.append(one)
            continue
        shown.append(one.model_copy(update={"is_known": is_same}))
        remembered[one.key] = ToldState(one.state, now)
    return News(
        concerns=tuple(shown),
        still=tuple(one for one in same if one.section is Section.ACTION),
        unchanged=len(same),
        snoozed=len(timely) - len(awake),
        told=remembered,
    )


def begins_week(since: int | None, now: int, timezone: str) -> bool:
    """Whether no digest was posted in this week, from Monday on in that zone, before this one.

    ``since``: when the one before was; None: somebody asks for everything.
    """
    return since is None or _week(since, timezone) != _week(now, timezone)


def _week(at: int, timezone: str) -> tuple[int, int]:
    year, week, _ = datetime.fromtimestamp(at / SECOND, ZoneInfo(timezone)).isocalendar()
    return year, week


def _weekly_keys(found: Sequence[Concern]) -> Iterator[str]:
    return (one.key for one in found if one.is_weekly)
