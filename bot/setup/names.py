"""Ids for what somebody typed as ``#databases``, ``@dbas`` or ``@dora``."""

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from bot.errors import BotError, DirectoryError
from handlers.names import Named, Naming, listed

Kinds = tuple[Naming, ...]
CHANNEL, PEOPLE = (Naming.CHANNEL,), (Naming.GROUP, Naming.PERSON)
IDS: Mapping[Kinds, re.Pattern[str]] = {
    CHANNEL: re.compile(r"[CGD][A-Z0-9]{7,}"),
    PEOPLE: re.compile(r"[SUW][A-Z0-9]{7,}"),
}
SIGNS = {Naming.CHANNEL: "#", Naming.GROUP: "@", Naming.PERSON: "@"}
LETTERS = {CHANNEL: "C…", PEOPLE: "S… or U…"}
#: So many names are offered for one that is not there.
MOST = 8
HIDDEN = " A private one shows once you have typed /invite @rds-bot in it."


class UnknownNameError(BotError):
    """A name of which no id was found; the text says why, and what to give instead."""


class Names:
    """Each kind is read from Slack once, when the first name of it is typed.

    Without a token, or where Slack does not tell, only ids will do.
    """

    def __init__(self, token: str, url: str) -> None:
        self._token, self._url = token, url
        self._known: dict[Naming, tuple[Named, ...]] = {}

    def ids(self, kinds: Kinds, words: Iterable[str]) -> str:
        """The ids of these words, apart by blanks; ids stay. Raises UnknownNameError."""
        return " ".join(self._id(kinds, word) for word in words)

    def _id(self, kinds: Kinds, word: str) -> str:
        bare = word.lstrip("#@")
        if IDS[kinds].fullmatch(bare):
            return bare
        if not self._token:
            raise UnknownNameError(
                f'without the bot token I cannot look up "{word}"; {_instead(kinds)}'
            )
        every = self._of(kinds, word)
        found = [one for one in every if bare.casefold() in map(str.casefold, one.names)]
        match found:
            case [one]:
                return one.id
            case []:
                raise UnknownNameError(_unknown(kinds, bare, every))
        either = " or ".join(f"the {one.kind} {one.names[-1]} ({one.id})" for one in found)
        raise UnknownNameError(f'"{word}" may be {either}; give the id')

    def _of(self, kinds: Kinds, word: str) -> Sequence[Named]:
        for kind in kinds:
            if kind in self._known:
                continue
            try:
                self._known[kind] = asyncio.run(listed(kind, self._token, self._url))
            except DirectoryError as error:
                raise UnknownNameError(
                    f'I could not look up "{word}": {error}; {_instead(kinds)}'
                ) from error
        return [one for kind in kinds for one in self._known[kind]]


def _instead(kinds: Kinds) -> str:
    return f"give its id ({LETTERS[kinds]})"


def _unknown(kinds: Kinds, bare: str, every: Sequence[Named]) -> str:
    """With the names that look like it, else the first of all."""
    names = {f"{SIGNS[one.kind]}{one.names[0]}": one for one in every}
    near = get_close_matches(f"{SIGNS[kinds[0]]}{bare}", names, MOST)
    offered = ", ".join(near or sorted(names)[:MOST])
    what = " or ".join(kinds)
    there = f" There are, for instance: {offered}." if offered else ""
    return f'I see no {what} called "{bare}".{there}{HIDDEN if kinds == CHANNEL else ""}'
