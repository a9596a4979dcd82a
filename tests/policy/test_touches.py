"""A change is judged by all that it touches, and the strictest of that holds."""

from dataclasses import replace
from typing import Any

import pytest

from bot.policy import Now, Worsening, decide, still_approved
from bot.policy.environments import classify, environments, weaker
from bot.policy.rules import Case, Kept, stricter
from bot.settings import EnvironmentSettings, People, PolicySettings
from bot.values import (
    Assessment,
    Database,
    Environment,
    Kin,
    Looked,
    Plan,
    Risk,
    Role,
    Status,
    Touch,
    Touched,
    Unread,
    locks,
    plan_hash,
)
from tests.samples import (
    DORA,
    EVE,
    sample_database,
    sample_of,
    sample_plan,
    sample_step,
    sample_target,
)

PRODUCTION = frozenset({Environment.PRODUCTION})
RULES = EnvironmentSettings()
APPROVERS = People(groups=("S0DBA",))
OTHER = "210987654321"
PLACE = "123456789012/us-east-1"


def database(name: str, environment: str = "", **more: Any) -> Database:
    tags = {"Environment": environment} if environment else {}
    target = sample_target(identifier=name, resource_id=f"db-{name.upper()}")
    return sample_database(target=target, tags=tags, **more)


def touching(name: str, role: Role = Role.CHANGES, **more: Any) -> Touch:
    fields = {"identifier": name, "resource_id": f"db-{name.upper()}"} | more
    return Touch(target=sample_target(**fields), role=role)


def seen(touched: Database | Unread, role: Role = Role.RESTARTS, *kin: Database) -> Touched:
    touch = touching("b", role)
    if isinstance(touched, Unread):
        return Touched(touch=touch, looked=touched)
    family = tuple(Kin(how="member", database=one) for one in kin)
    return Touched(touch=touch, looked=Looked(database=touched, kin=family))


@pytest.mark.parametrize(
    ("name", "environment", "is_weaker"),
    [
        ("copy", "production", False),
        ("copy", "", False),  # by default it is production
        ("copy", "staging", True),
        ("orders-dev", "", True),
    ],
)
def test_a_copy_is_never_less_protected_than_what_it_is_made_of(
    name: str, environment: str, is_weaker: bool
) -> None:
    looked = Looked(database=database("orders", "production"))
    patterns = [{"match": "-dev$", "environment": "development"}]
    rules = EnvironmentSettings.model_validate({"patterns": patterns})

    why = weaker(looked, database(name, environment), rules, PRODUCTION)

    assert bool(why) is is_weaker
    assert not why or ("orders, which is production" in why and f"{name} would be" in why)


def judged(environment: str, *touched: Touched) -> tuple[str, str]:
    looked = Looked(database=database("a", environment), touched=touched)
    found = classify(looked, RULES, PRODUCTION)
    assert found.environment in environments(looked, RULES, PRODUCTION)
    return found.environment.value, found.rule


UNREAD = Unread(what="b", why="AWS does not answer")
BESIDE = "tag Environment=dev, but it also restarts b, which is"


@pytest.mark.parametrize(
    ("touched", "environment", "rule"),
    [
        pytest.param(
            seen(database("b", "prod")), "production",
            f"{BESIDE} production (tag Environment=prod)", id="another one",
        ),
        pytest.param(
            seen(database("b", "dev"), Role.RESTARTS, database("c", "prod")), "production",
            f"{BESIDE} production (tag Environment=dev, but tag Environment=prod of member c is "
            "production, which is protected)", id="its family",
        ),
        pytest.param(
            seen(database("b")), "production",
            f"{BESIDE} production (default, because no tag, name or account says what it is)",
            id="nothing is said of it",
        ),
        pytest.param(
            seen(UNREAD), "production",
            f"{BESIDE} production (what cannot be read counts as that: AWS does not answer)",
            id="it cannot be read",
        ),
        pytest.param(
            seen(database("b", "poc"), Role.READS), "development", "tag Environment=dev",
            id="a milder one",
        ),
    ],
)  # fmt: skip
def test_the_strictest_of_all_that_is_touched_is_its_environment(
    touched: Touched, environment: str, rule: str
) -> None:
    assert judged("dev", touched) == (environment, rule)


def test_of_several_the_strictest_is_named() -> None:
    environment, rule = judged("dev", seen(database("b", "test")), seen(database("b", "staging")))

    assert (environment, rule) == ("staging", f"{BESIDE} staging (tag Environment=staging)")


FREELY = {"approvals": 0}


def reason(condition: dict[str, Any], own: Kept, *others: Kept, last: Any = FREELY) -> str:
    policy = PolicySettings.model_validate({"rules": [condition, last]})
    assessment, test = Assessment(risk=Risk.LOW), Environment.TEST
    case = Case(operation="x", assessment=assessment, environment=test, touched=others, **dict(own))
    return decide(case, policy, APPROVERS).reason


PLAIN, MARKED = Kept(account="123456789012"), Kept(account=OTHER, tags={"pci": "yes"})
UNKNOWN = Kept(account="123456789012", is_whole=False)


@pytest.mark.parametrize("condition", [{"tag": {"pci": "yes"}}, {"account": [OTHER]}])
def test_a_condition_of_one_denies_all_and_frees_none(condition: dict[str, Any]) -> None:
    denies, frees = {**condition, "deny": "No."}, {**condition, **FREELY}
    denied = {"deny": "Never."}

    assert reason(denies, PLAIN, MARKED) == reason(denies, MARKED, PLAIN) == "No."
    assert reason(denies, PLAIN, PLAIN) != "No."
    assert reason(frees, MARKED, PLAIN, last=denied) == "Never."
    assert reason(frees, PLAIN, MARKED, last=denied) == "Never."
    assert reason(frees, MARKED, MARKED, last=denied) != "Never."


