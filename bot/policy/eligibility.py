"""Who counts, and the sentence for who does not: pure, from what the directory says of people.

Also which accounts are one human being.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from contextlib import suppress
from enum import StrEnum
from typing import Protocol, Self

from bot.errors import DirectoryError
from bot.settings import People, Settings, ViewerSettings
from bot.values import (
    Access,
    Environment,
    Line,
    Mention,
    Person,
    PersonId,
    Span,
    Value,
    Verdict,
    Vote,
    fingerprint,
    folded,
)

#: How many people a sentence names before it only counts them.
NAMED = 5
#: Where dots in a name do not count: https://support.google.com/mail/answer/7436150
DOTLESS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}


class Groups(Value):
    """Members of Slack user groups by group id, as one read of the directory gave them.

    ``barred`` are those of them who are known, perhaps from long ago, to count for nothing, as who
    is deactivated: a sentence does not name them, and nothing is decided by it.
    ``gone``: groups that add nobody, with Slack's word for why, as one that was deleted.
    ``unread``: groups of which Slack does not tell now, with the sentence for people. They add
    nobody either, but whoever is named by nothing else is not known to be no member.
    """

    members: Mapping[str, frozenset[str]]
    barred: frozenset[str] = frozenset()
    gone: Mapping[str, str] = {}
    unread: Mapping[str, str] = {}

    @property
    def read(self) -> Self:
        """What is known of them, for advice: where nobody can tell, they add nobody."""
        return self.model_copy(update={"unread": {}})


class Directory(Protocol):
    """People and groups as the workspace knows them; DirectoryError where it does not say."""

    @property
    def own_team(self) -> str: ...

    async def person(self, person: PersonId, asked_at: int) -> Person:
        """Read afresh, by a read that began at ``asked_at`` or later.

        Raises UnknownPersonError where Slack knows nobody by that id.
        """

    async def groups(self, ids: frozenset[str], asked_at: int) -> Groups:
        """One that cannot be read, or is gone, spoils no other: see Groups."""

    async def known_person(self, person: PersonId) -> Person:
        """As last refreshed: for advice, never for a decision. Who is unknown is deactivated."""

    async def known_groups(self, ids: frozenset[str]) -> Groups: ...


class Bar(StrEnum):
    """Why somebody's word does not count."""

    SELF = "self"
    DEACTIVATED = "deactivated"
    BOT = "bot"
    GUEST = "guest"
    EXTERNAL = "external"
    NOT_REQUESTER = "not_requester"
    NOT_APPROVER = "not_approver"
    ALREADY = "already"


class Eligibility(Value):
    """``bar`` is None where the person counts; ``reason`` is a sentence for that person."""

    bar: Bar | None = None
    reason: Line = ()

    def __bool__(self) -> bool:
        return self.bar is None


def access_of(people: People | None) -> Access:
    """Settings that name nobody are an access of nobody."""
    return Access(groups=people.groups, users=people.users) if people else Access()


def members_of(access: Access | People, groups: Groups) -> frozenset[str]:
    """User ids that ``access`` names now. A group that is empty or unknown adds nobody."""
    return frozenset(access.users).union(*(groups.members.get(one, ()) for one in access.groups))


def names(access: Access | People, users: Set[str], groups: Groups) -> bool:
    """Whether ``access`` names any of those ids now. Raises as ``named_by`` does."""
    return named_by((access,), users, groups)


def named_by(each: Iterable[Access | People], users: Set[str], groups: Groups) -> bool:
    """Whether ``each`` names any of those ids now, which are of one account.

    Raises DirectoryError where only a group could, of which Slack does not tell now.
    """
    without = [one for one in each if not users & members_of(one, groups)]
    silent = [
        next((groups.unread[group] for group in one.groups if group in groups.unread), "")
        for one in without
    ]
    if silent and all(silent):
        raise DirectoryError(silent[0])
    return not without


def belongs(person: Person, access: Access | People, groups: Groups, own_team: str) -> bool:
    """A full member of this workspace whom ``access`` names: what an admin must be.

    Raises as ``names`` does.
    """
    return _standing(person, own_team) is None and names(access, person.users, groups)


