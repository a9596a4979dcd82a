"""AWS's own status words. What is in neither set means busy, never failed.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html
"""

from collections.abc import Set as AbstractSet

from bot.errors import PreflightError
from bot.values import Database

#: Usable, and able to take a change.
USABLE = frozenset({"available", "storage-optimization"})

#: Nothing passes by itself here: somebody has to act first.
RESTING = frozenset({"deleting", "stopped", "stopping"})

#: A change that ends here has not ended well.
ENDED_BADLY = frozenset(
    {
        "failed",
        "inaccessible-encryption-credentials",
        "inaccessible-encryption-credentials-recoverable",
        "incompatible-create",
        "incompatible-credentials",
        "incompatible-network",
        "incompatible-option-group",
        "incompatible-parameters",
        "incompatible-restore",
        "insufficient-capacity",
        "restore-error",
        "storage-full",
    }
)


def busy(database: Database, what: str, begins_in: AbstractSet[str] = USABLE) -> str:
    """Empty where ``what`` can begin now, else the sentence that says why it has to wait.

    Raises PreflightError where waiting does not help.
    """
    # what tunes its disk takes a change like any other: nobody has to be told of that word
    named = " or ".join(sorted(begins_in - {"storage-optimization"}))
    said = f"{database.name} is {database.status}; {what} needs it {named}."
    if database.status in begins_in:
        return ""
    if database.status in ENDED_BADLY | RESTING or "available" not in begins_in:
        raise PreflightError(said)
    return said
