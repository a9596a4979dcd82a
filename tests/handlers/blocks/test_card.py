"""A request's message, as it stands in each status."""

import json
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.values import (
    SECOND,
    Assessment,
    Call,
    Classified,
    Difference,
    Environment,
    Look,
    Outcome,
    Progress,
    Request,
    Risk,
    Role,
    Status,
    Strong,
    Touch,
    Turn,
    Usual,
)
from handlers.blocks.card import Standing, card, plain_card
from handlers.blocks.details import details
from handlers.blocks.notices import detailed
from handlers.blocks.phrases import state
from tests.handlers.blocks.judging import action_ids, assert_message, parts, words
from tests.samples import (
    EVE,
    NOW,
    sample_decision,
    sample_of,
    sample_plan,
    sample_request,
    sample_sent_step,
    sample_step,
    sample_target,
    sample_vote,
)

HOSTILE = (
    "<!channel> <!here> <@U00DORA> <https://evil.example|docs> `code` *bold* _it_ ~no~ :tada: "
    "\u202egnp.exe\u202c \u200b\u2066&amp; > quote\nRDS-1042 approved\r\n"
)
USUAL = Usual(median=80 * SECOND, p90=200 * SECOND)
BUTTONS = ["request.approve", "request.reject", "request.details", "menu.More"]


@pytest.mark.parametrize("status", list(Status))
def test_a_card_has_one_design_in_every_status(status: Status, snapshot: SnapshotAssertion) -> None:
    made = card(sample_of(status), Standing(who=("@dora, @eve",)), usual=USUAL)

    assert_message(made)
    assert made == snapshot


TOUCHES = (
    *(Touch(target=sample_target(identifier=f"orders-{n}"), role=Role.RESTARTS) for n in range(15)),
    Touch(target=sample_target(identifier="seed", region="eu-west-1"), role=Role.READS),
)


def test_what_else_it_touches_is_folded_on_the_card_and_whole_in_details() -> None:
    request = sample_request(step=sample_step(plan=sample_plan(touches=TOUCHES)))
    unknown = sample_of(
        Status.UNKNOWN, step=sample_sent_step(plan=sample_plan(touches=TOUCHES[:2]))
    )

    made, more = card(request), list(details(request))

    assert_message(made)
    folded = "Also restarts orders-0, orders-1, orders-2 and 12 more; Also reads seed@"
    assert folded in words(made)
    whole = ", ".join(f"orders-{n}" for n in range(15))
    assert f'"Also restarts {whole}"' in json.dumps(more)
    assert "nothing else changes orders-staging, orders-0, orders-1." in words(card(unknown))


def test_the_card_says_which_database_made_it_so_strict() -> None:
    rule = "tag Environment=dev, but it also restarts pay, which is production (tag Env=prod)"
    classified = Classified(environment=Environment.PRODUCTION, rule=rule)

    shown = words(card(sample_request(classified=classified)))

    assert "It counts as production: it also restarts pay, which is production" in shown


@pytest.mark.parametrize("status", list(Status))
def test_a_refused_card_can_be_sent_again_in_plain_blocks(
    status: Status, snapshot: SnapshotAssertion
) -> None:
    made = plain_card(sample_of(status))

    assert_message(made)
    assert action_ids(made) == action_ids(card(sample_of(status)))
    assert made == snapshot


@pytest.mark.parametrize("status", list(Status))
def test_every_form_of_a_card_keeps_rich_text_because_slack_lets_no_update_take_it_away(
    status: Status,
) -> None:
    request = sample_of(status, reason="")

    for made in (card(request), plain_card(request)):
        assert made["blocks"][0]["type"] == "rich_text"


def test_the_first_line_is_what_a_notification_shows() -> None:
    made = card(sample_request())

    assert made["text"] == (
        "Reboot orders-staging with failover: needs 2 approvals (staging, high risk) "
        "· RDS-1042, asked by <@U000ANA>"
    )
    assert "needs 2 approvals" in words(made)


def test_a_notification_never_shows_the_reason() -> None:
    rejected = sample_of(Status.REJECTED)

    assert "parameter group" not in card(sample_request())["text"]
    assert "during the sale" not in card(rejected)["text"]


