"""From concerns to a digest: what is news, what stays the same, what is put off."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.values import Concern, micros
from storage.concerns import Told

#: An unchanged concern is told again after a week, a little less so that Monday's comes on Monday.
AGAIN = micros(timedelta(days=7) - timedelta(hours=2))


@dataclass(frozen=True)
class News:
    """``told`` is what is remembered from now on; a snoozed concern is not: then it is news."""

    concerns: tuple[Concern, ...]
    unchanged: int
    snoozed: int
    told: Mapping[str, Told]


def news(
    found: Iterable[Concern], told: Mapping[str, Told], snoozed: Collection[str], now: int
) -> News:
    """What of it is worth saying to who has heard what was ``told``."""
    listed = list(found)
    awake = [one for one in listed if one.key not in snoozed]
    shown: list[Concern] = []
    remembered: dict[str, Told] = {}
    for one in awake:
        earlier = told.get(one.key)
        is_same = earlier is not None and earlier.state == one.state
        if earlier is not None and is_same and now - earlier.at < AGAIN:
            remembered[one.key] = earlier
            continue
        shown.append(one.model_copy(update={"is_known": is_same}))
        remembered[one.key] = Told(one.state, now)
    return News(
        concerns=tuple(shown),
        unchanged=len(awake) - len(shown),
        snoozed=len(listed) - len(awake),
        told=remembered,
    )
