from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.operations.reboot_instance import RebootInstance
from bot.policy import (
    Case,
    Now,
    Worsening,
    assessed,
    decide,
    enough,
    protected,
    rule_for,
    still_approved,
)
from bot.settings import People, PolicySettings
from bot.values import (
    Access,
    Assessment,
    Call,
    Classified,
    Decision,
    Effect,
    Environment,
    Request,
    Risk,
    Status,
)
from tests.samples import (
    DORA,
    EVE,
    sample_database,
    sample_decision,
    sample_of,
    sample_person,
    sample_target,
    sample_vote,
)

APPROVERS = People(groups=("S0DBA",))
REST: Mapping[str, Any] = {"approvals": {"low": 0, "medium": 1, "high": 2}}


def rules(*rules: Mapping[str, Any], **policy: Any) -> PolicySettings:
    return PolicySettings.model_validate({"rules": rules, **policy})


def a_case(
    environment: str = "staging", risk: str = "medium", tags: Any = None, **more: Any
) -> Case:
    fields: dict[str, Any] = {
        "operation": "reboot_instance",
        "assessment": Assessment(risk=Risk(risk)),
        "environment": Environment(environment),
        "account": "123456789012",
        "tags": tags or {},
    }
    return Case(**fields | more)


@pytest.mark.parametrize(
    ("environment", "risk", "effect", "approvals"),
    [
        ("production", "low", Effect.DENY, 0),
        ("production", "high", Effect.DENY, 0),
        *((name, "low", Effect.ALLOW, 0) for name in ("staging", "test", "development")),
        *((name, "medium", Effect.APPROVE, 1) for name in ("staging", "sandbox", "poc")),
        *((name, "high", Effect.APPROVE, 2) for name in ("staging", "test", "development")),
    ],
)
def test_the_policy_as_shipped(environment: str, risk: str, effect: Effect, approvals: int) -> None:
    decision = decide(a_case(environment, risk), PolicySettings(), APPROVERS)

    assert (decision.effect, decision.approvals) == (effect, approvals)
    assert decision.protected is (environment == "production")


def test_a_denial_says_the_words_of_its_rule_and_names_it() -> None:
    decision = decide(a_case("production"), PolicySettings(), APPROVERS)

    assert decision.reason == (
        "Operations not allowed on production instances. Please create a CloudOps request."
    )
    assert decision.rule == "rule 1 of 2: environment is production"


def test_a_request_keeps_who_may_agree_and_how_long() -> None:
    decision = decide(a_case(), PolicySettings(), APPROVERS)

    assert decision == Decision(
        effect=Effect.APPROVE,
        approvals=1,
        rule="rule 2 of 2: everything else",
        reason="A change of medium risk needs 1 approval.",
        approvers=Access(groups=("S0DBA",)),
        expires_after=timedelta(hours=72),
        send_within=timedelta(hours=1),
    )


@pytest.mark.parametrize(
    ("condition", "case", "matches"),
    [
        pytest.param({"environment": ["test", "staging"]}, a_case("staging"), True, id="env"),
        pytest.param({"environment": "test"}, a_case("staging"), False, id="other env"),
        pytest.param({"operation": "reboot_instance"}, a_case(), True, id="operation"),
        pytest.param({"operation": "stop_instance"}, a_case(), False, id="other operation"),
        pytest.param({"account": "123456789012"}, a_case(), True, id="account"),
        pytest.param({"account": "210987654321"}, a_case(), False, id="other account"),
        pytest.param({"risk": ["medium", "high"]}, a_case(risk="high"), True, id="risk"),
        pytest.param({"risk": "low"}, a_case(risk="high"), False, id="other risk"),
        pytest.param({"tag": {"Team": "pay"}}, a_case(tags={"team": "PAY"}), True, id="tag"),
        pytest.param({"tag": {"Team": ["a", "b"]}}, a_case(tags={"Team": "b"}), True, id="either"),
        pytest.param({"tag": {"Team": "pay"}}, a_case(tags={"Team": "ops"}), False, id="value"),
        pytest.param({"tag": {"Team": "pay"}}, a_case(), False, id="no tag"),
        pytest.param(
            {"tag": {"Team": "pay", "Tier": "1"}}, a_case(tags={"Team": "pay"}), False, id="both"
        ),
        pytest.param(
            {"environment": "staging", "risk": "low"}, a_case("staging"), False, id="all of them"
        ),
    ],
)
def test_a_rule_matches_where_all_its_conditions_do(
    condition: dict[str, Any], case: Case, matches: bool
) -> None:
    policy = rules({**condition, "deny": "No."}, REST)

    assert (decide(case, policy, APPROVERS).reason == "No.") is matches
    assert (rule_for(case, policy) is policy.rules[0]) is matches