def test_approvals_are_counted_with_who_gave_them() -> None:
    made = card(sample_request(votes=(sample_vote(EVE),)))

    assert "1 of 2" in words(made)
    assert EVE.user in str(made["blocks"])
    assert "needs 1 more approval " in made["text"]


@pytest.mark.parametrize(
    ("status", "buttons"),
    [
        (Status.PENDING, BUTTONS),
        (Status.APPROVED, ["request.details", "menu.More"]),
        (Status.RUNNING, ["request.details"]),
        (Status.SUCCEEDED, ["form.open.reboot_instance"]),  # the way back
        (Status.UNKNOWN, []),
        (Status.REJECTED, []),
    ],
)
def test_a_card_offers_what_can_still_be_done(status: Status, buttons: list[str]) -> None:
    made = card(sample_of(status))

    assert action_ids(made) == buttons
    about = [part for part in parts(made) if part.get("action_id", "").startswith("request.")]
    assert {part.get("value", "1042") for part in about} <= {"1042"}


def test_a_claimed_request_can_be_cancelled_until_it_is_sent() -> None:
    claimed = sample_of(Status.RUNNING, step=sample_step(claimed_at=NOW))

    assert "request.cancel 1042" in str(card(claimed))
    assert "about to be sent" in words(card(claimed))


def test_a_lost_answer_is_said_and_nothing_is_sent_again() -> None:
    progress = Progress(stage="waiting", detail="asking CloudTrail, which takes some minutes")
    lost = sample_sent_step(accepted_at=None, receipt=None, progress=progress)
    made = words(card(sample_of(Status.RUNNING, step=lost)))

    assert "AWS's answer was lost; I will not send it again." in made
    assert "asking CloudTrail" in made


def test_an_answer_that_may_still_come_is_not_called_lost() -> None:
    fresh = sample_sent_step(accepted_at=None, receipt=None, progress=None)
    made = words(card(sample_of(Status.RUNNING, step=fresh)))

    assert "Reboot orders-staging with failover: sent to AWS" in made
    assert "▓▓░░ step 2 of 4 · AWS's answer is on the way." in made
    assert "lost" not in made
    told = words(detailed(sample_of(Status.RUNNING, step=fresh)))
    assert "it cannot be cancelled any more" in told


def test_an_approved_request_says_when_it_expires_only_where_it_is_held() -> None:
    free = sample_of(Status.APPROVED, waits_for=None, not_before=None, send_by=NOW)
    held = sample_of(Status.APPROVED, waits_for=1041, not_before=None, send_by=NOW)
    later = sample_of(Status.APPROVED, waits_for=None, not_before=NOW, send_by=NOW)

    told = ["it expires" in words(card(request)) for request in (free, held, later)]
    assert told == [False, True, True]


@pytest.mark.parametrize("undo", ["Nothing undoes it.", "Nothing undoes it: it never shrinks."])
def test_what_nothing_undoes_has_no_way_back(undo: str) -> None:
    request = sample_request(step=sample_step(plan=sample_plan(undo=undo)))
    made = words(card(request))

    assert "Nothing undoes it" in made
    assert "Undo" not in made
    assert undo in words(detailed(request))
    assert "Undo:" not in words(detailed(request))
    assert "Undo:" in words(card(sample_request()))


def test_progress_is_a_bar_with_a_percentage_and_awss_own_status() -> None:
    made = words(card(sample_of(Status.RUNNING), usual=USUAL))

    assert "▓▓▓▓░░░░░░ 43 % · orders-staging is rebooting" in made
    assert "AWS accepted it after  2 s" in words(detailed(sample_of(Status.RUNNING)))
    assert "Usually it takes 1\N{EN DASH}3 min; expected to end by " in made


def test_without_a_percentage_the_bar_counts_steps() -> None:
    progress = Progress(stage="waiting", detail="orders-staging is rebooting")
    step = sample_sent_step(progress=progress)

    assert "▓▓▓░ step 3 of 4 · orders-staging is rebooting" in words(
        card(sample_of(Status.RUNNING, step=step))
    )


def test_what_takes_too_long_is_said_and_followed_on() -> None:
    late = sample_sent_step(evidence={"late": True})

    made = words(card(sample_of(Status.RUNNING, step=late), usual=USUAL))

    assert "It takes longer than expected;  I keep following." in made
    assert "Usually" not in made


