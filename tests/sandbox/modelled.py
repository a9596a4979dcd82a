"""RDS asked over HTTP, every answer held against botocore's model of it."""

from collections.abc import Callable
from typing import Any

import botocore.session
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from bot.sandbox.aws import AWSSandbox

MODEL = botocore.session.get_session().get_service_model("rds")
COMMON = frozenset({"InvalidParameterValue", "InvalidParameterCombination"})
"""What RDS says to all of its actions, and its model declares for none."""


def codes(operation: str) -> frozenset[str]:
    """What `ModifyDBInstance` and the like may be refused with."""
    return COMMON | {one.error_code for one in MODEL.operation_model(operation).error_shapes}


def faults(operation: str, answer: dict[str, Any]) -> str:
    """How an answer departs from what the model says of it; empty if it does not."""
    told = {name: it for name, it in answer.items() if name != "ResponseMetadata"}
    shape = MODEL.operation_model(operation).output_shape
    return "" if shape is None else str(ParamValidator().validate(told, shape).generate_report())


def strangers(shape: str, members: dict[str, Any]) -> set[str]:
    """Members that the model does not know, which moto would drop without a word."""
    return set(members) - set(MODEL.shape_for(shape).members)


class Modelled:
    """A client's methods: the answer, once its shape is proven."""

    def __init__(self, aws: AWSSandbox, **where: str) -> None:
        """``where``: the account and the region, else the main ones."""
        self._client = aws.client("rds", **where)

    def __getattr__(self, method: str) -> Callable[..., dict[str, Any]]:
        operation = self._client.meta.method_to_api_mapping[method]

        def ask(**arguments: Any) -> dict[str, Any]:
            answer: dict[str, Any] = getattr(self._client, method)(**arguments)
            answer.pop("ResponseMetadata")
            assert faults(operation, answer) == ""
            return answer

        return ask

    def refusal(self, method: str, **arguments: Any) -> str:
        """The code that it is refused with, one that the action may say."""
        operation = self._client.meta.method_to_api_mapping[method]
        try:
            getattr(self._client, method)(**arguments)
        except ClientError as error:
            code = str(error.response["Error"]["Code"])
            assert code in codes(operation), code
            return code
        raise AssertionError(f"{method} was not refused")

    def instance(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.describe_db_instances(DBInstanceIdentifier=name)
        return dict(found["DBInstances"][0])

    def cluster(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.describe_db_clusters(DBClusterIdentifier=name)
        return dict(found["DBClusters"][0])

    def told(self, source: str, minutes: int = 60) -> list[str]:
        """The messages of a source's events in its last minutes, the oldest first."""
        events = self.describe_events(Duration=minutes)["Events"]
        return [one["Message"] for one in events if one["SourceIdentifier"] == source]