STRICTER_STAGING = rules(
    {"environment": "production", "approvals": 1},
    {"environment": "staging", "deny": "Frozen."},
    {"environment": "test", "approvals": 3},
    {"approvals": 0},
)


@pytest.mark.parametrize(
    ("environment", "also", "reason", "approvals"),
    [
        ("production", (), None, 1),
        ("production", ("production", "poc"), None, 1),
        ("production", ("production", "test"), None, 3),
        ("production", ("test", "staging"), "Frozen.", 0),
        ("poc", ("test",), None, 3),
    ],
)
def test_of_all_environments_that_are_said_the_one_whose_rule_demands_most_decides(
    environment: str, also: tuple[str, ...], reason: str | None, approvals: int
) -> None:
    case = a_case(environment, also=frozenset(map(Environment, also)))
    decision = decide(case, STRICTER_STAGING, APPROVERS)

    assert decision.approvals == approvals
    assert decision.reason == reason or reason is None
    milder = approvals == 1
    assert ("as one of its tags, its names or its family says" in decision.rule) is not milder


#: Ways to write the tag team=pay, each another one to AWS.
TEAM_PAY = [
    {"team": "pay"}, {"TEAM": "Pay"}, {"Team ": "pay"}, {" team": " PAY "}, {"te\u200bam": "pay"},
    {"\uff34eam": "\uff50ay"}, {"team\u00a0": "pay\u3000"},
]  # fmt: skip


@pytest.mark.parametrize("tags", TEAM_PAY, ids=ascii)
@pytest.mark.parametrize("condition", TEAM_PAY, ids=ascii)
def test_a_tag_is_the_same_however_it_is_written(tags: Any, condition: Any) -> None:
    policy = rules({"tag": condition, "deny": "No."}, REST)

    assert decide(a_case(tags=tags), policy, APPROVERS).reason == "No."


#: One key twice, another value of it in the family, or letters that only look like those of the
#: rule: it may hold, and may not.
CONTRADICTING = [
    a_case(tags={"Team": "pay", "team ": "ops"}),
    a_case(tags={"team": "ops", "TEAM": "pay"}),
    a_case(tags={"team": "pay"}, kin=({"Team": "ops"},)),
    a_case(tags={"team": "ops"}, kin=({"Team": "pay"}, {})),
    a_case(tags={}, kin=({"team": "pay"},)),
    a_case(tags={"team": "pay"}, is_whole=False),
    a_case(tags={"t\u0435am": "pay"}),
    a_case(tags={"Team": "p\u0430y"}),
    a_case(tags={"team": "pay", "t\u00e9am": "pay"}),
    a_case(tags={}, kin=({"team": "P\u00c4Y "},)),
    a_case(tags={"team": "pay"}, kin=({"t\u0435am": "ops"},)),
]


@pytest.mark.parametrize("case", CONTRADICTING)
@pytest.mark.parametrize(
    ("rule", "effect", "approvals"),
    [
        ({"deny": "No."}, Effect.DENY, 0),
        ({"approvals": 5}, Effect.APPROVE, 5),
        ({"approvals": 0}, Effect.APPROVE, 1),
    ],
    ids=["denies", "wants more", "wants fewer"],
)
def test_of_tags_that_contradict_each_other_the_stricter_holds(
    case: Case, rule: Any, effect: Effect, approvals: int
) -> None:
    decision = decide(case, rules({"tag": {"team": "pay"}, **rule}, REST), APPROVERS)

    assert (decision.effect, decision.approvals) == (effect, approvals)


