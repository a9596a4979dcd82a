"""Whoever asks how a database does reads of its open alarm before all else."""

import pytest

from bot.values import Environment, OpenIncidents, Phase, Unwatched
from handlers.errors import query_in
from handlers.parser import SentenceError
from handlers.suggestions import Reply, Seen, View, decided
from tests.handlers.blocks.test_incident import ACKNOWLEDGED, an_incident
from tests.samples import sample_database, sample_target

ORDERS, BILLING = (sample_target(identifier=one) for one in ("orders-staging", "billing-staging"))
FLEET = [Seen(sample_database(target=one), Environment.STAGING) for one in (ORDERS, BILLING)]
BURNS = OpenIncidents(found=(an_incident(target=ORDERS),))


def asked(said: str, incidents: OpenIncidents = BURNS) -> Reply:
    return decided(SentenceError("", said), View(FLEET, incidents=incidents))


@pytest.mark.parametrize(
    "said",
    ["why is orders-staging slow", "what's wrong with orders-staging", "is orders-staging ok?",
     "orders-staging hangs since this morning"],
)  # fmt: skip
def test_it_leads_with_the_alarm_and_its_buttons(said: str) -> None:
    reply = asked(said)

    assert "has an open alarm: CPU utilization above 80 %, since " in str(reply.alarms[0][1])
    chart, acknowledge = reply.first[:2]
    assert query_in(chart.value)
    assert (acknowledge.action, acknowledge.value) == ("incident.acknowledge", "7")
    assert reply.offers


def test_what_somebody_takes_care_of_is_said_so_and_not_offered_again() -> None:
    seen = an_incident(target=ORDERS, **ACKNOWLEDGED)

    reply = asked("why is orders-staging slow", OpenIncidents(found=(seen,)))

    assert Phase.ACKNOWLEDGED in str(reply.alarms[0])
    assert [one.label for one in reply.first] == ["Chart of the alarm"]


@pytest.mark.parametrize("said", ["why is billing-staging slow", "reboot orders-staging please"])
def test_another_database_and_a_change_have_no_alarm_before_them(said: str) -> None:
    assert asked(said).alarms == ()


def test_alarms_that_nobody_could_read_are_no_quiet_ones() -> None:
    silent = OpenIncidents(unread=(Unwatched(what="the alarms", place="main/us-east-1"),))

    reply = asked("is billing-staging ok?", silent)

    assert reply.alarms == (("Not read lately: the alarms in main/us-east-1.",),)
    assert reply.first == ()
