from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

from bot.operation import MODIFY, Setting, Topic, Wanted
from bot.params import Choice, OnOff, Target
from bot.values import Database, Risk

State = Annotated[
    OnOff,
    Choice(
        "Auto upgrade",
        "on|off",
        "On: AWS takes minor versions in the maintenance window.",
        options=("on", "off"),
        also=("AutoMinorVersionUpgrade",),
    ),
]


class ModifyAutoUpgrade(Setting):
    """Let AWS take minor versions of the engine by itself, or not.

    It does so in the maintenance window, with a restart. Major versions are never taken so.
    """

    verb, name = "auto-upgrade", "modify_auto_upgrade"
    topic = Topic.UPGRADES
    risk = Risk.LOW
    because = "only later maintenance windows change"
    horizon = timedelta(minutes=30)
    permissions = MODIFY
    needless = (("ApplyImmediately", "It changes at once; AWS upgrades in the window only."),)
    example = "auto-upgrade orders-test off --reason 'we upgrade by hand'"
    synonyms = "automatic minor versions upgrades"

    target: Target
    state: State

    def wanted(self, database: Database) -> tuple[Wanted, ...]:
        what, argument = "Automatic minor upgrades", "AutoMinorVersionUpgrade"
        return (Wanted(what, "auto_upgrade", argument, self.state == "on", "state"),)

    def warnings(self, database: Database) -> Iterator[str]:
        if self.state == "on":
            window = database.maintenance_window or "its maintenance window"
            yield f"AWS may restart {database.name} in {window} UTC for a minor version."
        else:
            yield "Somebody has to take security fixes of the engine by hand then."