def test_one_that_cannot_be_read_may_have_the_tag() -> None:
    assert reason({"tag": {"pci": "yes"}, "deny": "No."}, PLAIN, UNKNOWN) == "No."


LOW, HIGH = (Assessment(risk=risk, reasons=(risk.value,)) for risk in (Risk.LOW, Risk.HIGH))


@pytest.mark.parametrize(
    ("known", "looked_up", "risk", "reasons"),
    [
        (LOW, None, Risk.LOW, ("low",)),
        (LOW, HIGH, Risk.HIGH, ("low", "high")),
        (HIGH, LOW, Risk.HIGH, ("high",)),
        (LOW, LOW, Risk.LOW, ("low",)),
    ],
)
def test_what_looking_finds_can_only_raise_the_risk(
    known: Assessment, looked_up: Assessment | None, risk: Risk, reasons: tuple[str, ...]
) -> None:
    assert stricter(known, looked_up) == Assessment(risk=risk, reasons=reasons)


# -- what is locked, and what is approved ------------------------------------------------------


def plan(*touches: Touch) -> Plan:
    return sample_plan(touches=touches)


MADE = {"resource_id": "", "identifier": "New-One"}


@pytest.mark.parametrize(
    ("touches", "touched", "held"),
    [
        pytest.param((), (), ["db-A"], id="the target"),
        pytest.param(
            (touching("b", Role.RESTARTS),), (seen(database("b")),), ["db-A", "db-B"],
            id="another one, with the target",
        ),
        pytest.param(
            (touching("b"),), (seen(database("b", cluster="shop")),), ["cluster/shop", "db-A"],
            id="the cluster of another one",
        ),
        pytest.param((touching("b"),), (seen(UNREAD),), ["db-A", "db-B"], id="unread"),
        pytest.param(
            (touching("a", Role.READS), touching("", Role.MAKES, **MADE)), (),
            ["instance/new-one"], id="a copy that is made",
        ),
        pytest.param(
            (touching("b", Role.READS),), (seen(database("b"), Role.READS),), ["db-A"], id="read",
        ),
    ],
)  # fmt: skip
def test_all_that_is_not_only_read_is_locked(
    touches: tuple[Touch, ...], touched: tuple[Touched, ...], held: list[str]
) -> None:
    looked = Looked(database=database("a"), touched=touched)

    assert locks(looked, plan(*touches)) == tuple(f"{PLACE}/{one}" for one in held)


def test_what_is_approved_is_also_what_is_touched() -> None:
    """And of a plan that says nothing of it, what was approved before stays so."""
    plain, more = sample_step(), sample_step(plan=plan(touching("b")))

    assert plain.identity().keys() == {"target", "call"}
    assert plan_hash((plain,)) != plan_hash((more,))


def test_what_two_changes_share_brings_them_together() -> None:
    """A member and its cluster by their lock, and what one of them only reads by its name."""
    reading = sample_step(plan=plan(touching("b", Role.READS)))
    target = touching("b").target
    other = sample_step(target=target, lock="other")

    assert reading.meets(other)
    assert other.meets(reading)
    assert reading.reaches(target)
    assert not sample_step().meets(other)
    assert sample_step(locks=("x", "other")).meets(other)


# -- right before the send ---------------------------------------------------------------------


def worse(now: tuple[Touch, ...], *touched: Touched, held: tuple[str, ...] = ()) -> dict[str, str]:
    before = sample_step(plan=plan(touching("b", Role.RESTARTS)))
    request = sample_of(Status.APPROVED, step=before)
    votes = tuple(one.model_copy(update={"plan_hash": request.plan_hash}) for one in request.votes)
    request = request.model_copy(update={"votes": votes})
    case = Case(
        operation="x",
        assessment=request.assessment,
        environment=request.classified.environment,
        account="123456789012",
    )
    facts = Now(
        case=case,
        decision=request.decision,
        call=before.plan.call,
        database=sample_database(),
        eligible=frozenset({DORA, EVE}),
    )
    facts = replace(facts, touches=now, touched=touched, locks=held or before.locks)
    return {one.code: one.sentence for one in still_approved(request, before, facts)}


SAME = (touching("b", Role.RESTARTS),)
ANEW = database("b").model_copy(update={"target": touching("b", resource_id="db-NEW").target})


def test_what_touches_the_same_or_less_may_go() -> None:
    assert worse(SAME, seen(database("b"))) == {}
    assert worse(()) == {}


@pytest.mark.parametrize(
    ("found", "code", "sentence"),
    [
        pytest.param(
            worse(SAME, seen(ANEW)), Worsening.RESOURCE,
            "b, which it also restarts, is another database now: it was db-B and is db-NEW.",
            id="made anew",
        ),
        pytest.param(
            worse(SAME, seen(Unread(what="b", why="", is_gone=True))), Worsening.RESOURCE,
            "It also restarts b, which AWS does not show now.", id="gone",
        ),
        pytest.param(
            worse((*SAME, touching("c", Role.READS))), Worsening.TOUCHES,
            "It reads c as well now, which nobody agreed to.", id="another one",
        ),
        pytest.param(
            worse((touching("b", Role.CHANGES),)), Worsening.TOUCHES,
            "It changes b as well now, which nobody agreed to.", id="more is done to it",
        ),
        pytest.param(
            worse(SAME, held=("x",)), Worsening.TOUCHES,
            "It reaches more now than it holds: x. Ask again.", id="not locked",
        ),
    ],
)  # fmt: skip
def test_what_touches_more_is_not_sent(
    found: dict[str, str], code: Worsening, sentence: str
) -> None:
    assert found == {code: sentence}
