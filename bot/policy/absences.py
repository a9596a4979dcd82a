"""The tick that tells admins of groups and people whom the settings name and Slack does not have.

They add nobody, so nothing stops; but fewer can approve than somebody thinks. Told once: what was
told stands in the database, and is told again only when it is another word, or was well between.
"""

import json
from collections.abc import Mapping

import structlog

from bot.policy.admins import Admins, told
from bot.policy.approvers import known_people
from bot.policy.eligibility import Directory, people_named
from bot.settings import Settings
from bot.values import Answer, Code, Paragraph, Strong, paragraph
from storage.store import Store

CURSOR = "people.absent"
DEACTIVATED = "deactivated"

log = structlog.get_logger()


class AbsenceTick:
    def __init__(
        self, store: Store, directory: Directory, settings: Settings, admins: Admins
    ) -> None:
        self._store = store
        self._directory = directory
        self._named = people_named(settings)
        self._admins = admins

    async def tick(self) -> None:
        before = await self._store.cursors.get(CURSOR)
        known: dict[str, str] = json.loads(before or "{}")
        now = await self._absent(known)
        if now == known:
            return
        new = {one: why for one, why in now.items() if known.get(one) != why}
        admins = await self._admins() if new else ()
        if new:
            log.error("people.absent", absent=new, told=len(admins))
        async with self._store.write() as tx:
            # It fails where another replica has told of them, so that nobody hears it twice.
            await tx.move_cursor(CURSOR, before, json.dumps(now, sort_keys=True))
            for message in told(admins, self._answer(new), CURSOR) if new else ():
                await tx.post(message)

    async def _absent(self, known: Mapping[str, str]) -> dict[str, str]:
        """Ids of groups and people, with the word for why. What Slack does not tell now stays as
        it is ``known``."""
        ids = frozenset(group for one in self._named.values() for group in one.groups)
        users = {user for one in self._named.values() for user in one.users}
        groups = await self._directory.known_groups(ids)
        people, silent = await known_people(self._directory, sorted(users))
        left = {one.id.user: DEACTIVATED for one in people if one.is_deactivated}
        unread = {*groups.unread, *(one.user for one in silent)}
        return {**{one: why for one, why in known.items() if one in unread}, **groups.gone, **left}

    def _answer(self, absent: Mapping[str, str]) -> Answer:
        return Answer(
            title="Slack does not have all whom my settings name",
            parts=(
                paragraph("They add nobody: fewer people may approve than rds-bot.yml reads."),
                *(self._line(one, why) for one, why in sorted(absent.items())),
            ),
            hint=("To mend it, correct rds-bot.yml, or bring them back in Slack. All that is "
                  "wrong: ", Code(text="rds-bot check")),
        )  # fmt: skip

    def _line(self, absent: str, why: str) -> Paragraph:
        keys = [key for key, one in self._named.items() if absent in (*one.groups, *one.users)]
        return paragraph("• ", Strong(text=absent), f" in {' and '.join(keys)}: ", Code(text=why))