@pytest.mark.parametrize(
    "case",
    [
        a_case(tags={"team": "pay"}, kin=({}, {"team": "PAY"})),
        a_case(tags={"team": "pay", "Team": "Pay "}),
    ],
)
def test_tags_that_agree_may_make_a_rule_milder(case: Case) -> None:
    policy = rules({"tag": {"team": "pay"}, "approvals": 0}, REST)

    assert decide(case, policy, APPROVERS).effect is Effect.ALLOW


def test_the_first_rule_that_matches_holds() -> None:
    policy = rules(
        {"environment": "staging", "risk": "high", "approvals": 3},
        {"environment": "staging", "deny": "No."},
        REST,
    )

    assert decide(a_case(risk="high"), policy, APPROVERS).approvals == 3
    assert decide(a_case(risk="low"), policy, APPROVERS).effect is Effect.DENY


def test_a_rule_is_named_by_its_conditions() -> None:
    rule = {
        "environment": ["staging", "test"],
        "operation": "reboot_instance",
        "tag": {"Team": ["pay", "ops"]},
        "risk": "medium",
        "deny": "No.",
    }

    decision = decide(a_case(tags={"Team": "ops"}), rules(rule, REST), APPROVERS)

    assert decision.rule == (
        "rule 1 of 2: environment is staging or test and operation is reboot_instance "
        "and tag Team is pay or ops and risk is medium"
    )


def test_a_rule_may_bring_its_own_people_and_times() -> None:
    own = {
        "approvals": 1,
        "approvers": {"users": ["U012"]},
        "expires_after": {"low": "8h", "medium": "4h", "high": "2h"},
        "send_within": "15m",
    }

    decision = decide(a_case(), rules({"risk": "medium", **own}, REST), APPROVERS)

    assert decision.approvers == Access(users=("U012",))
    assert decision.expires_after == timedelta(hours=4)
    assert decision.send_within == timedelta(minutes=15)


def test_times_come_from_the_policy_by_risk() -> None:
    policy = rules(
        REST, expires_after={"low": "72h", "medium": "24h", "high": "4h"}, send_within="30m"
    )

    decision = decide(a_case(risk="high"), policy, APPROVERS)

    assert decision.expires_after == timedelta(hours=4)
    assert decision.send_within == timedelta(minutes=30)


def test_approvals_that_nobody_could_give_are_a_denial_that_names_the_key() -> None:
    decision = decide(a_case(), PolicySettings(), None)

    assert decision.effect is Effect.DENY
    assert decision.approvals == 0
    assert "set access.approvers" in decision.reason


def test_without_approvers_what_needs_no_approval_is_allowed() -> None:
    assert decide(a_case(risk="low"), PolicySettings(), None).effect is Effect.ALLOW


@pytest.mark.parametrize(
    ("policy", "environments"),
    [
        pytest.param(PolicySettings(), "production", id="as shipped"),
        pytest.param(rules(REST), "", id="one rule for all"),
        pytest.param(rules({"environment": "test", "approvals": 1}, REST), "test", id="more"),
        pytest.param(
            rules({"environment": "test", "approvals": {"low": 0, "medium": 0, "high": 2}}, REST),
            "",
            id="fewer",
        ),
        pytest.param(
            rules({"environment": "test", "risk": "high", "approvals": 2}, REST),
            "",
            id="as many where it applies",
        ),
        pytest.param(
            rules({"environment": ["test", "poc"], "operation": "x", "deny": "No."}, REST),
            "test poc",
            id="denied for one operation",
        ),
        pytest.param(rules({"risk": "high", "deny": "No."}, REST), "", id="no environment named"),
        pytest.param(
            rules({"environment": ["test", "poc", "sandbox"], "approvals": 1}, {"deny": "No."}),
            "production staging development",
            id="the last rule denies",
        ),
    ],
)
def test_an_environment_is_protected_where_rules_are_stricter(
    policy: PolicySettings, environments: str
) -> None:
    assert protected(policy) == frozenset(map(Environment, environments.split()))


class Deletion(RebootInstance):
    irreversible = True
    risk = Risk.HIGH