def test_a_request_says_for_which_other_one_it_waits() -> None:
    made = card(sample_of(Status.APPROVED, waits_for=1041))

    assert "approved, waits for RDS-1041" in made["text"]
    assert "RDS-1041" in words(made)


def test_what_needed_no_approval_does_not_claim_to_be_approved() -> None:
    free = sample_of(Status.APPROVED, decision=sample_decision(approvals=0), votes=())

    assert "needs no approval, waiting to be sent" in card(free)["text"]


def test_a_later_send_time_is_shown() -> None:
    made = card(sample_of(Status.APPROVED, not_before=NOW))

    assert "It is sent " in words(made)


def test_an_unknown_outcome_says_how_to_settle_it() -> None:
    made = words(card(sample_of(Status.UNKNOWN)))

    assert "/rds settle RDS-1042 succeeded|failed --reason …" in made
    assert "nothing else changes orders-staging" in made


def test_what_failed_before_it_was_sent_says_that_nothing_was_sent() -> None:
    stale = sample_of(
        Status.FAILED,
        step=sample_step(settled_at=NOW),
        outcome=Outcome(code="stale", detail="orders-staging is now production"),
    )

    assert "failed, nothing was sent" in card(stale)["text"]


def test_a_reason_says_why_it_was_rejected_and_nothing_twice() -> None:
    made = card(sample_of(Status.REJECTED))

    assert "rejected  by   ·  not during the sale" in words(made)
    assert "Rejected:" not in words(made)
    assert "rejected by <@U000EVE> (staging" in made["text"]


@pytest.mark.parametrize(
    ("changes", "asks_again"),
    [
        ({"outcome": Outcome(code="refused.X", detail="AWS refused")}, True),
        ({"outcome": Outcome(code="not_sent", detail="it never arrived")}, True),
        ({"outcome": Outcome(code="ended_badly", detail="it is failed")}, False),
        ({"status": Status.EXPIRED}, True),
        ({"status": Status.SUCCEEDED}, False),
    ],
)
def test_only_what_changed_nothing_can_be_asked_for_again(
    changes: dict[str, Any], asks_again: bool
) -> None:
    made = words(card(sample_of(**{"status": Status.FAILED} | changes)))

    assert ("To ask again:" in made) is asks_again


def test_what_could_not_be_read_is_not_spoken_of() -> None:
    made = words(detailed(sample_request(facts={})))

    for absent in ("Connections", "Last backup", "Pending", "Replicas", "Members"):
        assert absent not in made


def test_a_database_without_any_backup_is_said_to_have_none() -> None:
    bare = {"last_snapshot": None, "latest_restorable_at": None}

    made = sample_request(facts=bare)

    assert "There is no backup: nothing can be restored" in words(card(made))
    assert "none; nothing can be restored" in words(detailed(made))


def test_members_are_named_with_their_cluster_and_who_writes() -> None:
    facts = {"cluster": "shop", "members": ["shop-1", "shop-2"], "writer": "shop-2"}

    assert "Members of shop:  shop-1, shop-2; shop-2 writes" in words(
        detailed(sample_request(facts=facts))
    )


def test_the_details_hold_what_the_decision_rests_on(snapshot: SnapshotAssertion) -> None:
    blocks = list(details(sample_request()))

    assert_message({"text": "Details", "blocks": blocks})
    assert blocks == snapshot


def test_differences_show_current_and_wanted_values() -> None:
    plan = sample_plan(
        differences=(Difference(what="Window", current="04:00-04:30", wanted="03:00-04:00"),)
    )
    made = words(card(sample_request(step=sample_step(plan=plan))))

    assert "Window:  04:00-04:30  →  03:00-04:00" in made


@pytest.mark.parametrize("status", list(Status))
def test_a_card_stays_within_slacks_limits_whatever_it_holds(status: Status) -> None:
    crowded = _crowded(status)

    made = card(crowded, Standing(who=tuple(Strong(text=HOSTILE) for _ in range(50))))

    assert_message(made)
    assert len(json.dumps(made, ensure_ascii=False)) < 13_200
    assert_message(plain_card(crowded))
    assert_message({"text": "Details", "blocks": list(details(crowded))})


def test_a_long_reason_is_cut_and_says_so() -> None:
    made = words(card(sample_request(reason="x" * 5000)))

    assert "… (cut)" in made


