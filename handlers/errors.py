"""Exceptions, as the private reply that explains them."""

from collections.abc import Sequence

from bot.errors import AWSRefusedError, AWSUnavailableError, BotError, NotAllowedError, UsageError
from bot.operation import Query
from bot.operations import CATALOGUE
from bot.requests.drafts import DeniedError
from bot.values import Line
from handlers.blocks.denied import denied
from handlers.blocks.elements import Payload
from handlers.blocks.error import Suggestion, problem
from handlers.parser import Command, parse


def explained(error: BotError, offers: Sequence[Suggestion] = ()) -> Payload:
    """What happened, why, and what to do next; ``offers`` are commands that may be meant."""
    if isinstance(error, DeniedError):
        return denied(str(error), error.seq, error.classified)
    if isinstance(error, NotAllowedError) and error.spans:
        return problem(error.spans)
    if isinstance(error, AWSUnavailableError):
        said = str(error).rstrip(".")
        return problem(f"{said}. Nothing was done. Try again in a minute.")
    if isinstance(error, AWSRefusedError):
        may = "Whoever runs me can compare the role with rds-bot iam-policy."
        said = str(error).rstrip(".")
        return problem(f"AWS says {error.code}: {said}. Nothing was done. {may}")
    if isinstance(error, UsageError):
        corrected = [offer(f"/rds {text}") for text in error.suggestions]
        return problem(str(error), [one for one in offers or corrected if _reads(one.command)])
    return problem(str(error))


def sentence_of(error: BotError) -> Line:
    """The same in one line, where there is no room for offers."""
    if isinstance(error, NotAllowedError) and error.spans:
        return error.spans
    return (str(error),)


def offer(text: str, about: str = "") -> Suggestion:
    """What changes nothing may be run by a button; all else is only there to be copied."""
    return Suggestion(text, about, runs=query_in(text) is not None)


def query_in(text: str) -> Command | None:
    """The command, where it is whole and only looks. A button holds nothing that is trusted."""
    try:
        parsed = parse(text, CATALOGUE)
    except UsageError:
        return None
    looks = isinstance(parsed, Command) and isinstance(parsed.operation, Query)
    return parsed if isinstance(parsed, Command) and looks else None


def _reads(text: str) -> bool:
    """Whether it is a command, so that whoever copies it is not told that it is none."""
    try:
        parse(text, CATALOGUE)
    except UsageError:
        return False
    return True


def unexplained(reference: str) -> Payload:
    """For what should not have happened; the reference also stands in the log."""
    return problem(
        "Something went wrong on my side, and I do not know how far it got. Look at /rds requests "
        "before you ask again; whoever runs me finds more in the log.",
        reference=reference,
    )
