"""One person's Home: in order, within Slack's limits, and inert whatever people wrote."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from bot.operations import CATALOGUE
from bot.values import Access, Database, Environment, Request, Status, Unreachable, Usual
from handlers.blocks.fleet import Health, health_of
from handlers.blocks.home import Home, Running, closed_home, home
from tests.handlers.blocks.judging import assert_view, parts, words
from tests.handlers.blocks.test_hostile_text import EXAMPLES, written
from tests.samples import (
    ANA,
    DORA,
    MINUTE,
    sample_database,
    sample_decision,
    sample_of,
    sample_person,
    sample_plan,
    sample_sent_step,
    sample_step,
    sample_target,
)

BYTES, BLOCKS = 250_000, 100
USUAL = Usual(median=2 * MINUTE, p90=4 * MINUTE)
TITLES = [
    "RDS Ops Bot",
    "Waiting for my approval",
    "My requests",
    "Running now",
    "Fleet",
    "Recent endings",
    "Settings",
    "What you can type",
]


def a_fleet(count: int, status: str = "available", name: str = "db") -> Health:
    found: list[tuple[Database, Environment]] = []
    for number in range(count):
        target = sample_target(identifier=f"{name}-{number}", resource_id=f"db-{number}")
        environment = list(Environment)[number % len(Environment)]
        found.append((sample_database(target=target, status=status), environment))
    return health_of(found, {Environment.PRODUCTION}, ())


def a_page(copies: int = 1, health: Health | None = None) -> Home:
    def each(status: Status) -> list[Request]:
        return [sample_of(status, id=1000 + number) for number in range(copies)]

    running = [Running(one, USUAL) for one in each(Status.RUNNING)]
    return Home(
        person=sample_person(DORA, timezone="Europe/Berlin"),
        waiting=each(Status.PENDING),
        mine=[*each(Status.APPROVED), *each(Status.UNKNOWN)],
        running=running,
        health=health or a_fleet(3),
        ended=[*each(Status.SUCCEEDED), *each(Status.FAILED), *each(Status.REJECTED)],
        roles=["viewer", "requester", "approver"],
        operations=(CATALOGUE["reboot_instance"], CATALOGUE["list_databases"]),
    )


def titles(view: dict[str, object]) -> list[str]:
    return [str(part["text"]["text"]) for part in parts(view) if part.get("type") == "header"]


def test_it_shows_everything_in_order(snapshot: SnapshotAssertion) -> None:
    made = home(a_page())

    assert_view(made)
    assert titles(made) == TITLES
    assert made == snapshot


def test_an_empty_one_says_so_in_words() -> None:
    made = home(Home(person=sample_person(), roles=["approver"]))

    assert_view(made)
    assert titles(made) == TITLES
    for told in ("Nothing waits for you.", "Nothing runs.", "I see no databases."):
        assert told in words(made)
    assert "No request waits for your approval, none of yours is open, none runs now." in words(
        made
    )


def test_who_approves_nothing_is_not_told_that_nothing_waits() -> None:
    made = home(Home(person=sample_person(), roles=["viewer", "requester"]))

    assert "Waiting for my approval" not in titles(made)
    assert "None of yours is open, none runs now." in words(made)


def test_approvers_whom_only_a_rule_names_find_what_waits_for_them() -> None:
    made = home(Home(person=sample_person(), waiting=[sample_of(Status.PENDING)]))

    assert titles(made) == TITLES


def test_guests_and_people_from_outside_read_one_polite_sentence() -> None:
    made = closed_home()

    assert_view(made)
    assert "Only full members of this workspace" in words(made)
    assert len(made["blocks"]) == 2


def test_a_thousand_databases_and_hundreds_of_requests_fit() -> None:
    made = home(a_page(200, a_fleet(1000, "storage-full", "n" * 60)))

    assert_view(made)
    assert len(made["blocks"]) <= BLOCKS
    assert len(json.dumps(made).encode()) <= BYTES
    assert "and 188 more: `/rds requests`" in words(made)
    assert "and 988 more: " in words(made)


def test_the_longest_texts_fit() -> None:
    long = "W" * 5000
    step = sample_step(plan=sample_plan(effect=long, downtime=long))
    waiting = [sample_of(Status.PENDING, id=n, step=step, reason=long) for n in range(200)]
    events = sample_sent_step(plan=sample_plan(effect=long))
    running = [Running(sample_of(Status.RUNNING, id=n, step=events)) for n in range(200)]
    page = Home(sample_person(timezone=long), waiting, waiting, running, a_fleet(9, long), waiting)

    made = home(page)

    assert_view(made)
    assert len(json.dumps(made).encode()) <= BYTES


@settings(EXAMPLES, max_examples=60)
@given(text=written, other=written, copies=st.sampled_from([0, 1, 13]))
def test_nothing_that_people_wrote_is_live_in_it(text: str, other: str, copies: int) -> None:
    step = sample_step(plan=sample_plan(effect=text, downtime=other))
    decision = sample_decision(approvers=Access(users=(DORA.user,)))
    waiting = [
        sample_of(Status.PENDING, id=n, step=step, reason=other, decision=decision)
        for n in range(copies)
    ]
    page = Home(
        person=sample_person(timezone=text),
        waiting=waiting,
        mine=waiting,
        running=[Running(sample_of(Status.RUNNING, step=sample_sent_step(plan=step.plan)), USUAL)],
        health=a_fleet(2, other, text or "db"),
        ended=waiting,
    )

    made = home(page)

    assert_view(made)
    assert len(made["blocks"]) <= BLOCKS


def test_what_cannot_be_used_is_named_and_places_out_of_reach_are_said() -> None:
    fine = sample_database()
    full = sample_database(
        target=sample_target(identifier="orders-prod"), status="storage-full", tags={}
    )
    health = health_of(
        [(fine, Environment.STAGING), (full, Environment.PRODUCTION)],
        {Environment.PRODUCTION},
        [Unreachable(account="analytics", region="eu-west-1", why="AccessDenied, request 77")],
    )

    said = words(home(Home(person=sample_person(), health=health)))

    assert "production (protected): 1 database, 1 not available" in said.replace("  ", " ")
    assert "orders-prod" in said
    assert "storage-full (production)" in said
    assert "analytics/eu-west-1" in said
    assert "request 77" not in said


def test_health_is_equal_where_only_the_time_of_looking_changed() -> None:
    seen = [(sample_database(seen_at=at), Environment.STAGING) for at in (1, 2)]

    assert health_of(seen[:1], (), ()) == health_of(seen[1:], (), ())


def test_cancel_stands_only_where_something_can_be_taken_back() -> None:
    mine = [sample_of(Status.PENDING, id=1), sample_of(Status.UNKNOWN, id=2)]

    made = home(Home(person=sample_person(ANA), mine=mine))

    buttons = [part for part in parts(made) if part.get("type") == "button"]
    assert [(one["action_id"], one["value"]) for one in buttons] == [("request.cancel", "1")]
