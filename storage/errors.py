"""What can go wrong with a stored request, beyond the errors of ``bot.errors``."""

from bot.errors import BotError, ConflictError
from bot.values import Request, label


class UnknownRequestError(BotError, LookupError):
    """No request has that number."""

    parameter = "request"

    def __init__(self, request_id: int) -> None:
        super().__init__(
            f"There is no request {label(request_id)}. See /rds requests --all for what there is."
        )
        self.request_id = request_id


class DuplicateRequestError(BotError):
    """The same person already asks for the same thing; ``existing`` is that open request."""

    def __init__(self, existing: Request) -> None:
        super().__init__(
            f"You already asked for this: {existing.label} is {existing.status}. "
            f"Wait for it, or cancel it with /rds cancel {existing.label}."
        )
        self.existing = existing


class LockedError(ConflictError):
    """Another request is at work on the same database; ``holder`` is that request's id."""

    def __init__(self, holder: int) -> None:
        super().__init__(f"{label(holder)} is at work on this database; it has to end first.")
        self.holder = holder
