"""What all RDS actions share: one at a time, after all that was due has happened."""

from collections.abc import Iterable
from typing import Any, cast

from moto.core.responses import ActionResult
from moto.rds.responses import RDSResponse

from bot.sandbox.aws.backend import TimedBackend
from bot.sandbox.aws.models import Timed
from bot.sandbox.aws.paging import Key, page
from bot.sandbox.aws.timeline import Timeline


class Actions(RDSResponse):
    """One method per action, named in snake case; moto parses `params` and writes the XML."""

    @property
    def backend(self) -> TimedBackend:
        return cast(TimedBackend, super().backend)

    def call_action(self) -> Any:
        world = TimedBackend.world
        with world.lock:
            world.settle()
            return super().call_action()

    def said(self, name: str) -> Any:
        """A parameter of this call, None if it was left out."""
        return self.params.get(name)

    def filters(self) -> dict[str, list[str]]:
        return {one["Name"]: one["Values"] for one in self.said("Filters") or ()}

    def paged(self, member: str, records: Iterable[Any], key: Key[Any]) -> ActionResult:
        shown, marker = page(list(records), key, self.said("MaxRecords"), self.said("Marker"))
        return ActionResult({member: shown, "Marker": marker})

    def finish(self, operation: str, resource: Timed, event_id: str) -> Timeline:
        """Let `resource` undergo an operation that announces itself once it is over."""
        timeline = resource.undergo(operation)
        self.backend.emit(event_id, resource, timeline.ends_at)
        return timeline


def made(result: ActionResult, member: str) -> Any:
    """The resource in an answer of moto's."""
    return cast(dict[str, Any], result.result)[member]
