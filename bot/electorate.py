"""The people whose word matters for one request, read from the directory together."""

import asyncio
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.errors import DirectoryError, UnknownPersonError
from bot.people import (
    NAMED,
    Directory,
    Eligibility,
    Groups,
    approvers_among,
    eligible,
    may_look,
    members_of,
)
from bot.values import Access, Line, Mention, Person, PersonId, Request, Span, Verdict

AT_ONCE = 10  #: people that are read together for advice
NOBODY = PersonId(team="", user="")


class Silent(NamedTuple):
    """Somebody of whom Slack does not tell now, with the sentence for people."""

    who: PersonId
    why: str


@dataclass(frozen=True)
class Electorate:
    """``unread``: of whom Slack does not tell now, with the sentence for people; they count for
    nothing as long as that is so."""

    people: tuple[Person, ...]
    groups: Groups
    own_team: str
    unread: Mapping[PersonId, str] = field(default_factory=dict)

    def person(self, who: PersonId) -> Person:
        return next(person for person in self.people if person.id == who)

    def knows(self, request: Request) -> bool:
        """Whether everybody who has voted by now is among the people that were read."""
        known = {person.id for person in self.people} | self.unread.keys()
        return {vote.person for vote in request.votes} <= known

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

    @property
    def silence(self) -> str:
        """What Slack does not tell now, in a sentence; empty where everything was read."""
        return next(iter((*self.unread.values(), *self.groups.unread.values())), "")

    def standing(self, request: Request, approvers: Access) -> frozenset[PersonId]:
        """Those who could approve it now, as if nobody had voted yet.

        Raises DirectoryError where the approvals of those who are known to are too few, and would
        not be with those of whom Slack does not tell now.
        """
        found = self.known_to_stand(request, approvers)
        agreed = {vote.person for vote in request.approvals}
        unsure = {one for one in agreed - found if self._may_stand(one, approvers)}
        sure, wanted = agreed & found, request.decision.approvals
        if len(sure) < wanted <= len(sure | unsure):
            raise DirectoryError(self.silence)
        return found

    def _may_stand(self, who: PersonId, approvers: Access) -> bool:
        """Whether only Slack's silence keeps somebody from counting."""
        silent = any(one in self.groups.unread for one in approvers.groups)
        if who not in self.unread:
            return silent and bool(may_look(self.person(who), self.own_team))
        return silent or who.user in members_of(approvers, self.groups)

    def known_to_stand(self, request: Request, approvers: Access) -> frozenset[PersonId]:
        """The same as far as it is known, for advice."""
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
    """The requester, whoever voted and ``also``, by reads that began at ``asked_at`` or later.

    Raises DirectoryError where Slack does not tell of the requester or of ``also``; of who voted
    earlier it need not.
    """
    needed = {request.requester, *also}
    earlier = {vote.person for vote in request.votes} - needed
    groups, people, voters = await asyncio.gather(
        directory.groups(frozenset(request.decision.approvers.groups), asked_at),
        asyncio.gather(*(directory.person(one, asked_at) for one in needed)),
        asyncio.gather(*(_attempted(one, directory.person(one, asked_at)) for one in earlier)),
    )
    read, unread = _parted(voters)
    return Electorate((*people, *read), groups, directory.own_team, unread)


async def known_electorate(directory: Directory, request: Request) -> Electorate:
    """Everybody who could approve the request, as last refreshed: advice, no more."""
    approvers = request.decision.approvers
    groups = await directory.known_groups(frozenset(approvers.groups))
    users = members_of(approvers, groups) | {request.requester.user}
    people, unread = await known_people(directory, users)
    return Electorate(people, groups, directory.own_team, unread)


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
    people, _ = await known_people(directory, (one.user for one in askers))
    requesters = {one.id.user: one for one in people}

    def counts(request: Request) -> bool:
        asker = requesters.get(request.requester.user)
        if asker is None:  # Slack does not tell now who that is
            return False
        electorate = Electorate((asker, person), groups.read, directory.own_team)
        return bool(electorate.judge(person, Verdict.APPROVE, request))

    return tuple(filter(counts, theirs))


async def who_may_approve(directory: Directory, request: Request) -> Line:
    """The people whose approval would count, as last refreshed, for a sentence."""
    electorate = await known_electorate(directory, request)
    return named(electorate.known_to_stand(request, request.decision.approvers))


async def standing_approvers(directory: Directory, approvers: Access) -> tuple[Person, ...]:
    """Those whose approval could count, whoever asks, as last refreshed: advice, no more."""
    groups = await directory.known_groups(frozenset(approvers.groups))
    people, _ = await known_people(directory, members_of(approvers, groups))
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


async def known_people(
    directory: Directory, users: Iterable[str]
) -> tuple[tuple[Person, ...], Mapping[PersonId, str]]:
    """Those users as last refreshed, and of whom Slack does not tell now, with the sentence."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def known(user: str) -> Person | Silent:
        who = PersonId(team=directory.own_team, user=user)
        async with turns:
            return await _attempted(who, directory.known_person(who))

    return _parted(await asyncio.gather(*map(known, users)))


async def _attempted(who: PersonId, reading: Awaitable[Person]) -> Person | Silent:
    try:
        return await reading
    except UnknownPersonError:
        return Person(id=who, name=who.user, is_deactivated=True)
    except DirectoryError as error:
        return Silent(who, str(error))


def _parted(
    read: Iterable[Person | Silent],
) -> tuple[tuple[Person, ...], Mapping[PersonId, str]]:
    people, silent = [], {}
    for one in read:
        if isinstance(one, Silent):
            silent[one.who] = one.why
        else:
            people.append(one)
    return tuple(people), silent
