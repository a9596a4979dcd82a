"""From the words behind a verb to values by parameter, still as typed."""

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from bot.errors import UsageError
from bot.operation import Change, Operation, flag
from bot.params import Parameter, Prose, Several, Switch
from handlers.parser._lookup import key, nearest, shortened, slip
from handlers.parser._words import Word

#: What every change takes beside its own parameters.
COMMON: Mapping[str, Parameter] = {
    "reason": Prose("Reason", "TEXT", "Why; others read it."),
    "dry_run": Switch("Dry run", "", "Show what would happen; nothing is filed."),
}


def parameters(operation: type[Operation]) -> dict[str, Parameter]:
    """All that may be given to an operation, with what is common to changes."""
    own = {name: operation.parameter(name) for name in operation.model_fields}
    return {**COMMON, **own} if issubclass(operation, Change) else own


def read(operation: type[Operation], words: Sequence[Word]) -> dict[str, Any]:
    """Values by parameter: text, True for a bare switch, a list where it may be repeated.

    Raises UsageError where a word has no meaning.
    """
    return _Reader(operation, words).read()


class _Reader:
    def __init__(self, operation: type[Operation], words: Sequence[Word]) -> None:
        self.operation = operation
        self.parameters = parameters(operation)
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
            elif word.is_flag:
                self._flag(word)
            elif self._is_pair(word):
                self._assigned(word, key(word.text.partition("=")[0]))
            else:
                self.loose.append(word)
        self._place()
        return self.given

    def _is_pair(self, word: Word) -> bool:
        name, equals, _ = word.text.partition("=")
        return bool(equals) and not word.is_literal and key(name) in self.parameters

    def _flag(self, word: Word) -> None:
        typed = word.text.partition("=")[0]
        name = key(typed.lstrip("-"))
        if name not in self.parameters:
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
        if isinstance(self.parameters[name], Prose) and not word.is_quoted:
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
        for word in self.loose:
            if not free:
                raise self._too_many(word)
            name = free[0]
            if not isinstance(self.parameters[name], Several):
                free.popleft()
            self._put(name, word.text)

    def _put(self, name: str, value: str | bool) -> None:
        if isinstance(value, str) and not value.strip():
            raise self._lacks_value(name)
        if isinstance(self.parameters[name], Several):
            self.given.setdefault(name, []).append(value)
        elif name in self.given:
            raise UsageError(f"{flag(name)} is given twice. Give it once.", name)
        else:
            self.given[name] = value

    def _lacks_value(self, name: str) -> UsageError:
        usage = self.parameters[name].usage or "true"
        return UsageError(
            f"{flag(name)} needs a value: {flag(name)} {usage}. "
            f"For example: /rds {self.operation.example}",
            name,
        )

    def _unknown_flag(self, word: Word, typed: str) -> UsageError:
        known = [flag(name) for name in self.parameters]
        sentence = f'I don\'t know {shortened(typed)} of "{self.operation.verb}".'
        if near := nearest(typed.lstrip("-"), self.parameters):
            meant = flag(near)
            return slip(sentence, meant, self._with(word, meant + word.typed[len(typed) :]))
        listed = f"It takes {', '.join(known)}." if known else "It takes no flags."
        return UsageError(f"{sentence} {listed} Words of a reason that begin with -- need quotes.")

    def _too_many(self, word: Word) -> UsageError:
        sentence = f"{shortened(word.text)} is one word too many: {self.operation.usage()}."
        if key(word.text) in self.parameters:
            meant = flag(key(word.text))
            return slip(sentence, meant, self._with(word, meant))
        if "reason" in self.parameters:
            return UsageError(f"{sentence} A reason goes behind --reason.")
        return UsageError(sentence)

    def _with(self, word: Word, replacement: str) -> str:
        """The whole command with one word replaced."""
        words = [replacement if one is word else one.typed for one in self.words]
        return " ".join([self.operation.verb, *words])
