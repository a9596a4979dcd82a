"""What botocore's service models say of RDS's answers and refusals."""

from typing import Any

import botocore.session
from botocore.validate import ParamValidator

MODEL = botocore.session.get_session().get_service_model("rds")
EVERYWHERE = frozenset({"InvalidParameterValue", "InvalidParameterCombination"})
"""What every action of RDS may refuse with; no model declares them."""


def codes(operation: str) -> frozenset[str]:
    """What `ModifyDBInstance` and the like may be refused with."""
    shapes = MODEL.operation_model(operation).error_shapes
    return EVERYWHERE | {shape.metadata["error"]["code"] for shape in shapes}


def faults(operation: str, answer: dict[str, Any]) -> str:
    """How an answer departs from what the model says of it; empty if it does not."""
    told = {name: it for name, it in answer.items() if name != "ResponseMetadata"}
    shape = MODEL.operation_model(operation).output_shape
    return str(ParamValidator().validate(told, shape).generate_report())


def strangers(shape: str, members: dict[str, Any]) -> set[str]:
    """Members that the model does not know, which moto would drop without a word."""
    return set(members) - set(MODEL.shape_for(shape).members)
