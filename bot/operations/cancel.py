from bot.operation import Control, Desk
from bot.params import RequestId
from bot.values import Answer, Person, paragraph


class Cancel(Control):
    """Take back your own request, as long as nothing was sent to AWS."""

    verb, name = "cancel", "cancel_request"
    example = "cancel RDS-1042"

    request: RequestId

    async def act(self, desk: Desk, person: Person) -> Answer:
        request = await desk.cancel(self.request, person)
        return Answer(
            title=f"{request.label} is cancelled",
            parts=(paragraph(f"{request.step.plan.effect}: nothing was sent to AWS."),),
        )
