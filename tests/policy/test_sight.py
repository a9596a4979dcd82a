"""Who sees which incident: the strictest of what it was and of what its database is now."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.fleet.inventory import Fleet
from bot.policy.viewers import Sight
from bot.values import Classified, Database, Environment, Incident, Inventory, Origin
from tests.samples import NOW, sample_database, sample_target

STAGING, PRODUCTION = Environment.STAGING, Environment.PRODUCTION


def sight(now: Environment, *environments: Environment, seen: bool = True) -> Sight:
    """Of somebody who may look at ``environments``; the database is of ``now``."""
    inventory = Inventory(databases=(sample_database(),) if seen else ())

    def classify(database: Database) -> Classified:
        return Classified(environment=now, rule="a test")

    fleet = cast(Fleet, SimpleNamespace(last_seen=inventory))
    return Sight(fleet, classify, frozenset(environments))


def incident(**changes: Any) -> Incident:
    fields: dict[str, Any] = {
        "key": "alarm/1", "source": Origin.ALARM, "title": "CPU", "target": sample_target(),
        "place": "main/us-east-1", "environment": STAGING, "started_at": NOW, "fired_at": NOW,
    }  # fmt: skip
    return Incident(**{**fields, **changes})


@pytest.mark.parametrize(
    ("one", "who", "sees"),
    [
        (incident(), sight(STAGING, STAGING), True),
        (incident(), sight(STAGING, PRODUCTION), False),
        # it was of staging, and its database is of production by now; and the other way round
        (incident(), sight(PRODUCTION, STAGING), False),
        (incident(environment=PRODUCTION), sight(STAGING, STAGING), False),
        # its database is gone
        (incident(), sight(PRODUCTION, STAGING, seen=False), True),
        # about no database that is known: perhaps about one that may not be seen
        (incident(target=None, environment=None), sight(STAGING, STAGING), False),
        (incident(target=None, environment=None), sight(STAGING, *Environment), True),
    ],
)  # fmt: skip
def test_an_incident_is_seen_by_whom_its_database_is(
    one: Incident, who: Sight, *, sees: bool
) -> None:
    assert who.sees_incident(one) is sees
