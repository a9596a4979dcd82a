"""The contract that every operation fulfils.

Fields are parameters, class attributes facts, methods behaviour; the docstring is the help text.
Parser, help, form, card, row, IAM policy, docs and typeahead are derived from them.
"""

from bot.operation._change import Change, Dependent, Option, WayBack
from bot.operation._desk import Desk, WantedRequests, WantedRows, environments
from bot.operation._instance_class import InstanceClass, class_options, orderable
from bot.operation._lost import arrival
from bot.operation._new_database import (
    CEILING,
    LOOKS,
    OF_INSTANCE,
    RESTORABLE,
    Carried,
    DatabaseName,
    Looked,
    NewDatabase,
    add_instance,
    disk,
    serverless,
    without_instance,
)
from bot.operation._operation import Control, Operation, Query, flag, positional
from bot.operation._parameters import (
    READ_GROUPS,
    ParameterChange,
    ParameterSet,
    named,
    parameter_names,
)
from bot.operation._search import search, spoken_words
from bot.operation._setting import MODIFY, MODIFY_CLUSTER, MODIFY_INSTANCE, Setting, Wanted, spoken
from bot.operation._signs import added, changed, signed, signs_back, taken
from bot.operation._snapshots import SNAPSHOT_READS, Held, SnapshotChange
from bot.operation._tags import TagChange, Tagged
from bot.operation._target import same_database
from bot.operation._topic import Topic
from bot.operation._transition import Transition
from bot.values import REQUEST_TAG

__all__ = [
    "CEILING",
    "LOOKS",
    "MODIFY",
    "MODIFY_CLUSTER",
    "MODIFY_INSTANCE",
    "OF_INSTANCE",
    "READ_GROUPS",
    "REQUEST_TAG",
    "RESTORABLE",
    "SNAPSHOT_READS",
    "Carried",
    "Change",
    "Control",
    "DatabaseName",
    "Dependent",
    "Desk",
    "Held",
    "InstanceClass",
    "Looked",
    "NewDatabase",
    "Operation",
    "Option",
    "ParameterChange",
    "ParameterSet",
    "Query",
    "Setting",
    "SnapshotChange",
    "TagChange",
    "Tagged",
    "Topic",
    "Transition",
    "Wanted",
    "WantedRequests",
    "WantedRows",
    "WayBack",
    "add_instance",
    "added",
    "arrival",
    "changed",
    "class_options",
    "disk",
    "environments",
    "flag",
    "named",
    "orderable",
    "parameter_names",
    "positional",
    "same_database",
    "search",
    "serverless",
    "signed",
    "signs_back",
    "spoken",
    "spoken_words",
    "taken",
    "without_instance",
]
