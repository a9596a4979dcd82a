"""What a sentence asks for. A reading is a guess: it is offered, and nothing is done by itself.

Whoever names a change gets its form, unless they ask after one, tell of one or say not to. What
the bot cannot do is said to be so, in whatever words it is asked for.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum, auto
from functools import partial

from handlers.parser import _vocabulary as vocabulary
from handlers.parser._suggestions import is_slip
from handlers.parser._vocabulary import forms, is_common, is_negation, known, plainly, unaccented

READ = 60  #: words of a text that are looked at
FUZZY = 5  #: letters from which a word of a sentence may hold a slip
EXACT, STRONG, FAINT = 4, 3, 1
REQUEST = re.compile(r"(?i)\brds-(\d{1,12})\b")
#: Its number alone, and how near it stands to what speaks of requests.
NUMBER = re.compile(r"#?\d{4,6}")
NEAR = 4
#: Several words that mean what one does.
PHRASES = (
    (r"\bfail(?:ing|ed)?[ -](?:it |this |that )?over\b|\bswitch(?:ing)? over\b", "failover"),
    (r"\bback(?:ing)? (?:it |this |them )?up\b", "backup"),
    (r"\b(?:turn |switch |power )?(?:it )?(?:off and on|on and off)(?: again)?\b", "restart"),
    (r"\b(?:neu|re) (?:start|boot)(?:en|e)?\b", "restart"),
    (r"\bkick(?:ing)? off\b", "start"),
    (r"\bwaiting (?:for|on) (?:me|my|us)\b", "pending"),
    (r"\bget(?:ting)? rid of\b", "delete"),
    (r"\bmake (?:it |this )?(?:bigger|larger|smaller|faster)\b", "resize"),
    (r"\b(?:re)?size\b(?=.*\d ?[gt]i?b\b)", "grow storage"),
    (r"\bshut(?:ting)? down\b", "shutdown"),
    (r"\broll(?:ing)? back\b", "rollback"),
    (r"\b(?:run|ran|running|runs) (?:out|low)\b", "full"),
    (r"\bmulti[ -]az\b", "multiaz"),
    (r"\bmax connections\b", "max_connections"),
    (r"\blook(?:ing)? at\b", "show"),
    (r"\bside by side\b", "compare"),
    (r"\bwhat did (?!i |we |it |you )\S+ do\b|\bchanges? (?:was |were )?(?:made|done)\b", "audit"),
    (r"\bwhat did (?:i|we) miss\b|\bcatch me up\b|\bi-\d+\b", "incident"),
    # Languages that put no blanks between their words.
    ("再起動|重启|重啟|재시작|перезагрузи|перезапусти", " restart "),
    ("スナップショット|バックアップ|快照|备份|備份|스냅샷|백업", " snapshot "),
    ("削除|删除|刪除|삭제|удали", " delete "),
)  # fmt: skip
#: Whole questions that no single word gives away.
ASKED = (
    (r"\bwho am i\b|\bam i (?:even )?allowed\b|\bwhat (?:may|am) i (?:do|allowed)\b", "whoami"),
    (r"\b(?:are|r) (?:you|u) (?:ok|okay|up|alive|there|awake|healthy|down|working|online)\b"
     r"|^you (?:up|there|alive|ok)\b|\bbot (?:status|health|ok|up|down|alive|working)\b",
     "status bot"),
)  # fmt: skip
HELPED = re.compile(
    r"\bwhat (?:else |all |stuff )?(?:can|do|could) (?:you|u|i|we) (?:do|ask|type|offer|say)\b"
    r"|\bhow (?:does|do) (?:this|it|you|that|i use)\b(?!.*\bdoing\b)|\bwho are you\b"
    r"|\bwhat are you\b|\bwhat is this\b|\bhow to use\b|\bwas kannst du\b"
)
HOW_TO = re.compile(r"\bhow (?:do|can|would|should|could) (?:i|we|you)\b|\bhow to\b")
HAVING = re.compile(
    r"\b(?:do|does) (?:we|you|they|i|it) (?:have|still|need)\b|\b(?:is|are) there\b"
)
TIMES = re.compile(
    r"\b\d{1,2}(?::\d\d)?\s?(?:am|pm|h)?\s?(?:-|to|and|till|until|bis)\s?\d{1,2}(?::\d\d|\s?[ap]m|h)"
)
CLAUSE = re.compile(r"[,;.!?]+(?:\s|$)|(?=\b(?:but|so|please|pls|then|bitte)\b)")
MINE = re.compile(r"\bmy (?:\w+ )?(?:request|reboot|restart|snapshot|backup|change|failover)s?\b")


class Kind(StrEnum):
    GREETING = auto()
    THANKS = auto()
    HELP = auto()
    CANNOT = auto()
    CHANGE = auto()
    DECISION = auto()  #: about a request, or about digests
    FORBIDDEN = auto()  #: a change shall not be
    LOOK = auto()
    UNKNOWN = auto()


@dataclass(frozen=True)
class Wish:
    """``looks`` are verbs, the likeliest first; ``verb`` is that of what is asked for or forbidden,
    ``word`` what the bot cannot do, as it was typed."""

    kind: Kind
    looks: tuple[str, ...] = ()
    verb: str = ""
    word: str = ""


def wish_of(said: str, *, names_one: bool) -> Wish:
    """``said`` is without the names of databases; ``names_one``: it had some. Of an endless text
    the first words say what it is about."""
    return _Sentence(" ".join(said.split()[:READ]), names_one).read()


def requests_in(said: str) -> tuple[int, ...]:
    """The numbers of the requests that it names, in its order."""
    found = list(map(int, REQUEST.findall(said)))
    return tuple(dict.fromkeys(found or _numbered(_words(said)[:READ])))


def _numbered(words: list[str]) -> Iterator[int]:
    """By a number alone, near a word that speaks of requests."""
    for at, word in enumerate(words):
        near = words[max(0, at - NEAR) : at + NEAR + 1]
        if NUMBER.fullmatch(word) and "port" not in near and any(map(_speaks_of_requests, near)):
            yield int(word.removeprefix("#"))


def _speaks_of_requests(word: str) -> bool:
    tables = vocabulary.DECISIONS.values()
    return known(word, {"request"}) or any(known(word, words) for words in tables)


class _Sentence:
    def __init__(self, said: str, names_one: bool) -> None:
        typed = _joined(unaccented(said))
        self.clauses = [words for one in CLAUSE.split(typed) if (words := _words(one))]
        self.words = [word for clause in self.clauses for word in clause]
        self.text = " ".join(self.words)
        self.words = [self._mended(at, word) for at, word in enumerate(self.words)]
        self.names_one = names_one
        self.requests = requests_in(said)

    def read(self) -> Wish:
        asked = (
            self._digest, self._decision, self._status, self._window, self._wanted
        )  # fmt: skip
        if self._is_asked_in_words():
            return Wish(Kind.LOOK, self._looks())
        if self.words and not self.names_one and all(word in MANNERS for word in self.words):
            return self._talk() or Wish(Kind.THANKS)
        for found in asked:
            if wish := found():
                return wish
        looks = self._looks()
        if not looks and (talk := self._talk()):
            return talk
        return Wish(Kind.LOOK, looks) if looks or self.names_one else Wish(Kind.UNKNOWN)

    def _mended(self, at: int, word: str) -> str:
        """The word that it is a slip away from; a short one, and one that is known, as it is.

        What asks for a change has to stand where one is asked for: other languages have words
        that come near.
        """
        if len(word) < FUZZY or word in vocabulary.NEIGHBOURS or is_common(word):
            return word
        looks = (one for form in forms(word) for one in _LOOKED_AT if is_slip(form, one))
        if found := min(looks, default=""):
            return found
        done = _DONE if self._may_ask(at) else ()
        return min(filter(partial(is_slip, word), done), default=word)

    def _may_ask(self, at: int) -> bool:
        """Whether a slip there may ask for a change: in its place, and nothing else is asked."""
        others = self.words[:at] + self.words[at + 1 :]
        asks = any(word in words for word in others for words in vocabulary.LOOKS.values())
        return self._is_wanted(at) and not asks

    def _digest(self) -> Wish | None:
        if not any(known(word, {"digest", "summary"}) for word in self.words):
            return None
        if self._has(vocabulary.ENDS) and not self._is_question(0):
            return Wish(Kind.DECISION, ("digest list",), "digest remove")
        if self._has(vocabulary.SCHEDULES) and not self._is_question(0):
            return Wish(Kind.DECISION, ("digest list",), "digest schedule")
        return None

    def _decision(self) -> Wish | None:
        for at, word in enumerate(self.words):
            verb = next(
                (it for it, words in vocabulary.DECISIONS.items() if known(word, words)), ""
            )
            is_whole = word in vocabulary.DECISIONS.get(verb, ())
            is_asked = is_whole and (self.requests or self._is_wanted(at))
            if verb and not self._is_question(at) and (is_asked or self._is_first(at)):
                return Wish(Kind.DECISION, ("status",) if self.requests else ("requests",), verb)
        return None

    def _status(self) -> Wish | None:
        """How a request stands: one that is named, one's own, or the one that is spoken of."""
        is_ended = self._has(vocabulary.ENDINGS_OF) and any(map(_change, self.words))
        asked = self.requests or MINE.search(self.text) or (is_ended and self._is_question(0))
        if not asked:
            return None
        others = [verb for verb in self._looks() if verb != "status"]
        return Wish(Kind.LOOK, ("status", *others))

    def _window(self) -> Wish | None:
        """Its own words: a window is no backup, and to move it is no copy."""
        if not self._has(frozenset({"backup", "snapshot"})) or self._is_question(0):
            return None
        is_timed = TIMES.search(self.text) and not self._has(frozenset({"take", "make", "create"}))
        has_window = "window" in self.words and self._has(vocabulary.MOVES)
        moves = self._has(frozenset({"move", "shift", "reschedule", "verschiebe"}))
        if is_timed or has_window or moves:
            return Wish(Kind.CHANGE, ("show",), "backup-window")
        return None

    def _wanted(self) -> Wish | None:
        """A change, or what the bot cannot do: what is asked for first."""
        places = range(len(self.words))
        cannot = next(filter(None, map(self._cannot, places)), None)
        wishes = (self._cannot(at) or self._change(at) for at in places)
        first = next(filter(None, wishes), None)
        return replace(first, word=cannot.word) if first and cannot else first

    def _cannot(self, at: int) -> Wish | None:
        word = self.words[at]
        asks_for_access = word == "access" and not self._is_question(at)
        if asks_for_access or (word in vocabulary.KEPT_AWAY and not self._has(LOGGED)):
            return Wish(Kind.CANNOT, self._looks(), word="give access to a database")
        is_negation_of = word in vocabulary.NEGATIONS and any(map(_change, self.words[at + 1 :]))
        is_ours = self._makes(at) or self._verb(at)
        if word not in vocabulary.FOREIGN or is_ours or is_negation_of:
            return None
        is_told = set(self.words[max(0, at - 3) : at]) & vocabulary.AFTER
        return None if is_told or not self._is_wanted(at) else self._cannot_do(word)

    def _cannot_do(self, word: str) -> Wish:
        return Wish(Kind.CANNOT, self._looks(), word=word)

    def _makes(self, at: int) -> bool:
        """Whether a change follows that the bot can make: to create a snapshot is to take one."""
        behind = [one for one in self.words[at + 1 :] if one not in vocabulary.SMALL][:1]
        return self.words[at] in vocabulary.MAKING and any(_change(one) for one in behind)

    def _verb(self, at: int) -> str:
        """Of the change that the word asks for there, alone or with one behind it."""
        word = self.words[at]
        if self._makes(at):
            return ""
        if verb := _change(word):
            # Where it stands for nothing else it need not stand where something is asked for.
            return verb if word not in vocabulary.FOREIGN or self._is_needed(at) else ""
        behind = self.words[at + 1 : at + 1 + NEAR]
        pairs = ((verb, pair) for verb, its in vocabulary.TOGETHER.items() for pair in its)
        return next((verb for verb, pair in pairs if self._says(at, pair, behind)), "")

    def _says(self, at: int, pair: Sequence[str], behind: Sequence[str]) -> bool:
        first, second = pair
        is_there = known(self.words[at], {first}) and any(known(one, {second}) for one in behind)
        return is_there and self._is_needed(at)

    def _is_needed(self, at: int) -> bool:
        """Wanted, or not: ``orders needs a bigger machine``, ``never upgrade it``."""
        before = [one for one in self.words[:at] if one not in vocabulary.SMALL] or [""]
        is_spoken_of = known(before[-1], vocabulary.WANTED) or is_negation(before[-1])
        return self._is_wanted(at) or is_spoken_of

    def _change(self, at: int) -> Wish | None:
        verb = self._verb(at)
        if verb and HOW_TO.search(self.text):
            return Wish(Kind.HELP, self._looks(), verb)
        if not verb or self._is_told(at):
            return None
        if self._is_forbidden() or any(map(is_negation, self._before(at))):
            return Wish(Kind.FORBIDDEN, verb=verb)
        return Wish(Kind.CHANGE, self._looks(), verb)

    def _is_told(self, at: int) -> bool:
        """Whether somebody asks after such a change or tells of one, instead of asking for it."""
        small = vocabulary.SMALL - {"last"}
        before = [one for one in self.words[:at] if one not in small]
        behind = self.words[at + 1 : at + 2]
        return bool(
            self._is_question(at)
            or set(before) & vocabulary.TOLD
            or (before and before[-1] in vocabulary.AFTER)
            or (behind and behind[0] in vocabulary.NOT_ASKED)
        )

    def _is_forbidden(self) -> bool:
        for clause in self.clauses:
            changes = [at for at, word in enumerate(clause) if _change(word)]
            if changes and any(is_negation(word) for word in clause[: changes[-1]]):
                return True
        return False

    def _looks(self) -> tuple[str, ...]:
        """Verbs, the likeliest first; those that only say "show me" behind what is to be shown."""
        if found := self._is_asked_in_words():
            return (found,)
        points = {verb: self._points(words) for verb, words in vocabulary.LOOKS.items()}
        for verb in self._told():
            points[verb] += STRONG
        points["requests"] += STRONG * any(map(_decides, self.words))
        if points["audit"] == FAINT and not self.names_one:
            points["audit"] = 0  # "who" alone asks of anything
        ranked = sorted(filter(points.get, points), key=lambda verb: -points[verb])
        if not ranked and self._has(vocabulary.DOING):
            return DOING
        return tuple(ranked)

    def _told(self) -> Iterator[str]:
        """Where to see of a change that somebody asks after that it was made."""
        for at, word in enumerate(self.words):
            if (verb := _change(word)) and self._is_told(at):
                yield from TOLD_BY.get(verb, ("events",))

    def _points(self, words: vocabulary.Words) -> int:
        found = {word for word in self.words if known(word, words)}
        return sum(_weight(word, words) for word in found)

    def _is_asked_in_words(self) -> str:
        return next((verb for pattern, verb in ASKED if re.search(pattern, self.text)), "")

    def _talk(self) -> Wish | None:
        if self._begins(vocabulary.THANKS) and not self.names_one:
            return Wish(Kind.THANKS)
        if HELPED.search(self.text) or set(self.words) & vocabulary.HELP:
            return Wish(Kind.HELP)
        if self.names_one:
            return None
        return Wish(Kind.GREETING) if self._begins(vocabulary.GREETINGS) else None

    def _begins(self, table: vocabulary.Words) -> bool:
        skipped = vocabulary.FILLERS | {"ok", "okay", "so", "many", "very", "that", "oh"}
        return next((one for one in self.words if one not in skipped - table), "") in table

    def _has(self, table: vocabulary.Words) -> bool:
        return any(known(word, table) for word in self.words)

    def _is_question(self, at: int) -> bool:
        """Whether the clause of that word asks after a thing, and not for somebody to do it."""
        polite = vocabulary.POLITE | vocabulary.GREETINGS | vocabulary.FILLERS
        clause = self._clause(at)
        first = next((one for one in clause if one not in polite - vocabulary.QUESTIONS), "")
        is_asked = first in vocabulary.QUESTIONS or HAVING.search(" ".join(clause)) is not None
        return is_asked and not HOW_TO.search(self.text)

    def _clause(self, at: int) -> list[str]:
        """The one that the word stands in."""
        return self._placed(at)[0]

    def _before(self, at: int) -> list[str]:
        """What stands before the word in its clause."""
        clause, place = self._placed(at)
        return clause[:place]

    def _placed(self, at: int) -> tuple[list[str], int]:
        for clause in self.clauses:
            if at < len(clause):
                return clause, at
            at -= len(clause)
        return [], 0

    def _is_wanted(self, at: int) -> bool:
        """It comes first, or behind what says that somebody shall do it."""
        return self._is_first(at) or self.words[at - 1] in vocabulary.WANTED

    def _is_first(self, at: int) -> bool:
        """But for what is polite, and for signs without letters."""
        return all(one in MANNERS or not _is_word(one) for one in self.words[:at])