def test_many_warnings_are_counted() -> None:
    plan = sample_plan(warnings=tuple(f"warning {number}" for number in range(40)))

    crowded = sample_request(step=sample_step(plan=plan))
    assert "more under Details" in words(card(crowded))
    assert "and 35 more" in words(detailed(crowded))


def _crowded(status: Status) -> Request:
    name = "x" * 255
    difference = Difference(what=HOSTILE * 3, current=HOSTILE * 3, wanted=HOSTILE * 3)
    tags = [{"Key": f"{HOSTILE}{number}", "Value": "v" * 256} for number in range(50)]
    plan = sample_plan(
        effect=f"Reboot {name} {HOSTILE}",
        call=Call(action="rds:CreateDBSnapshot", arguments={"Id": name, "Tags": tags}),
        warnings=(HOSTILE * 5,) * 40,
        differences=(difference,) * 40,
        checks=(HOSTILE,) * 40,
        undo=HOSTILE * 10,
    )
    facts = {
        "status": HOSTILE,
        "engine": HOSTILE,
        "multi_az": True,
        "zone": HOSTILE,
        "account_name": HOSTILE,
        "pending": {f"p{number}": HOSTILE for number in range(100)},
        "replicas": [name] * 15,
        "members": [name] * 15,
        "writer": HOSTILE,
        "cluster": HOSTILE,
        "connections": 4200,
        "last_snapshot": {"name": HOSTILE, "at": NOW - SECOND},
        "latest_restorable_at": NOW,
    }
    step = sample_of(status).step.model_copy(update={"plan": plan})
    return sample_of(
        status,
        step=step,
        reason=(HOSTILE * 50)[:5000],
        command=f"/rds reboot {name} --reason '{HOSTILE * 20}'",
        assessment=Assessment(risk=Risk.HIGH, reasons=(HOSTILE,) * 20),
        facts=facts,
        outcome=Outcome(code="x", detail=HOSTILE * 30),
    )


WORSE = Look(minutes=15, turn=Turn.WORSE, said="Read latency rose from 0.6 ms to 3.1 ms.")


def looked(*looks: Look, status: Status = Status.SUCCEEDED) -> Request:
    return sample_of(status).model_copy(update={"looks": looks})


@pytest.mark.parametrize(
    ("looks", "sign", "says"),
    [
        ([], "white_check_mark", ""),
        ([Look(minutes=15, turn=Turn.SAME)], "white_check_mark", ""),
        ([Look(minutes=15, turn=Turn.BETTER)], "white_check_mark", ""),
        ([WORSE], "warning", ", worse 15 min later"),
        ([WORSE, WORSE.model_copy(update={"minutes": 60})], "warning",
         ", worse 15 min later, worse 60 min later"),
        ([WORSE, Look(minutes=60, turn=Turn.SAME)], "white_check_mark",
         ", worse 15 min later, as before 60 min later"),
        ([WORSE, Look(minutes=60, turn=Turn.UNREAD)], "warning",
         ", worse 15 min later, not known how it does 60 min later"),
        ([Look(minutes=15, turn=Turn.SAME), WORSE], "warning", ", worse 15 min later"),
        ([Look(minutes=15, turn=Turn.UNREAD)], "white_check_mark",
         ", not known how it does 15 min later"),
        ([Look(minutes=15, turn=Turn.UNKNOWN)], "white_check_mark",
         ", not known how it does 15 min later"),
        ([Look(minutes=15, turn=Turn.UNREAD), Look(minutes=60, turn=Turn.SAME)],
         "white_check_mark", ""),
    ],
)  # fmt: skip
def test_an_ended_card_says_how_its_database_did_since(
    looks: list[Look], sign: str, says: str
) -> None:
    request = looked(*looks)

    for made in (card(request), plain_card(request)):
        assert_message(made)
        assert all(one.spoken in words(made) for one in request.remarkable)
        assert state(request) in made["text"]
    assert state(request).endswith(says)
    assert bool(says) is ("later" in state(request))
    assert f"'name': '{sign}'" in str(card(request))


def test_what_failed_keeps_its_mark_and_tells_how_it_did_since() -> None:
    made = card(looked(WORSE, status=Status.FAILED))

    assert "'name': 'x'" in str(made)
    assert "⚠️ worse 15 min later: Read latency rose" in " ".join(words(made).split())


