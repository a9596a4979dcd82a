"""What the rules say of one change on one database, as things stand now."""

from collections.abc import Iterator
from typing import Any

from bot.errors import SettingsError
from bot.fleet.inventory import Fleet
from bot.operation import Change
from bot.operations import CATALOGUE, load
from bot.policy import Case, assessed, decide, lowest_risk, protected, rule_for
from bot.policy.environments import classify, environments, strictness, weaker
from bot.policy.rules import Kept, stricter
from bot.settings import Settings
from bot.values import (
    Assessment,
    Classified,
    Database,
    Decision,
    Effect,
    Environment,
    Inventory,
    Looked,
    Plan,
    Request,
    Role,
    Target,
    Touch,
    Touched,
    Value,
    family_last_seen,
    touched_last_seen,
)


class Judged(Value):
    case: Case
    classified: Classified
    decision: Decision
    is_denied_by_rule: bool  #: a rule forbids it, as opposed to nobody being there to approve it


class Judge:
    """Raises SettingsError for a rule about no known change: it would never match."""

    def __init__(self, settings: Settings, fleet: Fleet) -> None:
        if problems := list(_unknown_operations(settings)):
            raise SettingsError(problems)
        self._settings = settings
        self._fleet = fleet
        self._protected = protected(settings.policy)
        #: What was said of requests, for as long as the fleet is as it was then: a Home asks it of
        #: each that is open, and there may be a thousand of them.
        self._ruled: tuple[Inventory, dict[int, Decision]] = (fleet.last_seen, {})

    @property
    def policy_hash(self) -> str:
        return self._settings.policy_hash

    def classify(self, database: Database) -> Classified:
        """For showing: by its family as the fleet last saw it."""
        return self._classified(family_last_seen(database, self._fleet.last_seen))

    def environments(self, database: Database) -> frozenset[Environment]:
        """All that speaks of it and of its family, as the fleet last saw them."""
        return self._environments(family_last_seen(database, self._fleet.last_seen))

    def judge(self, change: Change, looked: Looked, plan: Plan | None = None) -> Judged:
        """For deciding: by what AWS shows now, of all that the plan touches and its families.

        ``looked`` has them, as ``Accounts.reach`` gives it; there is no plan where none was made.
        """
        policy = self._settings.policy
        known = change.risk_for(looked.database)
        assessment = assessed(change, stricter(known, plan.assessment if plan else None), policy)
        case = self._case(change.name, assessment, looked)
        decision = decide(case, policy, self._settings.access.approvers)
        if decision.effect is not Effect.DENY and plan and (why := self._weakens(looked, plan)):
            decision = decision.model_copy(update={"effect": Effect.DENY, "reason": why})
        return Judged(
            case=case,
            classified=self._classified(looked),
            decision=decision,
            is_denied_by_rule=rule_for(case, policy).deny is not None,
        )

    def _weakens(self, looked: Looked, plan: Plan) -> str:
        """Why the data of a database would be less protected where it is copied to."""
        rules = self._settings.environments
        copies = (_made(looked.database, touch, plan) for touch in plan.touches)
        found = (weaker(looked, one, rules, self._protected) for one in copies if one)
        return next(filter(None, found), "")

    def forbids(self, change: type[Change], database: Database) -> bool:
        """Whether a rule denies such a change there, whatever else is said of it: for what is
        offered, by its family as the fleet last saw it and the lowest risk that it can have."""
        policy, looked = self._settings.policy, family_last_seen(database, self._fleet.last_seen)
        lowest = lowest_risk(change.name, change.risk, change.irreversible, policy)
        case = self._case(change.name, Assessment(risk=lowest, reasons=()), looked)
        return rule_for(case, policy).deny is not None

    def denied(self, target: Target) -> frozenset[str]:
        """The changes that a rule forbids for a database, as the fleet last saw it; of one that
        nobody sees all of them."""
        found = self._fleet.last_seen.database(target)
        changes = (one for one in CATALOGUE.values() if issubclass(one, Change))
        return frozenset(one.name for one in changes if found is None or self.forbids(one, found))

    def now(self, request: Request) -> Decision:
        """What the settings say of a request by now, for its database as the fleet last saw it.

        What it was judged by holds where it is stricter, and where nobody sees the database.
        """
        if self._ruled[0] is not self._fleet.last_seen:
            self._ruled = self._fleet.last_seen, {}
        inventory, known = self._ruled
        if request.id not in known:
            known[request.id] = self._ruling(request, inventory)
        return known[request.id]

    def _case(self, operation: str, assessment: Assessment, looked: Looked) -> Case:
        return Case(
            operation=operation,
            assessment=assessment,
            environment=self._classified(looked).environment,
            also=self._environments(looked),
            touched=tuple(map(_kept_of, looked.touched)),
            **dict(_kept(looked)),
        )

    def _ruling(self, request: Request, inventory: Inventory) -> Decision:
        step = request.step
        seen, beside = inventory.database(step.target), step.plan.beside(step.target)
        looked = family_last_seen(seen, inventory, beside) if seen else None
        touched = looked.touched if looked else touched_last_seen(beside, inventory)
        tags = request.facts.get("tags", {})
        gone = Kept(account=step.target.account, tags=tags, is_whole=False)
        case = Case(
            operation=request.operation,
            assessment=self._assessed(request),
            environment=self._strictest(request, looked),
            also=self._said(request, looked),
            touched=tuple(map(_kept_of, touched)),
            **dict(_kept(looked) if looked else gone),
        )
        return decide(case, self._settings.policy, self._settings.access.approvers)

    def _assessed(self, request: Request) -> Assessment:
        try:
            change = load(request.operation, request.step.params)
        except (LookupError, ValueError):  # of a version that knew it
            return request.assessment
        return assessed(change, request.assessment, self._settings.policy)

    def _strictest(self, request: Request, looked: Looked | None) -> Environment:
        before = request.classified.environment
        found = [before] if looked is None else [before, self._classified(looked).environment]
        return min(found, key=lambda one: strictness(one, self._protected))

    def _said(self, request: Request, family: Looked | None) -> frozenset[Environment]:
        before = frozenset({request.classified.environment})
        return before if family is None else before | self._environments(family)

    def _environments(self, looked: Looked) -> frozenset[Environment]:
        return environments(looked, self._settings.environments, self._protected)

    def _classified(self, looked: Looked) -> Classified:
        return classify(looked, self._settings.environments, self._protected)


