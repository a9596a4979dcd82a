"""The contract that every operation fulfils.

Fields are parameters, class attributes facts, methods behaviour; the docstring is the help text.
Parser, help, form, card, row, IAM policy, docs and typeahead are derived from them.
"""

from bot.operation._change import Change, Dependent, Option, WayBack
from bot.operation._desk import Desk, WantedRequests, WantedRows, environments
from bot.operation._lost import arrival
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
from bot.operation._topic import Topic
from bot.operation._transition import Transition

__all__ = [
    "MODIFY",
    "MODIFY_CLUSTER",
    "MODIFY_INSTANCE",
    "READ_GROUPS",
    "SNAPSHOT_READS",
    "Change",
    "Control",
    "Dependent",
    "Desk",
    "Held",
    "Operation",
    "Option",
    "ParameterChange",
    "ParameterSet",
    "Query",
    "Setting",
    "SnapshotChange",
    "Topic",
    "Transition",
    "Wanted",
    "WantedRequests",
    "WantedRows",
    "WayBack",
    "added",
    "arrival",
    "changed",
    "environments",
    "flag",
    "named",
    "parameter_names",
    "positional",
    "search",
    "signed",
    "signs_back",
    "spoken",
    "spoken_words",
    "taken",
]
