from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from bot.operation import READ_GROUPS, ParameterChange, ParameterSet, Topic, named, parameter_names
from bot.params import Several
from bot.values import Risk

LONG = 60  #: characters of a value in a sentence; the call has it in full


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else tuple(value)


def _pairs(words: tuple[str, ...]) -> tuple[str, ...]:
    for word in words:
        name, equals, value = word.partition("=")
        if not (name.strip() and equals and value.strip()):
            raise ValueError(f'a parameter reads NAME=VALUE without blanks, not "{word}"')
    parameter_names(word.partition("=")[0] for word in words)
    return words


Pairs = Annotated[
    tuple[str, ...],
    BeforeValidator(_listed),
    AfterValidator(_pairs),
    Several("Parameters", "NAME=VALUE …", "20 at most; formulas as AWS writes them."),
]


class ModifyParameters(ParameterChange):
    """Set parameters in the parameter group of a database, for all that use the group.

    What AWS calls dynamic changes at once; what it calls static waits for a restart, which is a
    request of its own. A cluster's group is changed by naming the cluster.
    """

    verb, name = "parameter", "modify_parameters"
    topic = Topic.PARAMETERS
    also = ("set-parameter",)
    risk = Risk.MEDIUM
    verb_at_aws = "Modify"
    permissions = (
        *READ_GROUPS, "rds:ModifyDBClusterParameterGroup", "rds:ModifyDBParameterGroup",
    )  # fmt: skip
    needless = (
        ("ApplyImmediately", "What can change at once does; the rest waits for a restart."),
        ("ApplyMethod", "What can change at once does; the rest waits for a restart."),
    )
    example = "parameter billing-staging long_query_time=2 --reason 'find slow statements'"

    parameters: Pairs

    @property
    def field(self) -> str:
        return "parameters"

    def wanted(self) -> Mapping[str, str | None]:
        pairs = (word.partition("=") for word in self.parameters)
        return {name.strip(): value.strip() for name, _, value in pairs}

    def entry(self, one: ParameterSet) -> dict[str, str]:
        return {
            "ParameterName": one.known.name,
            "ParameterValue": one.value or "",
            "ApplyMethod": one.known.apply_method,
        }

    def refusal(self, one: ParameterSet, group: str) -> str:
        known, value = one.known, one.value or ""
        if not known.is_modifiable:
            return f"AWS lets nobody change {known.name}."
        if not known.allows(value):
            return f'AWS allows {known.allowed} for {known.name}, not "{value}".'
        return ""

    def effect(self, chosen: Sequence[ParameterSet], group: str) -> str:
        said = [f"{one.known.name} to {_short(one.value or '')}" for one in chosen]
        return f"Set {named(said)} in {group}"


def _short(value: str) -> str:
    return value if len(value) <= LONG else f"{value[: LONG - 1]}…"
