"""What commands are for: the parts of ``/rds help``, of the launcher and of the docs."""

from collections.abc import Mapping
from enum import StrEnum


class Topic(StrEnum):
    """In the order in which they are shown; each is a word that ``/rds help`` takes."""

    LOOK = "look"
    RUN = "run"
    SIZE = "size"
    BACKUPS = "backups"
    PARAMETERS = "parameters"
    UPGRADES = "upgrades"
    ACCESS = "access"
    COPIES = "copies"
    MONITORING = "monitoring"
    CHANGES = "changes"  #: of those that say nothing else
    APPROVALS = "approvals"
    INCIDENTS = "incidents"
    DIGESTS = "digests"
    ADMINISTRATION = "administration"

    @property
    def heading(self) -> str:
        return _HEADINGS[self]

    @property
    def is_of_changes(self) -> bool:
        return self in _OF_CHANGES


_HEADINGS: Mapping[Topic, str] = {
    Topic.LOOK: "Look at databases",
    Topic.RUN: "Start, stop, restart",
    Topic.SIZE: "Size and storage",
    Topic.BACKUPS: "Backups and restores",
    Topic.PARAMETERS: "Parameters",
    Topic.UPGRADES: "Upgrades and maintenance",
    Topic.ACCESS: "Access and safety",
    Topic.COPIES: "Copies and replicas",
    Topic.MONITORING: "Monitoring and logs",
    Topic.CHANGES: "Other changes",
    Topic.APPROVALS: "Approve and follow requests",
    Topic.INCIDENTS: "Incidents",
    Topic.DIGESTS: "Digests",
    Topic.ADMINISTRATION: "Administration",
}
_OF_CHANGES = frozenset({
    Topic.RUN, Topic.SIZE, Topic.BACKUPS, Topic.PARAMETERS, Topic.UPGRADES, Topic.ACCESS,
    Topic.COPIES, Topic.MONITORING, Topic.CHANGES,
})  # fmt: skip