def _words(text: str) -> list[str]:
    return [word for one in re.split(r"[\s,/|]+", text) if (word := plainly(one))]


def _is_word(text: str) -> bool:
    return any(map(str.isalnum, text))


def _joined(text: str) -> str:
    for pattern, word in PHRASES:
        text = re.sub(pattern, word, text)
    return text


def _weight(word: str, words: vocabulary.Words) -> int:
    if known(word, vocabulary.WEAK):
        return FAINT
    return EXACT if word in words else STRONG


def _decides(word: str) -> bool:
    return any(word in words for words in vocabulary.DECISIONS.values())


def _change(word: str) -> str:
    """The verb of the change that a word asks for; empty for what was done: ``rebooted``."""
    if word.endswith("ed"):
        return ""
    return next((verb for verb, words in vocabulary.CHANGES.items() if known(word, words)), "")


#: A text of these alone is only friendly.
MANNERS = vocabulary.POLITE | vocabulary.FILLERS | vocabulary.GREETINGS | vocabulary.THANKS
#: What is offered to somebody who asks how things are: of a database, or of all of them.
DOING = ("metrics", "digest preview")
LOGGED = vocabulary.LOOKS["logs"] | {"failed", "authentication", "refused", "connect"}
TOLD_BY = {"reboot": ("events",), "snapshot": ("show", "show", "events")}
_LOOKED_AT = (
    frozenset(word for words in vocabulary.LOOKS.values() for word in words if len(word) >= FUZZY)
    | vocabulary.HELP
)
_DONE = frozenset(
    word
    for table in (vocabulary.CHANGES, vocabulary.DECISIONS)
    for words in table.values()
    for word in words
    if len(word) >= FUZZY
) | frozenset(word for word in vocabulary.FOREIGN if len(word) > FUZZY)  # fmt: skip
