from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from bot.operation import READ_GROUPS, ParameterChange, ParameterSet, Topic, named, parameter_names
from bot.params import Several
from bot.values import Assessment, Database, Risk


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else tuple(value)


Names = Annotated[
    tuple[str, ...],
    BeforeValidator(_listed),
    AfterValidator(parameter_names),
    Several("Parameters", "NAME …", "Of those that your team set; 20 at most."),
]


class ResetParameters(ParameterChange):
    """Give parameters of a database AWS's default again, for all that use the parameter group.

    What AWS calls static waits for a restart, which is a request of its own.
    """

    verb, name = "parameter-reset", "reset_parameters"
    topic = Topic.PARAMETERS
    also = ("reset-parameter",)
    risk = Risk.HIGH
    verb_at_aws = "Reset"
    permissions = (
        *READ_GROUPS, "rds:ResetDBClusterParameterGroup", "rds:ResetDBParameterGroup",
    )  # fmt: skip
    needless = (
        ("ApplyImmediately", "What can change at once does; the rest waits for a restart."),
        ("ApplyMethod", "What can change at once does; the rest waits for a restart."),
    )
    example = "parameter-reset billing-staging max_connections --reason 'back to the formula'"

    names: Names

    @property
    def field(self) -> str:
        return "names"

    def wanted(self) -> Mapping[str, str | None]:
        return dict.fromkeys(self.names)

    def risk_for(self, database: Database) -> Assessment:
        said = "AWS's default may be far from what the database runs with"
        return Assessment(risk=self.risk, reasons=(said, *super().risk_for(database).reasons))

    def entry(self, one: ParameterSet) -> dict[str, str]:
        return {"ParameterName": one.known.name, "ApplyMethod": one.known.apply_method}

    def refusal(self, one: ParameterSet, group: str) -> str:
        if not one.known.is_modifiable:
            return f"AWS lets nobody change {one.known.name}."
        return ""

    def effect(self, chosen: Sequence[ParameterSet], group: str) -> str:
        return f"Reset {named([one.known.name for one in chosen])} in {group} to AWS's default"
