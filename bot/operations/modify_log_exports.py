from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator

from bot.operation import MODIFY, Setting, Topic, Wanted, added, changed, signed, signs_back, taken
from bot.params import Signed, Target
from bot.values import Database, Risk

_MYSQL = ("audit", "error", "general", "iam-db-auth-error", "slowquery")
#: By how the engine's name begins. https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html
KINDS: Mapping[str, tuple[str, ...]] = {
    "aurora-mysql": (*_MYSQL, "instance"),
    "aurora-postgresql": ("iam-db-auth-error", "instance", "postgresql"),
    "db2-": ("diag.log", "notify.log"),
    "mariadb": _MYSQL,
    "mysql": _MYSQL,
    "oracle-": ("alert", "audit", "listener", "oemagent", "trace"),
    "postgres": ("iam-db-auth-error", "postgresql", "upgrade"),
    "sqlserver-": ("agent", "error"),
}
Types = Annotated[
    tuple[str, ...],
    BeforeValidator(signed),
    Signed(
        "Logs",
        "+TYPE -TYPE",
        "+ sends one to CloudWatch, - ends that: +postgresql -upgrade.",
        also=("CloudwatchLogsExportConfiguration", "types"),
    ),
]


class ModifyLogExports(Setting):
    """Send logs of a database to CloudWatch Logs, or send them no more.

    +postgresql begins with one, -upgrade ends it; the others stay as they are. What CloudWatch has
    already stays there.
    """

    verb, name = "log-exports", "modify_log_exports"
    topic = Topic.MONITORING
    risk = Risk.LOW
    because = "the database works as before"
    of_cluster = True
    horizon = timedelta(minutes=60)
    permissions = MODIFY
    needless = (("ApplyImmediately", "AWS always changes the exports at once."),)
    example = "log-exports orders-test +postgresql --reason 'alarms on its errors'"
    synonyms = "export+logs logs+cloudwatch"

    target: Target
    logs: Types

    def wanted(self, database: Database) -> tuple[Wanted, ...]:
        what, argument = "Exported logs", "CloudwatchLogsExportConfiguration"
        then = changed(database.log_exports, self.logs)
        pending = "PendingCloudwatchLogsExports"
        return (Wanted(what, "log_exports", argument, then, "logs", pending=pending),)

    def is_reached(self, wanted: Wanted, current: Any) -> bool:
        """Whatever else somebody may have added meanwhile."""
        return added(self.logs) <= set(current) and not taken(self.logs) & set(current)

    def effect(self, database: Database) -> str:
        more, less = self._differs(database)
        if not more:
            return f"Stop sending {', '.join(less)} of {database.name} to CloudWatch"
        ends = f", and no longer {', '.join(less)}" if less else ""
        return f"Send {', '.join(more)} of {database.name} to CloudWatch{ends}"

    def arguments(self, database: Database) -> dict[str, Any]:
        lists = zip(("EnableLogTypes", "DisableLogTypes"), self._differs(database), strict=True)
        said = {name: names for name, names in lists if names}
        return {"CloudwatchLogsExportConfiguration": said}

    def cannot(self, database: Database) -> Mapping[str, str]:
        known = _known(database.engine)
        if not known:
            return {"target": f"I know no logs that {database.engine} sends to CloudWatch."}
        if strange := sorted(added(self.logs) - set(known)):
            return {
                "logs": f"{database.engine} sends no {', '.join(strange)} to CloudWatch. It sends: "
                f"{', '.join(known)}."
            }
        return {}

    def before(self, database: Database) -> Mapping[str, str]:
        then = changed(database.log_exports, self.logs)
        return {"logs": signs_back(database.log_exports, then)}

    def warnings(self, database: Database) -> Iterator[str]:
        more, less = self._differs(database)
        if more:
            said = ", ".join(more)
            yield f"Whoever may read CloudWatch Logs reads {said} too, statements and data in it."
            yield "CloudWatch costs by the size of the logs, and keeps them until told otherwise."
        if less:
            yield "Alarms on these logs no longer hear anything, and so never fire."

    def _differs(self, database: Database) -> tuple[list[str], list[str]]:
        """What begins and what ends with it."""
        now = set(database.log_exports)
        return sorted(added(self.logs) - now), sorted(taken(self.logs) & now)


def _known(engine: str) -> tuple[str, ...]:
    return next((logs for name, logs in KINDS.items() if engine.startswith(name)), ())
