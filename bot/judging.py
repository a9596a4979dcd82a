"""What the rules say of one change on one database, as things stand now."""

from collections.abc import Iterator

from bot.environments import classify, strictness
from bot.errors import SettingsError
from bot.fleet import Fleet
from bot.operation import Change
from bot.operations import CATALOGUE, load
from bot.policy import Case, assessed, decide, protected, rule_for
from bot.settings import Settings
from bot.values import Assessment, Classified, Database, Decision, Looked, Request, Value
from bot.vocabulary import Environment


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

    @property
    def policy_hash(self) -> str:
        return self._settings.policy_hash

    def classify(self, database: Database) -> Classified:
        """For showing: a member is judged by its cluster's tags as the fleet last saw them."""
        cluster = self._fleet.last_seen.cluster_of(database)
        return self._classified(Looked(database=database, cluster=cluster))

    def judge(self, change: Change, looked: Looked) -> Judged:
        """For deciding: by what AWS shows now, of the database and of its cluster."""
        policy, database = self._settings.policy, looked.database
        classified = self._classified(looked)
        case = Case(
            operation=change.name,
            assessment=assessed(change, change.risk_for(database), policy),
            environment=classified.environment,
            account=database.target.account,
            tags=database.tags,
        )
        return Judged(
            case=case,
            classified=classified,
            decision=decide(case, policy, self._settings.access.approvers),
            is_denied_by_rule=rule_for(case, policy).deny is not None,
        )

    def now(self, request: Request) -> Decision:
        """What the settings say of a request by now, for its database as the fleet last saw it.

        What it was judged by holds where it is stricter, and where nobody sees the database.
        """
        seen = self._fleet.last_seen.database(request.step.target)
        case = Case(
            operation=request.operation,
            assessment=self._assessed(request),
            environment=self._strictest(request, seen),
            account=request.step.target.account,
            tags=request.facts.get("tags", {}) if seen is None else seen.tags,
        )
        return decide(case, self._settings.policy, self._settings.access.approvers)

    def _assessed(self, request: Request) -> Assessment:
        try:
            change = load(request.operation, request.step.params)
        except (LookupError, ValueError):  # of a version that knew it
            return request.assessment
        return assessed(change, request.assessment, self._settings.policy)

    def _strictest(self, request: Request, seen: Database | None) -> Environment:
        before = request.classified.environment
        found = [before] if seen is None else [before, self.classify(seen).environment]
        return min(found, key=lambda one: strictness(one, self._protected))

    def _classified(self, looked: Looked) -> Classified:
        rules = self._settings.environments
        return classify(looked.database, rules, self._protected, looked.cluster)


def _unknown_operations(settings: Settings) -> Iterator[str]:
    changes = sorted(name for name, one in CATALOGUE.items() if issubclass(one, Change))
    named = [(f"policy.risk.{name}", name) for name in settings.policy.risk]
    for number, rule in enumerate(settings.policy.rules):
        named += [(f"policy.rules[{number}].operation", name) for name in rule.operation]
    for key, name in named:
        if name not in changes:
            there_are = ", ".join(changes)
            yield f'{settings.file}: {key}: no change is called "{name}"; there are {there_are}'
