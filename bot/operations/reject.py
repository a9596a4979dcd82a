from bot.operation import Control, Desk
from bot.params import Reason, RequestId
from bot.values import Answer, Person, paragraph


class Reject(Control):
    """Reject a request, with the reason; one rejection closes it."""

    verb, name = "reject", "reject_request"
    example = "reject RDS-1042 --reason 'not during the sale'"

    request: RequestId
    reason: Reason

    async def act(self, desk: Desk, person: Person) -> Answer:
        request = await desk.reject(self.request, person, self.reason)
        return Answer(title=f"{request.label} is rejected", parts=(paragraph(self.reason),))
