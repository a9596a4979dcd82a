from bot.operation import Control, Desk
from bot.params import RequestId
from bot.values import Answer, Code, Person, paragraph


class Approve(Control):
    """Agree to a request; never to your own."""

    verb, name = "approve", "approve_request"
    example = "approve RDS-1042"

    request: RequestId

    async def act(self, desk: Desk, person: Person) -> Answer:
        request = await desk.approve(self.request, person)
        counted = f"{len(request.approvals)} of {request.decision.approvals}"
        return Answer(
            title=f"{request.label}: your approval counts, {counted}",
            parts=(paragraph(request.step.plan.effect),),
            hint=("Track it: ", Code(text=f"/rds status {request.label}")),
        )
