"""The contract that every operation fulfils.

Fields are parameters, class attributes facts, methods behaviour; the docstring is the help text.
Parser, help, form, card, row, IAM policy, docs and typeahead are derived from them.
"""

from bot.operation._change import Change, Option, WayBack
from bot.operation._desk import Desk, WantedRequests, WantedRows, environments
from bot.operation._new_database import (
    CEILING,
    LOOKS,
    OF_INSTANCE,
    REQUEST_TAG,
    RESTORABLE,
    Carried,
    Looked,
    NewDatabase,
    disk,
)
from bot.operation._operation import Control, Operation, Query, flag, positional
from bot.operation._setting import MODIFY, MODIFY_CLUSTER, MODIFY_INSTANCE, Setting, Wanted, spoken

__all__ = [
    "CEILING",
    "LOOKS",
    "MODIFY",
    "MODIFY_CLUSTER",
    "MODIFY_INSTANCE",
    "OF_INSTANCE",
    "REQUEST_TAG",
    "RESTORABLE",
    "Carried",
    "Change",
    "Control",
    "Desk",
    "Looked",
    "NewDatabase",
    "Operation",
    "Option",
    "Query",
    "Setting",
    "Wanted",
    "WantedRequests",
    "WantedRows",
    "WayBack",
    "disk",
    "environments",
    "flag",
    "positional",
    "spoken",
]