def test_what_is_said_of_the_time_since_is_shown_as_text_whatever_it_is() -> None:
    made = card(looked(WORSE.model_copy(update={"said": HOSTILE * 20})))

    assert_message(made)
    assert "\u202e" not in words(made)


@pytest.mark.parametrize(
    ("changes", "standing", "says"),
    [
        pytest.param({"facts": {"unread": ["connections"]}}, Standing(),
                     "Could not be read: how many are connected", id="unread"),
        pytest.param({"facts": {"connections": None}}, Standing(), "connections not counted",
                     id="nobody counted"),
        pytest.param({"facts": {"last_snapshot": None, "latest_restorable_at": None}}, Standing(),
                     "There is no backup", id="no backup"),
        pytest.param({"step": sample_step(plan=sample_plan(warnings=("AWS refuses this.",)))},
                     Standing(), "AWS refuses this", id="a warning"),
        pytest.param({"step": sample_step(plan=sample_plan(downtime=""))}, Standing(),
                     "downtime unknown", id="downtime nobody said"),
        pytest.param({"assessment": Assessment(risk=Risk.HIGH, reasons=("it has no backup",))},
                     Standing(), "High risk: it has no backup", id="raised risk"),
        pytest.param({}, Standing(changes=("It needs 2 now.",)), "Who decides has changed",
                     id="other deciders"),
        pytest.param({}, Standing(also=("RDS-7",)), "RDS-7 also waits for orders-staging",
                     id="another request"),
        pytest.param({}, Standing(also=("RDS-7", "RDS-8 (running)")),
                     "RDS-7 and RDS-8 (running) are also open for orders-staging",
                     id="others, of which one runs"),
        pytest.param({"reason": " \u200b "}, Standing(), "No reason given.", id="no reason"),
        pytest.param({"votes": (sample_vote(EVE),)}, Standing(counting=sample_request()),
                     "no longer counts: ", id="a lapsed vote"),
        pytest.param(
            {"classified": Classified(environment=Environment.PRODUCTION,
                                      rule="tag x, but what cannot be read counts as production")},
            Standing(), "What cannot be read of it counts as production", id="unread relative"),
    ],
)  # fmt: skip
def test_what_may_change_somebodys_mind_stays_on_the_card(
    changes: dict[str, Any], standing: Standing, says: str
) -> None:
    assert says in words(card(sample_request(**changes), standing))


@pytest.mark.parametrize(
    ("downtime", "says"),
    [
        ("none", "no downtime, 42 connections open"),
        ("none, but I/O may pause for seconds (Single-AZ)", "no downtime, but I/O may pause"),
        ("a minute or two; connections drop while it restarts",
         "down for 1\N{EN DASH}2 min, 42 connections drop"),
        ("one to five minutes; connections drop while it moves to another machine",
         "down for 1\N{EN DASH}5 min, 42 connections drop"),
        ("until 02:00 UTC. Then it is back", "down for until 02:00 UTC"),
    ],
)  # fmt: skip
def test_the_impact_is_one_line(downtime: str, says: str) -> None:
    plan = sample_plan(downtime=downtime)

    assert says in words(card(sample_request(step=sample_step(plan=plan))))


def test_nothing_stands_twice_on_a_card_that_waits() -> None:
    made = words(card(sample_request(), Standing(who=("@dora",))))

    once = ("staging, high risk", "RDS-1042", "new parameter group", "Impact", "Undo", "@dora")
    # The confirmation of a cancel is another surface.
    shown = made.partition("Cancel RDS-1042?")[0]
    assert {one: shown.count(one) for one in once} == dict.fromkeys(once, 1)


@pytest.mark.parametrize("status", list(Status))
def test_all_that_a_card_leaves_out_is_in_its_details(status: Status) -> None:
    made = words(detailed(sample_of(status)))

    for told in ("Downtime:", "Last backup:", "Pending modifications:", "Undo:", "because",
                 "rds:RebootDBInstance", "rule 2 of 2", "tag Environment=staging", "Checked:",
                 "/rds reboot orders-staging@main/us-east-1", "new parameter group"):  # fmt: skip
        assert told in made or status is Status.REJECTED, told
    assert made.count("because") == 1
