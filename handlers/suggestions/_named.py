"""Which databases a sentence names, as people write names: ``orders prod``, ``Orders_Test``,
``prod orders``, ``wharehouse``.

A name that fits is taken for it. What only comes near is told apart: nobody is shown one database
for another unsaid.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.errors import UnknownTargetError
from bot.fleet import names
from bot.values import DATABASES, Database, Environment, Kind, folded
from handlers.parser import is_common, plainly

NEAREST = 3
LEAST = 4  #: letters of a part of a name that stands for it
RUN = 4  #: words that one name may be written in
LONG = 8  #: letters of a name of which two may be wrong
LONGEST = 300  #: words that may each be a name
READ = 60  #: words of which a name may be made up
APART = 4  #: words between the first part of a name and its last
#: Marks that end a part of a sentence stay with the word before them.
_PARTS = re.compile(r"[\s<>|\"`()]+|(?<=[,;])(?=\S)")
#: Between a name and a language that puts no blanks between its words.
_APART = re.compile(
    r"(?<=[\w-])(?<![^\x00-\u02ff])(?=[\u3000-\ud7ff])|(?<=[\u3000-\ud7ff])(?=[a-zA-Z])"
)
_NAME = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)+|[a-z]{3,}\d+")
_OTHER = re.compile(r"(?:rds|i|d)-[0-9a-f]+|[a-z]-[a-z]+|multi-az|read-only|rds-bot")


@dataclass(frozen=True)
class Seen:
    """A database that whoever asks may look at."""

    database: Database
    environment: Environment


@dataclass(frozen=True)
class Named:
    """``rest`` is the sentence without them. ``unknown`` is what may be a name and is none,
    ``nearest`` what may be meant by it, or by a part of a name that several have."""

    databases: tuple[Database, ...] = ()
    rest: str = ""
    unknown: str = ""
    nearest: tuple[Database, ...] = ()


def named_in(said: str, fleet: Sequence[Seen]) -> Named:
    return _Search(said, fleet).found()


class _Search:
    def __init__(self, said: str, fleet: Sequence[Seen]) -> None:
        self.typed = [word for one in _PARTS.split(_APART.sub(" ", said)) for word in _slashed(one)]
        self.typed = self.typed[:LONGEST]
        self.words = list(map(plainly, self.typed))
        self.fleet = fleet
        self.names = {folded(one.database.name) for one in fleet}
        self.squashed = [_squashed(one.database.name) for one in fleet]
        self.used: set[int] = set()

    def found(self) -> Named:
        hits = {one.target: one for one in (*self._whole(), *self._written(), *self._parted())}
        if hits:
            return Named(tuple(hits.values()), self._rest())
        return self._partly() or self._nearly()

    def _whole(self) -> Iterator[Database]:
        """By name, by address, by ARN, by the host that people connect to."""
        every = [one.database for one in self.fleet]
        for at, word in enumerate(self.typed):
            bare = word.strip(".,:;!?*_'")
            is_address = len(word) <= names.LONGEST and re.search("[@:.]", bare)
            if not is_address and folded(bare) not in self.names:
                continue
            try:
                hits = names.called(bare, every, DATABASES)
            except UnknownTargetError:
                continue
            if hits:
                self.used.add(at)
                yield from self._narrowed(hits)

    def _narrowed(self, twins: Sequence[Database]) -> Sequence[Database]:
        """Of several with one name those of the environment that the sentence says, if any."""
        meant = self._environments()
        fitting = [one for one in twins if self._environment(one) in meant]
        return fitting or twins

    def _written(self) -> Iterator[Database]:
        """In several words, or without its hyphens."""
        squashed = dict(zip(self.squashed, (one.database for one in self.fleet), strict=True))
        for first, last, run in self._runs():
            if found := squashed.get(_squashed(run)):
                self.used.update(range(first, last))
                yield found

    def _runs(self) -> Iterator[tuple[int, int, str]]:
        for length in range(RUN, 0, -1):
            for first in range(min(len(self.words), READ) - length + 1):
                if not self.used & set(range(first, first + length)):
                    yield first, first + length, "".join(self.words[first : first + length])

    def _parted(self) -> Iterator[Database]:
        """Its parts in any order: ``prod orders``, ``the orders database in production``."""
        taken = set()
        place = self._places()
        for one in self.fleet:
            parts = one.database.name.casefold().split("-")
            places = [place.get(part, place.get(Environment.parse(part))) for part in parts]
            stand = sorted(place for place in places if place is not None)
            if len(parts) > 1 and len(stand) == len(parts) and stand[-1] - stand[0] <= APART:
                taken.update(stand)
                yield one.database
        self.used |= taken

    def _places(self) -> dict[str | Environment | None, int]:
        """Where each word stands first, and each environment: ``production`` is ``prod``."""
        found: dict[str | Environment | None, int] = {}
        for at, word in enumerate(self.words[:READ]):
            if at not in self.used:
                found.setdefault(word, at)
                if environment := Environment.parse(word):
                    found.setdefault(environment, at)
        return found

    def _partly(self) -> Named | None:
        """By a part of a name: of the environment that is said, where one is."""
        for at, word in enumerate(self.words[:READ]):
            if len(word) < LEAST or is_common(word) or Environment.parse(word):
                continue
            hits = [one for one in self.fleet if word in one.database.name.casefold().split("-")]
            meant = self._environments()
            hits = [one for one in hits if one.environment in meant] or hits
            if hits:
                self.used.add(at)
                return self._several(word, [one.database for one in hits])
        return None

    def _several(self, word: str, hits: Sequence[Database]) -> Named:
        if len(hits) == 1:
            return Named((hits[0],), self._rest())
        return Named((), self._rest(), word, tuple(hits))

    def _nearly(self) -> Named:
        """What a slip of the fingers makes of a name, else what only looks like one."""
        slips = ((self._slips(run), first, last) for first, last, run in self._runs())
        for hits, first, last in slips:
            if hits:
                typed = " ".join(self.typed[first:last])
                self.used.update(range(first, last))
                return Named((), self._rest(), typed.strip(".:;!?"), hits[:NEAREST])
        for at, word in enumerate(self.words[:READ]):
            if _NAME.fullmatch(word) and not _OTHER.fullmatch(word) and not is_common(word):
                self.used.add(at)
                return Named((), self._rest(), word, self._near(word))
        return Named((), self._rest())

    def _slips(self, run: str) -> tuple[Database, ...]:
        """The nearest by one letter, of a long name by two; a figure is never a slip."""
        typed = _squashed(run)
        if len(typed) <= LEAST or is_common(run):
            return ()
        most = 2 if len(typed) > LONG else 1
        found = process.extract(
            typed, self.squashed, scorer=OSA.distance, score_cutoff=most, limit=None
        )
        near = [(far, at) for name, far, at in found if far and _is_slip(typed, name)]
        least = min((far for far, _ in near), default=0)
        return tuple(self.fleet[at].database for far, at in near if far == least)

    def _near(self, word: str) -> tuple[Database, ...]:
        every = {one.database.name: one.database for one in self.fleet}
        return tuple(every[name] for name in names.near(word, every, NEAREST))

    def _environments(self) -> frozenset[Environment]:
        return environments_in(self.words)

    def _environment(self, one: Database) -> Environment | None:
        return next((it.environment for it in self.fleet if it.database.target == one.target), None)

    def _rest(self) -> str:
        return " ".join(word for at, word in enumerate(self.typed) if at not in self.used)


def _slashed(text: str) -> list[str]:
    """``orders-dev/orders-test`` as two; an address and a page keep their slashes."""
    return list(filter(None, [text] if re.search("[@:]", text) else text.split("/")))


def environments_in(words: Iterable[str]) -> frozenset[Environment]:
    found = (Environment.parse(word) for word in map(plainly, words))
    return frozenset(one for one in found if one)


def of_one_cluster(database: Database, fleet: Iterable[Seen]) -> tuple[Database, ...]:
    """The instances of a cluster; none of an instance."""
    if database.target.kind is not Kind.CLUSTER:
        return ()
    return tuple(
        one.database
        for one in fleet
        if one.database.cluster == database.name and _place(one.database) == _place(database)
    )


def _place(one: Database) -> tuple[str, str]:
    return one.target.account, one.target.region


def _squashed(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _is_slip(typed: str, name: str) -> bool:
    """Not where a figure differs, or the first letter."""
    return typed[:1] == name[:1] and _figures(typed) == _figures(name)


def _figures(text: str) -> str:
    return "".join(filter(str.isdigit, text))
