"""A change that the policy denied, asked of the people who may make it elsewhere."""

from enum import StrEnum

from bot.values._base import Value
from bot.values._people import PersonId
from bot.values._requests import Posted


class CloudOpsState(StrEnum):
    """How a CloudOps request stands."""

    OPEN = "open"
    TAKEN = "taken"
    DONE = "done"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class CloudOpsRequest(Value):
    """``denial``: the audit row of what was denied, by which the request is known too."""

    denial: int
    state: CloudOpsState = CloudOpsState.OPEN
    requester: PersonId
    channel: str
    asked_at: int
    taken_by: PersonId | None = None
    taken_at: int | None = None
    ended_by: PersonId | None = None
    ended_at: int | None = None
    reason: str = ""  #: why it was declined
    card: Posted | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to answer it, or to do what they took."""
        return self.state in (CloudOpsState.OPEN, CloudOpsState.TAKEN)
