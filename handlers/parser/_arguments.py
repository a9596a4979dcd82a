"""From the words behind a verb to values by parameter, still as typed."""

from collections import deque
from collections.abc import Mapping, Sequence
from itertools import dropwhile
from typing import Any

from bot.errors import UsageError
from bot.operation import Change, Operation, flag
from bot.params import Parameter, Phrase, Prose, Several, Signed, Switch
from handlers.parser._errors import for_example
from handlers.parser._lookup import WordyError, bare, nearest, slip
from handlers.parser._suggestions import shortened
from handlers.parser._vocabulary import AFTER, BECAUSE, FILLERS, POLITE, SENTENCE, THANKS, plainly
from handlers.parser._words import Word

#: What every change takes beside its own parameters.
COMMON: Mapping[str, Parameter] = {
    "reason": Prose("Reason", "TEXT", "Why; others read it."),
    "at": Phrase("Start", "TIME", "When it starts: 02:00, 'sat 02:00' or 'in 2h'."),
    "dry_run": Switch("Dry run", "", "Show what would happen; nothing is filed."),
}


SAID = 3  #: letters of a word of sentences that names no snapshot, unless it is quoted

#: What begins or ends a sentence, and is no key of a tag nor the name of a parameter.
NEVER_NAMES = THANKS | BECAUSE | {"please"}

#: How a switch is said to be on or off.
SWITCHED = frozenset({"true", "false", "yes", "no", "on", "off", "1", "0"})


def parameters(operation: type[Operation]) -> dict[str, Parameter]:
    """All that may be given to an operation, with what is common to changes."""
    own = {name: operation.parameter(name) for name in operation.model_fields}
    return {**COMMON, **own} if issubclass(operation, Change) else own


def names(known: Mapping[str, Parameter]) -> dict[str, str]:
    """Parameters by every name that they go by, as ``bare`` writes it; their own go first."""
    others = {bare(also): name for name, one in reversed([*known.items()]) for also in one.also}
    return others | {bare(name): name for name in known}


def read(operation: type[Operation], words: Sequence[Word]) -> dict[str, Any]:
    """Values by parameter: text, True for a bare switch, a list where it may be repeated.

    Raises UsageError where a word has no meaning.
    """
    return _Reader(operation, words).read()