def _kept(looked: Looked) -> Kept:
    return Kept(
        account=looked.database.target.account,
        tags=looked.database.tags,
        kin=tuple(one.database.tags for one in looked.kin),
        is_whole=not looked.unread,
    )


def _made(source: Database, touch: Touch, plan: Plan) -> Database | None:
    """What stands there afterwards, by itself: once it is on its own no family protects it."""
    if touch.role is not Role.MAKES:
        return None
    tags = {one["Key"]: one["Value"] for one in plan.call.arguments.get("Tags", ())}
    alone: dict[str, Any] = {"cluster": None, "members": (), "source": "", "replicas": ()}
    return source.model_copy(update={"target": touch.target, "tags": tags, **alone})


def _kept_of(touched: Touched) -> Kept:
    """Of one that could not be read only where it is."""
    if isinstance(touched.looked, Looked):
        return _kept(touched.looked)
    return Kept(account=touched.touch.target.account, is_whole=False)


def _unknown_operations(settings: Settings) -> Iterator[str]:
    changes = sorted(name for name, one in CATALOGUE.items() if issubclass(one, Change))
    named = [(f"policy.risk.{name}", name) for name in settings.policy.risk]
    for number, rule in enumerate(settings.policy.rules):
        named += [(f"policy.rules[{number}].operation", name) for name in rule.operation]
    for key, name in named:
        if name not in changes:
            there_are = ", ".join(changes)
            yield f'{settings.file}: {key}: no change is called "{name}"; there are {there_are}'
