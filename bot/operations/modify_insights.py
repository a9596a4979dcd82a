from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from bot.operation import MODIFY, Setting, Topic, Wanted
from bot.params import Choice, Target
from bot.values import Database, Risk

#: Days for which the figures are kept, by AWS's rules for each mode.
#: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBCluster.html
STANDARD, ADVANCED = 7, 465


def _mode_of(value: Any) -> Any:
    """``on`` is what costs nothing."""
    return {"on": "standard", "true": "standard", "false": "off"}.get(str(value).lower(), value)


Mode = Annotated[
    Literal["standard", "advanced", "off"],
    BeforeValidator(_mode_of),
    Choice(
        "Mode",
        "standard|advanced|off",
        "Standard keeps 7 days, advanced 15 months.",
        options=("standard", "advanced", "off"),
        also=("DatabaseInsightsMode", "EnablePerformanceInsights"),
    ),
]


class ModifyInsights(Setting):
    """Set the mode of Database Insights, or turn Performance Insights off.

    Standard keeps the load by statement for 7 days and costs nothing. Advanced keeps it for 15
    months, shows more, and costs by the size of the machine.
    """

    verb, name = "insights", "modify_insights"
    topic = Topic.MONITORING
    risk = Risk.LOW
    because = "the database works as before"
    of_cluster = True
    horizon = timedelta(minutes=60)
    permissions = MODIFY
    needless = (("ApplyImmediately", "AWS always changes Insights at once."),)
    example = "insights orders-dev advanced --reason 'what loads it at night?'"
    synonyms = "performance+insights"

    target: Target
    mode: Mode

    def wanted(self, database: Database) -> tuple[Wanted, ...]:
        on, days = self.mode != "off", self._days(database)
        mode = "advanced" if self.mode == "advanced" else "standard"
        asked = [
            Wanted("Performance Insights", "insights", "EnablePerformanceInsights", on, "mode"),
            Wanted("Database Insights", "insights_mode", "DatabaseInsightsMode", mode, "mode"),
        ]
        if days is not None:
            argument = "PerformanceInsightsRetentionPeriod"
            asked.append(Wanted("Kept for", "insights_days", argument, days, "mode", unit="days"))
        return tuple(asked)

    def is_reached(self, wanted: Wanted, current: Any) -> bool:
        # AWS has always been in this mode where it does not say one.
        said = "standard" if wanted.shown == "insights_mode" and not current else current
        return super().is_reached(wanted, said)

    def effect(self, database: Database) -> str:
        if self.mode == "off":
            return f"Turn Performance Insights of {database.name} off"
        return f"Set Database Insights of {database.name} to {self.mode}"

    def arguments(self, database: Database) -> dict[str, Any]:
        """All of them: AWS takes advanced only together with what it needs."""
        return {one.argument: one.value for one in self.wanted(database)}

    def before(self, database: Database) -> Mapping[str, str]:
        return {} if database.insights is None else {"mode": _mode(database)}

    def undo(self, database: Database) -> str:
        if database.insights is None:
            return "Nothing undoes it: AWS does not say how it is set now."
        return f"Set it back to {_mode(database)}."

    def warnings(self, database: Database) -> Iterator[str]:
        if self.mode == "off":
            yield "/rds top and the load by statement are gone, also for the time before."
        if self.mode == "advanced":
            yield "Advanced costs by the vCPUs or capacity units of each instance."
        if self.mode == "standard" and (database.insights_days or 0) > STANDARD:
            yield "Figures that are older than 7 days are removed for good."

    def _days(self, database: Database) -> int | None:
        """None where AWS takes none, or may keep what it has."""
        if self.mode == "off":
            return None
        return ADVANCED if self.mode == "advanced" else STANDARD


def _mode(database: Database) -> str:
    return (database.insights_mode or "standard") if database.insights else "off"