def together(*access: Access) -> Access:
    """Whoever one of them names."""
    groups = tuple(group for one in access for group in one.groups)
    return Access(groups=groups, users=tuple(user for one in access for user in one.users))


def people_named(settings: Settings) -> Mapping[str, People]:
    """Whom the settings name, by the key that does."""
    access, rules = settings.access, enumerate(settings.policy.rules)
    named = {
        "access.requesters": access.requesters,
        "access.approvers": access.approvers,
        "access.admins": access.admins,
        "access.cloudops": access.cloudops,
        "notifications.escalation": settings.notifications.escalation,
        **(access.viewers.named if access.viewers else {}),
        **{f"policy.rules[{number}].approvers": rule.approvers for number, rule in rules},
    }
    return {key: people for key, people in named.items() if people is not None}


def may_look(person: Person, own_team: str) -> Eligibility:
    """Whether somebody may see databases and requests at all, as far as ``access.viewers`` lets
    them: every full member may."""
    if bar := _standing(person, own_team):
        return _barred(bar, _STANDING[bar].format(do="look at databases"))
    return Eligibility()


def sight(
    person: Person, viewers: ViewerSettings | None, groups: Groups, own_team: str
) -> frozenset[Environment]:
    """The environments whose databases somebody may look at; none of them: at nothing at all.

    Raises as ``names`` does.
    """
    if not may_look(person, own_team):
        return frozenset()
    named = {one: viewers.of(one) if viewers else None for one in Environment}
    return frozenset(
        one
        for one, people in named.items()
        if people is None or names(people, person.users, groups)
    )


def may_request(
    person: Person, requesters: Access | People | None, groups: Groups, own_team: str
) -> Eligibility:
    """Whether somebody may ask for changes; no ``requesters`` means every full member.

    Raises as ``names`` does.
    """
    if bar := _standing(person, own_team):
        return _barred(bar, _STANDING[bar].format(do="ask for changes"))
    if requesters is None or names(requesters, person.users, groups):
        return Eligibility()
    who = _who(members_of(requesters, groups) - groups.barred, own_team, "access.requesters")
    return _barred(Bar.NOT_REQUESTER, "You are not among those who can ask for changes. ", *who)


def eligible(
    person: Person,
    verdict: Verdict,
    *,
    requester: Person | PersonId,
    votes: Sequence[Vote] = (),
    voters: Mapping[PersonId, Person] = {},
    approvers: Sequence[Access],
    groups: Groups,
    own_team: str,
) -> Eligibility:
    """Whether somebody's verdict counts. Whether the request is still open is judged elsewhere.

    Each of ``approvers`` has to name them. With a Person as ``requester``, and with ``voters`` for
    whoever has voted, a second account of the same mailbox is the same human being. Raises as
    ``named_by`` does.
    """
    if bar := _standing(person, own_team):
        return _barred(bar, _STANDING[bar].format(do=f"{verdict} requests"))
    if is_same(person, requester):
        return _barred(Bar.SELF, _OWN[verdict])
    if not named_by(approvers, person.users, groups):
        named = frozenset.intersection(*(members_of(one, groups) for one in approvers))
        others = named - groups.barred - {_id(requester).user}
        who = _who(others, own_team, "access.approvers")
        return _barred(Bar.NOT_APPROVER, _only(verdict, approvers, groups), *who)
    if earlier := _earlier(person, votes, voters):
        return _barred(Bar.ALREADY, _already(earlier.verdict, verdict))
    return Eligibility()


def is_same(person: Person, other: Person | PersonId) -> bool:
    """Whether two accounts are one human being, by their ids and by their mailboxes."""
    if person.id == _id(other):
        return True
    return isinstance(other, Person) and human(person) == human(other)


def human(person: Person) -> str:
    """Equal for all accounts of one human being, as far as Slack shows their addresses."""
    return mailbox(person.email or "") or str(person.id)


def sealed(request_id: int, person: Person) -> str | None:
    """Equal where one mailbox asks for, or votes on, one request. None: Slack shows no address.

    Nobody reads the address from it, though a guess can be tried.
    """
    address = mailbox(person.email or "")
    return fingerprint([request_id, address]) if address else None


