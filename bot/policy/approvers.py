"""The people whose word matters for one request, read from the directory together.

Whoever counts is among the approvers that the request was filed with, and among those that the
settings name for it now.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.errors import DirectoryError, UnknownPersonError
from bot.policy.eligibility import (
    NAMED,
    Directory,
    Eligibility,
    Groups,
    eligible,
    humans,
    members_of,
    named_by,
    sealed,
)
from bot.values import (
    Access,
    Decision,
    Line,
    Mention,
    Person,
    PersonId,
    Request,
    Span,
    Verdict,
    Vote,
)

#: People that are read together for advice: Slack takes some hundred users.info a minute.
#: https://docs.slack.dev/reference/methods/users.info
AT_ONCE = 10
NOBODY = PersonId(team="", user="")
MAILBOX = "mailbox"  #: among a request's facts: ``sealed``, of whoever asked
#: What the settings say of a request now.
Ruling = Callable[[Request], Decision]
#: By the id under which each was asked for.
People = Mapping[PersonId, Person]
#: Of whom Slack does not tell now, with the sentence for people.
Silent = Mapping[PersonId, str]


@dataclass(frozen=True)
class Electorate:
    """Those who are ``unread`` count for nothing as long as that is so."""

    people: People
    approvers: tuple[Access, ...]  #: each of which has to name whoever counts
    groups: Groups
    own_team: str
    unread: Silent = field(default_factory=dict)

    def knows(self, request: Request) -> bool:
        """Whether everybody who has voted by now is among the people that were asked for."""
        known = self.people.keys() | self.unread.keys()
        return {vote.person for vote in request.votes} <= known

    @property
    def silence(self) -> str:
        """What Slack does not tell now, in a sentence; empty where everything was read."""
        return next(iter((*self.unread.values(), *self.groups.unread.values())), "")

    def judge(self, voter: Person, verdict: Verdict, request: Request) -> Eligibility:
        """Raises DirectoryError where only a group could name them of which Slack tells nothing."""
        return self._judge(voter, verdict, request, request.votes, self.groups)

    def open_to(self, request: Request) -> tuple[Person, ...]:
        """Those whose approval would count now, as far as that is known: advice, no more."""
        return self._among(request, request.votes)

    def standing(self, request: Request) -> tuple[Person, ...]:
        """The same as if nobody had voted yet."""
        return self._among(request, ())

    def agreed(self, request: Request) -> frozenset[PersonId]:
        """Those who approved this very plan and still may; of one human being one account.

        Raises DirectoryError where they are too few, and would not be with those of whom Slack
        does not tell now.
        """
        sure, wanted = self._known_to_agree(request), request.decision.approvals
        unsure = [vote for vote in _valid(request) if self._may_count(vote, request)]
        if len(sure) < wanted <= len(sure) + len(unsure):
            raise DirectoryError(self.silence)
        return sure

    def counting(self, request: Request) -> Request:
        """The request without approvals that do not count now: for showing."""
        agreed = self._known_to_agree(request)
        left = (
            vote
            for vote in request.votes
            if vote.verdict is not Verdict.APPROVE or vote.person in agreed
        )
        return request.model_copy(update={"votes": tuple(left)})

    def _known_to_agree(self, request: Request) -> frozenset[PersonId]:
        agreed = [vote.person for vote in _valid(request) if self._surely_stands(vote, request)]
        # With the requester: who shares a mark with them, be it through a third account, is them.
        marks = {request.requester: self._marks(request, request.requester, _asked_as(request))}
        for vote in request.votes:
            marks[vote.person] = self._marks(request, vote.person, vote.mailbox)
        others = [one for one in humans(marks) if request.requester not in one]
        accounts = (next((one for one in agreed if one in human), None) for human in others)
        return frozenset(filter(None, accounts))

    def _marks(self, request: Request, one: PersonId, then: str | None) -> frozenset[str]:
        """Whatever tells who an account is: its ids, and its mailbox ``then`` and now."""
        person = self.people.get(one)
        now = (str(person.id), sealed(request.id, person)) if person else ()
        return frozenset(filter(None, (str(one), then, *now)))

    def _surely_stands(self, vote: Vote, request: Request) -> bool:
        voter = self.people.get(vote.person)
        return voter is not None and self._stands(voter, vote, request, self.groups.read)

    def _may_count(self, vote: Vote, request: Request) -> bool:
        """Whether only Slack's silence keeps a vote from counting."""
        voter = self.people.get(vote.person)
        try:
            if voter is None:
                return named_by(self.approvers, {vote.person.user}, self.groups)
            self._stands(voter, vote, request, self.groups)
        except DirectoryError:
            return True
        return False

    def _stands(self, voter: Person, vote: Vote, request: Request, groups: Groups) -> bool:
        """Whether somebody who has voted still may."""
        return bool(self._judge(voter, vote.verdict, request, (), groups))

    def _among(self, request: Request, votes: Sequence[Vote]) -> tuple[Person, ...]:
        found = {person.id: person for person in self.people.values()}
        return tuple(
            person
            for person in found.values()
            if self._judge(person, Verdict.APPROVE, request, votes, self.groups.read)
        )

    def _judge(
        self,
        voter: Person,
        verdict: Verdict,
        request: Request,
        votes: Sequence[Vote],
        groups: Groups,
    ) -> Eligibility:
        """Whoever asked or voted under the voter's mailbox is the voter, whatever theirs is now."""
        seal = sealed(request.id, voter)
        asked_so = seal is not None and seal == _asked_as(request)
        voted_so = [one for one in votes if seal is not None and one.mailbox == seal]
        own = [one.model_copy(update={"person": voter.id}) for one in voted_so]
        return eligible(
            voter,
            verdict,
            requester=voter if asked_so else self.people.get(request.requester, request.requester),
            votes=(*own, *votes),
            voters=self.people,
            approvers=self.approvers,
            groups=groups,
            own_team=self.own_team,
        )


