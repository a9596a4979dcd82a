"""SlackError: Slack refuses a call. ImpossibleError: a person cannot do that in Slack's client."""

from collections.abc import Mapping, Sequence
from typing import Any


class SlackError(Exception):
    """Becomes `{"ok": false, "error": code}`; `problems` go to `response_metadata.messages`."""

    def __init__(self, code: str, problems: Sequence[str] = (), **details: Any) -> None:
        super().__init__(code, *problems)
        self.code = code
        self.problems = tuple(problems)
        self.details = details

    def answer(self) -> Mapping[str, Any]:
        answer: dict[str, Any] = {"ok": False, "error": self.code, **self.details}
        if self.problems:
            answer["response_metadata"] = {"messages": [f"[ERROR] {it}" for it in self.problems]}
        return answer


class ImpossibleError(AssertionError):
    """The person has no such button, field, channel or modal; the text says what there is."""
