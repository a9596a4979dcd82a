from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

from bot.operation import MODIFY, Setting, Topic, Wanted
from bot.params import Choice, OnOff, Target
from bot.values import Assessment, Database, Kind, Risk

State = Annotated[
    OnOff,
    Choice(
        "Protection",
        "on|off",
        "On: AWS refuses to delete it.",
        options=("on", "off"),
        also=("DeletionProtection",),
    ),
]


class ModifyDeletionProtection(Setting):
    """Turn deletion protection on or off.

    While it is on, AWS refuses to delete the database. Members of a cluster can be deleted all the
    same.
    """

    verb, name = "protect", "modify_deletion_protection"
    topic = Topic.ACCESS
    called = "Deletion protection"
    risk = Risk.LOW
    because = "nothing that uses the database notices"
    of_cluster = True
    takes_custom = True
    horizon = timedelta(minutes=30)
    permissions = MODIFY
    needless = (("ApplyImmediately", "Deletion protection changes at once in any case."),)
    example = "protect orders-test on --reason 'nobody should delete it'"
    synonyms = "deletion+protection"

    target: Target
    state: State

    def wanted(self, database: Database) -> tuple[Wanted, ...]:
        what, shown, argument = "Deletion protection", "deletion_protection", "DeletionProtection"
        return (Wanted(what, shown, argument, self.state == "on", "state"),)

    def own_risk(self, database: Database) -> Assessment:
        if self.state == "off":
            return Assessment(risk=Risk.HIGH, reasons=("it can be deleted then",))
        return super().own_risk(database)

    def warnings(self, database: Database) -> Iterator[str]:
        if self.state == "off":
            yield f"Whoever may delete databases at AWS can delete {database.name} then."
        elif database.target.kind is Kind.CLUSTER:
            yield "Its members can still be deleted one by one; their data stays in the cluster."
