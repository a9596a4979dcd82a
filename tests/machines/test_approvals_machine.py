"""Whoever comes, goes and clicks: what starts was agreed to by enough people who count."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
)

from bot.sandbox.aws import AWSSandbox
from bot.sandbox.slack import Person
from bot.values import Status
from tests.conftest import CONFIG
from tests.machines.troupe import SHORT, Troupe, played

#: What is asked for, and how many must agree.
ASKS = {
    "reboot orders-test": 1,
    "reboot orders-staging --failover": 2,
    "reboot billing-staging": 1,
    "backup-window orders-dev 22:00-23:00": 1,
}
PEOPLE = ("ana", "ben", "dora", "emil", "pat", "dina")
#: Dina is Dora's second account.
SECOND = {"dina": "dora"}
people, asks = st.sampled_from(PEOPLE), st.sampled_from(sorted(ASKS))
STARTED = (Status.APPROVED, Status.RUNNING, Status.SUCCEEDED, Status.FAILED, Status.UNKNOWN)
HOUR = 3600


@dataclass
class Model:
    """A request as it should stand."""

    asker: str
    wanted: int
    asked_at: float
    approved_by: set[str] = field(default_factory=set)
    status: str = "pending"


def humans(accounts: set[str]) -> set[str]:
    return {SECOND.get(one, one) for one in accounts}


class ApprovalsMachine(RuleBasedStateMachine):
    requests = Bundle("requests")

    def __init__(self, aws: AWSSandbox, folder: Path) -> None:
        super().__init__()
        self.troupe = Troupe(aws, folder, CONFIG)
        second = Person("U0DINA0001", "dina", "Dora W.", "Dora+second@Example.com")
        self.troupe.stage.slack.workspace.add(second)
        self.troupe.stage.slack.workspace.join_channel("databases", "dina")
        self.group = {"dora", "emil"}
        self.models: dict[int, Model] = {}

    @rule(target=requests, asker=people, ask=asks)
    def asks(self, asker: str, ask: str) -> int:
        """What ran before has ended, so that nothing stands in its way."""
        self._passes(600)
        self._types(f"/rds {ask}", asker)
        known = self.troupe.requests()
        newest = known[0] if known else None
        if newest is not None and newest.id not in self.models:
            self.models[newest.id] = Model(asker, ASKS[ask], self.troupe.stage.clock())
        return newest.id if newest else 0

    @rule(request=requests, voter=people)
    def approves(self, request: int, voter: str) -> None:
        self._types(f"/rds approve RDS-{request}", voter)
        self._count(request, voter)

    @rule(request=requests, voters=st.sets(people, min_size=2, max_size=4))
    def approve_at_once(self, request: int, voters: set[str]) -> None:
        async def together() -> None:
            approve = f"/rds approve RDS-{request}"
            await asyncio.gather(*(self.troupe.play.types(approve, one) for one in sorted(voters)))

        self.troupe.run(together())
        if model := self._open(request):
            counting = {one for one in voters if self._counts(one, model)}
            model.approved_by |= self._first(counting, request)
            if counting and len(humans(model.approved_by & self.group)) >= model.wanted:
                model.status = "started"

    @rule(request=requests, voter=people)
    def rejects(self, request: int, voter: str) -> None:
        self._types(f"/rds reject RDS-{request} --reason no", voter)
        model = self._open(request)
        if model and self._counts(voter, model):
            model.status = "rejected"

    @rule(request=requests, person=people)
    def cancels(self, request: int, person: str) -> None:
        self._types(f"/rds cancel RDS-{request}", person)
        model = self._open(request)
        if model and person == model.asker:  # not by a second account
            model.status = "cancelled"

    @rule(person=st.sampled_from(PEOPLE[1:]))
    def joins_the_approvers(self, person: str) -> None:
        self.troupe.stage.slack.workspace.join_group("dbas", person)
        self.group.add(person)

    @rule(person=people)
    def leaves_the_approvers(self, person: str) -> None:
        self.troupe.stage.slack.workspace.leave_group("dbas", person)
        self.group.discard(person)

    @rule(hours=st.sampled_from((1, 30, 71, 73)))
    def time_passes(self, hours: int) -> None:
        self._passes(hours * HOUR)

    @rule()
    def the_bot_dies(self) -> None:
        self.troupe.crash()

    @invariant()
    def all_stands_as_it_should(self) -> None:
        for request in self.troupe.requests():
            model = self.models[request.id]
            if model.status == "started":
                assert request.status in STARTED, (request.label, request.status, model)
            else:
                assert request.status == model.status, (request.label, request.status, model)
                assert request.step.sent_at is None

    def teardown(self) -> None:
        try:
            self._passes(HOUR)
            started = [one for one in self.troupe.requests() if one.status in STARTED]
            for request in started:
                workspace = self.troupe.stage.slack.workspace
                names = {workspace.person(vote.person.user).name for vote in request.approvals}
                asker = workspace.person(request.requester.user).name
                agreed = humans(names) - humans({asker})
                assert len(agreed) >= request.decision.approvals
            self.troupe.run(self.troupe.play.bot.services.store.audit.verify())
        finally:
            self.troupe.close()

    def _count(self, request: int, voter: str) -> None:
        model = self._open(request)
        if model and self._counts(voter, model):
            model.approved_by.add(voter)
            if len(humans(model.approved_by & self.group)) >= model.wanted:
                model.status = "started"

    def _counts(self, voter: str, model: Model) -> bool:
        before = humans(model.approved_by | {model.asker})
        return voter in self.group and not humans({voter}) & before

    def _first(self, voters: set[str], request: int) -> set[str]:
        """Of two accounts that voted at once the one that was first, which nobody can foresee."""
        if not voters >= {"dora", "dina"}:
            return voters
        [known] = [one for one in self.troupe.requests() if one.id == request]
        workspace = self.troupe.stage.slack.workspace
        voted = {workspace.person(vote.person.user).name for vote in known.approvals}
        assert len(voted & {"dora", "dina"}) == 1 or known.status in STARTED
        return voters - ({"dora", "dina"} - voted)

    def _open(self, request: int) -> Model | None:
        model = self.models.get(request)
        return model if model and model.status == "pending" else None

    def _types(self, line: str, who: str) -> None:
        self.troupe.run(self.troupe.play.types(line, who))

    def _passes(self, seconds: float) -> None:
        self.troupe.run(self.troupe.play.later(seconds, steps=3))
        now = self.troupe.stage.clock()
        for model in self.models.values():
            if model.status == "pending" and now >= model.asked_at + 72 * HOUR:
                model.status = "expired"


@pytest.mark.timeout(200)
def test_only_what_enough_people_agreed_to_starts(found_aws: AWSSandbox, tmp_path: Path) -> None:
    played(lambda: ApprovalsMachine(found_aws, tmp_path), SHORT)
