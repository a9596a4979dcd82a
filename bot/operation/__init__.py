"""The contract that every operation fulfils.

Fields are parameters, class attributes facts, methods behaviour; the docstring is the help text.
Parser, help, form, card, row, IAM policy, docs and typeahead are derived from them.
"""

from bot.operation._change import Change, Dependent, Option, WayBack
from bot.operation._desk import Desk, WantedRequests, WantedRows, environments
from bot.operation._instance_class import InstanceClass, class_options, orderable
from bot.operation._new_database import (
    CEILING,
    LOOKS,
    OF_INSTANCE,
    REQUEST_TAG,
    RESTORABLE,
    Carried,
    DatabaseName,
    Looked,
    NewDatabase,
    disk,
    serverless,
    without_instance,
)
from bot.operation._operation import Control, Operation, Query, flag, positional
from bot.operation._setting import MODIFY, MODIFY_CLUSTER, MODIFY_INSTANCE, Setting, Wanted, spoken
from bot.operation._signs import added, changed, signed, signs_back, taken

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
    "DatabaseName",
    "Dependent",
    "Desk",
    "InstanceClass",
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
    "added",
    "changed",
    "class_options",
    "disk",
    "environments",
    "flag",
    "orderable",
    "positional",
    "serverless",
    "signed",
    "signs_back",
    "spoken",
    "taken",
    "without_instance",
]
