"""How the actions of RDS are put together."""

from collections import Counter

from bot.sandbox.aws.rds import RDS


def test_no_part_of_rds_takes_the_helper_of_another() -> None:
    """They share one object, where a name that is given twice would silently be the first's."""
    ours = [part for part in RDS.__mro__ if part.__module__.startswith("bot.")]
    names = Counter(
        name
        for part in ours
        for name in vars(part)
        if name.startswith("_") and not name.startswith("__")
    )

    assert names
    assert [name for name, times in names.items() if times > 1] == []
