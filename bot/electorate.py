"""The people whose word matters for one request, read from the directory together."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.people import NAMED, Directory, Eligibility, Groups, approvers_among, eligible, members_of
from bot.values import Access, Line, Mention, Person, PersonId, Request, Span, Verdict

AT_ONCE = 10  #: people that are read together for advice
NOBODY = PersonId(team="", user="")


@dataclass(frozen=True)
class Electorate:
    people: tuple[Person, ...]
    groups: Groups
    own_team: str

    def person(self, who: PersonId) -> Person:
        return next(person for person in self.people if person.id == who)

    def knows(self, request: Request) -> bool:
        """Whether everybody who has voted by now is among the people that were read."""
        return {vote.person for vote in request.votes} <= {person.id for person in self.people}

    def judge(self, voter: Person, verdict: Verdict, request: Request) -> Eligibility:
        return eligible(
            voter,
            verdict,
            requester=self.person(request.requester),
            votes=request.votes,
            approvers=request.decision.approvers,
            groups=self.groups,
            own_team=self.own_team,
        )

    def standing(self, request: Request, approvers: Access) -> frozenset[PersonId]:
        """Those who could approve it now, as if nobody had voted yet."""
        found = approvers_among(
            self.people,
            requester=self.person(request.requester),
            approvers=approvers,
            groups=self.groups,
            own_team=self.own_team,
        )
        return frozenset(person.id for person in found)


async def read_electorate(
    directory: Directory, request: Request, also: Iterable[PersonId], asked_at: int
) -> Electorate:
    """The requester, whoever voted and ``also``, by reads that began at ``asked_at`` or later."""
    ids = {request.requester, *also, *(vote.person for vote in request.votes)}
    groups, people = await asyncio.gather(
        directory.groups(frozenset(request.decision.approvers.groups), asked_at),
        asyncio.gather(*(directory.person(one, asked_at) for one in ids)),
    )
    return Electorate(tuple(people), groups, directory.own_team)


async def known_electorate(directory: Directory, request: Request) -> Electorate:
    """Everybody who could approve the request, as last refreshed: advice, no more."""
    approvers = request.decision.approvers
    groups = await directory.known_groups(frozenset(approvers.groups))
    users = members_of(approvers, groups) | {request.requester.user}
    people = await _known_people(directory, users)
    return Electorate(people, groups, directory.own_team)


async def approvable(
    directory: Directory, requests: Sequence[Request], person: Person
) -> tuple[Request, ...]:
    """Those for which somebody's approval would count, as last refreshed: advice, no more."""
    named = (request.decision.approvers.groups for request in requests)
    groups = await directory.known_groups(frozenset[str]().union(*named))
    theirs = [
        one for one in requests if person.id.user in members_of(one.decision.approvers, groups)
    ]
    askers = list({request.requester for request in theirs})
    people = await asyncio.gather(*map(directory.known_person, askers))
    requesters = dict(zip(askers, people, strict=True))

    def counts(request: Request) -> bool:
        both = (requesters[request.requester], person)
        electorate = Electorate(both, groups, directory.own_team)
        return bool(electorate.judge(person, Verdict.APPROVE, request))

    return tuple(filter(counts, theirs))


async def who_may_approve(directory: Directory, request: Request) -> Line:
    """The people whose approval would count, as last refreshed, for a sentence."""
    electorate = await known_electorate(directory, request)
    return named(electorate.standing(request, request.decision.approvers))


async def standing_approvers(directory: Directory, approvers: Access) -> tuple[Person, ...]:
    """Those whose approval could count, whoever asks, as last refreshed: advice, no more."""
    groups = await directory.known_groups(frozenset(approvers.groups))
    people = await _known_people(directory, members_of(approvers, groups))
    return approvers_among(
        people,
        requester=NOBODY,
        approvers=approvers,
        groups=groups,
        own_team=directory.own_team,
    )


def named(ids: Iterable[PersonId]) -> Line:
    """The first few as mentions, and how many more there are."""
    people = sorted(ids, key=str)
    if not people:
        return ("nobody: see access.approvers in rds-bot.yml",)
    spans: list[Span] = [Mention(person=people[0])]
    for person in people[1:NAMED]:
        spans += [", ", Mention(person=person)]
    rest = len(people) - NAMED
    return (*spans, f" and {rest} more") if rest > 0 else tuple(spans)


async def _known_people(directory: Directory, users: Iterable[str]) -> tuple[Person, ...]:
    turns = asyncio.Semaphore(AT_ONCE)

    async def known(user: str) -> Person:
        async with turns:
            return await directory.known_person(PersonId(team=directory.own_team, user=user))

    return tuple(await asyncio.gather(*map(known, users)))
