"""Exceptions, as the private reply that explains them."""

from bot.drafting import DeniedError
from bot.errors import AWSRefusedError, AWSUnavailableError, BotError, NotAllowedError
from handlers.blocks.denied import denied
from handlers.blocks.problem import problem


def explained(error: BotError) -> dict[str, object]:
    """What happened, why, and what to do next."""
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
    return problem(str(error))


def unexplained(reference: str) -> dict[str, object]:
    """For what should not have happened; the reference also stands in the log."""
    return problem(
        "Something went wrong on my side, and I do not know how far it got. Look at /rds requests "
        "before you ask again; whoever runs me finds more in the log.",
        reference=reference,
    )