@pytest.mark.parametrize(
    ("operation", "risk", "setting", "result", "reason"),
    [
        pytest.param(
            RebootInstance, "medium", "high", "high", "sets reboot_instance to high", id="up"
        ),
        pytest.param(
            RebootInstance, "medium", "low", "low", "sets reboot_instance to low", id="down"
        ),
        pytest.param(
            RebootInstance,
            "high",
            "low",
            "high",
            "but this case is riskier",
            id="raised by its state",
        ),
        pytest.param(
            Deletion,
            "high",
            "low",
            "high",
            "but what cannot be undone can only be raised",
            id="undoable",
        ),
    ],
)
def test_settings_move_the_risk_of_an_operation(
    operation: type[RebootInstance], risk: str, setting: str, result: str, reason: str
) -> None:
    policy = PolicySettings.model_validate({"risk": {"reboot_instance": setting}})

    found = assessed(operation(target="o"), Assessment(risk=Risk(risk), reasons=("why",)), policy)

    assert found.risk.value == result
    assert found.reasons[0] == "why"
    assert reason in found.reasons[1]


@pytest.mark.parametrize(
    "setting", [{}, {"create_snapshot": "high"}, {"reboot_instance": "medium"}]
)
def test_settings_for_other_operations_change_nothing(setting: dict[str, str]) -> None:
    assessment = Assessment(risk=Risk.MEDIUM, reasons=("why",))
    policy = PolicySettings.model_validate({"risk": setting})

    assert assessed(RebootInstance(target="o"), assessment, policy) == assessment


@pytest.mark.parametrize(
    ("people", "sentence"),
    [
        ([], "needs 2 approvals from people other than you, and nobody could give one"),
        ([sample_person(DORA)], "and only one person (dora) could give one"),
    ],
)
def test_a_request_that_can_never_be_approved_is_refused_at_once(
    people: list[Any], sentence: str
) -> None:
    shortage = enough(sample_decision(approvals=2), people)

    assert shortage is not None
    assert sentence in shortage
    assert "access.approvers" in shortage


def test_enough_approvers_are_enough() -> None:
    both = [sample_person(DORA), sample_person(EVE)]

    assert enough(sample_decision(approvals=2), both) is None
    assert enough(Decision(effect=Effect.ALLOW), []) is None
    assert enough(Decision(effect=Effect.DENY), []) is None


def an_approved(**changes: Any) -> Request:
    return sample_of(Status.APPROVED, **changes)


def now(**changes: Any) -> Now:
    """The facts as they were when the request was made."""
    request = an_approved()
    return replace(
        Now(
            case=a_case(risk="high"),
            decision=request.decision,
            call=request.step.plan.call,
            database=sample_database(),
            eligible=frozenset({DORA, EVE}),
        ),
        **changes,
    )


def worse(facts: Now, request: Request | None = None) -> dict[Worsening, str]:
    request = request or an_approved()
    return {one.code: one.sentence for one in still_approved(request, request.step, facts)}


def test_what_has_not_changed_may_go() -> None:
    assert worse(now()) == {}


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(now(case=a_case(risk="low")), id="lower risk"),
        pytest.param(now(case=a_case("development", "high")), id="milder environment"),
        pytest.param(now(decision=sample_decision(approvals=1)), id="fewer approvals"),
        pytest.param(now(decision=Decision(effect=Effect.ALLOW)), id="no approval"),
        pytest.param(
            now(decision=sample_decision(approvals=1), eligible=frozenset({DORA})),
            id="an approver lost who is no longer needed",
        ),
    ],
)
def test_what_got_better_may_go(facts: Now) -> None:
    assert worse(facts) == {}


