from typing import Annotated, Literal

from bot.operation import Control, Desk, Topic
from bot.params import Choice, Reason, RequestId
from bot.values import Answer, Person, Status, paragraph


class Settle(Control):
    """Say how an unknown request ended, after you looked at AWS yourself."""

    verb, name = "settle", "settle_request"
    topic = Topic.ADMINISTRATION
    example = "settle RDS-1042 succeeded --reason 'restarted at 14:03 by its log'"

    request: RequestId
    outcome: Annotated[
        Literal["succeeded", "failed"],
        Choice("How it ended", "succeeded|failed", options=("succeeded", "failed")),
    ]
    reason: Reason

    async def act(self, desk: Desk, person: Person) -> Answer:
        status = Status(self.outcome)
        request = await desk.settle(self.request, person, status, self.reason)
        return Answer(
            title=f"{request.label} is settled as {request.status}",
            parts=(paragraph("Its database can be changed again."),),
        )