async def read_electorate(
    directory: Directory, request: Request, now: Decision, also: Iterable[PersonId], asked_at: int
) -> Electorate:
    """The requester, whoever voted and ``also``, by reads that began at ``asked_at`` or later.

    Raises DirectoryError where Slack does not tell of the requester or of ``also``; of who voted
    earlier it need not. Whom Slack does not know at all counts as deactivated.
    """
    needed = {request.requester, *also}
    earlier = {vote.person for vote in request.votes} - needed
    approvers = (request.decision.approvers, now.approvers)
    groups, people, (voters, unread) = await asyncio.gather(
        directory.groups(_groups(approvers), asked_at),
        asyncio.gather(*(person_or_gone(directory, one, asked_at) for one in needed)),
        _read(earlier, lambda one: person_or_gone(directory, one, asked_at)),
    )
    read = dict(zip(needed, people, strict=True)) | voters
    return Electorate(read, approvers, groups, directory.own_team, unread)


async def person_or_gone(directory: Directory, one: PersonId, asked_at: int) -> Person:
    """As ``Directory.person``, but one whom Slack does not know any more is deactivated.

    For whoever asked or agreed before: that they left stops nobody else.
    """
    try:
        return await directory.person(one, asked_at)
    except UnknownPersonError:
        return Person(id=one, name=one.user, is_deactivated=True)


async def known_electorate(directory: Directory, request: Request, now: Decision) -> Electorate:
    """Everybody who could approve the request or has voted, as last refreshed: advice, no more."""
    approvers = (request.decision.approvers, now.approvers)
    groups = await directory.known_groups(_groups(approvers))
    team = directory.own_team
    named = frozenset(user for one in approvers for user in members_of(one, groups))
    ids = {PersonId(team=team, user=user) for user in named}
    ids |= {request.requester, *(vote.person for vote in request.votes)}
    people, unread = await _read(ids, directory.known_person)
    return Electorate(people, approvers, groups, team, unread)


