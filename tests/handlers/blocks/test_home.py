"""One person's Home: in order, within Slack's limits, and inert whatever people wrote."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from bot.operations import CATALOGUE
from bot.values import (
    Access,
    Database,
    Environment,
    Incident,
    OpenIncidents,
    Origin,
    Request,
    Status,
    Unreachable,
    Unwatched,
    Usual,
)
from handlers.blocks.fleet import Health, health_of
from handlers.blocks.home import Home, Running, closed_home, home
from tests.handlers.blocks.judging import assert_view, parts, words
from tests.handlers.blocks.test_hostile_text import EXAMPLES, written
from tests.samples import (
    ANA,
    DORA,
    MINUTE,
    NOW,
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
    "Needs you: 1 request, 1 alarm",
    "Being handled",
    "Running now",
    "Your open requests",
    "Fleet",
    "Recently finished",
]


def an_incident(number: int = 1, **changes: Any) -> Incident:
    target = sample_target(identifier=f"db-{number}", resource_id=f"db-{number}")
    fields: dict[str, Any] = {
        "id": number,
        "key": f"alarm/{number}",
        "source": Origin.ALARM,
        "title": "CPU utilization above 80 %",
        "target": target,
        "place": "main/us-east-1",
        "environment": Environment.STAGING,
        "started_at": NOW,
        "fired_at": NOW,
    }
    return Incident(**{**fields, **changes})


def goes_on(*found: Incident, **changes: Any) -> OpenIncidents:
    return OpenIncidents(found=found, **changes)


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
        incidents=goes_on(
            *map(an_incident, range(1, 1 + copies)),
            an_incident(900, acknowledged_at=NOW, acknowledged_by=DORA),
        ),
        links={1: "https://example.slack.com/archives/C1/p1"},
    )


def titles(view: dict[str, object]) -> list[str]:
    return [str(part["text"]["text"]) for part in parts(view) if part.get("type") == "header"]


def test_it_shows_everything_in_order(snapshot: SnapshotAssertion) -> None:
    made = home(a_page())

    assert_view(made)
    assert titles(made) == TITLES
    assert made == snapshot


WELL = a_fleet(16)
CALM = "All calm: 16 databases, no alarms, nothing waits for you."


def test_a_calm_one_is_one_line_and_what_there_is_to_begin_with() -> None:
    page = Home(person=sample_person(), health=WELL, operations=tuple(CATALOGUE.values()))
    made = home(page)

    assert_view(made)
    assert words(made).startswith(f"*{CALM}* Snapshot… Reboot… Metrics… List")
    assert titles(made) == ["Fleet"]


@pytest.mark.parametrize(
    "changes",
    [
        {"waiting": [sample_of(Status.PENDING)]},
        {"incidents": goes_on(an_incident())},
        {"incidents": goes_on(an_incident(environment=None, target=None))},
        {"incidents": goes_on(an_incident(acknowledged_at=NOW, acknowledged_by=DORA))},
        {"incidents": goes_on(an_incident(snoozed_until=NOW, snoozed_by=DORA))},
        {"incidents": goes_on(unread=(Unwatched(what="the alarms", place="main/us-east-1"),))},
        {"incidents": goes_on(unread=(Unwatched(what="2 of the incidents that I keep"),))},
        {"incidents": goes_on(is_watched=False)},
        {"unread": 1},
        {"is_unsure": True},
        {"health": a_fleet(16, "storage-full")},
        {"health": Health()},
        {"health": health_of(
            [], (), [Unreachable(account="main", region="eu-west-1", why="AccessDenied")]
        )},
        {"health": replace(WELL, unreachable=("the clusters in main/us-east-1",))},
    ],
)  # fmt: skip
def test_nothing_that_needs_somebody_or_is_not_known_is_called_calm(changes: Any) -> None:
    made = home(replace(Home(person=sample_person(), health=WELL), **changes))

    assert_view(made)
    assert "calm" not in words(made)
    assert CALM in words(home(Home(person=sample_person(), health=WELL)))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"incidents": goes_on(unread=(Unwatched(what="the alarms", place="main/us-east-1"),))},
            "Not read lately: the alarms in main/us-east-1.",
        ),
        ({"unread": 2}, "I could not read 2 requests that I keep"),
        ({"is_unsure": True}, "I cannot tell whether requests wait for you"),
        ({"incidents": goes_on(is_watched=False)}, "No alarms are watched here"),
    ],
)
def test_what_could_not_be_read_is_said(changes: Any, said: str) -> None:
    assert said in words(home(replace(Home(person=sample_person(), health=WELL), **changes)))


def test_the_gravest_environment_comes_first_and_each_can_be_taken_care_of() -> None:
    mild, grave = an_incident(1), an_incident(2, environment=Environment.PRODUCTION)
    links = {2: "https://example.slack.com/archives/C1/p2"}

    made = home(Home(sample_person(), health=WELL, incidents=goes_on(mild, grave), links=links))

    lines = [one for one in parts(made) if one.get("accessory", {}).get("type") == "overflow"]
    choices = [[it["value"] for it in one["accessory"]["options"]] for one in lines]
    assert choices == [
        [
            f"incident.acknowledge {number}",
            f"query.run.metrics metrics db-{number}@123456789012/us-east-1",
        ]
        for number in (2, 1)
    ], "several are folded to a line each"
    assert f"<{links[2]}|I-2>" in lines[0]["text"]["text"]


def test_a_single_alarm_keeps_its_buttons() -> None:
    links = {1: "https://example.slack.com/archives/C1/p1"}
    made = home(Home(sample_person(), health=WELL, incidents=goes_on(an_incident()), links=links))

    buttons = [part for part in parts(made) if part.get("type") == "button"]
    assert [(one["action_id"], one["value"]) for one in buttons[:3]] == [
        ("incident.acknowledge", "1"),
        ("query.run.metrics", "metrics db-1@123456789012/us-east-1"),
        ("incident.open", "1"),
    ]
    assert buttons[2]["url"] == links[1]


def test_what_waits_for_this_person_stands_above_alarms_that_are_everybodys() -> None:
    burning = goes_on(*map(an_incident, range(1, 4)))
    said = words(home(Home(
        sample_person(DORA), waiting=[sample_of(Status.PENDING)], health=WELL, incidents=burning,
    )))  # fmt: skip

    assert said.index("Approve") < said.index("CPU utilization above 80 %")


def test_an_alarm_whose_words_no_menu_holds_keeps_its_buttons_below() -> None:
    wordy = [an_incident(n, shows="x" * 150) for n in (1, 2)]
    made = home(Home(sample_person(), health=WELL, incidents=goes_on(*wordy)))

    assert_view(made)
    acknowledged = [it["value"] for it in parts(made)
                    if it.get("action_id") == "incident.acknowledge"]  # fmt: skip
    assert acknowledged == ["1", "2"]


@pytest.mark.parametrize(
    ("roles", "says"),
    [
        (["viewer"], "You may look."),
        (["viewer", "requester"], "You may look and ask for changes."),
        (["viewer", "requester", "approver"], "You may look, ask for changes, approve and reject."),
    ],
)
def test_what_somebody_may_reads_as_a_sentence(roles: list[str], says: str) -> None:
    assert says in words(home(replace(a_page(), roles=roles)))


def test_a_line_of_the_fleet_names_what_burns_and_can_be_clicked() -> None:
    incidents = goes_on(
        an_incident(1), an_incident(2), an_incident(3, target=None, environment=None)
    )

    made = home(Home(sample_person(), health=WELL, incidents=incidents))

    assert "*staging*: 3, 2 alarms 🚨 db-1, db-2 List" in words(made)
    assert "🚨 CPU utilization above 80 % (I-3, main/us-east-1)" in words(made)


def test_approvers_whom_only_a_rule_names_find_what_waits_for_them() -> None:
    made = home(Home(person=sample_person(), waiting=[sample_of(Status.PENDING)]))

    assert titles(made)[0] == "Needs you: 1 request"


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
    page = Home(
        sample_person(timezone=long),
        waiting,
        waiting,
        running,
        a_fleet(9, long),
        waiting,
        incidents=goes_on(*(an_incident(n, title=long, place=long) for n in range(200))),
    )

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

    assert "production* (protected): 1, 1 not available" in said.replace("  ", " ")
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