def distinct(people: Iterable[Person]) -> tuple[Person, ...]:
    """One account of each human being: the first."""
    found: dict[str, Person] = {}
    for person in people:
        found.setdefault(human(person), person)
    return tuple(found.values())


def humans(marks: Mapping[PersonId, frozenset[str]]) -> tuple[frozenset[PersonId], ...]:
    """The accounts of each human being: those that share a mark, be it through a third one."""
    found: list[tuple[frozenset[PersonId], frozenset[str]]] = []
    for account, own in marks.items():
        same = [one for one in found if one[1] & own]
        accounts = frozenset({account}).union(*(one for one, _ in same))
        found = [one for one in found if one not in same]
        found.append((accounts, own.union(*(others for _, others in same))))
    return tuple(accounts for accounts, _ in found)


def mailbox(address: str) -> str:
    """The same for every way to write an address; empty where it is none.

    Dora+ops@Example.com is dora@example.com. https://www.rfc-editor.org/rfc/rfc5233
    """
    name, _, domain = folded(address).replace(" ", "").rpartition("@")
    with suppress(UnicodeError):
        # A domain in its own letters is the same as in its xn-- form, or with the root's dot.
        # https://www.rfc-editor.org/rfc/rfc5891
        domain = domain.rstrip(".").encode("idna").decode("ascii")
    name = name.strip('"').partition("+")[0] or name
    if domain in DOTLESS:
        name, domain = name.replace(".", ""), DOTLESS[domain]
    return f"{name}@{domain}" if name and domain else ""


_STANDING = {
    Bar.DEACTIVATED: "A deactivated account cannot {do}.",
    Bar.BOT: "Bots and workflows cannot {do}; a person has to.",
    Bar.GUEST: "Guests cannot {do}. Ask a full member of this workspace.",
    Bar.EXTERNAL: "Only members of this workspace can {do}, and your account is of another one.",
}
_OWN = {
    Verdict.APPROVE: "You cannot approve your own request; somebody else has to agree.",
    Verdict.REJECT: "You cannot reject your own request, but you can cancel it.",
}
_PAST = {Verdict.APPROVE: "approved", Verdict.REJECT: "rejected"}


def _standing(person: Person, own_team: str) -> Bar | None:
    """What keeps anybody out, whatever the settings say."""
    if person.is_deactivated:
        return Bar.DEACTIVATED
    # Of Slackbot, Slack says that it is no bot: https://github.com/slackapi/bolt-js/issues/794
    if person.is_bot or person.id.user == "USLACKBOT":
        return Bar.BOT
    if person.is_guest:
        return Bar.GUEST
    if person.is_external or person.id.team != own_team:
        return Bar.EXTERNAL
    return None


def _id(person: Person | PersonId) -> PersonId:
    return person.id if isinstance(person, Person) else person


def _only(verdict: Verdict, approvers: Sequence[Access], groups: Groups) -> str:
    if len({members_of(one, groups) for one in approvers}) == 1:
        return f"Only approvers can {verdict} this request. "
    return (
        "The approvers have changed since this was asked for. "
        f"Only those who were approvers then and still are can {verdict} it. "
    )


def _earlier(
    person: Person, votes: Sequence[Vote], voters: Mapping[PersonId, Person]
) -> Vote | None:
    """What the same human being has said before, under whichever account."""
    return next((one for one in votes if is_same(person, voters.get(one.person, one.person))), None)


def _already(earlier: Verdict, now: Verdict) -> str:
    sentence = f"You have already {_PAST[earlier]} this request."
    if earlier is now:
        return sentence
    return f"{sentence} One person has one say; another approver can still {now} it."


def _who(users: frozenset[str], own_team: str, key: str) -> Line:
    if not users:
        return (f"Nobody can right now: {key} names no one who counts, or only empty groups.",)
    named = sorted(users)[:NAMED]
    mentions = [Mention(person=PersonId(team=own_team, user=user)) for user in named]
    spans = [span for mention in mentions for span in (", ", mention)][1:]
    rest = len(users) - len(named)
    return ("These can: ", *spans, f" and {rest} more." if rest else ".")


def _barred(bar: Bar, *reason: Span) -> Eligibility:
    return Eligibility(bar=bar, reason=reason)