async def approvable(
    directory: Directory, requests: Sequence[Request], person: Person, ruling: Ruling
) -> tuple[Request, ...]:
    """Those for which somebody's approval would count, as last refreshed: advice, no more."""
    bounds = {one.id: (one.decision.approvers, ruling(one).approvers) for one in requests}
    found = await directory.known_groups(_groups(one for two in bounds.values() for one in two))
    groups = found.read
    theirs = [one for one in requests if named_by(bounds[one.id], person.users, groups)]
    concerned = {request.requester for request in theirs}
    concerned |= {vote.person for request in theirs for vote in request.votes}
    people, unread = await _read(concerned, directory.known_person)

    def counts(request: Request) -> bool:
        if request.requester in unread:  # who may be that very person
            return False
        electorate = Electorate(people, bounds[request.id], groups, directory.own_team, unread)
        return bool(electorate.judge(person, Verdict.APPROVE, request))

    return tuple(filter(counts, theirs))


async def who_may_approve(directory: Directory, request: Request, now: Decision) -> Line:
    """The people whose approval would count, as last refreshed, for a sentence."""
    electorate = await known_electorate(directory, request, now)
    return named(person.id for person in electorate.open_to(request))


async def standing_approvers(directory: Directory, approvers: Access) -> tuple[Person, ...]:
    """Those whose approval could count, whoever asks, as last refreshed: advice, no more."""
    groups = await directory.known_groups(frozenset(approvers.groups))
    found, _ = await known_people(directory, members_of(approvers, groups))
    people = {one.id: one for one in found}
    return tuple(
        person
        for person in people.values()
        if eligible(
            person,
            Verdict.APPROVE,
            requester=NOBODY,
            approvers=(approvers,),
            groups=groups.read,
            own_team=directory.own_team,
        )
    )


def named(ids: Iterable[PersonId], key: str = "access.approvers") -> Line:
    """The first few as mentions, and how many more there are; ``key`` is the setting that names
    them."""
    people = sorted(ids, key=str)
    if not people:
        return (f"nobody: see {key} in rds-bot.yml",)
    spans: list[Span] = [Mention(person=people[0])]
    for person in people[1:NAMED]:
        spans += [", ", Mention(person=person)]
    rest = len(people) - NAMED
    return (*spans, f" and {rest} more") if rest > 0 else tuple(spans)


async def known_people(
    directory: Directory, users: Iterable[str]
) -> tuple[tuple[Person, ...], Silent]:
    """Those users as last refreshed, and of whom Slack does not tell now."""
    ids = [PersonId(team=directory.own_team, user=user) for user in users]
    found, unread = await _read(ids, directory.known_person)
    return tuple(found[one] for one in ids if one in found), unread


async def _read(
    ids: Iterable[PersonId], reading: Callable[[PersonId], Awaitable[Person]]
) -> tuple[dict[PersonId, Person], Silent]:
    turns = asyncio.Semaphore(AT_ONCE)
    people: dict[PersonId, Person] = {}
    silent: dict[PersonId, str] = {}

    async def read(one: PersonId) -> None:
        try:
            async with turns:
                people[one] = await reading(one)
        except DirectoryError as error:
            silent[one] = str(error)

    await asyncio.gather(*map(read, ids))
    return people, silent


def _valid(request: Request) -> tuple[Vote, ...]:
    """Approvals of this very plan."""
    return tuple(vote for vote in request.approvals if vote.plan_hash == request.plan_hash)


def _asked_as(request: Request) -> str | None:
    """The mailbox of whoever asked, ``sealed`` as it was then; None: Slack showed no address."""
    return request.facts.get(MAILBOX)


def _groups(approvers: Iterable[Access]) -> frozenset[str]:
    return frozenset(group for access in approvers for group in access.groups)
