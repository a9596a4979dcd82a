"""Everything that can go wrong, in one tree; ``str(error)`` is what the person in Slack reads.

BotError
├── SettingsError            the environment or rds-bot.yml is wrong
├── UsageError               what was typed cannot be understood
│   └── UnknownWordError     one word of it is unknown, and others may stand in its place
│       ├── UnknownTargetError   no database has that name
│       └── AmbiguousTargetError more than one database has it
├── NotAllowedError          policy or people deny
├── PreflightError           the target is in the wrong state
├── AWSError                 AWS answered badly, or not at all
│   ├── AWSRefusedError      a definite no: nothing was applied
│   │   ├── AWSNotFoundError what was asked for is not there
│   │   └── AWSNotNowError   the same may pass a little later
│   ├── AWSUnavailableError  a read failed for now: try again later
│   └── AWSAmbiguousError    a change may or may not have arrived
├── ConflictError            the row has moved on since it was read
├── ClosedError              the request is already decided or ended
├── DirectoryError           Slack did not say who somebody is
│   └── UnknownPersonError   Slack knows nobody by that id
├── StorageError             the database cannot be used
│   └── UnwritableError      it can be read, and takes no changes
└── TamperedError            the audit chain does not add up
"""

from collections.abc import Sequence
from typing import Any


class BotError(Exception):
    """Anything the bot can explain; the message is a sentence: what, why, what to do next.

    ``parameter`` is the field of a form that it concerns, "" if none.
    """

    parameter = ""


class SettingsError(BotError):
    """The environment or the settings file is wrong; ``problems`` holds all that was found."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class UsageError(BotError):
    """What was typed cannot be understood; ``parameter`` is the field at fault, "" if none is.

    ``suggestions`` are whole commands that may have been meant, without ``/rds``.
    """

    def __init__(self, message: str, parameter: str = "", suggestions: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.parameter = parameter
        self.suggestions = tuple(suggestions)


class UnknownWordError(UsageError):
    """One word of what was typed is unknown: ``word``, as it was typed, in ``parameter`` or in
    another parameter of that kind. Each of ``choices`` may stand in its place.
    """

    def __init__(
        self, message: str, parameter: str, choices: Sequence[str] = (), word: str = ""
    ) -> None:
        super().__init__(message, parameter)
        self.choices = tuple(choices)
        self.word = word


class UnknownTargetError(UnknownWordError):
    """No database in the fleet has the name that was typed; ``choices`` are the nearest names."""

    def __init__(
        self, message: str, parameter: str = "target", choices: Sequence[str] = (), word: str = ""
    ) -> None:
        super().__init__(message, parameter, choices, word)


class AmbiguousTargetError(UnknownWordError):
    """Several databases share the name that was typed; ``choices`` names each in full."""

    def __init__(
        self, message: str, parameter: str = "target", choices: Sequence[str] = (), word: str = ""
    ) -> None:
        super().__init__(message, parameter, choices, word)


class NotAllowedError(BotError):
    """Policy or people deny it.

    ``spans`` is the sentence where it mentions people, else empty; ``code`` is for the audit trail.
    """

    def __init__(self, reason: str, spans: Sequence[Any] = (), code: str = "refused") -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code
        self.spans = tuple(spans)


class PreflightError(BotError):
    """The target is in the wrong state for this change, found before anything was sent."""

    def __init__(self, message: str, parameter: str = "target") -> None:
        super().__init__(message)
        self.parameter = parameter


class AWSError(BotError):
    """AWS answered badly or not at all; catch a subclass, which says whether it was applied."""


class AWSRefusedError(AWSError):
    """AWS said no for certain: nothing was applied; ``code`` is AWS's own error code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class AWSNotFoundError(AWSRefusedError):
    """AWS knows nothing by that name in this account and region."""


class AWSNotNowError(AWSRefusedError):
    """Nothing was applied, for certain, and the reason passes: throttled, busy, never left here."""


class AWSUnavailableError(AWSError):
    """A read got no answer (throttled, timed out, server error): harmless, try again later."""


class AWSAmbiguousError(AWSError):
    """A change was sent and no answer says whether it arrived: reconcile, never send again."""


class ConflictError(BotError):
    """The row has moved on since it was read, so this transition no longer applies."""


class ClosedError(BotError):
    """The request is already decided or ended, so there is nothing left to decide."""


class DirectoryError(BotError):
    """Slack did not say who somebody is, so nothing may be decided in their name."""


class UnknownPersonError(DirectoryError):
    """Slack knows nobody by that id, now or later: they count for nothing."""


class StorageError(BotError):
    """The database cannot be used: unreachable, locked by another process, or not migrated."""


class UnwritableError(StorageError):
    """The database takes no changes, as on a full disk; what only looks goes on."""


class TamperedError(BotError):
    """The audit chain does not add up at row ``seq``; ``what`` says how it differs."""

    def __init__(self, seq: int, what: str) -> None:
        super().__init__(f"Audit row {seq}: {what}")
        self.seq = seq
        self.what = what
