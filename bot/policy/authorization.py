"""Who may do what: asked of Slack now, and whoever is refused stands in the audit trail."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn

from bot.errors import BotError, DirectoryError, NotAllowedError
from bot.policy.approvers import named
from bot.policy.eligibility import (
    Bar,
    Directory,
    Eligibility,
    Groups,
    access_of,
    belongs,
    may_look,
    may_request,
    members_of,
    sight,
    together,
)
from bot.policy.viewers import NOT_VIEWER
from bot.settings import People, Settings
from bot.values import Access, AuditEvent, Person, PersonId
from storage.store import Store

ONLY_MEMBERS = "Only full members of this workspace can look at its databases."
ONLY_VIEWERS = (
    "You are not among those who may look at databases here (access.viewers in rds-bot.yml). Ask "
    "one of them, or whoever runs the bot."
)

NOT_CLOUDOPS = "not_cloudops"  #: for the audit trail
NAMEABLE = 20  #: members of groups that are looked up before a refusal names some of them


@dataclass(frozen=True)
class AccessRule:
    """Who may: ``refusal`` is the error for a person who may not, and None for one who may.

    It is told who is in ``groups`` now, and which workspace is the bot's own. It raises
    DirectoryError where only a group could name them of which Slack does not tell now.
    """

    refusal: Callable[[Person, Groups, str], NotAllowedError | None]
    groups: frozenset[str] = frozenset()


class Authorization:
    def __init__(self, store: Store, directory: Directory) -> None:
        self._store = store
        self._directory = directory

    async def require(
        self, asker: PersonId | Person, rule: AccessRule, asked_at: int, refused: AuditEvent
    ) -> Person:
        """Who asks, under the id by which Slack knows them; a Person was read since ``asked_at``.

        Raises NotAllowedError once ``refused`` stands in the trail, with its code as the result.
        """
        person, refusal = await self._judged(asker, rule, asked_at)
        if refusal is not None:
            event = refused.model_copy(update={"result": str(refusal.code)})
            await refuse(self._store, event, refusal)
        return person

    async def refusal(
        self, person: Person, rule: AccessRule, asked_at: int
    ) -> NotAllowedError | None:
        """For whoever judges more under a lock, and audits there what is refused."""
        return (await self._judged(person, rule, asked_at))[1]

    async def _judged(
        self, asker: PersonId | Person, rule: AccessRule, asked_at: int
    ) -> tuple[Person, NotAllowedError | None]:
        person, groups = await asyncio.gather(
            self._person(asker, asked_at), self._directory.groups(rule.groups, asked_at)
        )
        refusal = rule.refusal(person, groups, self._directory.own_team)
        if refusal is not None and await self._meet(groups):
            groups = await self._directory.groups(rule.groups, asked_at)
            refusal = rule.refusal(person, groups, self._directory.own_team)
        return person, refusal

    async def _meet(self, groups: Groups) -> bool:
        """Whoever a refusal may name is known by then, so that it names nobody who has left."""
        users = sorted(frozenset[str]().union(*groups.members.values()))[:NAMEABLE]
        await asyncio.gather(*map(self._know, users))
        return bool(users)

    async def _know(self, user: str) -> None:
        """Of whom Slack does not tell, a refusal goes on saying what it knew."""
        with suppress(DirectoryError):
            await self._directory.known_person(PersonId(team=self._directory.own_team, user=user))

    async def _person(self, asker: PersonId | Person, asked_at: int) -> Person:
        if isinstance(asker, Person):
            return asker
        return await self._directory.person(asker, asked_at)


async def refuse(store: Store, event: AuditEvent, error: BotError) -> NoReturn:
    """Raises the error, but nobody is told of it before the trail is."""
    async with store.write() as tx:
        await tx.audit(event)
    raise error


def refused(eligibility: Eligibility) -> NotAllowedError:
    """The error that tells somebody why their word does not count."""
    plain = "".join(span if isinstance(span, str) else "…" for span in eligibility.reason)
    return NotAllowedError(plain, eligibility.reason, eligibility.bar or "refused")


# -- rules -------------------------------------------------------------------------------------


def members(said: str) -> AccessRule:
    """Every full member; ``said`` is for who is none."""

    def refusal(person: Person, _: Groups, own_team: str) -> NotAllowedError | None:
        bar = may_look(person, own_team).bar
        return NotAllowedError(said, code=bar) if bar else None

    return AccessRule(refusal)


def viewers(settings: Settings) -> AccessRule:
    """Who may look at some database."""

    def refusal(person: Person, groups: Groups, own_team: str) -> NotAllowedError | None:
        if sight(person, settings.access.viewers, groups, own_team):
            return None
        bar = may_look(person, own_team).bar
        return NotAllowedError(ONLY_MEMBERS if bar else ONLY_VIEWERS, code=bar or NOT_VIEWER)

    return AccessRule(refusal, _looking(settings))


def requesters(settings: Settings) -> AccessRule:
    """Who may ask for changes."""
    named = settings.access.requesters
    access = access_of(named) if named else None

    def refusal(person: Person, groups: Groups, own_team: str) -> NotAllowedError | None:
        allowed = may_request(person, access, groups, own_team)
        return None if allowed else refused(allowed)

    return AccessRule(refusal, frozenset(access.groups if access else ()))


def settlers(settings: Settings) -> AccessRule:
    """Approvers and admins."""
    either = _approvers_and_admins(settings)

    def refusal(person: Person, groups: Groups, own_team: str) -> NotAllowedError | None:
        if belongs(person, either, groups, own_team):
            return None
        return NotAllowedError(
            "Only approvers and admins can settle a request (access.approvers, access.admins)."
        )

    return AccessRule(refusal, frozenset(either.groups))


def editors(settings: Settings, what: str) -> AccessRule:
    """Approvers and admins who may look at some database; ``what`` is what they can do."""
    either = _approvers_and_admins(settings)

    def refusal(person: Person, groups: Groups, own_team: str) -> NotAllowedError | None:
        may = belongs(person, either, groups, own_team)
        if may and sight(person, settings.access.viewers, groups, own_team):
            return None
        people = members_of(either, groups) - groups.barred
        who = named(PersonId(team=own_team, user=user) for user in people)
        said = f"Only approvers and admins can {what}. These can: "
        return NotAllowedError(f"{said}…", (said, *who, "."), Bar.NOT_APPROVER)

    return AccessRule(refusal, _looking(settings).union(either.groups))


def answerers(people: People | None, present: frozenset[str]) -> AccessRule:
    """Who answers CloudOps requests: ``people``; where none are named, full members who are
    ``present`` in the channel of the request."""
    access = access_of(people) if people else Access(users=tuple(sorted(present)))

    def refusal(person: Person, groups: Groups, own_team: str) -> NotAllowedError | None:
        if belongs(person, access, groups, own_team):
            return None
        if people is None:
            said = "Only full members who are in this channel can answer this. Ask one of them."
            return NotAllowedError(said, code=NOT_CLOUDOPS)
        ids = members_of(access, groups) - groups.barred
        who = named((PersonId(team=own_team, user=user) for user in ids), "access.cloudops")
        said = "Only CloudOps can answer this. These can: "
        return NotAllowedError(f"{said}…", (said, *who, "."), NOT_CLOUDOPS)

    return AccessRule(refusal, frozenset(access.groups))


def _approvers_and_admins(settings: Settings) -> Access:
    access = settings.access
    return together(access_of(access.approvers), access_of(access.admins))


def _looking(settings: Settings) -> frozenset[str]:
    narrowed = settings.access.viewers
    return narrowed.all_groups if narrowed else frozenset()
