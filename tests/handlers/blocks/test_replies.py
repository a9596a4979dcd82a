"""Private replies: what was filed, problems, denials, dry runs."""

from syrupy.assertion import SnapshotAssertion

from bot.values import Classified, Environment
from handlers.blocks.cloudops import cloudops_request
from handlers.blocks.denied import denied
from handlers.blocks.dry_run import rehearsal
from handlers.blocks.error import Suggestion, problem
from handlers.blocks.receipt import filed
from tests.handlers.blocks.judging import action_ids, assert_message, parts, words
from tests.samples import sample_audit_row, sample_decision, sample_request

SENTENCE = "Operations not allowed on production instances. Please create a CloudOps request."


def test_beside_its_card_a_request_is_answered_in_two_lines(snapshot: SnapshotAssertion) -> None:
    made = filed(sample_request(card_channel="C0DATABASE"), "C0DATABASE", ("@dora, @eve",))

    assert_message(made)
    assert [block["type"] for block in made["blocks"]] == ["rich_text"]
    assert made == snapshot


def test_elsewhere_it_is_said_what_was_filed_and_where_its_card_is(
    snapshot: SnapshotAssertion,
) -> None:
    made = filed(sample_request(card_channel="C0APPROVALS"), "C0DATABASE", ("@dora, @eve",))

    assert_message(made)
    assert "Its card is in <#C0APPROVALS>." in words(made)
    assert made == snapshot


def test_a_problem_names_what_may_have_been_meant(snapshot: SnapshotAssertion) -> None:
    made = problem(
        'I don\'t know "rebot". Did you mean "reboot"?',
        [
            Suggestion("/rds reboot orders-test", "test, postgres"),
            Suggestion("/rds show orders", runs=True),
        ],
        "7f3a",
    )

    assert_message(made)
    assert made == snapshot


def test_a_problem_without_words_still_says_something() -> None:
    assert_message(problem(""))
    assert_message(
        problem("<!channel> " * 2000, [Suggestion("<!here>" * 100, "*" * 500, runs=True)] * 50)
    )


def test_a_denial_offers_the_cloudops_request(snapshot: SnapshotAssertion) -> None:
    rule = Classified(environment=Environment.PRODUCTION, rule="tag Environment=production")
    made = denied(SENTENCE, 77, rule)

    assert_message(made)
    assert made["text"] == f"Denied: {SENTENCE}"
    assert [part["value"] for part in parts(made) if "action_id" in part] == ["77"]
    assert made == snapshot


def test_a_cloudops_request_is_ready_to_send(snapshot: SnapshotAssertion) -> None:
    made = cloudops_request(sample_audit_row())

    assert_message(made)
    assert "aws rds reboot-db-instance --region us-east-1 --db-instance-identifier" in words(made)
    assert "parameter group" not in made["text"]
    assert "RDS-1" not in words(made)
    assert made == snapshot


def test_a_cloudops_request_is_written_although_no_call_could_be_planned() -> None:
    row = sample_audit_row(facts={"environment": "production", "call": None}, text="")

    assert_message(cloudops_request(row))
    assert "The call is not known" in words(cloudops_request(row))


def test_a_dry_run_says_what_would_happen_and_that_nothing_was_filed(
    snapshot: SnapshotAssertion,
) -> None:
    made = rehearsal(sample_request(), who=("@dora, @eve",), obstacle="Only 1 person could agree.")

    assert_message(made)
    assert "Nothing was filed." in made["text"]
    assert not action_ids(made)
    assert made == snapshot


def test_a_dry_run_of_what_needs_no_approval_says_so() -> None:
    free = sample_request(decision=sample_decision(approvals=0, rule=""))

    assert "none; it would be sent at once" in words(rehearsal(free))
