from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated

from bot.aws.declined import Known
from bot.operation import MODIFY_INSTANCE, Setting, Topic, Wanted
from bot.params import Choice, Instance, OnOff
from bot.values import Assessment, Database, Risk

DECLINED: tuple[Known, ...] = (("RDS-EVENT-0084", "unable to convert the db instance to multi-az"),)
State = Annotated[
    OnOff,
    Choice(
        "Multi-AZ",
        "on|off",
        "On: a standby in another Availability Zone.",
        options=("on", "off"),
        also=("MultiAZ",),
    ),
]


class ModifyMultiAZ(Setting):
    """Give an instance a standby in another Availability Zone, or take it away.

    On, AWS copies the instance from a snapshot, which may take hours. It costs twice as much. Off,
    nothing takes over when its zone fails.
    """

    verb, name = "multi-az", "modify_multi_az"
    topic = Topic.COPIES
    called = "Multi-AZ"
    risk = Risk.MEDIUM
    because = "writes are slower while AWS makes the standby"
    immediately = True
    horizon = timedelta(hours=12)
    permissions = MODIFY_INSTANCE
    declined = DECLINED
    needless = (("ApplyImmediately", "It is always said: AWS would wait for the window else."),)
    example = "multi-az orders-test on --reason 'staging must survive a zone'"
    synonyms = "standby high+availability"

    target: Instance
    state: State

    def wanted(self, database: Database) -> tuple[Wanted, ...]:
        return (Wanted("Multi-AZ", "multi_az", "MultiAZ", self.state == "on", "state"),)

    def own_risk(self, database: Database) -> Assessment:
        if self.state == "off":
            reasons = ("nothing takes over when its zone fails",)
            return Assessment(risk=Risk.HIGH, reasons=reasons)
        return super().own_risk(database)

    def cannot(self, database: Database) -> Mapping[str, str]:
        if database.cluster:
            return {
                "target": f"{database.name} belongs to the Aurora cluster {database.cluster}: its "
                "readers in other zones take over. Give the cluster a reader instead."
            }
        return {}

    def downtime_of(self, database: Database) -> str:
        if self.state == "on":
            return "none; writes may take longer until the standby is there, and a little after"
        return "none"

    def warnings(self, database: Database) -> Iterator[str]:
        if self.state == "on":
            yield "It costs about twice as much from then on."
            yield "Until the standby has all the data, which may take hours, I/O may be slower."
        else:
            yield "Backups pause its I/O from then on, and a new class takes it away for longer."
