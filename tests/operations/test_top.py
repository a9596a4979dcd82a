"""The load of a database against its processors, in words."""

import pytest

from bot.operations.top import finding, headline
from bot.values import Load, Series, Share
from tests.samples import MINUTE, NOW, sample_database


def load(*sessions: float) -> Load:
    points = tuple((NOW + number * MINUTE, value) for number, value in enumerate(sessions))
    waits = (Share(name="Lock:transactionid", sessions=1.0),)
    return Load(sessions=Series(metric="DBLoad", unit="", points=points), waits=waits)


@pytest.mark.parametrize(
    ("sessions", "verdict"),
    [
        ((0.5, 1.5), "on 2 processors: enough"),
        ((0.5, 3.0), "on 2 processors: enough, but not at the peak"),
        ((2.5, 3.5), "on 2 processors: more than it can run at once"),
    ],
)
def test_more_sessions_than_processors_have_to_wait(
    sessions: tuple[float, ...], verdict: str
) -> None:
    given = load(*sessions)

    assert verdict in headline(sample_database(instance_class="db.m6g.large"), given)
    assert finding(given).endswith("Most of the load is Lock:transactionid.")


def test_of_a_serverless_one_nobody_says_what_is_enough() -> None:
    said = headline(sample_database(instance_class="db.serverless"), load(0.5))

    assert said == "fewer than 1 session active"


def test_a_load_that_could_be_read_only_in_part_is_enough_only_so_far() -> None:
    given = load(0.5, 1.5)
    sessions = given.sessions.model_copy(update={"unread": "It broke off."})
    said = headline(
        sample_database(instance_class="db.m6g.large"),
        given.model_copy(update={"sessions": sessions}),
    )

    assert "on 2 processors: enough, as far as it could be read" in said