class _Reader:
    def __init__(self, operation: type[Operation], words: Sequence[Word]) -> None:
        self.operation = operation
        self.parameters = parameters(operation)
        self.names = names(self.parameters)
        self.words = words
        self.ahead = deque(words)
        self.loose: list[Word] = []
        self.given: dict[str, Any] = {}

    def read(self) -> dict[str, Any]:
        while self.ahead:
            word = self.ahead.popleft()
            if word.typed == "--":
                self.loose.extend(self.ahead)
                self.ahead.clear()
            elif word.is_flag and not self._is_taken_away(word):
                self._flag(word)
            elif name := self._paired(word):
                self._assigned(word, name)
            else:
                self.loose.append(word)
        self._place()
        return self.given

    def _is_taken_away(self, word: Word) -> bool:
        """``-upgrade``, where a list is changed by what is added and taken away."""
        signs = any(isinstance(one, Signed) for one in self.parameters.values())
        is_named = bare(word.text.partition("=")[0]) in self.names
        return signs and not word.text.startswith("--") and not is_named

    def _paired(self, word: Word) -> str | None:
        """The parameter that ``name=value`` gives."""
        typed, equals, _ = word.text.partition("=")
        if not equals or word.is_literal:
            return None
        self._refuse_needless(word, typed)
        return self.names.get(bare(typed))

    def _flag(self, word: Word) -> None:
        typed = word.text.partition("=")[0]
        name = self.names.get(bare(typed))
        if name is None:
            self._refuse_needless(word, typed)
            raise self._unknown_flag(word, typed)
        if "=" in word.text:
            self._assigned(word, name)
        elif isinstance(self.parameters[name], Switch):
            self._put(name, True)
        else:
            self._valued(name)

    def _assigned(self, word: Word, name: str) -> None:
        value = word.text.partition("=")[2]
        if isinstance(self.parameters[name], Prose) and not word.is_quoted:
            value = " ".join([value, *self._until_next_flag()])
        self._put(name, value)

    def _valued(self, name: str) -> None:
        if not self.ahead or self.ahead[0].is_flag:
            raise self._lacks_value(name)
        word = self.ahead.popleft()
        if isinstance(self.parameters[name], Prose | Phrase) and not word.is_quoted:
            self._put(name, " ".join([word.typed, *self._until_next_flag()]))
        else:
            self._put(name, word.text)

    def _until_next_flag(self) -> list[str]:
        """Prose without quotes goes on to the next flag, so that nobody needs quotes for it."""
        taken = []
        while self.ahead and not (self.ahead[0].is_flag and self.ahead[0].text.startswith("--")):
            taken.append(self.ahead.popleft().typed)
        return taken

    def _place(self) -> None:
        free = deque(name for name in self.operation.positionals() if name not in self.given)
        for at, word in enumerate(self.loose):
            if not free or (at and self._is_spoken(word, free[0])):
                raise self._too_many(self.loose[at:])
            name = free[0]
            if isinstance(self.parameters[name], Phrase):
                self._put(name, " ".join(one.text for one in self.loose[at:]))
                return
            if not isinstance(self.parameters[name], Several):
                free.popleft()
            self._put(name, word.text)

    def _is_spoken(self, word: Word, name: str) -> bool:
        """Beside its database no change takes a word of sentences: a reason begins with one.

        ``after`` with nothing behind it begins none: it is a name. Of a list of names, as keys of
        tags, only what is never one is such a word: ``Team`` is a key.
        """
        is_last = word is self.loose[-1]
        if word.text[:1] in "+-":
            return False
        said = plainly(word.text)
        words = NEVER_NAMES if isinstance(self.parameters[name], Several) else SENTENCE
        is_common = not word.is_quoted and len(said) >= SAID and said in words
        return is_common and issubclass(self.operation, Change) and not (is_last and said in AFTER)

    def _put(self, name: str, value: str | bool) -> None:
        if isinstance(value, str) and not value.strip():
            raise self._lacks_value(name)
        if isinstance(self.parameters[name], Several):
            self.given.setdefault(name, []).append(value)
        elif name in self.given:
            raise UsageError(f"{flag(name)} is given twice. Give it once.", name)
        else:
            self.given[name] = value

    def _refuse_needless(self, word: Word, typed: str) -> None:
        """Raises UsageError for what AWS's call has and nobody need say, with the rest to copy."""
        if not issubclass(self.operation, Change):
            return
        for name, why in self.operation.needless:
            if bare(typed) in (bare(name), f"no{bare(name)}"):
                raise UsageError(
                    f"{why} So {shortened(typed)} is not needed: leave it out.",
                    suggestions=[self._without(word)],
                )

    def _without(self, word: Word) -> str:
        """The whole command without it and without a value that only it can have."""
        at = next(number for number, one in enumerate(self.words) if one is word)
        after = self.words[at + 1 : at + 2]
        has_value = word.is_flag and "=" not in word.text and after
        skipped = 2 if has_value and after[0].text.casefold() in SWITCHED else 1
        kept = [*self.words[:at], *self.words[at + skipped :]]
        return " ".join([self.operation.verb, *(one.typed for one in kept)])

    def _lacks_value(self, name: str) -> UsageError:
        usage = self.parameters[name].usage or "true"
        return UsageError(
            f"{flag(name)} needs a value: {flag(name)} {usage}.{for_example(self.operation)}",
            name,
        )

    def _unknown_flag(self, word: Word, typed: str) -> UsageError:
        known = [flag(name) for name in self.parameters]
        sentence = f'I don\'t know {shortened(typed)} of "{self.operation.verb}".'
        if near := nearest(typed.lstrip("-"), self.parameters):
            meant = flag(near)
            return slip(sentence, meant, self._with(word, meant + word.typed[len(typed) :]))
        listed = f"It takes {', '.join(known)}." if known else "It takes no flags."
        quotes = " Words of a reason that begin with -- need quotes."
        return UsageError(f"{sentence} {listed}{quotes if 'reason' in self.parameters else ''}")

    def _too_many(self, words: Sequence[Word]) -> UsageError:
        sentence = (
            f"{shortened(words[0].text)} does not belong there. Usage: {self.operation.usage()}."
        )
        if name := self.names.get(bare(words[0].text)):
            meant = flag(name)
            return slip(sentence, meant, self._with(words[0], meant))
        reason = _reason(words)
        if "reason" not in self.parameters or "reason" in self.given or not reason:
            return WordyError(sentence)
        return WordyError(sentence, self._with_reason(words, reason), reason)

    def _with_reason(self, words: Sequence[Word], reason: str) -> str:
        """The command to copy, with the words that are left over where a reason stands."""
        kept = [one.typed for one in self.words if not any(one is other for other in words)]
        command = " ".join([self.operation.verb, *kept, "--reason", f'"{reason}"'])
        return f"Put the reason after --reason: /rds {command}"

    def _with(self, word: Word, replacement: str) -> str:
        """The whole command with one word replaced."""
        words = [replacement if one is word else one.typed for one in self.words]
        return " ".join([self.operation.verb, *words])


def _reason(words: Sequence[Word]) -> str:
    """What the words behind a command say as a reason; empty where they are only polite."""
    bare_words = [plainly(word.text) for word in words]
    is_said = any(word in SENTENCE | BECAUSE for word in bare_words)
    if not is_said or all(word in POLITE | FILLERS | THANKS for word in bare_words):
        return ""
    kept = list(dropwhile(lambda word: plainly(word.text) in BECAUSE, words))
    return " ".join(word.text.replace('"', "'") for word in kept).strip()