@pytest.mark.parametrize(
    ("facts", "code", "sentence"),
    [
        pytest.param(
            now(database=sample_database(target=sample_target(resource_id="db-NEW"))),
            Worsening.RESOURCE,
            "it was db-ORDERSSTAGING and is db-NEW",
            id="another database of that name",
        ),
        pytest.param(
            now(database=sample_database(target=sample_target(region="eu-west-1"))),
            Worsening.RESOURCE,
            "orders-staging was in 123456789012/us-east-1, not",
            id="another region",
        ),
        pytest.param(
            now(
                call=Call(
                    action="rds:RebootDBInstance",
                    arguments={"DBInstanceIdentifier": "orders-staging", "Force": 1},
                )
            ),
            Worsening.CALL,
            "Force was absent and would be 1, ForceFailover was True and would be absent.",
            id="other arguments",
        ),
        pytest.param(
            now(call=Call(action="rds:StopDBInstance", arguments={})),
            Worsening.CALL,
            "The call was rds:RebootDBInstance and would be rds:StopDBInstance.",
            id="another action",
        ),
        pytest.param(
            now(decision=Decision(effect=Effect.DENY, rule="rule 1 of 2", reason="No.")),
            Worsening.DENIED,
            "is denied now (rule 1 of 2): No.",
            id="denied",
        ),
        pytest.param(
            now(decision=sample_decision(approvals=3, rule="rule 1 of 3")),
            Worsening.APPROVALS,
            "It needed 2 approvals and needs 3 now (rule 1 of 3).",
            id="more approvals",
        ),
        pytest.param(
            now(case=a_case("production", "high")),
            Worsening.ENVIRONMENT,
            "The environment was staging and is production now.",
            id="stricter environment",
        ),
        pytest.param(
            now(
                case=a_case("poc", "high"),
                decision=sample_decision(protected=True),
            ),
            Worsening.ENVIRONMENT,
            "The environment was staging and is poc now, which is protected.",
            id="protected environment",
        ),
        pytest.param(
            now(decision=sample_decision(protected=True)),
            Worsening.ENVIRONMENT,
            "Staging was not protected and is now.",
            id="newly protected",
        ),
        pytest.param(
            now(eligible=frozenset({EVE})),
            Worsening.APPROVERS,
            "It had 2 approvals and has 1 of 2 now, because somebody who approved may no longer do "
            "so. Ask again.",
            id="an approver lost",
        ),
    ],
)
def test_what_got_worse_is_not_sent(facts: Now, code: Worsening, sentence: str) -> None:
    found = worse(facts)

    assert list(found) == [code]
    assert sentence in found[code]


def test_a_higher_risk_is_not_sent_and_says_why() -> None:
    request = an_approved(assessment=Assessment(risk=Risk.MEDIUM, reasons=("it restarts",)))
    assessment = Assessment(risk=Risk.HIGH, reasons=("it restarts", "it has replicas"))

    found = worse(now(case=a_case(assessment=assessment)), request)

    assert found == {Worsening.RISK: "The risk was medium and is high now: it has replicas."}


def test_a_vote_for_another_plan_does_not_count() -> None:
    votes = (sample_vote(DORA), sample_vote(EVE, plan_hash="another"))

    found = worse(now(), an_approved(votes=votes))

    assert "has 1 of 2 now, because somebody who approved" in found[Worsening.APPROVERS]


def test_everything_that_got_worse_is_told() -> None:
    facts = now(
        case=a_case("production", "high"),
        decision=Decision(effect=Effect.DENY, reason="No.", protected=True),
    )

    assert set(worse(facts)) == {Worsening.DENIED, Worsening.ENVIRONMENT}


@given(
    environment=st.sampled_from(Environment),
    risk=st.sampled_from(Risk),
    stricter=st.sets(st.sampled_from(Environment)),
    wanted=st.integers(0, 3),
)
def test_what_is_judged_the_same_twice_never_got_worse(
    environment: Environment, risk: Risk, stricter: set[Environment], wanted: int
) -> None:
    named = {"environment": sorted(stricter), "approvals": wanted}
    policy = rules(*([named] if stricter else []), REST)
    case = a_case(environment.value, risk.value)
    decision = decide(case, policy, APPROVERS)
    request = an_approved(
        assessment=case.assessment,
        classified=Classified(environment=environment, rule="tag"),
        decision=decision,
        votes=tuple(sample_vote(person) for person in (DORA, EVE)[: decision.approvals]),
    )

    found = worse(now(case=case, decision=decision), request)

    assert set(found) <= ({Worsening.APPROVERS} if decision.approvals > 2 else set())
